package docket

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"paravent/protection"
	"paravent/protection/identity"
	"paravent/protection/order"
	"paravent/store"
	"paravent/testimony"
)

var (
	cases      = store.NewCollection[testimony.Case]("cases")
	parties    = store.NewCollection[protection.Party]("parties")
	orders     = store.NewCollection[order.Order]("orders")
	hearings   = store.NewCollection[testimony.Hearing]("hearings")
	identities = store.NewCollection[identity.Sealed]("identities")
)

// ErrInvalid is wrapped by every refusal of what was entered.
var ErrInvalid = errors.New("this entry cannot be kept")

// Cases lists the cases by reference.
func (d *Desk) Cases(ctx context.Context) ([]testimony.Case, error) {
	list, err := all(ctx, d, cases)
	slices.SortFunc(list, func(a, b testimony.Case) int { return cmp.Compare(a.Reference, b.Reference) })
	return list, err
}

// Case returns one case.
func (d *Desk) Case(ctx context.Context, id protection.CaseID) (testimony.Case, error) {
	return find(ctx, d, cases, string(id))
}

// AddCase opens a case under a new id, for everyone of the docket.
func (d *Desk) AddCase(ctx context.Context, c testimony.Case) (testimony.Case, error) {
	return d.AddCaseFor(ctx, c, "")
}

// AddCaseFor opens a case for a team that the user is in; an empty team is the docket.
func (d *Desk) AddCaseFor(ctx context.Context, c testimony.Case, team TeamID) (testimony.Case, error) {
	if !d.May(testimony.ActKeepDocket) {
		return c, ErrNotAllowed
	}
	if err := checkCase(c); err != nil {
		return c, err
	}
	id, err := d.newID()
	if err != nil {
		return c, err
	}
	c.ID = protection.CaseID(id)
	if c.Opened.IsZero() {
		c.Opened = d.Now()
	}
	return c, d.vault.Update(ctx, func(tx *store.Tx) error {
		known, err := everywhere(tx, cases) // here, because another desk may be opening the same
		if err != nil {
			return err
		}
		if slices.ContainsFunc(known, func(k store.Entry[testimony.Case]) bool { return strings.EqualFold(k.Value.Reference, c.Reference) }) {
			return fmt.Errorf("%w: a case with this reference is open already", ErrInvalid)
		}
		tx.Log("case.opened", map[string]string{"case": id})
		if err := mayUse(tx, team); err != nil {
			return err
		}
		return cases.Put(tx, partOf(team), id, c)
	})
}

func checkCase(c testimony.Case) error {
	switch {
	case strings.TrimSpace(c.Reference) == "":
		return fmt.Errorf("%w: the case needs a reference", ErrInvalid)
	case !slices.Contains(testimony.Offences, c.Offence):
		return fmt.Errorf("%w: %q is not an offence family; use trafficking, smuggling or mixed", ErrInvalid, c.Offence)
	}
	return checkCaseLines(c)
}

