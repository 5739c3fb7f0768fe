package main

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"

	"paravent/store"
	"paravent/testimony/docket"
)

// keylessReport is a check without keys as a script reads it.
type keylessReport struct {
	Sound        bool          `json:"sound"`
	Vault        string        `json:"vault"`
	Format       int           `json:"format"`
	Founder      string        `json:"founder"`
	Head         auditHead     `json:"head"`
	AuditEntries int           `json:"audit_entries"`
	Sessions     int           `json:"sessions"`
	Heads        int           `json:"heads"`
	Unvouched    int           `json:"heads_unchecked"`
	Signers      int           `json:"signers"`
	Revoked      int           `json:"signers_revoked"`
	Logins       int           `json:"logins"`
	Waiting      int           `json:"requests_waiting"`
	Compartments int           `json:"compartments"`
	Grants       int           `json:"grants"`
	Records      int           `json:"records"`
	Collections  []keylessPart `json:"collections"`
	Recordings   int           `json:"recordings_closed"`
	Unclosed     []string      `json:"recordings_unclosed"`
	Unknown      int           `json:"values_unknown"`
	Unchecked    []string      `json:"not_checked"`
	Pages        []string      `json:"pages"`
	Faults       []vaultFault  `json:"faults"`
	More         int           `json:"faults_not_listed"`
}

type keylessPart struct {
	Name    string `json:"name"`
	Records int    `json:"records"`
	Bytes   int64  `json:"bytes"`
}

func (v vaultVerifyCmd) keyless(ctx context.Context, c *console) error {
	path, err := v.existing()
	if err != nil {
		return err
	}
	r, err := docket.VerifyWithoutKeys(ctx, path, c.progressOf("Checking"))
	if err != nil {
		return err
	}
	if err := c.print(describeKeyless(r), keylessWords(r)); err != nil {
		return err
	}
	switch {
	case !r.Sound():
		return fmt.Errorf("verify vault without keys: %w", store.ErrDamaged)
	case r.Unvouched > 0:
		return errNotAll
	}
	return nil
}

func describeKeyless(r docket.KeylessReport) keylessReport {
	d := keylessReport{
		Sound: r.Sound(), Vault: r.VaultID, Format: r.Format, Founder: base64.StdEncoding.EncodeToString(r.Founder), Head: describeHead(r.VaultID, r.Head),
		AuditEntries: r.AuditEntries, Sessions: r.Sessions, Heads: r.Heads, Unvouched: r.Unvouched, Signers: r.Signers, Revoked: r.Revoked,
		Logins: r.Logins, Waiting: r.Waiting, Compartments: r.Compartments, Grants: r.Grants, Records: r.Records, Recordings: r.Recordings,
		Unclosed: append([]string{}, r.Unclosed...), Unknown: r.Unknown, Unchecked: r.Unchecked(), Pages: append([]string{}, r.Pages...),
		Collections: []keylessPart{}, Faults: []vaultFault{}, More: r.More,
	}
	for _, p := range r.Largest() {
		d.Collections = append(d.Collections, keylessPart(p))
	}
	for _, f := range r.Faults {
		d.Faults = append(d.Faults, vaultFault(f))
	}
	return d
}

// uncheckable says what each word of [store.KeylessReport.Unchecked] means.
var uncheckable = map[string]string{
	"contents":       "what records say, and that each was sealed by a member",
	"absent_records": "whether a record is missing, or was exchanged within its collection",
	"grants":         "whether a grant opens for its user",
	"logins":         "whether a login opens with its passphrase",
	"directory":      "whether those who may sign are those of the directory",
	"older_copy":     "whether the whole file is an older copy of itself; a kept head shows that",
	"signatures":     "the signatures of heads whose signers nobody has vouched for",
}

func keylessWords(r docket.KeylessReport) string {
	var b strings.Builder
	signed := fmt.Sprintf("%d, every signature checked", r.Heads)
	if r.Unvouched > 0 {
		signed = fmt.Sprintf("%d, of which %d signatures could not be checked", r.Heads, r.Unvouched)
	}
	signers := fmt.Sprint(r.Signers)
	if r.Revoked > 0 {
		signers += fmt.Sprintf(", of which %d are revoked", r.Revoked)
	}
	b.WriteString(table("Vault", r.VaultID, "Founder's key", base64.StdEncoding.EncodeToString(r.Founder),
		"Audit log", fmt.Sprintf("%d entries of %d unlocks, hash %s", r.AuditEntries, r.Sessions, r.Head.Root), "Heads", signed, "Signers", signers,
		"Users' logins", r.Logins, "Compartments", r.Compartments, "Records", r.Records, "Recordings", r.Recordings))
	b.WriteString("Collections, by opaque names:\n")
	for i, p := range r.Largest() {
		if i == 20 {
			fmt.Fprintf(&b, "  and %d more\n", len(r.Collections)-i)
			break
		}
		fmt.Fprintf(&b, "  %s  %8d records  %8s\n", p.Name, p.Records, inBytes(p.Bytes))
	}
	for _, id := range r.Unclosed {
		fmt.Fprintf(&b, "The recording %s has no end: it still runs, was interrupted, or was cut.\n", id)
	}
	if r.Unknown > 0 {
		fmt.Fprintf(&b, "%d values are of a kind that this version doesn't know.\n", r.Unknown)
	}
	b.WriteString("Not checked, because it takes keys:\n")
	for _, u := range r.Unchecked() {
		fmt.Fprintf(&b, "  - %s\n", uncheckable[u])
	}
	for _, p := range r.Pages {
		fmt.Fprintf(&b, "file: %s\n", p)
	}
	for _, f := range r.Faults {
		fmt.Fprintf(&b, "%s: %s\n", f.Place, f.Problem)
	}
	if r.More > 0 {
		fmt.Fprintf(&b, "and %d more faults\n", r.More)
	}
	if r.Sound() {
		b.WriteString("Nothing wrong was found.\n")
	}
	return b.String()
}
