package schedule

import (
	"cmp"
	"slices"
	"time"
)

// Want is a hearing that has no time yet.
type Want struct {
	Booking                 // its Start is of no account; Uses are taken whatever happens
	Any      [][]ResourceID // of each, one is taken: any of the courtrooms, any interpreter who speaks the language
	Earliest time.Time      // of the first sitting
	Latest   time.Time      // end of the last sitting at the latest
	Sittings int            // on days of their own; 0 means 1
	MinDays  int            // from one sitting's day to the next: 0 means 1
	MaxDays  int            // 0 means 14
	Keep     bool           // the same people in every sitting
}

// Sitting is one of a proposal's hearings.
type Sitting struct {
	Booking
	Soft []Conflict // what somebody has to accept with a reason
}

// Proposal is a time, or a row of them, at which everybody and everything can be there: no hard conflict stands against any of its sittings.
type Proposal struct {
	Sittings []Sitting
	Reasons  []Reason
	cost     float64
}

// Reason is why a proposal is among the best.
type Reason struct {
	Why      Why
	Resource ResourceID
	At       time.Time
	Length   time.Duration
}

// Why is a reason's kind.
type Why string

// The reasons.
const (
	FirstPossible Why = "first_possible" // nothing is possible before
	NothingSoft   Why = "nothing_soft"   // nothing has to be accepted
	GoodHour      Why = "good_hour"      // between ten and sixteen o'clock where the witness is
	SamePeople    Why = "same_people"    // in all sittings
	ClocksMove    Why = "clocks_move"    // between the sittings, by Length where the witness is
	Taken         Why = "taken"          // Resource was chosen of several
)

// What weighs against a time, in days of waiting.
const (
	costSoft    = 30.0
	costHour    = 0.5 // for each hour outside the good ones
	costQuarter = 0.02
	costOther   = 3.0  // for another person than in the sitting before
	costClosed  = 10.0 // outside office hours, where no courtroom says when it is open
)

// maxBest is the greatest number of proposals that a search gives.
const maxBest = 50

// Propose returns the best times for a hearing, at most n, the best first, and no two of them beginning on one day. It returns none when there is none, and
// none for a want that makes no sense.
func (x *Index) Propose(w Want, n int) []Proposal {
	court, witness := x.zone(w.CourtZone), x.zone(w.WitnessZone)
	if court == nil || witness == nil || n <= 0 || w.Duration <= 0 || !w.Latest.After(w.Earliest) {
		return nil
	}
	s := &search{x: x, want: w, court: court, witness: witness, days: map[Date]*day{}}
	s.want.Sittings, s.want.MinDays = max(1, w.Sittings), max(1, w.MinDays)
	if s.want.MaxDays < s.want.MinDays {
		s.want.MaxDays = max(14, s.want.MinDays)
	}
	s.want.Any = x.inOrder(w.Any)
	s.guess = true
	for _, ids := range append(slices.Clone(w.Any), w.Uses) {
		for _, id := range ids {
			if r := x.resources[id]; r != nil && r.Kind == Courtroom && len(r.Open) > 0 {
				s.guess = false
			}
		}
	}
	var best []Proposal
	for waited := 0; ; waited++ {
		midnight := s.midnight(w.Earliest, waited)
		// Later days cost more. When there are enough better ones, none of them is looked at any more.
		if !midnight.Before(w.Latest) || (len(best) >= min(n, maxBest) && best[min(n, maxBest)-1].cost <= float64(waited)) {
			break
		}
		if p, found := s.from(midnight, float64(waited)); found {
			best = append(best, p)
			slices.SortStableFunc(best, func(a, b Proposal) int { return cmp.Compare(a.cost, b.cost) })
		}
	}
	best = best[:min(n, maxBest, len(best))]
	s.explain(best)
	return best
}

