package edit

import (
	"slices"
	"time"
)

// Span is a stretch of time: From is in it, Until is not.
type Span struct {
	From  time.Duration `json:"from"`
	Until time.Duration `json:"until"`
}

// Spans are stretches in the order of time that neither touch nor overlap. Make them with [Union].
type Spans []Span

// Union joins stretches that touch or overlap, and drops empty ones.
func Union(list []Span) Spans {
	sorted := slices.DeleteFunc(slices.Clone(list), func(s Span) bool { return s.Until <= s.From })
	slices.SortFunc(sorted, func(a, b Span) int {
		switch {
		case a.From < b.From:
			return -1
		case a.From > b.From:
			return 1
		}
		return 0
	})
	var out Spans
	for _, s := range sorted {
		if n := len(out); n > 0 && s.From <= out[n-1].Until {
			out[n-1].Until = max(out[n-1].Until, s.Until)
			continue
		}
		out = append(out, s)
	}
	return out
}

// Has reports whether an instant is in one of the stretches.
func (s Spans) Has(at time.Duration) bool {
	i, _ := slices.BinarySearchFunc(s, at, func(x Span, at time.Duration) int {
		if x.Until <= at {
			return -1
		}
		return 1
	})
	return i < len(s) && s[i].From <= at
}

// Covers reports whether all of a stretch is in one of them.
func (s Spans) Covers(x Span) bool {
	return slices.ContainsFunc(s, func(y Span) bool { return y.From <= x.From && x.Until <= y.Until })
}

// Without returns what is left when others are taken away.
func (s Spans) Without(others Spans) Spans {
	var out []Span
	for _, x := range s {
		at := x.From
		for _, y := range others {
			if y.Until <= at || y.From >= x.Until {
				continue
			}
			if y.From > at {
				out = append(out, Span{at, y.From})
			}
			at = max(at, y.Until)
		}
		if at < x.Until {
			out = append(out, Span{at, x.Until})
		}
	}
	return Union(out)
}

// Length is the time in all of them, up to an end.
func (s Spans) Length(end time.Duration) (sum time.Duration) {
	for _, x := range s {
		sum += max(0, min(x.Until, end)-x.From)
	}
	return sum
}

// Missing is what a list takes from a recording, on the recording's clock.
type Missing struct {
	Picture Spans // where no picture of the recording stays
	Voice   Spans // where no sound of it stays
	Cut     Spans // where time goes too; it is in both others
}

// Take unites what the items take.
func Take(items []Ordered) Missing {
	var picture, voice, cut []Span
	for _, o := range items {
		if o.Channels.picture() {
			picture = append(picture, Span{o.From, o.PictureUntil})
		}
		if o.Channels.voice() {
			voice = append(voice, Span{o.From, o.Until})
		}
		if o.Kind == Cut {
			cut = append(cut, Span{o.From, o.Until})
		}
	}
	return Missing{Union(picture), Union(voice), Union(cut)}
}

// Before is the time that was cut before an instant of the recording.
func (m Missing) Before(at time.Duration) (sum time.Duration) {
	for _, c := range m.Cut {
		if c.From >= at {
			break
		}
		sum += min(c.Until, at) - c.From
	}
	return sum
}

// Shown is where an instant of the recording stands in the version.
func (m Missing) Shown(at time.Duration) time.Duration { return at - m.Before(at) }

// Original is the instant of the recording that stands at a time of the version; at a cut, the one after it.
func (m Missing) Original(shown time.Duration) time.Duration {
	for _, c := range m.Cut {
		if c.From > shown {
			break
		}
		shown += c.Until - c.From
	}
	return shown
}
