package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"paravent/media"
	"paravent/testimony/edit"
	"paravent/testimony/evidence"
	"paravent/testimony/redaction"
	"paravent/testimony/stamp"
)

// versionReport is what a check of a version's file found, as a script reads it.
type versionReport struct {
	Sound     bool             `json:"sound"`
	Fault     *redaction.Fault `json:"fault,omitempty"`
	Vault     string           `json:"vault,omitempty"`
	Version   string           `json:"version,omitempty"`
	Recording string           `json:"recording,omitempty"`
	Root      string           `json:"root,omitempty"`
	Sealed    string           `json:"sealed,omitempty"` // when
	SealedBy  string           `json:"sealed_by,omitempty"`
	Edits     int              `json:"edits"`
	Ordered   string           `json:"ordered,omitempty"` // when
	OrderedBy string           `json:"ordered_by,omitempty"`
	Made      string           `json:"made,omitempty"` // when
	MadeBy    string           `json:"made_by,omitempty"`
	Items     []versionItem    `json:"items"`
	Length    float64          `json:"length_seconds"`
	Blocks    int              `json:"blocks"`
	Covers    int              `json:"covers"`
	Timestamp *fileTimestamp   `json:"timestamp,omitempty"`
}

// fileTimestamp is the timestamp beside a file: there, or checked as well.
type fileTimestamp struct {
	File   string `json:"file"`
	Looked bool   `json:"checked"` // against root certificates
	stamp.Checked
}

type versionItem struct {
	Name         string `json:"item"`
	Kind         string `json:"kind"`
	Channels     string `json:"channels"`
	From         string `json:"from"`
	Until        string `json:"until"`
	PictureUntil string `json:"picture_until"`
}

// file checks a version's file by itself: it opens no vault.
func (e evidenceVerifyCmd) file(ctx context.Context, c *console) error {
	report, err := evidence.VerifyFile(ctx, e.Recording, c.bytesOf("Checking"))
	if err != nil {
		return err
	}
	if report.Fault == nil {
		report.Fault = e.published(report.Manifest)
	}
	t, err := e.timestamp(&report)
	if err != nil {
		return err
	}
	r := describeVersion(report)
	r.Timestamp = t
	if err := c.print(r, versionWords(r, report)); err != nil || r.Sound {
		return err
	}
	return fmt.Errorf("%w: %s", errEvidence, r.Fault)
}

// timestamp looks at the timestamp beside a file, where one is there or is asked for. Without root certificates nobody can say whose it is.
func (e evidenceVerifyCmd) timestamp(report *redaction.Report) (*fileTimestamp, error) {
	t := &fileTimestamp{File: e.Timestamp}
	if t.File == "" {
		t.File = e.Recording + evidence.TimestampEnding
	}
	if report.Manifest.Vault == "" {
		return nil, nil // what it would be of is not known
	}
	if e.Roots == "" {
		if stat, err := os.Stat(t.File); err != nil || !stat.Mode().IsRegular() {
			return nil, nil
		}
		return t, nil
	}
	roots, err := os.ReadFile(e.Roots)
	if err != nil {
		return nil, err
	}
	s, err := evidence.FileTimestamp(report.Manifest, t.File, roots)
	var fault stamp.Fault
	switch {
	case err == nil:
		t.Looked, t.Stamp = true, s
		return t, nil
	case errors.Is(err, evidence.ErrNoTimestamp):
		t = nil
	case errors.As(err, &fault):
		t.Looked, t.Fault = true, fault
	default:
		return nil, err
	}
	if report.Fault == nil {
		report.Fault = &redaction.Fault{Place: "timestamp", Problem: err.Error()}
	}
	return t, nil
}

// published compares a version with what the court published.
func (e evidenceVerifyCmd) published(m redaction.Manifest) *redaction.Fault {
	number := 0
	if m.List != nil {
		number = m.List.Number
	}
	switch {
	case e.Root != "" && !strings.EqualFold(e.Root, hex.EncodeToString(m.Head.Root)):
		return &redaction.Fault{Place: "manifest, head", Problem: "its root is not the one that was published: it is of another recording"}
	case e.Judge != "" && (m.List == nil || !strings.EqualFold(e.Judge, hex.EncodeToString(m.Ordered.Public))):
		return &redaction.Fault{Place: "manifest, edits", Problem: "the list of edits is not signed with the key that was published"}
	case e.Edits >= 0 && e.Edits != number:
		return &redaction.Fault{Place: "manifest, edits", Problem: fmt.Sprintf("it carries out list %d of edits, not %d", number, e.Edits)}
	}
	return nil
}

