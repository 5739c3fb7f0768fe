package docket

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"paravent/protection"
	"paravent/protection/order"
	"paravent/store"
	"paravent/testimony"
	"paravent/testimony/schedule"
)

var printer = message.NewPrinter(language.English)

// alias remembers the key under which an entry was imported.
type alias struct {
	Kind string `json:"kind"` // case, party, order, resource, hearing, seat
	Key  string `json:"key"`
	ID   string `json:"id"`
}

var aliases = store.NewCollection[alias]("aliases")

// keyring finds the key of an id; the id itself where two imports used the same key.
type keyring map[string]string

func (k keyring) of(kind, id string) string {
	if key := k[kind+"/"+id]; key != "" {
		return key
	}
	return id
}

func (d *Desk) keys(ctx context.Context) (keyring, error) {
	list, err := all(ctx, d, aliases)
	k, uses := keyring{}, map[alias]int{}
	for _, a := range list {
		uses[alias{Kind: a.Kind, Key: a.Key}]++
	}
	for _, a := range list {
		if a.Kind == "seat" || uses[alias{Kind: a.Kind, Key: a.Key}] == 1 { // a seat's key counts within its hearing
			k[a.Kind+"/"+a.ID] = a.Key
		}
	}
	return k, err
}

// Resolve finds the id of an entry from what a person typed: the id itself, or the key of its import.
// Kind is case, party, order, resource, hearing or seat. It returns [ErrNotFound] when the key stands for more than one.
func (d *Desk) Resolve(ctx context.Context, kind, typed string) (string, error) {
	list, err := all(ctx, d, aliases)
	if err != nil {
		return "", err
	}
	found := ""
	for _, a := range list {
		if a.Kind == kind && (a.Key == typed || a.ID == typed) {
			if found != "" && found != a.ID {
				return "", fmt.Errorf("the key %q stands for more than one %s; use the id: %w", typed, kind, ErrNotFound)
			}
			found = a.ID
		}
	}
	if found != "" {
		return found, nil
	}
	return typed, nil
}

// importer writes one document inside one transaction.
type importer struct {
	desk    *Desk
	tx      *store.Tx
	done    Imported
	wrong   []error
	known   []testimony.Case
	given   map[protection.CaseID][]protection.Pseudonym
	parties map[protection.PartyID]protection.Party
}

func newImporter(d *Desk, tx *store.Tx) *importer {
	return &importer{desk: d, tx: tx, given: map[protection.CaseID][]protection.Pseudonym{}, parties: map[protection.PartyID]protection.Party{},
		done: Imported{Cases: map[string]protection.CaseID{}, Parties: map[string]protection.PartyID{},
			Orders: map[string]protection.OrderID{}, Hearings: map[string]testimony.HearingID{},
			Resources: map[string]testimony.ResourceID{}, Against: map[string][]schedule.Conflict{}}}
}

func (im *importer) fail(path, format string, args ...any) {
	im.wrong = append(im.wrong, &EntryError{path, fmt.Sprintf(format, args...)})
}

func (im *importer) run(doc Document) error {
	existing, err := everywhere(im.tx, cases)
	if err != nil {
		return err
	}
	for _, e := range existing {
		im.known = append(im.known, e.Value)
	}
	steps := []func(Document) error{im.measures, im.cases, im.partyLines, im.orders, im.resourceLines, im.hearings, im.clashes}
	for _, step := range steps {
		if err := step(doc); err != nil {
			return err
		}
	}
	return errors.Join(im.wrong...)
}

// enter allots an id for a key and remembers the key. A key that is taken is refused.
func (im *importer) enter(kind, path, key string, taken bool) (string, error) {
	if taken {
		im.fail(path+".key", "%q stands twice", key)
	}
	id, err := im.desk.newID()
	if err != nil {
		return "", err
	}
	return id, aliases.Put(im.tx, docketPart, kind+"/"+id, alias{kind, key, id})
}

func (im *importer) cases(doc Document) error {
	for i, line := range doc.Cases {
		path := fmt.Sprintf("cases[%d]", i)
		_, taken := im.done.Cases[line.Key]
		id, err := im.enter("case", path, line.Key, taken)
		if err != nil {
			return err
		}
		c := testimony.Case{ID: protection.CaseID(id), Reference: line.Reference, Court: line.Court, Offence: line.Offence, Opened: line.Opened}
		if c.Opened.IsZero() {
			c.Opened = im.desk.Now()
		}
		if err := checkCase(c); err != nil {
			im.fail(path, "%s", err)
		}
		if slices.ContainsFunc(im.known, func(k testimony.Case) bool { return strings.EqualFold(k.Reference, c.Reference) }) {
			im.fail(path+".reference", "a case with the reference %q exists already", c.Reference)
		}
		im.known = append(im.known, c)
		im.done.Cases[line.Key] = c.ID
		if err := cases.Put(im.tx, docketPart, id, c); err != nil {
			return err
		}
	}
	return nil
}

