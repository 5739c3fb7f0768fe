package notice

import (
	"fmt"
	"io"
	"strings"
	"time"

	"paravent/protection"
	"paravent/protection/identity"
	"paravent/protection/policy"
	"paravent/testimony"
	"paravent/testimony/edit"
	"paravent/testimony/schedule"
)

// PublicMinutes are the record of a session that may leave the court. Whatever minutes it is given, it shows their public version only, names
// seats by their functions, and gives the clock of no place.
type PublicMinutes struct {
	Heading
	Minutes testimony.Minutes
}

// PDF writes the public record.
func (p PublicMinutes) PDF(out io.Writer, l policy.Language) error {
	m := p.Minutes.Public()
	return draw(out, l, p.Heading, PublicRecord, func(w words) string { return w.minutes.publicTitle }, func(s *sheet) {
		w := s.w.minutes
		s.head("")
		zone := zoneOf(m.Court)
		s.facts(fact{s.w.court, p.Court}, fact{s.w.caseNumber, p.Case}, fact{s.w.witness, s.w.pseudonym(p.Pseudonym)},
			fact{w.begun, s.w.moment(m.Court.Begin.In(zone))}, fact{w.ended, s.w.moment(m.Court.End.In(zone))})
		if p.Minutes.Version == "recovered" {
			s.box("", w.recovered)
		}
		s.section(w.seats)
		s.points(append([]string{w.bench}, publicSeats(s.w, m.Seats)...)...)
		s.section(w.course)
		s.para(w.absent)
		var rows [][][]piece
		for _, x := range outline(m.Segments) {
			stage := s.w.minutes.phases[x.Phase]
			if x.Mode != protection.PublicMode {
				stage = w.withheld
			}
			rows = append(rows, [][]piece{plain(clockOf(x.From, zone)), plain(clockOf(x.To, zone)), plain(s.w.modes[x.Mode]), plain(stage), small(x.Reason)})
		}
		s.table([]float64{2, 2, 3.9, 4.3, 4}, []string{w.from, w.to, w.mode, w.phase, w.reason}, rows...)
		s.totals(m.Totals)
		s.publicConduct(m)
		s.log(m.Log)
		s.signatures(w.signJudge, w.signClerk)
	})
}

// publicConduct is what the public may know of the oath, of whose questions were put how long, and of objections.
func (s *sheet) publicConduct(m testimony.Minutes) {
	w := s.w.minutes
	switch {
	case !m.Oath.Taken.IsZero():
		s.facts(fact{w.oath, fmt.Sprintf(w.sworn, clockOf(m.Oath.Taken, zoneOf(m.Court)))})
	case m.Oath.Unsworn:
		s.facts(fact{w.oath, w.unsworn})
	}
	var rows [][][]piece
	for _, stage := range testimony.Stages {
		var sum time.Duration
		for _, x := range m.Examined {
			if x.Stage == stage {
				sum += x.Length()
			}
		}
		if sum > 0 {
			rows = append(rows, [][]piece{plain(w.stages[stage]), plain(length(sum))})
		}
	}
	if len(rows) > 0 {
		s.section(w.examined)
		s.table([]float64{6, 10}, nil, rows...)
	}
	if n := len(m.Objected); n > 0 {
		s.section(w.objections)
		s.points(fmt.Sprintf(w.raised, n))
	}
}

