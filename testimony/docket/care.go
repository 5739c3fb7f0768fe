package docket

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"paravent/protection"
	"paravent/store"
	"paravent/testimony"
)

// A person's care file (own words, risk, needs, plans) is kept apart from the docket, for the victim's advocates alone: nobody who judges, prosecutes or keeps the
// calendar needs a person's own words to do so (A/CONF.213/7 §36). The court learns of it what it acts upon as open facts, see [Fact].
//
// Each part has its care compartment. That of a team is for the advocates who are in the team. Users who are not advocates can enrol one, take
// one into a team and move a case, but hold no key of care and so can pass none on: the first advocate of a part gets a new compartment, and further ones are let
// in by an advocate who has it, at the next opening of their desk ([Desk.TendCare]).

// CareKind names a kind of record of a care file. It stands in the audit log.
type CareKind string

// careLine is one version of a record. The newest stands under party/kind as well, so that it is read at once.
type careLine struct {
	Party protection.PartyID `json:"party"`
	Kind  CareKind           `json:"kind"`
	N     int                `json:"n"` // from 1
	By    store.UserID       `json:"by"`
	At    time.Time          `json:"at"`
	Value json.RawMessage    `json:"value"`
}

// CareVersion is one version of a record of a care file.
type CareVersion[T any] struct {
	Party protection.PartyID
	N     int // from 1; 0 says that there is none
	By    store.UserID
	At    time.Time
	Value T
}

var careLines = store.NewCollection[careLine]("care")

// Errors of care.
var (
	// ErrCareShut says that the user may keep care files and has no key of this one yet.
	ErrCareShut = errors.New("you have no key of the care files yet: another advocate has to open the vault once")
	// ErrCareStays refuses to move a case to where no advocate could go on with a care file.
	ErrCareStays = errors.New("there is a care file in this case and no advocate who keeps it where the case is to go: take them in first")
	// ErrCareRemains refuses to erase a person while there is a care file of them.
	ErrCareRemains = errors.New("the care file of this person is still there: an advocate destroys it first")
)

// carePart is the care compartment of a part.
func carePart(part store.Compartment) store.Compartment {
	if part == docketPart {
		return "care"
	}
	return "care/" + part
}

// careRecord is a kind of record of a care file with the type of its values. Every version is kept.
type careRecord[T any] struct{ kind CareKind }

func (c careRecord[T]) id(p protection.PartyID) string { return string(p) + "/" + string(c.kind) }

// put writes a new version and the open facts that follow from it. Seen is the number of the version that the user had before them; one that was
// written meanwhile gives a [*ChangedError] whose texts are numbers of versions.
func (c careRecord[T]) put(ctx context.Context, d *Desk, party protection.PartyID, seen int, v T, facts ...Fact) (CareVersion[T], error) {
	return c.change(ctx, d, party, func(now CareVersion[T]) (T, []Fact, error) {
		if now.N != seen {
			return v, nil, &ChangedError{Theirs: strconv.Itoa(now.N), Seen: strconv.Itoa(seen)}
		}
		return v, facts, nil
	})
}

// change makes a new version of what there is. The step may run again and has no effects of its own.
func (c careRecord[T]) change(ctx context.Context, d *Desk, party protection.PartyID, step func(now CareVersion[T]) (T, []Fact, error)) (CareVersion[T], error) {
	var next CareVersion[T]
	err := d.keepCare(ctx, party, func(tx *store.Tx, part store.Compartment) (facts []Fact, err error) {
		next, facts, err = c.changeIn(tx, d, part, party, step)
		return facts, err
	})
	return next, err
}

// keepCare opens a party's care file to be written, and writes the open facts that follow from what fn has written.
func (d *Desk) keepCare(ctx context.Context, party protection.PartyID, fn func(tx *store.Tx, part store.Compartment) ([]Fact, error)) error {
	if !d.May(testimony.ActKeepCare) {
		return ErrNotAllowed
	}
	users, err := d.Users(ctx)
	if err != nil {
		return err
	}
	return d.vault.Update(ctx, func(tx *store.Tx) error {
		part, err := d.openCare(tx, party, users)
		if err != nil {
			return err
		}
		facts, err := fn(tx, part)
		if err != nil {
			return err
		}
		for _, f := range append(facts[:len(facts):len(facts)], Fact{Kind: FactFile}) {
			f.Party = party
			if err := d.putFact(tx, part, f); err != nil {
				return err
			}
		}
		return nil
	})
}

// changeIn makes a new version inside a transaction that [Desk.keepCare] has opened.
func (c careRecord[T]) changeIn(tx *store.Tx, d *Desk, part store.Compartment, party protection.PartyID, step func(CareVersion[T]) (T, []Fact, error)) (CareVersion[T], []Fact, error) {
	now, err := c.get(tx, carePart(part), c.id(party))
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return now, nil, err
	}
	v, facts, err := step(now)
	if err != nil {
		return now, nil, err
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return now, nil, fmt.Errorf("write a care record: %w", err)
	}
	next := CareVersion[T]{Party: party, N: now.N + 1, By: d.Me().ID, At: d.Now().UTC(), Value: v}
	line := careLine{party, c.kind, next.N, next.By, next.At, raw}
	tx.Log("care.saved", map[string]string{"party": string(party), "kind": string(c.kind), "version": strconv.Itoa(next.N)})
	return next, facts, errors.Join(careLines.Put(tx, carePart(part), c.id(party), line),
		careLines.Put(tx, carePart(part), fmt.Sprintf("%s/%06d", c.id(party), next.N), line))
}

