package main

import (
	"context"

	"paravent/app/attend"
	"paravent/app/shell"
)

type joinCmd struct {
	Link        string `arg:"" optional:"" help:"The link, in quotes. Left out, the window asks for it: whoever shares this machine can read what stands on a command line."`
	Fingerprint string `help:"SHA-256 fingerprint of the court's certificate, where the card shows one." placeholder:"HEX"`
	KeepRecord  string `help:"On the witness's machine: a folder in which a second, sealed record of the testimony is kept for the court. Nobody can open it there." type:"path" placeholder:"FOLDER"`
	TestPicture bool   `help:"Send a generated picture and speech in place of camera and microphone, to try a line."`
}

func (j joinCmd) Run(ctx context.Context, _ *console) error {
	if !hasDisplay() {
		return errNoDisplay
	}
	return attend.Run(ctx, attend.Options{AppID: shell.AppID, Link: j.Link, Fingerprint: j.Fingerprint, TestPicture: j.TestPicture, KeepRecord: j.KeepRecord})
}
