package transcript

import (
	"time"

	"paravent/testimony/edit"
)

// markLength is for how long a passage that was cut is shown as such: it has no time of its own in the version.
const markLength = 2 * time.Second

// Gone is what is not to be read, on the recording's clock.
type Gone struct {
	Ordered []edit.Ordered // cuts and masks in force, of picture or voice
	Marked  []edit.Span    // passages marked in the session
	Closed  []edit.Span    // where the session was not public
	Length  time.Duration  // of the recording; 0 where nobody knows it
}

// Public is a transcript without what is gone, on the clock of the version that carries out the edits. Each stretch that is gone, widened by every passage that
// touches it, stands as one withheld passage: neither who spoke, nor how often, nor for how long each, is told. What was expunged where the session was
// not public is expunged. Passages that only end where a stretch begins do not touch it.
func Public(list []Passage, g Gone) []Passage {
	expunged := append([]edit.Span{}, g.Marked...)
	for _, o := range g.Ordered {
		expunged = append(expunged, edit.Span{From: o.From, Until: o.Until})
	}
	closed := append([]edit.Span{}, g.Closed...)
	gone, shut := edit.Union(expunged), edit.Union(closed)
	var out []Passage
	for _, p := range list {
		span := edit.Span{From: p.Start, Until: p.End}
		switch {
		case p.Withheld == Expunged || touches(gone, span):
			expunged = append(expunged, span)
		case p.Withheld != "" || touches(shut, span):
			closed = append(closed, span)
		default:
			out = append(out, p)
		}
	}
	gone = edit.Union(expunged)
	for _, s := range []struct {
		spans edit.Spans
		why   Withheld
	}{{gone, Expunged}, {edit.Union(closed).Without(gone), NotPublic}} {
		for _, x := range s.spans {
			if x.From = max(x.From, 0); g.Length > 0 {
				x.Until = min(x.Until, g.Length)
			}
			if x.Until > x.From {
				out = append(out, Passage{Start: x.From, End: x.Until, Withheld: s.why})
			}
		}
	}
	missing := edit.Take(g.Ordered)
	for i := range out {
		out[i].Start, out[i].End = missing.Shown(out[i].Start), missing.Shown(out[i].End)
		if out[i].End <= out[i].Start {
			out[i].End = out[i].Start + markLength
		}
	}
	Sort(out)
	return out
}

func touches(spans edit.Spans, x edit.Span) bool {
	for _, s := range spans {
		if s.From < x.Until && x.From < s.Until {
			return true
		}
	}
	return false
}
