package schedule

import (
	"cmp"
	"slices"
	"time"

	"paravent/protection"
	"paravent/testimony"
)

// Index is a docket made ready for many questions: every booking under what it takes, whom it hears and the doors it uses. It never changes, and it
// answers the same whatever the order was in which its parts were given. Any number of goroutines may use it.
type Index struct {
	rules     Rules
	resources map[ResourceID]*Resource
	weeks     map[ResourceID]week
	zones     map[string]*time.Location
	standing  map[protection.PartyID]Standing
	apart     map[[2]protection.PartyID]bool
	bookings  []Booking

	taken map[ResourceID]line         // what a resource is taken for
	heard map[protection.PartyID]line // when a witness is anywhere
	doors map[string]line             // witnesses in a building
	come  map[door]line               // the accused of a case in a building
}

// door is where the accused of one case come and go.
type door struct {
	building string
	cas      protection.CaseID
}

// span is a time in which something is taken by a booking.
type span struct {
	from, to int64 // Unix seconds
	at       int   // the booking's place in the index
}

// line is spans by their beginning, with the latest end up to each.
type line struct {
	spans  []span
	latest []int64
}

func (l *line) seal() {
	slices.SortFunc(l.spans, func(a, b span) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to), cmp.Compare(a.at, b.at))
	})
	l.latest = make([]int64, len(l.spans))
	end := int64(-1 << 62)
	for i, s := range l.spans {
		end = max(end, s.to)
		l.latest[i] = end
	}
}

// each gives the spans that share a moment with from up to to, the last to begin first, until yield says no.
func (l line) each(from, to int64, yield func(span) bool) {
	n, _ := slices.BinarySearchFunc(l.spans, to, func(s span, to int64) int { return cmp.Compare(s.from, to) })
	for i := n - 1; i >= 0 && l.latest[i] > from; i-- {
		if l.spans[i].to > from && !yield(l.spans[i]) {
			return
		}
	}
}

// NewIndex builds the index of a docket. Of two resources or bookings with one id the last counts.
func NewIndex(resources []Resource, bookings []Booking, c Circumstances, rules Rules) *Index {
	if rules == (Rules{}) {
		rules = House
	}
	x := &Index{rules: rules, resources: make(map[ResourceID]*Resource, len(resources)), weeks: make(map[ResourceID]week, len(resources)),
		zones: map[string]*time.Location{}, standing: c.Parties, apart: make(map[[2]protection.PartyID]bool, len(c.Apart)),
		taken: map[ResourceID]line{}, heard: map[protection.PartyID]line{}, doors: map[string]line{}, come: map[door]line{}}
	for _, r := range resources {
		x.resources[r.ID] = &r
		x.weeks[r.ID] = newWeek(r)
		x.load(r.Zone)
	}
	for _, pair := range c.Apart {
		x.apart[ordered(pair[0], pair[1])] = true
	}
	x.bookings = slices.Clone(bookings)
	slices.SortStableFunc(x.bookings, func(a, b Booking) int {
		return cmp.Or(cmp.Compare(a.Hearing, b.Hearing), a.Start.Compare(b.Start), cmp.Compare(a.Party, b.Party))
	})
	for i, b := range x.bookings {
		if i+1 < len(x.bookings) && x.bookings[i+1].Hearing == b.Hearing && b.Hearing != "" {
			continue
		}
		x.load(b.CourtZone)
		x.load(b.WitnessZone)
		x.enter(i, &b)
	}
	seal(x.taken)
	seal(x.heard)
	seal(x.doors)
	seal(x.come)
	return x
}

func seal[K comparable](lines map[K]line) {
	for k, l := range lines {
		l.seal()
		lines[k] = l
	}
}

func (x *Index) enter(at int, b *Booking) {
	whole := span{b.From().Unix(), b.To().Unix(), at}
	hearing := span{b.Start.Unix(), b.End().Unix(), at}
	place := x.place(b)
	add(x.heard, b.Party, whole)
	if place != "" {
		add(x.doors, place, whole)
	}
	for _, id := range b.Uses {
		r := x.resources[id]
		if r == nil {
			continue
		}
		if x.atWitness(b, r.Kind) {
			add(x.taken, id, whole)
		} else {
			add(x.taken, id, hearing)
		}
		if r.Kind == Accused {
			add(x.come, door{x.building(b, r), b.Case}, hearing)
		}
	}
}

func add[K comparable](lines map[K]line, key K, s span) {
	l := lines[key]
	l.spans = append(l.spans, s)
	lines[key] = l
}

// atWitness reports whether a resource is taken from the witness's arrival until they leave, not for the testimony alone.
func (x *Index) atWitness(b *Booking, k Kind) bool {
	switch k {
	case RemotePoint, Interpreter, Intermediary, Support, Coordinator:
		return true
	case Courtroom:
		return x.first(b, RemotePoint) == nil
	}
	return false
}

// first returns the resource of a kind with the lowest id that a booking takes, or nil.
func (x *Index) first(b *Booking, k Kind) *Resource {
	var found *Resource
	for _, id := range b.Uses {
		if r := x.resources[id]; r != nil && r.Kind == k && (found == nil || r.ID < found.ID) {
			found = r
		}
	}
	return found
}

// place is where the witness is: the building of the remote point, or of the courtroom.
func (x *Index) place(b *Booking) string {
	if r := x.first(b, RemotePoint); r != nil {
		return r.where()
	}
	if r := x.first(b, Courtroom); r != nil {
		return r.where()
	}
	return ""
}

// where is the building, or the room itself where nobody has said in what building it is.
func (r *Resource) where() string {
	if r.Building != "" {
		return r.Building
	}
	return "resource " + string(r.ID)
}

// building is where a person is for a booking: with the witness, where they attend from, or in court.
func (x *Index) building(b *Booking, r *Resource) string {
	switch {
	case r.Kind == Support || r.Kind == Coordinator:
		return x.place(b)
	case r.Kind == Accused && r.Building != "":
		return r.Building // attends from there
	}
	if room := x.first(b, Courtroom); room != nil {
		return room.where()
	}
	return ""
}

// load keeps a zone, or nothing for one that is unknown.
func (x *Index) load(name string) {
	if _, known := x.zones[name]; known || name == "" || name == "Local" {
		return
	}
	if zone, err := time.LoadLocation(name); err == nil {
		x.zones[name] = zone
	}
}

// zone returns a zone, or nil for one that is unknown.
func (x *Index) zone(name string) *time.Location {
	zone := x.zones[name]
	if zone == nil && name != "" && name != "Local" {
		zone, _ = time.LoadLocation(name) // not kept: many goroutines use an index
	}
	return zone
}

// Resource returns a resource by its id.
func (x *Index) Resource(id ResourceID) (Resource, bool) {
	if r := x.resources[id]; r != nil {
		return *r, true
	}
	return Resource{}, false
}

// Standing returns what is known of a witness; the zero Standing where nothing is.
func (x *Index) Standing(p protection.PartyID) Standing { return x.standing[p] }

// Booking returns a booking by its hearing.
func (x *Index) Booking(id testimony.HearingID) (Booking, bool) {
	at, found := slices.BinarySearchFunc(x.bookings, id, func(b Booking, id testimony.HearingID) int { return cmp.Compare(b.Hearing, id) })
	for found && at+1 < len(x.bookings) && x.bookings[at+1].Hearing == id {
		at++
	}
	if !found {
		return Booking{}, false
	}
	return x.bookings[at], true
}

func ordered(a, b protection.PartyID) [2]protection.PartyID {
	if b < a {
		a, b = b, a
	}
	return [2]protection.PartyID{a, b}
}
