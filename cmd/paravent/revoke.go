package main

import (
	"context"
	"fmt"

	"paravent/testimony/docket"
)

type userRevokeCmd struct {
	vaultFlags
	Of     string `arg:"" help:"The login of the user whose access ends." placeholder:"LOGIN"`
	Reason string `help:"Why. It is kept in the vault, for those who arrange hearings." required:""`
}

func (u userRevokeCmd) Run(ctx context.Context, c *console) error {
	return u.with(ctx, c, func(d *docket.Desk) error {
		user, err := userByLogin(ctx, d, u.Of)
		if err != nil {
			return err
		}
		if err := d.RevokeUser(ctx, user.ID, u.Reason); err != nil {
			return err
		}
		if err := d.Upkeep(ctx, c.progressOf("Sealing anew")); err != nil {
			return err
		}
		return c.print(map[string]string{"login": user.Login, "access": "revoked"},
			fmt.Sprintf("%s has no access any more. What they could read is sealed with other keys.\nWhat they copied before stays readable to them; a recovery sheet that they hold still counts: make another kit.\n", user.Login))
	})
}

type vaultUpkeepCmd struct{ vaultFlags }

func (v vaultUpkeepCmd) Run(ctx context.Context, c *console) error {
	return v.with(ctx, c, func(d *docket.Desk) error {
		due, err := d.UpkeepDue(ctx)
		if err != nil {
			return err
		}
		if err := d.Upkeep(ctx, c.progressOf("Sealing anew")); err != nil {
			return err
		}
		left, err := d.UpkeepDue(ctx)
		if err != nil {
			return err
		}
		return c.print(map[string]int{"sealed_anew": due.Records - left.Records, "left": left.Records},
			fmt.Sprintf("%d records were sealed anew. Nothing that you can do is left.\n", due.Records-left.Records))
	})
}
