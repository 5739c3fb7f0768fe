package notice

import (
	"strings"
	"time"

	"paravent/testimony/readiness"
)

// Standing is one line of the board of a hearing's readiness, for paper.
type Standing struct {
	Line readiness.Line
	Name string            // of a measure, in the paper's language; empty for another item
	Who  map[string]string // names of the resources that the line names by their id
}

// who is an office in words, or a resource by its name.
func (x Standing) who(w words, id string) string {
	if name := w.offices[id]; name != "" {
		return capital(name)
	}
	if name := x.Who[id]; name != "" {
		return name
	}
	return w.board.unknown
}

func (x Standing) name(w words) string {
	if x.Name != "" {
		return capital(x.Name)
	}
	return w.board.items[x.Line.Item]
}

// found says how a check found its line, with the moment on the court's clock; empty where nobody has looked.
func (x Standing) found(w words, c *readiness.Check, zone *time.Location) string {
	if c == nil {
		return ""
	}
	word := w.board.good
	switch {
	case c.Stage == readiness.SetUp:
		word = x.who(w, c.Who)
	case !c.Good:
		word = w.board.bad
	}
	return word + ", " + w.date(c.At.In(zone)) + " " + clockOf(c.At, zone)
}

// board sets the lines as they stood at a moment. What is not in place stands first, since somebody has to act.
func (r Readiness) board(s *sheet) {
	if len(r.Board) == 0 {
		return
	}
	b := s.w.board
	s.section(strings.Replace(b.title, "%s", s.w.moment(r.BoardAt), 1))
	zone := r.BoardAt.Location()
	var rows [][][]piece
	for _, light := range []readiness.Light{readiness.Red, readiness.Amber, readiness.Green} {
		for _, x := range r.Board {
			if x.Line.Light != light {
				continue
			}
			stands := []piece{{text: b.lights[light], style: strongStyle}}
			if x.Line.Reason != readiness.InPlace {
				stands = append(stands, piece{text: b.reasons[x.Line.Reason], style: smallStyle})
			}
			if t := x.Line.LineTest; t != nil {
				for _, f := range t.Faults() {
					stands = append(stands, piece{text: b.faults[f], style: smallStyle})
				}
			}
			if x.Line.Actor != "" {
				stands = append(stands, piece{text: b.acts + s.w.colon + x.who(s.w, x.Line.Actor), style: strongStyle})
			}
			looked := []piece{}
			for _, c := range []*readiness.Check{x.Line.Day, x.Line.Half} {
				if text := x.found(s.w, c, zone); text != "" {
					looked = append(looked, piece{text: text, style: smallStyle})
				}
			}
			if len(looked) == 0 {
				looked = small("–")
			}
			set := x.found(s.w, x.Line.Set, zone)
			if set == "" {
				set = "–"
			}
			rows = append(rows, [][]piece{{{text: x.name(s.w), style: strongStyle}}, stands, small(set), looked})
		}
	}
	s.table([]float64{5, 6, 3.4, 3.6}, []string{s.w.ready.protection, b.stands, s.w.ready.setUp, b.looked}, rows...)
}
