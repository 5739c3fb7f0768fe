package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"paravent/store"
	"paravent/testimony/docket"
)

type vaultCmds struct {
	Create vaultCreateCmd `cmd:"" help:"Create a vault with its first user."`
	Status vaultStatusCmd `cmd:"" help:"Say what a vault holds and how its audit log stands."`
	Verify vaultVerifyCmd `cmd:"" help:"Check every record, every manifest, the audit log and every recording."`

	Backup   vaultBackupCmd   `cmd:"" help:"Copy the vault and its recordings into a folder, and check the copy."`
	Backups  vaultBackupsCmd  `cmd:"" help:"List the backups in a folder and check them; no key is needed."`
	Restore  vaultRestoreCmd  `cmd:"" help:"Put a backup back as a new vault file, checked; no key is needed."`
	Schedule vaultScheduleCmd `cmd:"" help:"Say or decide when backups are made and how many are kept."`
	Accept   vaultAcceptCmd   `cmd:"" help:"Go on with an older copy of the vault, by your signature and that of a member of the other college."`
	Move     vaultMoveCmd     `cmd:"" help:"Pack the vault with its recordings into one file for another machine, and leave it behind marked as moved."`
	Take     vaultTakeCmd     `cmd:"" help:"Take in a vault that was packed on another machine."`
	Stay     vaultStayCmd     `cmd:"" help:"Go on with a vault that was marked as moved and did not arrive anywhere."`
	Upgrade  vaultUpgradeCmd  `cmd:"" help:"Bring a vault of an older format to the newest; a checked copy of it as it was stays beside it."`
	Upkeep   vaultUpkeepCmd   `cmd:"" help:"Finish what revoking users began: other keys, and records sealed anew."`
}

type vaultCreateCmd struct {
	vaultFlags
	Name     string `help:"The first user's name as the desk shows it."`
	Role     string `help:"The first user's office: ${enum}." enum:"judge,registrar,clerk,advocate,auditor" default:"judge"`
	Training bool   `help:"Fill it with an invented case, with one user for each office."`
}

func (v vaultCreateCmd) Run(ctx context.Context, c *console) error {
	path, err := v.path()
	if err != nil {
		return err
	}
	if !docket.OnServer(path) && docket.Exists(path) {
		return fmt.Errorf("create vault %s: %w", path, os.ErrExist)
	}
	if err := docket.MakeFolder(path); err != nil {
		return err
	}
	d, err := v.create(ctx, c, path)
	if err != nil {
		return err
	}
	id, _, err := d.Status(ctx)
	login := d.Me().Login
	if err := errors.Join(err, d.Close()); err != nil {
		return err
	}
	words := fmt.Sprintf("Created the vault %s with the user %s (%s).\n", path, login, d.Me().Role)
	if v.Training {
		words += fmt.Sprintf("It is a training vault. Users: judge, clerk, registrar, advocate, auditor. Passphrase: %s\n", docket.TrainingPassphrase)
	}
	return c.print(map[string]string{"vault": path, "id": id, "login": login, "role": string(d.Me().Role)}, words)
}

func (v vaultCreateCmd) create(ctx context.Context, c *console, path string) (*docket.Desk, error) {
	if v.Training {
		return docket.CreateTraining(ctx, path, docket.Standard())
	}
	passphrase, err := newPassphrase(c, v.PassphraseFile)
	if err != nil {
		return nil, err
	}
	defer clear(passphrase)
	name := v.Name
	if name == "" {
		name = v.login()
	}
	return docket.Create(ctx, path, store.NewUser{Login: v.login(), DisplayName: name, Role: store.Role(v.Role), Passphrase: passphrase}, docket.Standard())
}

type vaultStatusCmd struct{ vaultFlags }

type vaultStatus struct {
	Vault      string `json:"vault"`
	ID         string `json:"id"`
	Training   bool   `json:"training"`
	User       string `json:"user"`
	Role       string `json:"role"`
	Users      int    `json:"users"`
	Cases      int    `json:"cases"`
	Parties    int    `json:"parties"`
	Orders     int    `json:"orders"`
	Hearings   int    `json:"hearings"`
	Recordings int    `json:"recordings"`
	AuditSize  int64  `json:"audit_entries"`
	Behind     string `json:"behind,omitempty"` // how the vault differs from what this desk remembers
}