// sealedConduct is all of it, by seat.
func (s *sheet) sealedConduct(m testimony.Minutes, labels map[testimony.ParticipantID]string) {
	w := s.w.minutes
	zone := zoneOf(m.Court)
	who := func(id testimony.ParticipantID) string {
		if id == testimony.BenchID {
			return w.bench
		}
		return labels[id]
	}
	var oath []string
	if !m.Oath.Refused.IsZero() {
		oath = append(oath, fmt.Sprintf(w.refused, clockOf(m.Oath.Refused, zone)))
	}
	if !m.Oath.Taken.IsZero() {
		oath = append(oath, fmt.Sprintf(w.sworn, clockOf(m.Oath.Taken, zone)))
	}
	if form := w.forms[m.Oath.Form]; form != "" {
		oath = append(oath, form)
	}
	if m.Oath.Unsworn {
		oath = append(oath, w.unsworn, m.Oath.Why)
	}
	if len(oath) > 0 {
		s.facts(fact{w.oath, strings.Join(oath, " · ")})
	}
	if len(m.Examined) > 0 {
		s.section(w.examined)
		var rows [][][]piece
		for _, x := range m.Examined {
			rows = append(rows, [][]piece{plain(w.stages[x.Stage]), plain(who(x.By)), plain(length(x.Length()))})
		}
		s.table([]float64{6, 6, 4}, nil, rows...)
	}
	if len(m.Objected) > 0 {
		s.section(w.objections)
		var rows [][][]piece
		for _, o := range m.Objected {
			ruling := w.open
			if !o.Open() {
				ruling = w.rulings[o.Ruling]
			}
			rows = append(rows, [][]piece{plain(clockOf(o.At, zone)), plain(who(o.By)), plain(w.grounds[o.Ground]), plain(ruling)})
		}
		s.table([]float64{2, 5, 5, 4}, []string{w.at, w.raisedBy, w.ground, w.ruling}, rows...)
	}
}

// publicSeats are the functions that took part, each once; a label that somebody typed could tell more.
func publicSeats(w words, seats []testimony.Seat) []string {
	var out []string
	seen := map[testimony.Role]bool{testimony.RoleBench: true}
	for _, x := range seats {
		if word := w.roles[x.Role]; word != "" && !seen[x.Role] {
			seen[x.Role] = true
			out = append(out, word)
		}
	}
	return out
}

// outline joins the stretches of a private or closed session into one: their stages are not for the public.
func outline(list []testimony.Segment) []testimony.Segment {
	var out []testimony.Segment
	for _, x := range list {
		if n := len(out); n > 0 && x.Mode != protection.PublicMode && out[n-1].Mode == x.Mode && out[n-1].To.Equal(x.From) {
			out[n-1].To = x.To
			if out[n-1].Reason == "" {
				out[n-1].Reason = x.Reason
			}
			continue
		}
		out = append(out, x)
	}
	return out
}

// SealedMinutes are the whole record of a session. They name the witness by the pseudonym, unless fields were disclosed for them.
type SealedMinutes struct {
	Heading
	Minutes   testimony.Minutes
	Labels    map[testimony.ParticipantID]string // what each seat is called in the hearing
	Disclosed *Disclosed                         // nil: the record holds no identity
}

// Disclosed are the fields of an identity that one official was granted. It is the only thing in this package that can hold a true identity;
// it comes from a ceremony (protection/identity), and whoever makes it wipes it after the paper is written.
type Disclosed struct {
	Fields  identity.Fields
	Grantee string // the official to whom they were disclosed
	Office  string // of the grantee, as the desk names it
	Order   string // the order or basis that the disclosure rests on
	At      time.Time
	Until   time.Time
}