func (im *importer) partyLines(doc Document) error {
	for i, line := range doc.Parties {
		path := fmt.Sprintf("parties[%d]", i)
		_, taken := im.done.Parties[line.Key]
		id, err := im.enter("party", path, line.Key, taken)
		if err != nil {
			return err
		}
		p := protection.Party{ID: protection.PartyID(id), Status: line.Status, Language: line.Language}
		if err := checkLine("language", p.Language, maxLanguage); err != nil {
			im.fail(path+".language", "%s", err)
		}
		for j, a := range line.Appearances {
			at := fmt.Sprintf("%s.appearances[%d]", path, j)
			c, ok := im.done.Cases[a.Case]
			if !ok {
				im.fail(at+".case", "no case has the key %q", a.Case)
				continue
			}
			if p.PseudonymIn(c) != "" {
				im.fail(at+".case", "the party appears twice in this case")
			}
			pseudonym := a.Pseudonym
			if pseudonym == "" {
				pseudonym = protection.NextPseudonym(im.given[c])
			}
			if slices.ContainsFunc(im.given[c], func(g protection.Pseudonym) bool { return strings.EqualFold(string(g), string(pseudonym)) }) {
				im.fail(at+".pseudonym", "the pseudonym %q is taken in this case", pseudonym)
			}
			im.given[c] = append(im.given[c], pseudonym)
			p.Appearances = append(p.Appearances, protection.Appearance{Case: c, Pseudonym: pseudonym})
		}
		im.done.Parties[line.Key] = p.ID
		im.parties[p.ID] = p
		if err := parties.Put(im.tx, docketPart, id, p); err != nil {
			return err
		}
		if line.Statistics != nil {
			im.check(path+".statistics", line.Statistics.Check())
			if err := profiles.Put(im.tx, docketPart, id, *line.Statistics); err != nil {
				return err
			}
		}
		if err := im.partyCare(path, p.ID, line); err != nil {
			return err
		}
	}
	return nil
}

func (im *importer) orders(doc Document) error {
	for i, line := range doc.Orders {
		_, taken := im.done.Orders[line.Key]
		id, err := im.enter("order", fmt.Sprintf("orders[%d]", i), line.Key, taken)
		if err != nil {
			return err
		}
		im.done.Orders[line.Key] = protection.OrderID(id)
	}
	replacing := map[protection.OrderID][]protection.OrderID{}
	for _, line := range doc.Orders {
		for _, r := range line.Replaces {
			replacing[im.done.Orders[line.Key]] = append(replacing[im.done.Orders[line.Key]], im.done.Orders[r])
		}
	}
	for i, line := range doc.Orders {
		path := fmt.Sprintf("orders[%d]", i)
		o := order.Order{ID: im.done.Orders[line.Key], Case: im.done.Cases[line.Case], Party: im.done.Parties[line.Party],
			Reference: line.Reference, State: line.State, From: line.From, Until: line.Until, Reasons: line.Reasons,
			Applicant: line.Applicant, Change: line.Change, Service: line.Service, ExParte: line.ExParte, Consent: line.Consent}
		im.caseAndParty(path, line.Case, line.Party)
		for j, r := range line.Replaces {
			replaced, ok := im.done.Orders[r]
			if !ok || replaced == o.ID {
				im.fail(fmt.Sprintf("%s.replaces[%d]", path, j), "no other order has the key %q", r)
			}
			o.Replaces = append(o.Replaces, replaced)
		}
		if order.Circular(replacing, o.ID) {
			im.fail(path+".replaces", "orders replace each other in a circle")
		}
		im.mayRecord(path, o)
		for j, m := range line.Measures {
			o.Measures = append(o.Measures, im.measure(fmt.Sprintf("%s.measures[%d]", path, j), m))
		}
		im.check(path, o.Check())
		if !line.Alerted.At.IsZero() || line.Alerted.How != "" {
			o.Alerted = order.Alert{At: line.Alerted.At, How: line.Alerted.How} // of an order that may be over by now
			im.check(path, o.Alerted.Check(im.desk.Now()))
		}
		if order.JudgeDecides(o.State) {
			o.Decided = im.desk.Now()
			if err := im.desk.recordOrder(&o); err != nil {
				return err
			}
		}
		if err := orders.Put(im.tx, docketPart, string(o.ID), o); err != nil {
			return err
		}
	}
	return nil
}