func (v vaultStatusCmd) Run(ctx context.Context, c *console) error {
	return v.with(ctx, c, func(d *docket.Desk) error {
		id, head, err := d.Status(ctx)
		if err != nil {
			return err
		}
		s := vaultStatus{Vault: d.Path(), ID: id, Training: d.Training(), User: d.Me().Login, Role: string(d.Me().Role), AuditSize: int64(head.Size)}
		users, err := d.Users(ctx)
		if err != nil {
			return err
		}
		s.Users = len(users)
		if d.May("keep_docket") {
			if err := s.count(ctx, d); err != nil {
				return err
			}
			recordings, err := d.Recordings(ctx)
			if err != nil {
				return err
			}
			s.Recordings = len(recordings)
		}
		s.Behind = behindWords(d.RolledBack())
		return c.print(s, s.Behind+table(
			"Vault", s.Vault, "Training", yesNo(s.Training), "You are", s.User+" ("+s.Role+")", "Users", s.Users, "Cases", s.Cases,
			"Protected parties", s.Parties, "Orders", s.Orders, "Hearings", s.Hearings, "Recordings", s.Recordings, "Audit entries", s.AuditSize))
	})
}

func (s *vaultStatus) count(ctx context.Context, d *docket.Desk) error {
	cases, err := d.Cases(ctx)
	if err != nil {
		return err
	}
	parties, err := d.Parties(ctx)
	if err != nil {
		return err
	}
	orders, err := d.Orders(ctx)
	if err != nil {
		return err
	}
	hearings, err := d.Hearings(ctx)
	s.Cases, s.Parties, s.Orders, s.Hearings = len(cases), len(parties), len(orders), len(hearings)
	return err
}

type vaultVerifyCmd struct {
	vaultFlags
	WithoutKeys bool `help:"Check what can be checked without a login: structure, chains, signatures. Takes a file that can only be read."`
}

func (v vaultVerifyCmd) Run(ctx context.Context, c *console) error {
	if v.WithoutKeys {
		return v.keyless(ctx, c)
	}
	return v.with(ctx, c, func(d *docket.Desk) error {
		report, err := d.Verify(ctx, c.progressOf("Checking"))
		if err != nil {
			return err
		}
		if err := c.print(describeReport(report), reportedWords(report)); err != nil || report.Sound() {
			return err
		}
		return fmt.Errorf("verify vault: %w", store.ErrDamaged)
	})
}

// vaultReport is a check of a vault as a script reads it.
type vaultReport struct {
	Sound        bool         `json:"sound"`
	Records      int          `json:"records"`
	Sealed       int          `json:"sealed_to_others"`
	Compartments int          `json:"compartments"`
	AuditEntries int          `json:"audit_entries"`
	Users        int          `json:"users"`
	Recordings   int          `json:"recordings"`
	Unopened     int          `json:"recordings_sealed_to_others"`
	Faults       []vaultFault `json:"faults"`
}

type vaultFault struct {
	Place   string `json:"place"`
	Problem string `json:"problem"`
}

func describeReport(r docket.Report) vaultReport {
	described := vaultReport{Sound: r.Sound(), Records: r.Records, Sealed: r.Sealed, Compartments: r.Compartments,
		AuditEntries: r.AuditEntries, Users: r.Users, Recordings: r.Recordings, Unopened: r.RecordingsSealed, Faults: []vaultFault{}}
	for _, f := range r.Faults {
		described.Faults = append(described.Faults, vaultFault(f))
	}
	return described
}

func reportedWords(r docket.Report) string {
	if !r.Sound() {
		var b strings.Builder
		for _, f := range r.Faults {
			fmt.Fprintf(&b, "%s: %s\n", f.Place, f.Problem)
		}
		return b.String()
	}
	words := "The vault is sound: every record, every manifest and the audit log were checked.\n"
	if r.Sealed > 0 {
		words = fmt.Sprintf("The vault is sound: the records sealed to you, every manifest and the audit log were checked. %d records are sealed to others.\n", r.Sealed)
	}
	if n := r.Recordings + r.RecordingsSealed; n > 0 {
		words += fmt.Sprintf("Recordings checked: %d, of which %d are sealed to others and were compared, not opened.\n", n, r.RecordingsSealed)
	}
	return words
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// table sets pairs of label and value in two columns.
func table(pairs ...any) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for i := 0; i+1 < len(pairs); i += 2 {
		fmt.Fprintf(w, "%v\t%v\n", pairs[i], pairs[i+1])
	}
	_ = w.Flush()
	return b.String()
}

type userCmds struct {
	Ask     userAskCmd     `cmd:"" help:"Ask to be enrolled, with keys and a passphrase of your own: the better way."`
	Invite  userInviteCmd  `cmd:"" help:"Write what somebody at another machine needs to ask to be enrolled."`
	Waiting userWaitingCmd `cmd:"" help:"List those who ask to be enrolled, with the words to compare."`
	Admit   userAdmitCmd   `cmd:"" help:"Enrol somebody who asked, by the words that they read out."`
	Refuse  userRefuseCmd  `cmd:"" help:"Refuse a request to be enrolled."`
	Add     userAddCmd     `cmd:"" help:"Enrol a user whose passphrase is typed at this desk. Asking is better: see 'user ask'."`
	List    userListCmd    `cmd:"" help:"List the users."`
	Revoke  userRevokeCmd  `cmd:"" help:"Take a user's access away at once, and seal anew what they could read."`

	Recover    userRecoverCmd    `cmd:"" help:"Let a user in who forgot their passphrase, by the sheets of a recovery kit."`
	Recoveries userRecoveriesCmd `cmd:"" help:"List who was let in by a recovery kit."`
	Review     userReviewCmd     `cmd:"" help:"Note what you found about a recovery."`

	Passphrase userPassphraseCmd `cmd:"" help:"Change your own passphrase."`
	Suggest    userSuggestCmd    `cmd:"" help:"Print a passphrase of six words drawn by chance."`
	Agency     userAgencyCmd     `cmd:"" help:"Note the agency that a user comes from, for conflicts of interest."`
}

