package main

import (
	"context"

	"paravent/protection"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/edit"
	"paravent/testimony/evidence"
	"paravent/testimony/live"
)

// checks looks the masters of a hearing through, while the witness is still in the room.
func checks(d *docket.Desk) func(context.Context, *testimony.Minutes) []line {
	return func(ctx context.Context, m *testimony.Minutes) []line {
		var found []line
		for _, id := range m.Recording {
			r, err := d.Recording(ctx, id)
			if err == nil && r.Version != protection.MasterRecord {
				continue
			}
			var c docket.RecordingCheck
			if err == nil {
				c, err = evidence.Check(ctx, d, id, nil)
			}
			l := line{"recording": id, "length": edit.Clock(c.Length), "findings": c.Findings}
			if err != nil {
				l["error"], _ = tell(err)
			} else {
				l["words"] = evidence.CheckWords(c)
			}
			found = append(found, l)
		}
		return found
	}
}

// stamps asks for the timestamps that are missing.
func stamps(c *console, d *docket.Desk) func(context.Context) []line {
	return func(ctx context.Context) []line {
		var given []line
		for _, s := range stampSealed(ctx, c, d) {
			given = append(given, line{"recording": s.Recording, "at": s.At, "authority": s.Authority})
		}
		return given
	}
}

// playingLine is what is open of a recorded testimony. Where it stands is told in the events: a line a second would drown the rest.
func playingLine(p *live.Playing) line {
	if p == nil {
		return nil
	}
	return line{"hearing": p.Hearing, "length": edit.Clock(p.Length), "running": p.Running, "ended": p.Ended, "fault": p.Fault, "shares": p.Shares, "public": p.Public}
}

// playback takes a step with a recorded testimony.
func (h *host) playback(ctx context.Context, step, argument string) error {
	s := h.session
	switch step {
	case "recorded":
		list, err := s.Recorded(ctx)
		if err != nil {
			return err
		}
		all := []line{}
		for _, r := range list {
			all = append(all, line{"hearing": r.Hearing, "witness": r.Witness, "begins": r.Begins, "length": edit.Clock(r.Length), "gets": r.Form})
		}
		h.tell("recorded", line{"testimonies": all})
		return nil
	case "playback":
		id, err := h.find(ctx, argument)
		if err != nil {
			return err
		}
		return s.OpenTestimony(ctx, id)
	case "play":
		return s.PlayTestimony()
	case "pause":
		return s.PauseTestimony()
	case "seek":
		to, err := edit.ParseClock(argument)
		if err != nil {
			return usageError{"seek takes a time as 00:12:30"}
		}
		return s.MoveTestimony(to)
	}
	return s.CloseTestimony()
}