// Parties lists the protected parties by their first pseudonym.
func (d *Desk) Parties(ctx context.Context) ([]protection.Party, error) {
	var list []protection.Party
	err := d.vault.View(ctx, func(tx *store.ReadTx) error {
		within, err := parts(tx)
		if err != nil {
			return err
		}
		list = nil // this may run again
		for _, part := range within {
			err := parties.Each(tx, part, func(e store.Entry[protection.Party]) error {
				list = append(list, e.Value)
				return nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return byPseudonym(list), nil
}

// byPseudonym sorts parties by the first pseudonym of each, those of one pseudonym as they come. There are many of each, one in every case, so that sorting
// the pseudonyms alone takes a tenth of the time.
func byPseudonym(list []protection.Party) []protection.Party {
	named := map[protection.Pseudonym][]int{}
	for i, p := range list {
		var name protection.Pseudonym
		if len(p.Appearances) > 0 {
			name = p.Appearances[0].Pseudonym
		}
		named[name] = append(named[name], i)
	}
	sorted := make([]protection.Party, 0, len(list))
	for _, name := range slices.Sorted(maps.Keys(named)) {
		for _, i := range named[name] {
			sorted = append(sorted, list[i])
		}
	}
	return sorted
}

// Party returns one protected party.
func (d *Desk) Party(ctx context.Context, id protection.PartyID) (protection.Party, error) {
	return find(ctx, d, parties, string(id))
}

// AddParty enters a protected party into a case and allots the next pseudonym.
func (d *Desk) AddParty(ctx context.Context, c protection.CaseID, status protection.Status, language string) (protection.Party, error) {
	if !d.May(testimony.ActKeepDocket) {
		return protection.Party{}, ErrNotAllowed
	}
	if !status.Valid() {
		return protection.Party{}, fmt.Errorf("%w: %q is not a status", ErrInvalid, status)
	}
	if err := checkLine("language", language, maxLanguage); err != nil {
		return protection.Party{}, err
	}
	id, err := d.newID()
	if err != nil {
		return protection.Party{}, err
	}
	var p protection.Party
	err = d.vault.Update(ctx, func(tx *store.Tx) error {
		_, part, err := locate(tx, cases, string(c))
		if err != nil {
			return fmt.Errorf("the case: %w", notFound(err))
		}
		given, err := pseudonyms(tx, c)
		if err != nil {
			return err
		}
		p = protection.Party{ID: protection.PartyID(id), Status: status, Language: language,
			Appearances: []protection.Appearance{{Case: c, Pseudonym: protection.NextPseudonym(given)}}}
		tx.Log("party.entered", map[string]string{"party": id, "case": string(c)})
		return parties.Put(tx, part, id, p)
	})
	return p, err
}

// JoinCase lets a protected party appear in a further case under a pseudonym of that case; earlier orders carry over. Both cases have to be the same
// team's, or the docket's: [ErrOtherTeam].
func (d *Desk) JoinCase(ctx context.Context, party protection.PartyID, c protection.CaseID) (protection.Party, error) {
	if !d.May(testimony.ActKeepDocket) {
		return protection.Party{}, ErrNotAllowed
	}
	var p protection.Party
	err := d.vault.Update(ctx, func(tx *store.Tx) (err error) {
		var part store.Compartment
		if p, part, err = locate(tx, parties, string(party)); err != nil {
			return notFound(err)
		}
		if p.PseudonymIn(c) != "" {
			return fmt.Errorf("%w: the party appears in this case already", ErrInvalid)
		}
		if _, of, err := locate(tx, cases, string(c)); err != nil {
			return fmt.Errorf("the case: %w", notFound(err))
		} else if of != part {
			return ErrOtherTeam
		}
		given, err := pseudonyms(tx, c)
		if err != nil {
			return err
		}
		p.Appearances = append(slices.Clone(p.Appearances), protection.Appearance{Case: c, Pseudonym: protection.NextPseudonym(given)})
		tx.Log("party.joined_case", map[string]string{"party": string(party), "case": string(c)})
		return parties.Put(tx, part, string(party), p)
	})
	return p, err
}

func pseudonyms(tx reading, c protection.CaseID) ([]protection.Pseudonym, error) {
	entries, err := everywhere(tx, parties)
	var given []protection.Pseudonym
	for _, e := range entries {
		if ps := e.Value.PseudonymIn(c); ps != "" {
			given = append(given, ps)
		}
	}
	return given, err
}

// Hearings lists the hearings by their start.
func (d *Desk) Hearings(ctx context.Context) ([]testimony.Hearing, error) {
	return d.hearingsThat(ctx, func(testimony.Hearing) bool { return true })
}

// hearingsThat are the hearings that are asked for, by their start, as copies of the caller's own. keep changes nothing.
func (d *Desk) hearingsThat(ctx context.Context, keep func(testimony.Hearing) bool) ([]testimony.Hearing, error) {
	var list []testimony.Hearing
	err := d.vault.View(ctx, func(tx *store.ReadTx) error {
		shared, err := hearingsIn(tx)
		kept := 0
		for i := range shared {
			if keep(shared[i]) {
				kept++
			}
		}
		list = make([]testimony.Hearing, 0, kept)
		for i := range shared {
			if keep(shared[i]) {
				list = append(list, shared[i])
			}
		}
		return err
	})
	return ownHearings(list), err
}

// hearingsIn are all hearings by their start, shared by all who look: nobody may change one.
func hearingsIn(tx reading) ([]testimony.Hearing, error) {
	return store.Remember(tx, "docket.hearings", func() ([]testimony.Hearing, error) {
		entries, err := everywhere(tx, hearings)
		list := make([]testimony.Hearing, 0, len(entries))
		for _, e := range entries {
			list = append(list, e.Value)
		}
		slices.SortStableFunc(list, func(a, b testimony.Hearing) int { return a.Start.Compare(b.Start) })
		return list, err
	})
}

// ownHearings gives hearings lists of their own, for whoever may change theirs, in few pieces of memory for many.
func ownHearings(list []testimony.Hearing) []testimony.Hearing {
	seats, uses, accepted, retained := 0, 0, 0, 0
	for _, h := range list {
		seats, uses, accepted, retained = seats+len(h.Participants), uses+len(h.Uses), accepted+len(h.Accepted), retained+len(h.Retained)
	}
	allRetained := make([]testimony.Retainer, 0, retained)
	allSeats, allUses, allAccepted := make([]testimony.Participant, 0, seats), make([]testimony.ResourceID, 0, uses), make([]testimony.Acceptance, 0, accepted)
	for i := range list {
		h := &list[i]
		h.Participants, allSeats = own(h.Participants, allSeats)
		h.Uses, allUses = own(h.Uses, allUses)
		h.Accepted, allAccepted = own(h.Accepted, allAccepted)
		h.Retained, allRetained = own(h.Retained, allRetained)
	}
	return list
}

// own moves a copy of a list behind those that were copied before. To append to it makes it a piece of its own.
func own[T any](shared, into []T) (mine, all []T) {
	if len(shared) == 0 {
		return nil, into
	}
	from := len(into)
	into = append(into, shared...)
	return slices.Clip(into[from:]), into
}

// Hearing returns one hearing.
func (d *Desk) Hearing(ctx context.Context, id testimony.HearingID) (testimony.Hearing, error) {
	return find(ctx, d, hearings, string(id))
}

// Schedule plans a hearing. It allots the ids of the hearing and of its seats, and labels a witness with the pseudonym. It fails with a [*ConflictError] when
// something stands against it that nobody can accept, or has accepted with a reason in Accepted.
func (d *Desk) Schedule(ctx context.Context, h testimony.Hearing) (testimony.Hearing, error) {
	if !d.May(testimony.ActKeepDocket) {
		return h, ErrNotAllowed
	}
	if err := d.allot(&h); err != nil {
		return h, err
	}
	if err := h.Check(); err != nil {
		return h, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	wanted := h
	err := d.vault.Update(ctx, func(tx *store.Tx) error {
		h = wanted // this may run again
		_, part, err := locate(tx, cases, string(h.Case))
		if err != nil {
			return fmt.Errorf("the case: %w", notFound(err))
		}
		if err := labelWitnesses(tx, &h); err != nil {
			return err
		}
		return d.book(tx, part, &h, "hearing.planned")
	})
	return h, err
}

func (d *Desk) allot(h *testimony.Hearing) error {
	id, err := d.newID()
	if err != nil {
		return err
	}
	h.ID = testimony.HearingID(id)
	h.Held, h.Cancelled, h.Why = time.Time{}, time.Time{}, ""
	h.Retained = nil // it names seats by their ids
	for i := range h.Participants {
		h.Participants[i].ID = ""
	}
	return d.seats(h)
}

// seats allots the ids of seats that are new, and a label to those that have none.
func (d *Desk) seats(h *testimony.Hearing) error {
	h.Participants = slices.Clone(h.Participants)
	for i := range h.Participants {
		if h.Participants[i].ID == "" {
			id, err := d.newID()
			if err != nil {
				return err
			}
			h.Participants[i].ID = testimony.ParticipantID(id)
		}
		if h.Participants[i].Label == "" {
			h.Participants[i].Label = string(h.Participants[i].Role)
		}
	}
	testimony.Distinguish(h.Participants)
	return nil
}

func labelWitnesses(tx reading, h *testimony.Hearing) error {
	for i, p := range h.Participants {
		if p.Party == "" {
			continue
		}
		party, _, err := locate(tx, parties, string(p.Party))
		if err != nil {
			return fmt.Errorf("the protected party: %w", notFound(err))
		}
		pseudonym := party.PseudonymIn(h.Case)
		if pseudonym == "" {
			return fmt.Errorf("%w: the party does not appear in this case", ErrInvalid)
		}
		h.Participants[i].Label = string(pseudonym)
	}
	return nil
}

func (d *Desk) othersIn(ctx context.Context, c protection.CaseID, but protection.PartyID) ([]protection.PartyID, error) {
	list, err := d.Parties(ctx)
	var others []protection.PartyID
	for _, p := range list {
		if p.ID != but && p.PseudonymIn(c) != "" {
			others = append(others, p.ID)
		}
	}
	return others, err
}

// SealIdentity seals the fields of a true identity to both colleges. Fields sealed earlier and not given now stay as they
// are. Nothing that is sealed can be read back here.
func (d *Desk) SealIdentity(ctx context.Context, party protection.PartyID, fields identity.Fields) error {
	if !d.May(testimony.ActEnterIdentity) {
		return ErrNotAllowed
	}
	for {
		if err := d.sealIdentity(ctx, party, fields); !errors.Is(err, errNewcomer) {
			return err
		}
	}
}

// errNewcomer says that a user was enrolled or revoked at another desk while something was sealed to those who were there.
var errNewcomer = errors.New("a user was enrolled or revoked meanwhile")

func (d *Desk) sealIdentity(ctx context.Context, party protection.PartyID, fields identity.Fields) error {
	var members []store.UserID
	var part store.Compartment
	membersOf := func(tx reading, of func(store.Compartment) ([]store.UserID, error)) (err error) {
		if _, part, err = locate(tx, parties, string(party)); err != nil {
			return fmt.Errorf("the protected party: %w", notFound(err))
		}
		members, err = of(part)
		return err
	}
	if err := d.vault.View(ctx, func(tx *store.ReadTx) error { return membersOf(tx, tx.Members) }); err != nil {
		return err
	}
	users, err := d.Users(ctx)
	if err != nil {
		return err
	}
	before, sealedTo := part, members
	among := slices.DeleteFunc(slices.Clone(users), func(u store.User) bool { return !slices.Contains(sealedTo, u.ID) })
	court, bench := recipients(among, testimony.CourtCollege), recipients(among, testimony.BenchCollege)
	records := map[string]identity.Sealed{}
	boxes := 0
	for _, part := range fields.Apart() {
		sealed, err := identity.Seal(d.opts.Rand, party, part, court, bench)
		if err != nil {
			return err
		}
		sealed.Entered = d.Now()
		boxes += len(sealed.Boxes)
		id, err := d.newID()
		if err != nil {
			return err
		}
		records[string(party)+"/"+id] = sealed
	}
	return d.vault.Update(ctx, func(tx *store.Tx) error {
		if err := membersOf(tx, tx.Members); err != nil {
			return err
		}
		if part != before || !slices.Equal(members, sealedTo) {
			return errNewcomer
		}
		for _, u := range among {
			if revoked, err := tx.Revoked(u.ID); err != nil {
				return err
			} else if revoked && u.Standing() {
				return errNewcomer
			}
		}
		tx.Log("identity.sealed", map[string]string{"party": string(party), "fields": strconv.Itoa(boxes)})
		for id, sealed := range records {
			if err := identities.Put(tx, part, id, sealed); err != nil {
				return err
			}
		}
		return nil
	})
}

// SealedFields tells which fields of a party's identity have been sealed.
func (d *Desk) SealedFields(ctx context.Context, party protection.PartyID) ([]identity.Field, error) {
	list, err := all(ctx, d, identities)
	var fields []identity.Field
	for _, f := range identity.AllFields {
		if slices.ContainsFunc(list, func(s identity.Sealed) bool {
			return s.Party == party && slices.ContainsFunc(s.Boxes, func(b identity.Box) bool { return b.Field == f })
		}) {
			fields = append(fields, f)
		}
	}
	return fields, err
}

// takenIdentities are the parties of whom at least one field of an identity is sealed.
func (d *Desk) takenIdentities(ctx context.Context) (map[protection.PartyID]bool, error) {
	list, err := all(ctx, d, identities)
	taken := map[protection.PartyID]bool{}
	for _, s := range list {
		taken[s.Party] = taken[s.Party] || slices.ContainsFunc(s.Boxes, func(b identity.Box) bool { return slices.Contains(identity.AllFields, b.Field) })
	}
	return taken, err
}

func notFound(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return ErrNotFound
	}
	return err
}
