package schedule

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"paravent/protection"
	"paravent/testimony"
)

// Rule is what a conflict breaks.
type Rule string

// The rules. A hard conflict cannot be planned; a soft one can, by whoever gives a reason.
const (
	UnknownResource Rule = "unknown_resource" // the booking takes what the docket does not have
	UnknownZone     Rule = "unknown_zone"
	NoTime          Rule = "no_time" // the booking has no length, or more than a day of it
	WitnessTwice    Rule = "witness_twice"
	DoubleBooked    Rule = "double_booked"
	TooFar          Rule = "too_far" // the way from one building to the next takes longer
	Shut            Rule = "shut"    // a room is not open
	KeptApart       Rule = "kept_apart"
	SameDoors       Rule = "same_doors"
	Conflicted      Rule = "conflicted" // a conflict of interest
	WrongLanguage   Rule = "wrong_language"
	ConsentGone     Rule = "consent_gone"

	Away         Rule = "away" // a person is not on duty
	NoTurn       Rule = "no_turn"
	WitnessNight Rule = "witness_night"
	TooLong      Rule = "too_long"
	WrongDialect Rule = "wrong_dialect"
	WrongSex     Rule = "wrong_sex"
	NoOrder      Rule = "no_order"
	NoPermit     Rule = "no_permit"
	Unprepared   Rule = "unprepared"
	LinkUntested Rule = "link_untested"
	LinkBad      Rule = "link_bad"

	NoIntermediary Rule = "no_intermediary" // the witness needs one and none is booked
	ConsentRefused Rule = "consent_refused" // to being recorded; or withdrawn, and an office has acted upon it
)

// RuleList lists the rules, the hard ones first.
var RuleList = []Rule{UnknownResource, UnknownZone, NoTime, WitnessTwice, DoubleBooked, TooFar, Shut, KeptApart, SameDoors, Conflicted, WrongLanguage, ConsentGone,
	Away, NoTurn, WitnessNight, TooLong, WrongDialect, WrongSex, NoOrder, NoPermit, Unprepared, LinkUntested, LinkBad, NoIntermediary, ConsentRefused}

// Hard reports whether no reason allows what breaks the rule. An unknown rule is hard.
func (r Rule) Hard() bool {
	switch r {
	case Away, NoTurn, WitnessNight, TooLong, WrongDialect, WrongSex, NoOrder, NoPermit, Unprepared, LinkUntested, LinkBad, NoIntermediary, ConsentRefused:
		return false
	}
	return true
}

// ForJudge reports whether only a judge accepts what breaks the rule: to hear a witness on another State's territory without its leave, or one who does not agree to be
// recorded, is a decision on the testimony and not on the docket.
func (r Rule) ForJudge() bool { return r == NoPermit || r == ConsentRefused }

// Conflict is one reason why a booking cannot be, or should not be: what is broken, by whom, with which other hearing, and when.
type Conflict struct {
	Rule     Rule
	Resource ResourceID          // whom or what it concerns; empty: the witness
	Hearing  testimony.HearingID // the other one
	Party    protection.PartyID  // the other witness
	From, To time.Time           // when
	Length   time.Duration       // what there is too little or too much of
}

// Key names the conflict for whoever accepts it: the same while the same two hearings stand at the same times.
func (c Conflict) Key() string {
	return string(c.Rule) + "/" + string(c.Resource) + "/" + string(c.Hearing) + "/" + string(c.Party) + "/" + c.From.UTC().Format(time.RFC3339)
}

// AnyHard reports whether one of the conflicts is hard.
func AnyHard(list []Conflict) bool {
	return slices.ContainsFunc(list, func(c Conflict) bool { return c.Rule.Hard() })
}

// longest is the longest booking with its slots: a longer one is a mistake.
const longest = 24 * time.Hour

// Check returns everything that stands against a booking, hard conflicts first. The booking itself may stand in the docket already.
func (x *Index) Check(b Booking) []Conflict {
	c := checker{x: x, b: &b, rules: &x.rules}
	c.all()
	slices.SortFunc(c.found, func(a, b Conflict) int {
		return cmp.Or(cmp.Compare(slices.Index(RuleList, a.Rule), slices.Index(RuleList, b.Rule)), cmp.Compare(a.Resource, b.Resource), a.From.Compare(b.From),
			cmp.Compare(a.Hearing, b.Hearing), cmp.Compare(a.Party, b.Party))
	})
	return slices.Compact(c.found)
}

// checker gathers the conflicts of one booking.
type checker struct {
	x     *Index
	b     *Booking
	rules *Rules
	found []Conflict
}