func describeVersion(report redaction.Report) versionReport {
	m := report.Manifest
	r := versionReport{Sound: report.Sound(), Fault: report.Fault, Items: []versionItem{}, Length: report.Duration.Seconds(), Blocks: report.Blocks, Covers: report.Covers}
	if m.Vault == "" {
		return r
	}
	when := func(t time.Time) string { return t.UTC().Format(time.RFC3339) }
	r.Vault, r.Version, r.Recording, r.Root = m.Vault, string(m.Version), string(m.Head.Recording), hex.EncodeToString(m.Head.Root)
	r.Sealed, r.SealedBy = when(m.Head.At), hex.EncodeToString(m.Sealed.Public)
	r.Made, r.MadeBy = when(m.At), hex.EncodeToString(m.Made.Public)
	if m.List == nil {
		return r
	}
	r.Edits, r.Ordered, r.OrderedBy = m.List.Number, when(m.List.At), hex.EncodeToString(m.Ordered.Public)
	for _, o := range m.List.Items {
		r.Items = append(r.Items, describeItem(o))
	}
	return r
}

func describeItem(o edit.Ordered) versionItem {
	return versionItem{o.Name(), string(o.Kind), string(o.Channels), edit.Clock(o.From), edit.Clock(o.Until), edit.Clock(o.PictureUntil)}
}

func versionWords(r versionReport, report redaction.Report) string {
	var b strings.Builder
	if r.Sound {
		b.WriteString("Sound: everything in this file is the sealed recording's, and nothing of it is missing but what was ordered.\n")
	} else {
		fmt.Fprintf(&b, "Not sound. First bad place: %s: %s.\n", r.Fault.Place, r.Fault.Problem)
	}
	if r.Vault == "" {
		return b.String()
	}
	pairs := []any{"Recording", r.Recording, "Root", r.Root, "Sealed", r.Sealed + " with the key " + r.SealedBy, "Made", r.Made + " with the key " + r.MadeBy}
	if r.Edits > 0 {
		pairs = append(pairs, "Edits", fmt.Sprintf("list %d, ordered %s with the key %s", r.Edits, r.Ordered, r.OrderedBy))
	} else {
		pairs = append(pairs, "Edits", "none: this is the whole recording")
	}
	switch t := r.Timestamp; {
	case t == nil:
		pairs = append(pairs, "Timestamp", "none beside the file")
	case !t.Looked:
		pairs = append(pairs, "Timestamp", t.File+", not checked: that takes the authority's root certificates, --roots ROOTS.pem")
	default:
		pairs = append(pairs, "Timestamp", strings.TrimPrefix(timestampWords(&t.Checked), "timestamp "))
	}
	b.WriteString(table(pairs...))
	for _, x := range r.Items {
		fmt.Fprintf(&b, "  %s\n", itemWords(x))
	}
	if r.Sound {
		for _, m := range report.Missing {
			of, name := report.Manifest.Head.Length, "picture"
			if m.Kind == media.KindAudio {
				name = "sound"
			}
			fmt.Fprintf(&b, "Missing of the %s: %s of %s.\n", name, m.Spans.Length(of), of)
		}
		b.WriteString("Compare the root and the keys with what the court publishes; this check cannot know whose they are, or whether there is a later list.\n")
	}
	return b.String()
}

func itemWords(x versionItem) string {
	words := fmt.Sprintf("%s %s %s to %s (%s)", x.Kind, channelWords(x.Channels), x.From, x.Until, x.Name)
	if x.PictureUntil != x.Until {
		words += ", the picture back at " + x.PictureUntil
	}
	return words
}

func channelWords(c string) string {
	if c == string(edit.Both) {
		return "picture and voice"
	}
	return c
}
