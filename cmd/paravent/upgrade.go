package main

import (
	"context"
	"fmt"

	"paravent/testimony/docket"
)

type vaultUpgradeCmd struct{ vaultFlags }

func (v vaultUpgradeCmd) Run(ctx context.Context, c *console) error {
	path, err := v.existing()
	if err != nil {
		return err
	}
	passphrase, err := readPassphrase(c, v.PassphraseFile, "Passphrase: ")
	if err != nil {
		return err
	}
	defer clear(passphrase)
	u, err := docket.Upgrade(ctx, path, docket.Keyholder{Login: v.login(), Passphrase: passphrase}, docket.Standard(), c.bytesOf("Copying, upgrading and checking"))
	if err != nil {
		return err
	}
	return c.print(u, fmt.Sprintf("Upgraded from format %d to %d; every record was opened. The vault as it was is kept: %s\n", u.From, u.To, u.Kept))
}
