package docket

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"paravent/protection"
	"paravent/protection/policy"
	"paravent/store"
	"paravent/testimony"
	"paravent/testimony/schedule"
)

// ResourceLine is a room, a person or a thing in a document. Its bars name cases and parties by their keys.
type ResourceLine struct {
	Key string `json:"key"`
	schedule.Resource
}

// ReasonLine is why a hearing was planned although a rule stands against it. Who gave the reason stays with the vault in which it was given.
type ReasonLine struct {
	Rule   schedule.Rule `json:"rule"`
	Reason string        `json:"reason"`
}

// resourceLines enters the rooms, people and things. One that the docket has already, of the same kind, name and building, is that one: a second entry of one room
// would let it be taken twice. What the docket says of it stands, and the bars of the document come to its own.
func (im *importer) resourceLines(doc Document) error {
	known, err := resourcesIn(im.tx)
	if err != nil {
		return err
	}
	for i, line := range doc.Resources {
		path := fmt.Sprintf("resources[%d]", i)
		if _, taken := im.done.Resources[line.Key]; taken {
			im.fail(path+".key", "%q stands twice", line.Key)
		}
		r := line.Resource
		r.Name = strings.TrimSpace(r.Name)
		im.check(path, r.Check())
		if r.ID != "" {
			im.fail(path+".id", "an entry is named by its key alone")
		}
		r.Barred = im.bars(path, r.Barred)
		at := slices.IndexFunc(known, func(k schedule.Resource) bool {
			return k.Kind == r.Kind && k.Building == r.Building && strings.EqualFold(k.Name, r.Name)
		})
		if at >= 0 {
			there := known[at]
			there.Barred = append(slices.Clone(there.Barred), r.Barred...)
			r = there
		} else {
			id, err := im.enter("resource", path, line.Key, false)
			if err != nil {
				return err
			}
			r.ID = testimony.ResourceID(id)
			known = append(known, r)
		}
		im.done.Resources[line.Key] = r.ID
		if err := resources.Put(im.tx, docketPart, string(r.ID), r); err != nil {
			return err
		}
	}
	return nil
}

func (im *importer) bars(path string, list []schedule.Bar) []schedule.Bar {
	var bars []schedule.Bar
	for i, b := range list {
		at := fmt.Sprintf("%s.barred[%d]", path, i)
		var bar schedule.Bar
		known := true
		if b.Case != "" {
			if bar.Case, known = im.done.Cases[string(b.Case)]; !known {
				im.fail(at+".case", "no case has the key %q", b.Case)
			}
		}
		if b.Party != "" {
			if bar.Party, known = im.done.Parties[string(b.Party)]; !known {
				im.fail(at+".party", "no party has the key %q", b.Party)
			}
		}
		if b == (schedule.Bar{}) {
			im.fail(at, "names neither a case nor a party")
		}
		bars = append(bars, bar)
	}
	return bars
}

// takes fills in what a hearing takes and when, and what has become of it.
func (im *importer) takes(path string, line HearingLine, h *testimony.Hearing) {
	minutes := func(n int) time.Duration { return time.Duration(n) * time.Minute }
	h.Before, h.After, h.BreakEvery = minutes(line.Before), minutes(line.After), minutes(line.BreakEvery)
	h.Held, h.Cancelled, h.Why, h.Sequence = line.Held, line.Cancelled, strings.TrimSpace(line.Why), line.Sequence
	if h.Cancelled.IsZero() != (h.Why == "") || len(h.Why) > maxReason {
		im.fail(path+".why", "a cancelled hearing has a reason of at most %d bytes, and no other has", maxReason)
	}
	if !h.Held.IsZero() && (!h.Cancelled.IsZero() || h.Held.After(im.desk.Now())) {
		im.fail(path+".held", "a hearing that was held is over, and was not cancelled")
	}
	for i, key := range line.Uses {
		id, ok := im.done.Resources[key]
		at := fmt.Sprintf("%s.uses[%d]", path, i)
		if !ok {
			im.fail(at, "no resource has the key %q", key)
		} else if slices.Contains(h.Uses, id) {
			im.fail(at, "%q is taken twice", key)
		}
		h.Uses = append(h.Uses, id)
	}
}

