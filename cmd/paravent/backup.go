package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/term"

	"paravent/store/backup"
	"paravent/testimony/docket"
)

type vaultBackupCmd struct {
	vaultFlags
	Dir       string `arg:"" optional:"" help:"The folder for the copy; it is made where there is none. Left out: the one that was decided on." type:"path" placeholder:"DIR"`
	Scheduled bool   `help:"Make the backup only if it is due, into the folder that was decided on, and delete those that are no longer kept."`
}

func (v vaultBackupCmd) Run(ctx context.Context, c *console) error {
	if v.Scheduled && v.Dir != "" {
		return usageError{"With --scheduled the folder is the one that was decided on: name none."}
	}
	return v.with(ctx, c, func(d *docket.Desk) error {
		b, err := v.make(ctx, c, d)
		if errors.Is(err, docket.ErrNotDue) {
			return c.print(map[string]bool{"due": false}, "No backup is due.\n")
		}
		if err != nil {
			return err
		}
		return c.print(b, fmt.Sprintf("Copied to %s: %d records and %d recordings, all checked.\nThe copy is a vault: put it back with 'paravent vault restore'.\n", b.Path, b.Records, b.Recordings))
	})
}

func (v vaultBackupCmd) make(ctx context.Context, c *console, d *docket.Desk) (docket.Backup, error) {
	progress := c.bytesOf("Copying and checking")
	if v.Scheduled {
		return d.DueBackup(ctx, progress)
	}
	if v.Dir != "" {
		return d.Backup(ctx, v.Dir, progress)
	}
	p, err := d.BackupPolicy(ctx)
	if errors.Is(err, docket.ErrNoPolicy) {
		return docket.Backup{}, usageError{"Name a folder for the copy, or decide on one with 'paravent vault schedule'."}
	} else if err != nil {
		return docket.Backup{}, err
	}
	return d.Backup(ctx, p.Folder, progress)
}

type vaultBackupsCmd struct {
	Dir   string `arg:"" help:"The folder." type:"path" placeholder:"DIR"`
	Of    string `help:"The id of the vault that is meant; 'vault status --json' says it. Left out: every vault's." placeholder:"ID"`
	Quick bool   `help:"Compare sizes only and read nothing."`
}

var errNoneWhole = errors.New("no backup in this folder is whole")

// listedBackup is a backup as a script reads it.
type listedBackup struct {
	Path       string       `json:"path"`
	State      backup.State `json:"state"`
	Problem    string       `json:"problem,omitempty"`
	Vault      string       `json:"vault,omitempty"`
	At         time.Time    `json:"at,omitzero"`
	Format     int          `json:"format,omitempty"`
	Entries    int64        `json:"audit_entries"`
	Recordings int          `json:"recordings"`
	Bytes      int64        `json:"bytes"`
}

func describeBackup(l backup.Listed) listedBackup {
	x := listedBackup{Path: l.Path, State: l.State, Vault: l.Manifest.Vault, At: l.At(), Format: l.Manifest.Format,
		Entries: l.Manifest.Entries, Recordings: len(l.Manifest.Files), Bytes: l.Manifest.Bytes()}
	if l.Err != nil {
		x.Problem = l.Err.Error()
	}
	return x
}

func (v vaultBackupsCmd) Run(ctx context.Context, c *console) error {
	list, err := backup.List(ctx, v.Dir, v.Of)
	if err != nil {
		return err
	}
	lines, good := []listedBackup{}, 0
	var words strings.Builder
	for _, l := range list {
		if !v.Quick && l.Good() {
			if l, err = backup.Check(ctx, l.Path, v.Of, c.bytesOf("Checking "+filepath.Base(l.Path))); err != nil {
				return err
			}
		}
		if l.Good() {
			good++
		}
		x := describeBackup(l)
		lines = append(lines, x)
		fmt.Fprintf(&words, "%-10s  %s  %8s  %s\n", l.State, l.At().Local().Format("2006-01-02 15:04"), inBytes(x.Bytes), l.Path)
		if x.Problem != "" {
			fmt.Fprintf(&words, "            %s\n", x.Problem)
		}
	}
	if len(list) == 0 {
		words.WriteString("There is no backup in this folder.\n")
	}
	if err := c.print(lines, words.String()); err != nil || good > 0 || len(list) == 0 {
		return err
	}
	return errNoneWhole
}

type vaultRestoreCmd struct {
	Backup         string `arg:"" help:"The backup: the vault file in it." type:"path" placeholder:"BACKUP"`
	File           string `arg:"" help:"The new vault file." type:"path" placeholder:"NEW-FILE"`
	Of             string `help:"The id of the vault that is meant; a backup of another one is refused." placeholder:"ID"`
	Login          string `help:"Open every record and recording of the copy with this user's keys before it gets its name."`
	PassphraseFile string `help:"Read the passphrase from this file instead of asking." type:"path" placeholder:"FILE"`
}

func (v vaultRestoreCmd) Run(ctx context.Context, c *console) error {
	var by *docket.Keyholder
	if v.Login == "" && v.PassphraseFile != "" {
		return usageError{"Say whose passphrase it is with --login."}
	}
	if v.Login != "" {
		passphrase, err := readPassphrase(c, v.PassphraseFile, "Passphrase: ")
		if err != nil {
			return err
		}
		defer clear(passphrase)
		by = &docket.Keyholder{Login: v.Login, Passphrase: passphrase}
	}
	r, err := docket.Restore(ctx, v.Backup, v.File, v.Of, by, docket.Standard(), c.bytesOf("Copying and checking"))
	if err != nil {
		return err
	}
	return c.print(restored{describeBackup(backup.Listed{Path: r.Path, State: backup.Checked, Manifest: r.Manifest}), by != nil}, restoredWords(r, by != nil, time.Now()))
}

