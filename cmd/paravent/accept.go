package main

import (
	"context"
	"fmt"

	"paravent/store"
	"paravent/testimony/docket"
)

type vaultAcceptCmd struct {
	vaultFlags
	With               string `help:"The login of the member of the other college who signs with you." required:"" placeholder:"LOGIN"`
	WithPassphraseFile string `help:"Read their passphrase from this file instead of asking." type:"path" placeholder:"FILE"`
	Reason             string `help:"Why this copy is gone on with. It is kept in the vault." required:""`
}

func (v vaultAcceptCmd) Run(ctx context.Context, c *console) error {
	return v.with(ctx, c, func(d *docket.Desk) error {
		behind := d.RolledBack()
		if behind == nil {
			return c.print(map[string]string{"vault": d.Path(), "state": "newest"}, "This is the newest copy that this desk knows of. There is nothing to accept.\n")
		}
		fmt.Fprint(c.errors, behindWords(behind))
		passphrase, err := readPassphrase(c, v.WithPassphraseFile, "Passphrase of "+v.With+": ")
		if err != nil {
			return err
		}
		defer clear(passphrase)
		r, err := d.AcceptRestore(ctx, v.Reason, v.With, passphrase)
		if err != nil {
			return err
		}
		return c.print(map[string]any{"vault": d.Path(), "state": "accepted", "entries": r.Found.Size, "remembered": r.Kept.Size},
			"Both signatures are in the vault and in its audit log. This desk goes on with this copy.\n")
	})
}

// behindWords says how a vault differs from what this desk remembers.
func behindWords(e *store.RolledBackError) string {
	switch {
	case e == nil:
		return ""
	case e.Unreadable:
		return "What remembers the newest state of this vault can't be read: connect its medium, or see the folder that " + docket.AnchorVariable + " names. The vault is only read.\n"
	case e.Forked:
		return "This copy of the vault went another way than the one that was last used here. It is only read.\n"
	}
	return fmt.Sprintf("This is an older copy of the vault: %d entries of its audit log are missing. It is only read.\n", e.Missing)
}
