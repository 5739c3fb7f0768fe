package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/user"
	"path/filepath"

	"github.com/alecthomas/kong"
	"golang.org/x/term"

	"paravent/testimony/docket"
)

// placeFlags say where a vault is.
type placeFlags struct {
	Vault   string `help:"The vault file." type:"path" placeholder:"FILE" env:"PARAVENT_VAULT"`
	Backend string `help:"The etcd cluster that the vault is on, instead of a file: etcd://host:2379,host:2379/NAME?ca=FILE&cert=FILE&key=FILE" placeholder:"URL" env:"PARAVENT_BACKEND"`
}

// vaultFlags say which vault is opened, and by whom.
type vaultFlags struct {
	placeFlags
	Login          string `help:"Your login; your system login where left out." env:"PARAVENT_LOGIN"`
	PassphraseFile string `help:"Read the passphrase from this file instead of asking." type:"path" placeholder:"FILE"`
}

// defaultVault is where the desktop and the command line look when no file is named.
func defaultVault(name string) (string, error) {
	folder, err := docket.DataFolder()
	return filepath.Join(folder, name), err
}

// path is the vault's place. A flag outdoes the environment; two of a kind contradict each other.
func (f placeFlags) path() (string, error) {
	vaultTyped := f.Vault != "" && f.Vault != kong.ExpandPath(os.Getenv("PARAVENT_VAULT"))
	backendTyped := f.Backend != "" && f.Backend != os.Getenv("PARAVENT_BACKEND")
	switch {
	case f.Vault != "" && f.Backend != "" && vaultTyped == backendTyped:
		return "", usageError{"Name a vault file or a backend, not both: --vault (PARAVENT_VAULT) or --backend (PARAVENT_BACKEND)."}
	case f.Backend != "" && !vaultTyped:
		if !docket.OnServer(f.Backend) {
			return "", usageError{"A backend begins with etcd://. A vault file is named with --vault."}
		}
		return f.Backend, nil
	case f.Vault != "":
		return f.Vault, nil
	}
	return defaultVault("court.paravent")
}

func (f vaultFlags) login() string {
	if f.Login != "" {
		return f.Login
	}
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return ""
}

// unlock opens the vault for the user of the flags.
func (f vaultFlags) unlock(ctx context.Context, c *console) (*docket.Desk, error) {
	path, err := f.existing()
	if err != nil {
		return nil, err
	}
	passphrase, err := readPassphrase(c, f.PassphraseFile, "Passphrase: ")
	if err != nil {
		return nil, err
	}
	defer clear(passphrase)
	d, err := docket.Unlock(ctx, path, f.login(), passphrase, docket.Standard())
	if err == nil && d.FailedTries() > 0 && !c.json {
		fmt.Fprintf(c.errors, "Wrong tries at your passphrase since you were last here: %d.\n", d.FailedTries())
	}
	return d, err
}

// existing is the path of the vault, which is there: nobody is asked for the passphrase of a vault that is not.
func (f placeFlags) existing() (string, error) {
	path, err := f.path()
	if err == nil && !docket.Exists(path) {
		err = fmt.Errorf("there is no vault at %s: %w", path, os.ErrNotExist)
	}
	return path, err
}

// readPassphrase takes a passphrase from a file, or asks for it where a person sits at a terminal.
func readPassphrase(c *console, file, prompt string) ([]byte, error) {
	if file != "" {
		return passphraseIn(file)
	}
	if !term.IsTerminal(int(os.Stdin.Fd())) {
		return nil, usageError{"A passphrase is needed: name a file with --passphrase-file, or run this in a terminal."}
	}
	fmt.Fprint(c.errors, prompt)
	p, err := term.ReadPassword(int(os.Stdin.Fd()))
	fmt.Fprintln(c.errors)
	if err != nil {
		return nil, fmt.Errorf("read the passphrase: %w", err)
	}
	return p, nil
}

// maxPassphrase bounds what is read from a passphrase file, in bytes: a longer file is not a passphrase.
const maxPassphrase = 4096

func passphraseIn(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("read the passphrase: %w", err)
	}
	defer f.Close()
	p := make([]byte, 0, maxPassphrase+1) // large enough that no copy is left behind by growing
	for len(p) < cap(p) {
		n, err := f.Read(p[len(p):cap(p)])
		p = p[:len(p)+n]
		if errors.Is(err, io.EOF) {
			return bytes.TrimRight(p, "\r\n"), nil
		}
		if err != nil {
			return nil, fmt.Errorf("read the passphrase: %w", err)
		}
	}
	clear(p)
	return nil, usageError{fmt.Sprintf("The passphrase file is longer than %d bytes; name the file that holds the passphrase alone.", maxPassphrase)}
}

// newPassphrase takes a new passphrase, asked for twice at a terminal.
func newPassphrase(c *console, file string) ([]byte, error) {
	first, err := readPassphrase(c, file, "New passphrase: ")
	if err != nil || file != "" {
		return first, err
	}
	second, err := readPassphrase(c, "", "Once more: ")
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(first, second) {
		return nil, usageError{"The two passphrases differ. Nothing was changed."}
	}
	return first, nil
}

// with runs fn on an unlocked vault and closes it.
func (f vaultFlags) with(ctx context.Context, c *console, fn func(*docket.Desk) error) error {
	d, err := f.unlock(ctx, c)
	if err != nil {
		return err
	}
	return errors.Join(fn(d), d.Close())
}
