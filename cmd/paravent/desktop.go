package main

import (
	"context"
	"os"
	"runtime"
	"time"

	"paravent/app/shell"
	"paravent/testimony/docket"
)

// errNoDisplay is told where there is nothing to open a window on.
var errNoDisplay = usageError{"There is no display here, so no window can open. 'paravent --help' lists what works without one; 'paravent rehearse' tries a whole hearing."}

func hasDisplay() bool {
	return runtime.GOOS != "linux" || os.Getenv("DISPLAY") != "" || os.Getenv("WAYLAND_DISPLAY") != ""
}

type desktopCmd struct{ placeFlags }

func (d desktopCmd) Run(ctx context.Context, _ *console) error {
	if !hasDisplay() {
		return errNoDisplay
	}
	path, err := d.path()
	if err != nil {
		return err
	}
	return shell.Run(ctx, shell.Options{Vault: path})
}

type demoCmd struct {
	Vault string `help:"The training vault; one for each day where left out, so that its hearing lies ahead." type:"path" placeholder:"FILE"`
}

func (d demoCmd) Run(ctx context.Context, _ *console) error {
	if !hasDisplay() {
		return errNoDisplay
	}
	path := d.Vault
	if path == "" {
		var err error
		if path, err = defaultVault("training-" + time.Now().Format(time.DateOnly) + ".paravent"); err != nil {
			return err
		}
	}
	if err := docket.MakeFolder(path); err != nil {
		return err
	}
	return shell.Run(ctx, shell.Options{Vault: path, Training: true})
}