// inOrder sorts choices so that the rooms are chosen first: where people have to go depends on them.
func (x *Index) inOrder(choices [][]ResourceID) [][]ResourceID {
	var sorted [][]ResourceID
	for _, choice := range choices {
		sorted = append(sorted, slices.Compact(slices.Sorted(slices.Values(choice))))
	}
	rank := func(choice []ResourceID) int {
		if len(choice) == 0 || x.resources[choice[0]] == nil {
			return len(Kinds)
		}
		switch k := x.resources[choice[0]].Kind; k {
		case RemotePoint:
			return -2
		case Courtroom:
			return -1
		default:
			return slices.Index(Kinds, k)
		}
	}
	slices.SortStableFunc(sorted, func(a, b []ResourceID) int { return cmp.Or(cmp.Compare(rank(a), rank(b)), slices.Compare(a, b)) })
	return sorted
}

// search is one run of Propose.
type search struct {
	x          *Index
	want       Want
	court      *time.Location
	witness    *time.Location
	days       map[Date]*day
	found      []Conflict // room for one question's answer
	candidates [][]candidate
	options    [][]ResourceID // of each choice, those that are possible at the time in question
	order      []int          // in which the choices are asked for
	guess      bool           // nothing says when the court sits: office hours are likely
}

// day is the best sitting of a day, once it has been looked for, for no people in particular.
type day struct {
	sitting Sitting
	cost    float64
	found   bool
}

func (s *search) midnight(from time.Time, days int) time.Time {
	y, m, d := from.In(s.court).Date()
	return time.Date(y, m, d+days, 0, 0, 0, 0, s.court)
}

// from returns the best row of sittings whose first is on a day.
func (s *search) from(midnight time.Time, waited float64) (Proposal, bool) {
	first := s.best(midnight, nil)
	if !first.found {
		return Proposal{}, false
	}
	p := Proposal{Sittings: []Sitting{first.sitting}, cost: first.cost + waited}
	for len(p.Sittings) < s.want.Sittings {
		last := p.Sittings[len(p.Sittings)-1]
		next := day{}
		for days := s.want.MinDays; days <= s.want.MaxDays; days++ {
			wait := float64(days - s.want.MinDays)
			if next.found && next.cost <= wait {
				break
			}
			if d := s.best(s.midnight(last.Start, days), last.Uses); d.found && (!next.found || d.cost+wait < next.cost) {
				next = *d
				next.cost += wait
			}
		}
		if !next.found {
			return Proposal{}, false
		}
		p.Sittings = append(p.Sittings, next.sitting)
		p.cost += next.cost
	}
	return p, true
}

// best returns the best sitting of a day, with those who sat before where there are such.
func (s *search) best(midnight time.Time, before []ResourceID) *day {
	key := Date(midnight.Format(time.DateOnly))
	if before == nil {
		if d := s.days[key]; d != nil {
			return d
		}
	}
	d := &day{}
	for _, start := range s.starts(midnight) {
		if d.found && d.cost <= start.cost {
			break // and so of all that come after it
		}
		if sitting, cost, found := s.at(start.at, before); found && (!d.found || cost+start.cost < d.cost) {
			*d = day{sitting, cost + start.cost, true}
		}
	}
	if before == nil {
		s.days[key] = d
	}
	return d
}

// start is a time at which a sitting could begin, and what weighs against the hour.
type start struct {
	at   time.Time
	cost float64
}

// starts are those of a day, the best hours first.
func (s *search) starts(midnight time.Time) []start {
	y, m, n := midnight.Date()
	end := time.Date(y, m, n+1, 0, 0, 0, 0, s.court)
	var list []start
	for at := midnight; at.Before(end); at = at.Add(s.x.rules.Grid) {
		if !at.Before(s.want.Earliest) && !at.Add(s.want.Duration).After(s.want.Latest) {
			list = append(list, start{at, s.hourCost(at)})
		}
	}
	slices.SortStableFunc(list, func(a, b start) int { return cmp.Compare(a.cost, b.cost) })
	return list
}

