package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"paravent/protection/policy"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/invite"
	"paravent/testimony/notice"
)

type inviteCmds struct {
	Card     inviteCardCmd     `cmd:"" help:"Write the invitation of a seat as a card to be printed and handed over."`
	Link     inviteLinkCmd     `cmd:"" help:"Print the invitation of a seat as a link, and write it as a picture. The link is the seat's whole credential."`
	Withdraw inviteWithdrawCmd `cmd:"" help:"Withdraw the invitations of a seat: neither link nor card opens it any more."`
}

// seatFlags name a seat of a hearing.
type seatFlags struct {
	vaultFlags
	Hearing string `help:"The hearing: its id or its key in the docket file." required:"" placeholder:"H"`
	Seat    string `help:"The seat: its id, its key in the docket file, or its role where only one has it." required:"" placeholder:"SEAT"`
}

func (f seatFlags) of(ctx context.Context, c *console, fn func(*docket.Desk, testimony.Hearing, testimony.ParticipantID) error) error {
	return f.with(ctx, c, func(d *docket.Desk) error {
		h, err := d.FindHearing(ctx, f.Hearing)
		if err != nil {
			return err
		}
		seat, err := findSeat(ctx, d, h, f.Seat)
		if err != nil {
			return err
		}
		return fn(d, h, seat)
	})
}

// findSeat finds a seat of a hearing by its id, its key, or its role where only one has it.
func findSeat(ctx context.Context, d *docket.Desk, h testimony.Hearing, typed string) (testimony.ParticipantID, error) {
	keys, err := d.SeatKeys(ctx, h)
	if err != nil {
		return "", err
	}
	var byRole []testimony.ParticipantID
	for _, p := range h.Participants {
		if string(p.ID) == typed || keys[p.ID] == typed {
			return p.ID, nil
		}
		if string(p.Role) == typed {
			byRole = append(byRole, p.ID)
		}
	}
	if len(byRole) != 1 {
		return "", fmt.Errorf("the seat %q: %w", typed, docket.ErrNotFound)
	}
	return byRole[0], nil
}

// aheadFlags make an invitation before the day.
type aheadFlags struct {
	seatFlags
	Base string `help:"The address of the join page as guests reach it; the one used last where left out." placeholder:"https://court.example"`
	New  bool   `help:"A new link, for one that was lost or seen. The one before opens nothing any more."`
}

func (f aheadFlags) base(ctx context.Context, d *docket.Desk) (string, error) {
	if f.Base != "" {
		return f.Base, nil
	}
	base, err := d.JoinPage(ctx)
	if err == nil && base == "" {
		err = usageError{"Say with --base by which address guests reach the join page."}
	}
	return base, err
}

// invitedLine is an invitation as a script reads it.
type invitedLine struct {
	Seat  testimony.ParticipantID `json:"seat"`
	Mark  string                  `json:"mark"`
	Until time.Time               `json:"until"`
	Link  string                  `json:"link,omitempty"`
	File  string                  `json:"file,omitempty"`
}

type inviteCardCmd struct {
	aheadFlags
	Language string `help:"The card's language: ${enum}." enum:"en,fr" default:"en"`
	To       string `help:"The file: a name that ends in .pdf." required:"" type:"path" placeholder:"FILE"`
	Replace  bool   `help:"Replace a file of this name."`
}

func (i inviteCardCmd) Run(ctx context.Context, c *console) error {
	return i.of(ctx, c, func(d *docket.Desk, h testimony.Hearing, seat testimony.ParticipantID) error {
		base, err := i.base(ctx, d)
		if err != nil {
			return err
		}
		made, err := d.WriteCard(ctx, h.ID, seat, base, i.New, policy.Language(i.Language), i.To, i.Replace)
		if err != nil {
			return err
		}
		return c.print(invitedLine{Seat: seat, Mark: made.Mark, Until: made.Expires, File: i.To}, fmt.Sprintf("Card %s, written: %s\nPrint it, hand it over, and delete the file.\n", made.Mark, filepath.Clean(i.To)))
	})
}

type inviteLinkCmd struct {
	aheadFlags
	QR string `name:"qr" help:"Write it as a picture, too: a file that ends in .png and does not exist yet." type:"path" placeholder:"FILE"`
}

func (i inviteLinkCmd) Run(ctx context.Context, c *console) error {
	if i.QR != "" && !strings.EqualFold(filepath.Ext(i.QR), ".png") {
		return usageError{"The picture's file ends in .png."}
	}
	return i.of(ctx, c, func(d *docket.Desk, h testimony.Hearing, seat testimony.ParticipantID) error {
		base, err := i.base(ctx, d)
		if err != nil {
			return err
		}
		made, err := d.InviteAhead(ctx, h.ID, seat, base, i.New)
		if err != nil {
			return err
		}
		if made.Used {
			return invite.Used
		}
		line := invitedLine{Seat: seat, Mark: made.Mark, Until: made.Expires, Link: made.Link.String()}
		if i.QR != "" {
			picture, err := notice.QR(line.Link)
			if err != nil {
				return err
			}
			if err := writeNew(i.QR, picture); err != nil {
				return err
			}
			line.File = i.QR
		}
		return c.print(line, line.Link+"\n")
	})
}

type inviteWithdrawCmd struct{ seatFlags }

func (i inviteWithdrawCmd) Run(ctx context.Context, c *console) error {
	return i.of(ctx, c, func(d *docket.Desk, h testimony.Hearing, seat testimony.ParticipantID) error {
		if err := d.Revoke(ctx, h.ID, seat); err != nil {
			return err
		}
		return c.print(map[string]string{"seat": string(seat)}, "Withdrawn. Neither link nor card of this seat opens anything any more.\n")
	})
}
