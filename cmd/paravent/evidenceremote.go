package main

import (
	"context"
	"fmt"
	"time"

	"paravent/testimony/docket"
	"paravent/testimony/evidence"
)

type remoteRecordCmds struct {
	List    remoteRecordListCmd    `cmd:"" help:"List the second records that were made at remote points, and which of them were handed over."`
	Receive remoteRecordReceiveCmd `cmd:"" help:"Take in the file of a second record. It has to be the one that the court was told of while it was made."`
}

type remoteRecordListCmd struct{ vaultFlags }

func (r remoteRecordListCmd) Run(ctx context.Context, c *console) error {
	return r.with(ctx, c, func(d *docket.Desk) error {
		list, err := d.RemoteRecords(ctx)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return c.print([]docket.RemoteRecord{}, "No second record was made at a remote point.\n")
		}
		pairs := []any{}
		for _, x := range list {
			pairs = append(pairs, x.ID, x.Begun.UTC().Format(time.RFC3339)+"  "+remoteWords(x))
		}
		return c.print(list, table(pairs...))
	})
}

// remoteWords says how far a second record is.
func remoteWords(x docket.RemoteRecord) string {
	told := fmt.Sprintf("%s, %d chunks", x.Told.Length.Round(time.Second), x.Told.Chunks)
	switch {
	case !x.Received.IsZero():
		return fmt.Sprintf("handed over %s; the court was told of %d chunks", x.Received.UTC().Format(time.RFC3339), x.Told.Chunks)
	case !x.Forgotten.IsZero():
		return "its key was destroyed with the master " + x.Forgotten.UTC().Format(time.RFC3339)
	case x.Told.Failed:
		return "failed after " + told + "; not handed over"
	case x.Told.Closed:
		return "whole, " + told + "; not handed over"
	}
	return "not closed, " + told + " told; not handed over"
}

type remoteRecordReceiveCmd struct {
	vaultFlags
	File string `arg:"" help:"As the remote point handed it over; it stays as it is." type:"path" placeholder:"FILE"`
}

// receivedLine is a second record that was taken in, as a script reads it.
type receivedLine struct {
	docket.Recording
	Untold int `json:"untold"` // chunks of which the court was not told while it was made
}

func (r remoteRecordReceiveCmd) Run(ctx context.Context, c *console) error {
	return r.with(ctx, c, func(d *docket.Desk) error {
		in, err := evidence.ReceiveRemote(ctx, d, r.File, nil)
		if err != nil {
			return err
		}
		state := "whole"
		if !in.Sealed {
			state = "torn: its machine was stopped before it ended"
		}
		defer stampSealed(ctx, c, d)
		remote, err := d.RemoteRecord(ctx, in.ID)
		if err != nil {
			return err
		}
		untold := remote.Untold(in)
		told := "The court was told of all of it while it was made."
		if untold > 0 {
			told = fmt.Sprintf("The court was not told of its last %d of %d chunks while it was made: nobody can say that they are what was recorded.", untold, in.Chunks)
		}
		return c.print(receivedLine{in, untold}, fmt.Sprintf("Taken in as %s: %s, %s. %s 'paravent evidence check %s' looks it through.\n", in.ID, in.Duration.Round(time.Second), state, told, in.ID))
	})
}