// at makes up a sitting at a time.
func (s *search) at(start time.Time, before []ResourceID) (Sitting, float64, bool) {
	b := s.want.Booking
	b.Hearing, b.Start = "", start
	b.Uses = slices.Clone(s.want.Uses)
	for _, id := range b.Uses {
		if _, hard := s.against(&b, id); hard {
			return Sitting{}, 0, false // the short way out for most times of a year
		}
	}
	if !s.possible(&b) {
		return Sitting{}, 0, false
	}
	c := chooser{search: s, before: before, tries: maxTries}
	conflicts, found := c.choose(b, 0)
	if !found {
		return Sitting{}, 0, false
	}
	cost := costSoft * float64(len(conflicts))
	for _, id := range c.taken.Uses {
		if before != nil && !slices.Contains(before, id) {
			cost += costOther
		}
	}
	slices.Sort(c.taken.Uses)
	return Sitting{c.taken, conflicts}, cost, true
}

// candidate is one that can be chosen, with what says when it is free.
type candidate struct {
	r     *Resource
	hours week
	taken line
}

// possible finds of each choice those that are open and free for the hearing itself, and answers whether there is one of each. What has to be asked besides only adds to
// what stands against them, so that nothing is left out that could have been taken.
func (s *search) possible(b *Booking) bool {
	if s.candidates == nil {
		s.gather()
	}
	from, to := b.Start.Unix(), b.End().Unix()
	for n, i := range s.order {
		s.options[i] = s.options[i][:0]
		for k := range s.candidates[i] {
			c := &s.candidates[i][k]
			if c.free(from, to) && (c.r.Kind.person() || c.open(b)) {
				s.options[i] = append(s.options[i], c.r.ID)
			}
		}
		if len(s.options[i]) == 0 { // the one that most often is not there is asked for first
			copy(s.order[1:n+1], s.order[:n])
			s.order[0] = i
			return false
		}
	}
	return true
}

func (s *search) gather() {
	s.candidates = make([][]candidate, len(s.want.Any))
	s.options = make([][]ResourceID, len(s.want.Any))
	for i, choice := range s.want.Any {
		s.order = append(s.order, i)
		for _, id := range choice {
			if r := s.x.resources[id]; r != nil {
				s.candidates[i] = append(s.candidates[i], candidate{r, s.x.weeks[id].in(s.court), s.x.taken[id]})
			}
		}
	}
}

// open reports whether a place is open; that a person is away is no hard conflict.
func (c *candidate) open(b *Booking) bool {
	_, _, shut := c.hours.shut(b.Start, b.End())
	return !shut
}

// free reports whether nothing takes the one that there is; of what there are several of, another question counts.
func (c *candidate) free(from, to int64) bool {
	busy := false
	c.taken.each(from, to, func(span) bool {
		busy = c.r.Number <= 1
		return !busy
	})
	return !busy
}

// maxTries is how many ways of filling one sitting are looked at, dead ends included.
const maxTries = 64

// chooser fills the choices of one sitting, one after the other, and goes back when what it has chosen does not go together.
type chooser struct {
	*search
	before []ResourceID
	tries  int
	taken  Booking
	found  bool
}

func (c *chooser) choose(b Booking, at int) ([]Conflict, bool) {
	if at == len(c.want.Any) {
		c.tries--
		conflicts := c.x.Check(b)
		c.taken = b
		return conflicts, !AnyHard(conflicts)
	}
	type option struct {
		id   ResourceID
		cost float64
	}
	var later []option
	tried := c.tries
	for _, id := range c.options[at] {
		if slices.Contains(b.Uses, id) {
			continue
		}
		soft, hard := c.against(&b, id)
		other := c.before != nil && !slices.Contains(c.before, id)
		if hard || (other && c.want.Keep) {
			continue
		}
		cost := costSoft * float64(soft)
		if other {
			cost += costOther
		}
		if cost > 0 {
			later = append(later, option{id, cost})
		} else if conflicts, done := c.take(b, at, id); done {
			return conflicts, c.found
		}
	}
	slices.SortStableFunc(later, func(a, b option) int { return cmp.Compare(a.cost, b.cost) })
	for _, o := range later {
		if conflicts, done := c.take(b, at, o.id); done {
			return conflicts, c.found
		}
	}
	if c.tries == tried {
		c.tries-- // a dead end costs a try as well: there are as many of them as ways to get there
	}
	return nil, false
}

