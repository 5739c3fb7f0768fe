package main

import (
	"context"
	"errors"
	"fmt"

	"paravent/testimony/docket"
)

type vaultMoveCmd struct {
	vaultFlags
	Pack string `arg:"" help:"The new file that holds everything: carry it to the other machine." type:"path" placeholder:"PACK"`
}

func (v vaultMoveCmd) Run(ctx context.Context, c *console) error {
	return v.with(ctx, c, func(d *docket.Desk) error {
		m, err := d.Move(ctx, v.Pack, c.bytesOf("Packing and checking"))
		if err != nil {
			return err
		}
		return c.print(m, fmt.Sprintf("Packed into %s: %s, %d recordings, all checked. Audit log: %d entries, head %s.\n"+
			"This vault is marked as moved and is not written to any more. On the other machine: paravent vault take PACK NEW-FILE --login LOGIN\n"+
			"Compare the head there. If the file is lost on its way, 'paravent vault stay' goes on here.\n", m.Path, inBytes(m.Bytes), m.Recordings, m.Entries, m.Head))
	})
}

type vaultTakeCmd struct {
	Pack           string `arg:"" help:"The packed file." type:"path" placeholder:"PACK"`
	File           string `arg:"" help:"The new vault file." type:"path" placeholder:"NEW-FILE"`
	Login          string `required:"" help:"Whose keys open every record and recording before the file gets its name: a user who may make backups."`
	PassphraseFile string `help:"Read the passphrase from this file instead of asking." type:"path" placeholder:"FILE"`
}

func (v vaultTakeCmd) Run(ctx context.Context, c *console) error {
	passphrase, err := readPassphrase(c, v.PassphraseFile, "Passphrase: ")
	if err != nil {
		return err
	}
	defer clear(passphrase)
	m, err := docket.Take(ctx, v.Pack, v.File, docket.Keyholder{Login: v.Login, Passphrase: passphrase}, docket.Standard(), c.bytesOf("Copying and checking"))
	if err != nil {
		return err
	}
	return c.print(m, fmt.Sprintf("Taken into %s: every record and %d recordings were opened. It was packed at %s with %d audit entries.\n"+
		"Its head is %s. It is the same as on the machine that was left, or this is not what was packed there.\n"+
		"Erase the packed file and the vault that was left: both are as sealed as the vault, and neither is needed.\n",
		m.Path, m.Recordings, m.At.Local().Format("2006-01-02 15:04"), m.Entries, m.Head))
}

type vaultStayCmd struct {
	vaultFlags
	NotTaken bool `help:"Say that the packed file was not taken in anywhere, and will not be."`
}

var errTwoVaults = errors.New("say with --not-taken that the packed file was not taken in anywhere: otherwise there would be two vaults that know nothing of each other")

func (v vaultStayCmd) Run(ctx context.Context, c *console) error {
	if !v.NotTaken {
		return errTwoVaults
	}
	path, err := v.existing()
	if err != nil {
		return err
	}
	passphrase, err := readPassphrase(c, v.PassphraseFile, "Passphrase: ")
	if err != nil {
		return err
	}
	defer clear(passphrase)
	if err := docket.Stay(ctx, path, docket.Keyholder{Login: v.login(), Passphrase: passphrase}, docket.Standard()); err != nil {
		return err
	}
	return c.print(map[string]bool{"moved": false}, "The vault goes on here. It is in the audit log. Destroy the packed file.\n")
}