// clashes holds every hearing that is still to come against the docket with the whole document in it. What cannot be refuses the document, in a sentence for each; what needs a reason
// lands, with the document's reason where it has one, and is told. A hearing that is over is history, and nothing is held against it.
func (im *importer) clashes(doc Document) error {
	if len(im.wrong) > 0 {
		return nil // what is told would be wrong as well
	}
	x, err := planIn(im.tx)
	if err != nil {
		return err
	}
	for i, line := range doc.Hearings {
		h, part, err := locate(im.tx, hearings, string(im.done.Hearings[line.Key]))
		if err != nil {
			return err
		}
		if !h.Planned() || h.Start.Add(h.Duration).Before(im.desk.Now()) {
			continue
		}
		if err := take(im.tx, h); err != nil {
			return err
		}
		zone, err := time.LoadLocation(h.CourtZone)
		if err != nil {
			return err
		}
		for _, c := range x.Check(schedule.Of(h)) {
			if c.Rule.Hard() {
				im.fail(fmt.Sprintf("hearings[%d]", i), "%s", x.Say(c, policy.English, zone))
			} else if a, ok := im.reason(line, c); ok {
				h.Accepted = append(h.Accepted, a)
			} else {
				im.done.Against[line.Key] = append(im.done.Against[line.Key], c)
			}
		}
		if len(h.Accepted) > 0 {
			if err := hearings.Put(im.tx, part, string(h.ID), h); err != nil {
				return err
			}
		}
	}
	return nil
}

// reason is what the document says to a soft conflict. Whoever imports it answers for it, and what a judge decides only a judge imports.
func (im *importer) reason(line HearingLine, c schedule.Conflict) (testimony.Acceptance, bool) {
	if c.Rule.ForJudge() && !im.desk.May(testimony.ActDecideOrder) {
		return testimony.Acceptance{}, false
	}
	for _, r := range line.Accepted {
		if why := strings.TrimSpace(r.Reason); r.Rule == c.Rule && why != "" && len(why) <= maxReason {
			return testimony.Acceptance{Key: c.Key(), Reason: why, By: string(im.desk.Me().ID), At: im.desk.Now()}, true
		}
	}
	return testimony.Acceptance{}, false
}

// take writes what a hearing takes, for all desks to know.
func take(tx *store.Tx, h testimony.Hearing) error {
	if len(h.Uses) == 0 {
		return freed(tx, h.ID)
	}
	return takings.Put(tx, docketPart, string(h.ID), taking{h.Start, h.Duration, h.Before, h.After, h.CourtZone, h.WitnessZone, h.Uses})
}

// exportResources are the docket's rooms, people and things. A bar that names what stays with a team stays too.
func exportResources(list []schedule.Resource, doc Document, keys keyring) []ResourceLine {
	cases, people := map[string]bool{}, map[string]bool{}
	for _, c := range doc.Cases {
		cases[c.Key] = true
	}
	for _, p := range doc.Parties {
		people[p.Key] = true
	}
	var lines []ResourceLine
	for _, r := range list {
		line := ResourceLine{Key: keys.of("resource", string(r.ID)), Resource: r}
		line.ID, line.Barred = "", nil
		for _, b := range r.Barred {
			bar := schedule.Bar{}
			if key := keys.of("case", string(b.Case)); b.Case != "" && cases[key] {
				bar.Case = protection.CaseID(key)
			}
			if key := keys.of("party", string(b.Party)); b.Party != "" && people[key] {
				bar.Party = protection.PartyID(key)
			}
			if bar != (schedule.Bar{}) {
				line.Barred = append(line.Barred, bar)
			}
		}
		lines = append(lines, line)
	}
	return lines
}

// exportTaking fills in what a hearing takes and when, and what has become of it.
func exportTaking(line *HearingLine, h testimony.Hearing, keys keyring) {
	line.Before, line.After, line.BreakEvery = int(h.Before/time.Minute), int(h.After/time.Minute), int(h.BreakEvery/time.Minute)
	line.Held, line.Cancelled, line.Why, line.Sequence = h.Held, h.Cancelled, h.Why, h.Sequence
	for _, id := range h.Uses {
		line.Uses = append(line.Uses, keys.of("resource", string(id)))
	}
	for _, a := range h.Accepted {
		rule, _, _ := strings.Cut(a.Key, "/")
		line.Accepted = append(line.Accepted, ReasonLine{schedule.Rule(rule), a.Reason})
	}
}