// mayRecord lets whoever keeps the docket record a decision that adds protection; a decision that lifts some is the judge's
// own to record.
func (im *importer) mayRecord(path string, o order.Order) {
	if im.desk.May(testimony.ActDecideOrder) {
		return
	}
	switch {
	case len(o.Replaces) > 0:
		im.fail(path+".replaces", "only a judge records an order that replaces another")
	case slices.Contains([]order.State{order.Suspended, order.Rescinded, order.Spent, order.Refused}, o.State):
		im.fail(path+".state", "only a judge records that an order is %s", o.State)
	}
}

func (im *importer) measure(path string, m order.Measure) order.Measure {
	m.Audiences = slices.Clone(m.Audiences)
	for i, a := range m.Audiences {
		key, ok := a.OtherParty()
		if !ok {
			continue
		}
		p, ok := im.done.Parties[string(key)]
		if !ok {
			im.fail(fmt.Sprintf("%s.audiences[%d]", path, i), "no party has the key %q", key)
		}
		m.Audiences[i] = protection.OtherWitness(p)
	}
	return m
}

func (im *importer) caseAndParty(path, c, p string) {
	caseID, okCase := im.done.Cases[c]
	if !okCase {
		im.fail(path+".case", "no case has the key %q", c)
	}
	partyID, okParty := im.done.Parties[p]
	if !okParty {
		im.fail(path+".party", "no party has the key %q", p)
	}
	if okCase && okParty && im.parties[partyID].PseudonymIn(caseID) == "" {
		im.fail(path+".party", "the party %q does not appear in this case", p)
	}
}

// check splits a joined error into entries, each with its own path below path.
func (im *importer) check(path string, err error) {
	if err == nil {
		return
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range joined.Unwrap() {
			im.check(path, e)
		}
		return
	}
	where, why, ok := strings.Cut(err.Error(), ": ")
	if !ok {
		im.fail(path, "%s", err)
		return
	}
	im.fail(path+"."+where, "%s", why)
}

func (im *importer) hearings(doc Document) error {
	for i, line := range doc.Hearings {
		path := fmt.Sprintf("hearings[%d]", i)
		_, taken := im.done.Hearings[line.Key]
		id, err := im.enter("hearing", path, line.Key, taken)
		if err != nil {
			return err
		}
		im.caseAndParty(path, line.Case, line.Party)
		h := testimony.Hearing{ID: testimony.HearingID(id), Case: im.done.Cases[line.Case], Party: im.done.Parties[line.Party], Start: line.Start,
			Duration: time.Duration(line.Minutes) * time.Minute, CourtZone: line.CourtZone, WitnessZone: line.WitnessZone, Room: line.Room, Mode: line.Mode}
		seats := map[string]testimony.ParticipantID{}
		for j, p := range line.Participants {
			at := fmt.Sprintf("%s.participants[%d]", path, j)
			_, taken := seats[p.Key]
			seat, err := im.enter("seat", at, p.Key, taken)
			if err != nil {
				return err
			}
			seats[p.Key] = testimony.ParticipantID(seat)
			participant := testimony.Participant{ID: testimony.ParticipantID(seat), Role: p.Role, Label: p.Label}
			if p.Label == "" {
				participant.Label = string(p.Role)
			}
			if p.Party != "" {
				party, ok := im.done.Parties[p.Party]
				if !ok {
					im.fail(at+".party", "no party has the key %q", p.Party)
				}
				participant.Party = party
				participant.Label = string(im.parties[party].PseudonymIn(h.Case))
			}
			h.Participants = append(h.Participants, participant)
		}
		for j, p := range line.Participants {
			for k, key := range p.Clients {
				client, ok := seats[key]
				if !ok {
					im.fail(fmt.Sprintf("%s.participants[%d].clients[%d]", path, j, k), "no seat of this hearing has the key %q", key)
				}
				h.Retained = append(h.Retained, testimony.Retainer{Counsel: seats[p.Key], Client: client})
			}
		}
		testimony.Distinguish(h.Participants)
		im.takes(path, line, &h)
		im.check(path, h.Check())
		im.done.Hearings[line.Key] = h.ID
		if err := hearings.Put(im.tx, docketPart, id, h); err != nil {
			return err
		}
	}
	return nil
}