func (c *checker) add(f Conflict) { c.found = append(c.found, f) }

// against adds a conflict with another booking, for the time that the two share or the time between them.
func (c *checker) against(rule Rule, r ResourceID, s span, length time.Duration) {
	o := &c.x.bookings[s.at]
	f := Conflict{Rule: rule, Resource: r, Hearing: o.Hearing, From: unix(s.from), To: unix(s.to), Length: length}
	if rule == KeptApart || rule == SameDoors {
		f.Party = o.Party
	}
	c.add(f)
}

func (c *checker) other(s span) bool {
	return c.x.bookings[s.at].Hearing != c.b.Hearing || c.b.Hearing == ""
}

func unix(s int64) time.Time { return time.Unix(s, 0).UTC() }

func (c *checker) all() {
	b := c.b
	court, witness := c.x.zone(b.CourtZone), c.x.zone(b.WitnessZone)
	if court == nil || witness == nil {
		c.add(Conflict{Rule: UnknownZone})
		return
	}
	if b.Start.IsZero() || b.Duration <= 0 || b.Before < 0 || b.After < 0 || b.Before+b.Duration+b.After > longest {
		c.add(Conflict{Rule: NoTime})
		return
	}
	c.meetings()
	for i, id := range b.Uses {
		if r := c.x.resources[id]; r == nil {
			c.add(Conflict{Rule: UnknownResource, Resource: id})
		} else if !slices.Contains(b.Uses[:i], id) {
			c.resource(r, court)
		}
	}
	c.standing(witness)
}

// meetings looks who else is about: the witness themselves, those kept apart from them, and the accused at the doors.
func (c *checker) meetings() {
	from, to := c.b.From().Unix(), c.b.To().Unix()
	c.x.heard[c.b.Party].each(from, to, func(s span) bool {
		if c.other(s) {
			c.against(WitnessTwice, "", s, 0)
		}
		return true
	})
	place := c.x.place(c.b)
	if place == "" {
		return
	}
	apart, doors := seconds(c.rules.Apart), seconds(c.rules.Doors)
	if len(c.x.apart) > 0 {
		c.x.doors[place].each(from-apart, to+apart, func(s span) bool {
			if o := &c.x.bookings[s.at]; c.other(s) && c.x.apart[ordered(o.Party, c.b.Party)] {
				c.against(KeptApart, "", s, gap(from, to, s))
			}
			return true
		})
	}
	c.x.come[door{place, c.b.Case}].each(from-doors, to+doors, func(s span) bool {
		if near := nearest(from, to, s); c.other(s) && near < doors {
			c.against(SameDoors, "", s, time.Duration(near)*time.Second)
		}
		return true
	})
	start, end := c.b.Start.Unix(), c.b.End().Unix()
	for _, id := range c.b.Uses {
		r := c.x.resources[id]
		if r == nil || r.Kind != Accused {
			continue
		}
		building := c.x.building(c.b, r)
		if near := nearest(from, to, span{from: start, to: end}); building == place && near < doors {
			c.add(Conflict{Rule: SameDoors, Resource: id, From: c.b.From(), To: c.b.To(), Length: time.Duration(near) * time.Second})
		}
		c.x.doors[building].each(start-doors, end+doors, func(s span) bool {
			if o := &c.x.bookings[s.at]; c.other(s) && o.Case == c.b.Case {
				if near := nearest(start, end, s); near < doors {
					c.against(SameDoors, id, s, time.Duration(near)*time.Second)
				}
			}
			return true
		})
	}
}

// gap is the time between two spans, nothing when they share a moment.
func gap(from, to int64, s span) time.Duration {
	return time.Duration(max(0, s.from-to, from-s.to)) * time.Second
}

// nearest is the shortest time in seconds between the coming or going of two.
func nearest(from, to int64, s span) int64 {
	return min(abs(from-s.from), abs(from-s.to), abs(to-s.from), abs(to-s.to))
}

func abs(n int64) int64 { return max(n, -n) }

func seconds(d time.Duration) int64 { return int64(d / time.Second) }