// PDF writes the sealed record.
func (p SealedMinutes) PDF(out io.Writer, l policy.Language) error {
	m := p.Minutes
	return draw(out, l, p.Heading, SealedRecord, func(w words) string { return w.minutes.sealedTitle }, func(s *sheet) {
		w := s.w.minutes
		if d := p.Disclosed; d != nil {
			s.watermark = fmt.Sprintf(s.w.disclosed.stamp, d.who(s.w), s.w.moment(d.At.UTC()))
		}
		s.head("")
		s.banner("", w.seal)
		zone := zoneOf(m.Court)
		there := ""
		if !m.Remote.Begin.IsZero() {
			there = s.w.moment(m.Remote.Begin.In(zoneOf(m.Remote)))
		}
		s.facts(fact{s.w.court, p.Court}, fact{s.w.caseNumber, p.Case}, fact{s.w.witness, s.w.pseudonym(p.Pseudonym)}, fact{w.begun, s.w.moment(m.Court.Begin.In(zone))},
			fact{w.ended, s.w.moment(m.Court.End.In(zone))}, fact{w.there, there})
		if m.Version == "recovered" {
			s.box("", w.recovered)
		}
		p.identity(s)
		s.section(w.seats)
		rows := [][][]piece{{strong(w.bench), plain(s.w.roles[testimony.RoleBench]), plain(clockOf(m.Court.Begin, zone)), plain(clockOf(m.Court.End, zone))}}
		for _, x := range m.Seats {
			rows = append(rows, [][]piece{strong(s.w.pseudonym(protection.Pseudonym(x.Label))), plain(s.w.roles[x.Role]), plain(clockOf(x.Admitted, zone)), plain(clockOf(x.Left, zone))})
		}
		s.table([]float64{6, 5, 2.5, 2.5}, []string{w.seat, w.role, w.admitted, w.leftAt}, rows...)
		s.section(w.course)
		rows = nil
		for _, x := range m.Segments {
			rows = append(rows, [][]piece{plain(clockOf(x.From, zone)), plain(clockOf(x.To, zone)), plain(s.w.modes[x.Mode]), plain(w.phases[x.Phase]), small(x.Reason)})
		}
		s.table([]float64{2, 2, 3.9, 4.3, 4}, []string{w.from, w.to, w.mode, w.phase, w.reason}, rows...)
		s.totals(m.Totals)
		s.sealedConduct(m, p.Labels)
		s.section(w.events)
		rows = nil
		for _, e := range m.Events {
			rows = append(rows, [][]piece{plain(clockOf(e.At, zone)), plain(s.w.event(e, p.Labels, zone))})
		}
		s.table([]float64{2, 14}, []string{w.at, w.what}, rows...)
		if len(m.Recording) > 0 {
			s.section(w.recordings)
			for _, id := range m.Recording {
				s.points(string(id))
			}
		}
		s.log(m.Log)
		s.para(w.locked)
		s.signatures(w.signJudge, w.signClerk)
	})
}

func (d Disclosed) who(w words) string {
	return strings.Join(nonEmpty(d.Grantee, w.offices[d.Office]), ", ")
}

// identity says where the identity is, and holds what was disclosed for this record.
func (p SealedMinutes) identity(s *sheet) {
	d, w := p.Disclosed, s.w.disclosed
	if d == nil {
		s.section(s.w.minutes.identity)
		s.para(s.w.minutes.identityText)
		return
	}
	s.section(w.title)
	s.para(w.text)
	s.facts(fact{w.to, d.who(s.w)}, fact{w.order, d.Order}, fact{w.at, s.w.moment(d.At.UTC())}, fact{w.until, s.w.moment(d.Until.UTC())})
	var rows [][][]piece
	for _, f := range identity.AllFields {
		value, ok := d.Fields[f]
		switch {
		case !ok:
		case f.Spoken():
			rows = append(rows, [][]piece{strong(w.fields[f]), plain(value)})
		default:
			rows = append(rows, [][]piece{strong(w.fields[f]), small(w.unprintable)})
		}
	}
	s.table([]float64{4, 12}, nil, rows...)
}

func (s *sheet) totals(list []testimony.Total) {
	w := s.w.minutes
	s.section(w.totals)
	var rows [][][]piece
	for _, t := range list {
		rows = append(rows, [][]piece{plain(s.w.modes[t.Mode]), plain(length(time.Duration(t.Seconds * float64(time.Second))))})
	}
	s.table([]float64{6, 10}, nil, rows...)
}