// take goes on with one resource more. It is done when that leads to a sitting, or when enough has been tried.
func (c *chooser) take(b Booking, at int, id ResourceID) (conflicts []Conflict, done bool) {
	b.Uses = append(slices.Clone(b.Uses), id)
	conflicts, c.found = c.choose(b, at+1)
	return conflicts, c.found || c.tries <= 0
}

// against counts the soft conflicts of one resource with what is chosen so far, and says whether there is a hard one.
func (s *search) against(b *Booking, id ResourceID) (soft int, hard bool) {
	r := s.x.resources[id]
	if r == nil {
		return 0, true
	}
	c := checker{x: s.x, b: b, rules: &s.x.rules, found: s.found[:0]}
	c.resource(r, s.court)
	s.found = c.found
	for _, f := range c.found {
		hard = hard || f.Rule.Hard()
	}
	return len(c.found), hard
}

// hourCost weighs the time of day: where the witness is, and a full hour before a quarter.
func (s *search) hourCost(at time.Time) float64 {
	local := at.In(s.witness)
	from := float64(local.Hour()) + float64(local.Minute())/60
	to := from + s.want.Duration.Hours()
	cost := costHour * (max(0, 10-from) + max(0, to-16))
	court := at.In(s.court)
	if court.Minute() != 0 {
		cost += costQuarter
	}
	if end := at.Add(s.want.Duration).In(s.court); s.guess && (court.Weekday() == time.Saturday || court.Weekday() == time.Sunday || court.Hour() < 8 ||
		end.Day() != court.Day() || end.Hour()*60+end.Minute() > 19*60) {
		cost += costClosed
	}
	return cost
}

// explain says of each proposal why it is there.
func (s *search) explain(best []Proposal) {
	for i := range best {
		p := &best[i]
		say := func(r Reason) { p.Reasons = append(p.Reasons, r) }
		first := !slices.ContainsFunc(best, func(o Proposal) bool { return o.Sittings[0].Start.Before(p.Sittings[0].Start) })
		if first {
			say(Reason{Why: FirstPossible, At: p.Sittings[0].Start})
		}
		soft, good := 0, true
		for _, sitting := range p.Sittings {
			soft += len(sitting.Soft)
			good = good && s.hourCost(sitting.Start) < costHour/2
		}
		if soft == 0 {
			say(Reason{Why: NothingSoft})
		}
		if good {
			say(Reason{Why: GoodHour, At: p.Sittings[0].Start})
		}
		for _, choice := range s.want.Any {
			for _, id := range p.Sittings[0].Uses {
				if len(choice) > 1 && slices.Contains(choice, id) {
					say(Reason{Why: Taken, Resource: id})
				}
			}
		}
		if len(p.Sittings) < 2 {
			continue
		}
		if !slices.ContainsFunc(p.Sittings, func(o Sitting) bool { return !slices.Equal(o.Uses, p.Sittings[0].Uses) }) {
			say(Reason{Why: SamePeople})
		}
		for j := 1; j < len(p.Sittings); j++ {
			if shift := ClockShift(p.Sittings[j-1].Start, p.Sittings[j].Start, s.court, s.witness); shift != 0 {
				say(Reason{Why: ClocksMove, At: p.Sittings[j].Start, Length: shift})
			}
		}
	}
}
