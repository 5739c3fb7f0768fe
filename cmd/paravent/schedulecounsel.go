package main

import (
	"context"
	"fmt"
	"strings"

	"paravent/testimony"
	"paravent/testimony/docket"
)

type scheduleCounselCmd struct {
	vaultFlags
	Hearing string   `arg:"" help:"The hearing's id or its key in the docket file."`
	For     []string `help:"Counsel's seat and the client's, each by its id, its key, or its role where one seat has it; may be repeated. What is left out no longer stands." placeholder:"COUNSEL=CLIENT" sep:"none"`
	None    bool     `help:"Nobody of this hearing is counsel for anybody."`
}

// Help is shown by 'paravent schedule counsel --help'.
func (scheduleCounselCmd) Help() string {
	return `Only counsel and client can talk in private during the hearing. Counsel for the defence acts for an accused; counsel for a witness has a seat of the prosecution's side.
Without --for and --none it prints who is counsel for whom.`
}

// retainerLine is one line of the answer.
type retainerLine struct {
	Counsel string `json:"counsel"`
	Client  string `json:"client"`
}

func (s scheduleCounselCmd) Run(ctx context.Context, c *console) error {
	if s.None && len(s.For) > 0 {
		return usageError{"--none says that nobody is counsel for anybody: leave --for out"}
	}
	return s.with(ctx, c, func(d *docket.Desk) error {
		h, err := d.FindHearing(ctx, s.Hearing)
		if err != nil {
			return err
		}
		if s.None || len(s.For) > 0 {
			var retained []testimony.Retainer
			for _, typed := range s.For {
				counsel, client, ok := strings.Cut(typed, "=")
				if !ok {
					return usageError{fmt.Sprintf("%q is not COUNSEL=CLIENT", typed)}
				}
				var r testimony.Retainer
				if r.Counsel, err = findSeat(ctx, d, h, counsel); err != nil {
					return err
				}
				if r.Client, err = findSeat(ctx, d, h, client); err != nil {
					return err
				}
				retained = append(retained, r)
			}
			if h, err = d.Retain(ctx, h, retained); err != nil {
				return err
			}
		}
		lines, words := []retainerLine{}, ""
		for _, r := range h.Retained {
			counsel, _ := h.Participant(r.Counsel)
			client, _ := h.Participant(r.Client)
			lines = append(lines, retainerLine{counsel.Label, client.Label})
			words += counsel.Label + " for " + client.Label + "\n"
		}
		if words == "" {
			words = "nobody of this hearing is counsel for anybody\n"
		}
		return c.print(lines, words)
	})
}