func (s *sheet) log(head *testimony.LogHead) {
	if head == nil {
		return
	}
	s.section(s.w.minutes.log)
	s.para(fmt.Sprintf(s.w.minutes.logText, head.Entries, head.Hash))
	if head.Note != "" {
		s.code(head.Note)
	}
}

// event says one event of the record in words.
func (w words) event(e testimony.Event, labels map[testimony.ParticipantID]string, zone *time.Location) string {
	what := w.minutes.kinds[e.Kind]
	if who := labels[e.Participant]; who != "" && e.Participant != "" && e.Kind != testimony.Requested && e.Kind != testimony.WentOn {
		what = w.pseudonym(protection.Pseudonym(who)) + w.colon + what
	}
	switch e.Kind {
	case testimony.PhaseChanged:
		what += w.colon + w.minutes.phases[e.Phase]
	case testimony.ModeChanged:
		what += w.colon + w.modes[e.Mode]
	case testimony.Admitted:
		if e.Reason == testimony.AtDesk {
			return what + w.colon + w.minutes.here
		}
	case testimony.Marked, testimony.LineBack:
		what += w.colon + clockOf(e.From, zone) + " – " + clockOf(e.To, zone)
	case testimony.Requested:
		asked := w.minutes.asked[e.Reason]
		if asked == "" {
			asked = e.Reason
		}
		return what + w.colon + asked
	case testimony.Tried:
		return what + w.colon + w.minutes.trials[e.Reason]
	case testimony.OathShown, testimony.OathTaken, testimony.OathRefused:
		if form := w.minutes.forms[testimony.OathForm(e.Reason)]; form != "" {
			return what + w.colon + form
		}
		return what
	case testimony.TalkBegan, testimony.TalkEnded:
		return what + " " + w.pseudonym(protection.Pseudonym(labels[e.With]))
	case testimony.Interpreting:
		if e.Reason == "" {
			return what + " " + w.minutes.everyone
		}
		return what + " " + fmt.Sprintf(w.minutes.into, schedule.LanguageWord(e.Reason, policy.Language(w.tag)))
	case testimony.StageBegun:
		return what + w.colon + w.minutes.stages[testimony.Stage(e.Reason)]
	case testimony.Objected:
		return what + w.colon + w.minutes.grounds[testimony.Ground(e.Reason)]
	case testimony.ExhibitShown, testimony.ExhibitTakenDown:
		return what + w.colon + e.Number
	case testimony.PlaybackRuns, testimony.PlaybackPaused, testimony.PlaybackClosed:
		what += w.colon + edit.Clock(e.Place)[:8]
		if why := w.minutes.stops[e.Reason]; why != "" {
			what += " · " + why
		}
		return what
	case testimony.PlaybackMoved:
		return what + w.colon + edit.Clock(e.Was)[:8] + " → " + edit.Clock(e.Place)[:8]
	case testimony.Ruled:
		return what + w.colon + w.minutes.rulings[testimony.Ruling(e.Reason)]
	case testimony.Expected:
		return what + " " + clockOf(e.To, zone)
	case testimony.SoundFirst:
		return what + w.colon + w.minutes.lows[e.Reason]
	case testimony.DrawnAs:
		return what + w.colon + w.minutes.drawings[e.Reason]
	case testimony.Prepared:
		return what + w.colon + w.minutes.steps[e.Reason]
	}
	if e.Reason != "" {
		what += " · " + e.Reason
	}
	return what
}

// zoneOf is the time zone of a clock. One that is not known any more leaves the distance from UTC that was kept.
func zoneOf(c testimony.Clock) *time.Location {
	if zone, err := time.LoadLocation(c.Zone); err == nil && c.Zone != "" {
		return zone
	}
	return c.Begin.Location()
}

func clockOf(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return ""
	}
	return t.In(zone).Format("15:04:05")
}

func length(d time.Duration) string {
	t := int(d.Round(time.Second) / time.Second)
	return fmt.Sprintf("%d:%02d:%02d", t/3600, t/60%60, t%60)
}