type restored struct {
	listedBackup
	Opened bool `json:"opened"` // every record was opened with a user's keys
}

func restoredWords(r backup.Restored, opened bool, now time.Time) string {
	words := fmt.Sprintf("Restored to %s. The backup is of %s (%s), with %d audit entries and %d recordings.\n", r.Path,
		r.Manifest.At.Local().Format("2006-01-02 15:04"), age(now.Sub(r.Manifest.At)), r.Manifest.Entries, len(r.Manifest.Files))
	if r.Unlisted {
		words += "It has no manifest, so nobody can tell without a key whether a recording is missing. Run 'paravent vault verify' on it.\n"
	}
	if opened {
		return words + "Every record and recording that you can read was opened.\n"
	}
	return words + "Everything was read back and compared. Records were not opened: that takes --login.\n"
}

// age says how old something is in the largest unit of which there are two.
func age(d time.Duration) string {
	for _, unit := range []struct {
		of   time.Duration
		name string
	}{{24 * time.Hour, "days"}, {time.Hour, "hours"}, {time.Minute, "minutes"}} {
		if d >= 2*unit.of {
			return fmt.Sprintf("%d %s old", int(d/unit.of), unit.name)
		}
	}
	return "just made"
}

type vaultScheduleCmd struct {
	vaultFlags
	Folder  string `help:"Where backups go: a folder on another volume." type:"path" placeholder:"DIR"`
	Every   *int   `help:"Hours between two backups: 1 to 24, or whole days in hours." placeholder:"HOURS"`
	Hour    *int   `help:"The hour of the day at which a backup is made that is due by the day, 0 to 23." placeholder:"HOUR"`
	Daily   *int   `help:"Of how many days the newest backup is kept." placeholder:"N"`
	Weekly  *int   `help:"Of how many weeks." placeholder:"N"`
	Monthly *int   `help:"Of how many months." placeholder:"N"`
	Off     bool   `help:"Make no more backups by themselves. None is deleted."`
}

func (v vaultScheduleCmd) Run(ctx context.Context, c *console) error {
	return v.with(ctx, c, func(d *docket.Desk) error {
		p, err := d.BackupPolicy(ctx)
		if err != nil && !errors.Is(err, docket.ErrNoPolicy) {
			return err
		}
		switch decided := v.apply(&p); {
		case v.Off:
			if err := d.DropBackupPolicy(ctx); err != nil {
				return err
			}
			return c.print(map[string]bool{"scheduled": false}, "No more backups are made by themselves. Those that were made stay.\n")
		case decided && p.Folder == "":
			return usageError{"Say where backups go with --folder."}
		case decided:
			if err := d.SetBackupPolicy(ctx, p); err != nil {
				return err
			}
		case err != nil:
			return err
		}
		return c.print(p, policyWords(p))
	})
}

// apply takes over what was said, and says whether anything was.
func (v vaultScheduleCmd) apply(p *backup.Policy) (decided bool) {
	if v.Folder != "" {
		if p.Folder == "" {
			*p = backup.DefaultPolicy
		}
		p.Folder, decided = v.Folder, true
	}
	for said, field := range map[*int]*int{v.Every: &p.Every, v.Hour: &p.Hour, v.Daily: &p.Daily, v.Weekly: &p.Weekly, v.Monthly: &p.Monthly} {
		if said != nil {
			*field, decided = *said, true
		}
	}
	return decided
}

func policyWords(p backup.Policy) string {
	every := fmt.Sprintf("every %d hours", p.Every)
	if p.Every%24 == 0 {
		every = fmt.Sprintf("every %d days at %02d:00", p.Every/24, p.Hour)
	}
	return fmt.Sprintf("Backups go to %s, %s, while a desk has the vault open or 'paravent vault backup --scheduled' runs.\nKept is the newest of %d days, %d weeks and %d months.\n",
		p.Folder, every, p.Daily, p.Weekly, p.Monthly)
}

func inBytes(n int64) string {
	for _, unit := range []string{"B", "kB", "MB"} {
		if n < 10000 {
			return fmt.Sprintf("%d %s", n, unit)
		}
		n /= 1000
	}
	return fmt.Sprintf("%d GB", n)
}

// bytesOf shows on a terminal how far long work has come: one line, written over, and nothing where nobody looks.
func (c *console) bytesOf(what string) func(done, total int64) {
	file, ok := c.errors.(*os.File)
	if c.json || !ok || !term.IsTerminal(int(file.Fd())) {
		return nil
	}
	last := int64(-1)
	return func(done, total int64) {
		percent := 100 * done / max(total, 1)
		if percent == last {
			return
		}
		last = percent
		end := ""
		if percent >= 100 {
			end = "\n"
		}
		fmt.Fprintf(file, "\r%s: %3d %%%s", what, percent, end)
	}
}

// progressOf is bytesOf for work that counts things.
func (c *console) progressOf(what string) func(done, total int) {
	tell := c.bytesOf(what)
	return func(done, total int) {
		if tell != nil {
			tell(int64(done), int64(total))
		}
	}
}