// latest is the newest version; its N is 0 where there is none.
func (c careRecord[T]) latest(ctx context.Context, d *Desk, party protection.PartyID) (CareVersion[T], error) {
	var v CareVersion[T]
	err := d.viewCare(ctx, party, func(tx *store.ReadTx, in store.Compartment) (err error) {
		v, err = c.get(tx, in, c.id(party))
		return err
	})
	return v, err
}

// history are all versions, the newest first.
func (c careRecord[T]) history(ctx context.Context, d *Desk, party protection.PartyID) ([]CareVersion[T], error) {
	var list []CareVersion[T]
	err := d.viewCare(ctx, party, func(tx *store.ReadTx, in store.Compartment) error {
		list = nil
		newest, err := c.get(tx, in, c.id(party))
		if err != nil {
			return err
		}
		for n := newest.N; n > 0; n-- {
			v, err := c.get(tx, in, fmt.Sprintf("%s/%06d", c.id(party), n))
			if err != nil {
				return fmt.Errorf("%w: a version of a care record is missing", store.ErrDamaged)
			}
			list = append(list, v)
		}
		return nil
	})
	return list, err
}

func (c careRecord[T]) get(tx store.Reading, in store.Compartment, id string) (CareVersion[T], error) {
	line, err := careLines.Get(tx, in, id)
	if err != nil {
		return CareVersion[T]{}, err
	}
	v := CareVersion[T]{Party: line.Party, N: line.N, By: line.By, At: line.At}
	if err := json.Unmarshal(line.Value, &v.Value); err != nil {
		return v, fmt.Errorf("%w: a care record is unreadable", store.ErrDamaged)
	}
	return v, nil
}

// viewCare reads a party's file where it is: with its case, or for a moment still in the part that the case was in before. A record that is not there
// leaves what fn has set.
func (d *Desk) viewCare(ctx context.Context, party protection.PartyID, fn func(tx *store.ReadTx, in store.Compartment) error) error {
	if !d.May(testimony.ActKeepCare) {
		return ErrNotAllowed
	}
	return d.vault.View(ctx, func(tx *store.ReadTx) error {
		_, part, err := locate(tx, parties, string(party))
		if err != nil {
			return fmt.Errorf("the protected party: %w", notFound(err))
		}
		open, err := carePartsOf(tx)
		if err != nil {
			return err
		}
		if !slices.Contains(open, carePart(part)) {
			return careShut(tx, part)
		}
		for _, in := range append([]store.Compartment{carePart(part)}, open...) {
			if err := fn(tx, in); !errors.Is(err, store.ErrNotFound) {
				return err
			}
		}
		return nil
	})
}

// careShut says why a part's care compartment is not open to an advocate; nil where there is none yet, and so nothing to read.
func careShut(tx *store.ReadTx, part store.Compartment) error {
	if _, err := tx.Members(carePart(part)); errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrNoCompartment) {
		return nil
	}
	return ErrCareShut
}

// carePartsOf are the care compartments that this user can read.
func carePartsOf(tx reading) ([]store.Compartment, error) {
	list, err := parts(tx)
	if err != nil {
		return nil, err
	}
	var open []store.Compartment
	for _, part := range list {
		if tx.HasCompartment(carePart(part)) {
			open = append(open, carePart(part))
		}
	}
	return open, nil
}

// openCare makes a part's care compartment ready to be written for a party: it is there, its members are the advocates of the part and nobody else, and
// what is kept of the party elsewhere has followed.
func (d *Desk) openCare(tx *store.Tx, party protection.PartyID, users []store.User) (store.Compartment, error) {
	_, part, err := locate(tx, parties, string(party))
	if err != nil {
		return "", fmt.Errorf("the protected party: %w", notFound(err))
	}
	if _, err := d.tendCarePart(tx, part, users); err != nil {
		return "", err
	}
	if !tx.HasCompartment(carePart(part)) {
		return "", ErrCareShut
	}
	_, err = d.fetchCare(tx, map[protection.PartyID]store.Compartment{party: part})
	return part, err
}

// CareParties tells for which parties there is a care file.
func (d *Desk) CareParties(ctx context.Context) (map[protection.PartyID]bool, error) {
	facts, err := all(ctx, d, factsOf)
	files := map[protection.PartyID]bool{}
	for _, f := range facts {
		if f.Kind == FactFile {
			files[f.Party] = true
		}
	}
	return files, err
}

// careOf are the ids of a party's records.
func careOf(tx store.Reading, in store.Compartment, party protection.PartyID) ([]string, error) {
	var ids []string
	err := careLines.Each(tx, in, func(e store.Entry[careLine]) error {
		if strings.HasPrefix(e.ID, string(party)+"/") {
			ids = append(ids, e.ID)
		}
		return nil
	})
	slices.Sort(ids)
	return ids, err
}