// resource looks at one thing or person that the booking takes.
func (c *checker) resource(r *Resource, court *time.Location) {
	from, to := c.b.Start, c.b.End()
	if c.x.atWitness(c.b, r.Kind) {
		from, to = c.b.From(), c.b.To()
	}
	c.clashes(r, from.Unix(), to.Unix())
	w := c.x.weeks[r.ID].in(court)
	if at, _, found := w.shut(from, to); found {
		rule := Shut
		if r.Kind.person() {
			rule = Away
		}
		c.add(Conflict{Rule: rule, Resource: r.ID, From: at, To: to})
	}
	for _, bar := range r.Barred {
		if (bar.Case != "" && bar.Case == c.b.Case) || (bar.Party != "" && bar.Party == c.b.Party) {
			c.add(Conflict{Rule: Conflicted, Resource: r.ID})
			break
		}
	}
	switch r.Kind {
	case Interpreter:
		c.interpreter(r)
	case RemotePoint:
		switch {
		case r.Link == nil || !r.Link.Tested.Before(c.b.Start):
			c.add(Conflict{Rule: LinkUntested, Resource: r.ID})
		case !r.Link.Good:
			c.add(Conflict{Rule: LinkBad, Resource: r.ID, From: r.Link.Tested})
		}
	}
}

func (c *checker) clashes(r *Resource, from, to int64) {
	travel, turn := seconds(c.rules.Travel), int64(r.Turn)*60
	margin := turn
	here := ""
	if r.Kind.person() {
		margin, here = max(travel, turn), c.x.building(c.b, r)
	}
	var overlapping []span
	c.x.taken[r.ID].each(from-margin, to+margin, func(s span) bool {
		if !c.other(s) {
			return true
		}
		between := max(s.from-to, from-s.to)
		switch {
		case between < 0:
			overlapping = append(overlapping, s)
		case between < travel && here != "" && c.elsewhere(r, s, here):
			c.against(TooFar, r.ID, s, time.Duration(between)*time.Second)
		case between < turn:
			c.against(NoTurn, r.ID, s, time.Duration(between)*time.Second)
		}
		return true
	})
	if len(overlapping) < max(1, r.Number) {
		return
	}
	// More than one may be had at a time: too many are those who share one moment.
	for _, s := range overlapping {
		together := 0
		for _, o := range overlapping {
			if at := max(s.from, from); o.from <= at && at < o.to {
				together++
			}
		}
		if together >= max(1, r.Number) {
			c.against(DoubleBooked, r.ID, s, 0)
		}
	}
}

func (c *checker) elsewhere(r *Resource, s span, here string) bool {
	there := c.x.building(&c.x.bookings[s.at], r)
	return there != "" && there != here
}

func (c *checker) interpreter(r *Resource) {
	w, known := c.x.standing[c.b.Party]
	if !known || w.Language == "" {
		return
	}
	speaks, dialect := false, false
	for _, s := range r.Speech {
		if s.Language == w.Language {
			speaks = true
			dialect = dialect || strings.EqualFold(strings.TrimSpace(s.Dialect), strings.TrimSpace(w.Dialect))
		}
	}
	switch {
	case !speaks:
		c.add(Conflict{Rule: WrongLanguage, Resource: r.ID})
	case w.Dialect != "" && !dialect:
		c.add(Conflict{Rule: WrongDialect, Resource: r.ID})
	}
	if w.Sex != "" && r.Sex != w.Sex {
		c.add(Conflict{Rule: WrongSex, Resource: r.ID})
	}
}

// standing looks at what has been decided about the witness.
func (c *checker) standing(zone *time.Location) {
	b := c.b
	w := c.x.standing[b.Party]
	if w.Withdrawn {
		c.add(Conflict{Rule: ConsentGone})
	}
	if at, dark := c.night(zone); dark {
		c.add(Conflict{Rule: WitnessNight, From: at, To: b.End()})
	}
	stretch := b.Duration
	if b.BreakEvery > 0 {
		stretch = min(stretch, b.BreakEvery)
	}
	if w.Longest > 0 && stretch > w.Longest {
		c.add(Conflict{Rule: TooLong, Length: w.Longest})
	}
	if w.Applied && !slices.ContainsFunc(w.Orders, func(p Period) bool { return p.covers(b.Start, b.End()) }) {
		c.add(Conflict{Rule: NoOrder})
	}
	c.permits()
	if w.Waits {
		c.add(Conflict{Rule: Unprepared})
	}
	if w.Intermediary && c.x.first(b, Intermediary) == nil {
		c.add(Conflict{Rule: NoIntermediary})
	}
	if w.Unrecorded && !w.Withdrawn {
		c.add(Conflict{Rule: ConsentRefused})
	}
}

// night returns the first moment of the testimony at which it is night where the witness is.
func (c *checker) night(zone *time.Location) (time.Time, bool) {
	day := week{zone: zone}
	for d := range day.days {
		day.days[d] = []Hours{{time.Weekday(d), c.rules.DayFrom, c.rules.DayTo}}
	}
	at, _, found := day.shut(c.b.Start, c.b.End())
	return at, found
}