type userAddCmd struct {
	vaultFlags
	NewLogin          string `arg:"" help:"The new user's login."`
	Name              string `help:"The name as the desk shows it."`
	Role              string `help:"The office: ${enum}." enum:"judge,registrar,clerk,advocate,auditor" required:""`
	NewPassphraseFile string `help:"Read the new user's passphrase from this file." type:"path" placeholder:"FILE"`
}

func (u userAddCmd) Run(ctx context.Context, c *console) error {
	return u.with(ctx, c, func(d *docket.Desk) error {
		passphrase, err := newPassphrase(c, u.NewPassphraseFile)
		if err != nil {
			return err
		}
		defer clear(passphrase)
		name := u.Name
		if name == "" {
			name = u.NewLogin
		}
		user, err := d.AddUser(ctx, store.NewUser{Login: u.NewLogin, DisplayName: name, Role: store.Role(u.Role), Passphrase: passphrase})
		if err != nil {
			return err
		}
		return c.print(userLine(user), fmt.Sprintf("Enrolled %s (%s).\n", user.Login, user.Role))
	})
}

type userAgencyCmd struct {
	vaultFlags
	Of     string `arg:"" help:"The user's login." placeholder:"LOGIN"`
	Agency string `arg:"" help:"The agency."`
}

func (u userAgencyCmd) Run(ctx context.Context, c *console) error {
	return u.with(ctx, c, func(d *docket.Desk) error {
		user, err := userByLogin(ctx, d, u.Of)
		if err != nil {
			return err
		}
		if err := d.SetAgency(ctx, user.ID, u.Agency); err != nil {
			return err
		}
		return c.print(map[string]string{"login": user.Login, "agency": u.Agency}, fmt.Sprintf("%s comes from %s.\n", user.Login, u.Agency))
	})
}

type userPassphraseCmd struct {
	vaultFlags
	NewPassphraseFile string `help:"Read the new passphrase from this file." type:"path" placeholder:"FILE"`
}

func (u userPassphraseCmd) Run(ctx context.Context, c *console) error {
	path, err := u.existing()
	if err != nil {
		return err
	}
	old, err := readPassphrase(c, u.PassphraseFile, "Passphrase: ")
	if err != nil {
		return err
	}
	defer clear(old)
	d, err := docket.Unlock(ctx, path, u.login(), old, docket.Standard())
	if err != nil {
		return err
	}
	return errors.Join(u.change(ctx, c, d, old), d.Close())
}

func (u userPassphraseCmd) change(ctx context.Context, c *console, d *docket.Desk, old []byte) error {
	fresh, err := newPassphrase(c, u.NewPassphraseFile)
	if err != nil {
		return err
	}
	defer clear(fresh)
	if err := d.ChangePassphrase(ctx, old, fresh); err != nil {
		return err
	}
	return c.print(map[string]string{"login": d.Me().Login, "passphrase": "changed"},
		"Your passphrase was changed. A copy of the vault's file from before still opens with the old one.\n")
}

func userLine(u store.User) map[string]string {
	line := map[string]string{"id": string(u.ID), "login": u.Login, "name": u.DisplayName, "role": string(u.Role),
		"enrolled": u.Created.Format(time.RFC3339), "words": strings.Join(docket.FingerprintWords(u.Fingerprint(), "en"), " ")}
	if !u.Standing() {
		line["revoked"] = u.Revoked.Format(time.RFC3339)
	}
	return line
}

type userListCmd struct{ vaultFlags }

func (u userListCmd) Run(ctx context.Context, c *console) error {
	return u.with(ctx, c, func(d *docket.Desk) error {
		users, err := d.Users(ctx)
		if err != nil {
			return err
		}
		lines, pairs := []map[string]string{}, []any{}
		for _, user := range users {
			lines = append(lines, userLine(user))
			says := fmt.Sprintf("%s, %s", user.Role, user.DisplayName)
			if !user.Standing() {
				says += fmt.Sprintf(" (revoked on %s)", user.Revoked.Format(time.DateOnly))
			}
			says += fmt.Sprintf(", since %s; keys: %s", user.Created.Local().Format(time.DateOnly), lines[len(lines)-1]["words"])
			pairs = append(pairs, user.Login, says)
		}
		return c.print(lines, table(pairs...))
	})
}
