package docket

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"paravent/store"
	"paravent/store/backup"
	"paravent/store/bolt"
	"paravent/testimony"
)

// ErrUpgradePlace says that a vault on a server has an older format.
var ErrUpgradePlace = errors.New("a vault on a server is upgraded as a file: move it to one with the older program, upgrade it there, and take it back")

// Upgraded is a vault that was brought to the newest format.
type Upgraded struct {
	Kept string `json:"kept"` // the vault as it was, with a manifest beside it
	From int    `json:"from"` // formats
	To   int    `json:"to"`
}

// Upgrade brings a vault file to the newest format and notes it in its log. A checked copy of the vault as it was stays beside it. Every record
// of the new one is opened by the user's keys before it takes the old one's place; see [backup.Upgrade] for what a failure leaves.
func Upgrade(ctx context.Context, place string, by Keyholder, opts Options, progress func(done, total int64)) (Upgraded, error) {
	return upgrade(ctx, place, by, opts, store.KnownMigrations(), progress)
}

func upgrade(ctx context.Context, place string, by Keyholder, opts Options, m store.Migrations, progress func(done, total int64)) (Upgraded, error) {
	if OnServer(place) {
		return Upgraded{}, ErrUpgradePlace
	}
	opts = opts.filled()
	opts.Anchor = nil // the copy is not the vault yet; the next opening brings the anchor up to date
	u := backup.Upgrading{Migrations: m}
	u.Run = func(ctx context.Context, file *bolt.Backend, progress func(done, total int)) error {
		from, err := store.Format(ctx, file)
		if err != nil {
			return err
		}
		if err := m.Run(ctx, file, store.Credentials{Login: by.Login, Passphrase: by.Passphrase}, opts.store(), nil); err != nil {
			return err
		}
		return checkUpgraded(ctx, file, place, by, opts, from, m.Current, progress)
	}
	done, err := backup.Upgrade(ctx, place, opts.Clock(), u, progress)
	return Upgraded{Kept: done.Kept, From: done.From, To: m.Current}, diskFull(err)
}

// checkUpgraded notes the upgrade in the new vault and opens every record of it, and the recordings beside the old one.
func checkUpgraded(ctx context.Context, file *bolt.Backend, place string, by Keyholder, opts Options, from, to int, progress func(done, total int)) error {
	sealed, err := store.Open(ctx, file, opts.store())
	if err != nil {
		return err
	}
	vault, err := sealed.Unlock(ctx, by.Login, by.Passphrase)
	if err != nil {
		return err
	}
	defer vault.Lock()
	d := &Desk{vault: vault, backend: file, path: place, opts: opts}
	if !d.May(testimony.ActBackUp) {
		return ErrNotAllowed
	}
	if err := d.Note(ctx, "vault.upgraded", map[string]string{"from": strconv.Itoa(from), "to": strconv.Itoa(to)}); err != nil {
		return fmt.Errorf("note the upgrade: %w", err)
	}
	return d.sound(ctx, progress)
}
