package docket

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"paravent/protection"
	"paravent/protection/order"
	"paravent/protection/statistics"
	"paravent/store"
	"paravent/testimony"
	"paravent/testimony/schedule"
)

// Format is the value of an interchange document's "format" field.
const Format = "paravent.docket/1"

// Schema is the JSON Schema of the interchange format; docs/docket.schema.json is the same text.
//
//go:embed docket.schema.json
var Schema []byte

// Document is a docket as it is carried between systems. Keys are the writer's own and name entries inside the document;
// in the vault every entry gets a random id, so that a key that says too much never reaches a log.
type Document struct {
	Format   string        `json:"format"`
	Measures []MeasureLine `json:"measures,omitempty"`
	Cases    []CaseLine    `json:"cases,omitempty"`
	Parties  []PartyLine   `json:"parties,omitempty"`
	Orders   []OrderLine   `json:"orders,omitempty"`
	Hearings []HearingLine `json:"hearings,omitempty"`

	Resources []ResourceLine `json:"resources,omitempty"` // what hearings take
}

// CaseLine is a case in a document.
type CaseLine struct {
	Key       string            `json:"key"`
	Reference string            `json:"reference"`
	Court     string            `json:"court,omitempty"`
	Offence   testimony.Offence `json:"offence"`
	Opened    time.Time         `json:"opened,omitzero"`
}

// PartyLine is a protected party in a document. It has no field for a name.
type PartyLine struct {
	Key         string            `json:"key"`
	Status      protection.Status `json:"status"`
	Language    string            `json:"language,omitempty"`
	Appearances []AppearanceLine  `json:"appearances"`
	// Statistics are categories of closed lists; nil where nothing is recorded.
	Statistics *statistics.Profile `json:"statistics,omitempty"`
	// Decisions on the status, the oldest first; the last one is the status.
	Decisions []DecisionLine `json:"decisions,omitempty"`
	Care      []FactLine     `json:"care,omitempty"` // open facts
	Speech    *SpeechLine    `json:"speech,omitempty"`
}

// AppearanceLine is a party's pseudonym in a case. Without a pseudonym the next free one is allotted.
type AppearanceLine struct {
	Case      string               `json:"case"`
	Pseudonym protection.Pseudonym `json:"pseudonym,omitempty"`
}

// OrderLine is a protective order in a document.
type OrderLine struct {
	Key       string          `json:"key"`
	Case      string          `json:"case"`
	Party     string          `json:"party"`
	Reference string          `json:"reference"`
	State     order.State     `json:"state"`
	From      time.Time       `json:"from,omitzero"`
	Until     time.Time       `json:"until,omitzero"`
	Replaces  []string        `json:"replaces,omitempty"`
	Reasons   string          `json:"reasons,omitempty"`
	Applicant order.Applicant `json:"applicant,omitempty"`
	Change    string          `json:"change,omitempty"`
	Service   order.Service   `json:"service,omitzero"`
	ExParte   string          `json:"ex_parte,omitempty"`
	Consent   order.Consent   `json:"consent,omitzero"`
	Alerted   order.Alert     `json:"alerted,omitzero"` // the prosecutor, of a non-punishment note; who told them stays with the vault
	Measures  []order.Measure `json:"measures"`         // an audience "witness/KEY" names a party of the document
	Steps     []StepLine      `json:"steps,omitempty"`  // what led here, for the reader: an import does not take them over
}

// StepLine is a step of an order's life in a document. Who took it is told by the office alone, and signatures stay with the vault that made them.
type StepLine struct {
	Step    order.Step  `json:"step"`
	Office  string      `json:"office"`
	At      time.Time   `json:"at"`
	State   order.State `json:"state"` // that it led to
	Reasons string      `json:"reasons,omitempty"`
	Change  string      `json:"change,omitempty"`
	Signed  bool        `json:"signed,omitempty"`
}

// HearingLine is a hearing in a document.
type HearingLine struct {
	Key          string                 `json:"key"`
	Case         string                 `json:"case"`
	Party        string                 `json:"party"`
	Start        time.Time              `json:"start"`
	Minutes      int                    `json:"minutes"`
	CourtZone    string                 `json:"court_zone"`
	WitnessZone  string                 `json:"witness_zone"`
	Room         string                 `json:"room,omitempty"`
	Mode         protection.SessionMode `json:"mode"`
	Participants []ParticipantLine      `json:"participants"`

	Before     int          `json:"before,omitempty"`      // minutes
	After      int          `json:"after,omitempty"`       // minutes
	BreakEvery int          `json:"break_every,omitempty"` // minutes of testimony
	Uses       []string     `json:"uses,omitempty"`        // keys of resources
	Accepted   []ReasonLine `json:"accepted,omitempty"`
	Held       time.Time    `json:"held,omitzero"`
	Cancelled  time.Time    `json:"cancelled,omitzero"`
	Why        string       `json:"why,omitempty"` // it was cancelled
	Sequence   int          `json:"sequence,omitempty"`
}

// ParticipantLine is a seat in a document.
type ParticipantLine struct {
	Key   string         `json:"key"`
	Role  testimony.Role `json:"role"`
	Label string         `json:"label,omitempty"`
	Party string         `json:"party,omitempty"`
	// Clients are the keys of the seats that this one is counsel for: an accused's, or a witness's.
	Clients []string `json:"clients,omitempty"`
}

// EntryError is what is wrong with one entry of a document, and where.
type EntryError struct {
	Path   string // hearings[0].participants[2].role
	Reason string
}

func (e *EntryError) Error() string {
	if e.Path == "" {
		return e.Reason
	}
	return e.Path + ": " + e.Reason
}

// Imported counts what an import wrote, and tells the id that each key was given.
type Imported struct {
	Cases    map[string]protection.CaseID   `json:"cases"`
	Parties  map[string]protection.PartyID  `json:"parties"`
	Orders   map[string]protection.OrderID  `json:"orders"`
	Hearings map[string]testimony.HearingID `json:"hearings"`

	Resources map[string]testimony.ResourceID `json:"resources"`
	// Against are the soft conflicts of hearings, by key, to which the document has no reason.
	Against map[string][]schedule.Conflict `json:"-"`
	// Left are the paths of entries that were not taken over, because the importer's office does not enter what they say.
	Left []string `json:"left,omitempty"`
}

// maxDocument is the largest document that is read, in bytes.
const maxDocument = 64 << 20

// ReadDocument reads a document and checks it against the schema.
func ReadDocument(r io.Reader) (Document, error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxDocument+1))
	if err != nil {
		return Document{}, fmt.Errorf("read the docket: %w", err)
	}
	if len(raw) > maxDocument {
		return Document{}, &EntryError{Reason: "the file is larger than 64 MiB"}
	}
	tree, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return Document{}, &EntryError{Reason: "this is not JSON: " + err.Error()}
	}
	schema, err := compiledSchema()
	if err != nil {
		return Document{}, err
	}
	if err := schema.Validate(tree); err != nil {
		return Document{}, schemaErrors(err)
	}
	var doc Document
	if err := json.Unmarshal(raw, &doc); err != nil {
		return Document{}, &EntryError{Reason: err.Error()}
	}
	return doc, nil
}

var compiledSchema = sync.OnceValues(func() (*jsonschema.Schema, error) {
	tree, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema))
	if err != nil {
		return nil, fmt.Errorf("read the docket's schema: %w", err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("docket.schema.json", tree); err != nil {
		return nil, err
	}
	return c.Compile("docket.schema.json")
})

// schemaErrors turns the validator's tree into one EntryError per leaf.
func schemaErrors(err error) error {
	var v *jsonschema.ValidationError
	if !errors.As(err, &v) {
		return err
	}
	var leaves []error
	var walk func(*jsonschema.ValidationError)
	walk = func(e *jsonschema.ValidationError) {
		if len(e.Causes) == 0 {
			leaves = append(leaves, &EntryError{jsonPath(e.InstanceLocation), fmt.Sprint(e.ErrorKind.LocalizedString(printer))})
		}
		for _, c := range e.Causes {
			walk(c)
		}
	}
	walk(v)
	return errors.Join(leaves...)
}

func jsonPath(location []string) string {
	var b strings.Builder
	for _, step := range location {
		if _, err := strconv.Atoi(step); err == nil {
			b.WriteString("[" + step + "]")
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('.')
		}
		b.WriteString(step)
	}
	return b.String()
}

// Import writes a whole document or nothing. Every error is an [*EntryError], joined.
func (d *Desk) Import(ctx context.Context, doc Document) (Imported, error) {
	if !d.May(testimony.ActKeepDocket) {
		return Imported{}, ErrNotAllowed
	}
	var done Imported
	err := d.vault.Update(ctx, func(tx *store.Tx) error {
		im := newImporter(d, tx)
		if err := im.run(doc); err != nil {
			return err
		}
		done = im.done
		tx.Log("docket.imported", map[string]string{"cases": strconv.Itoa(len(doc.Cases)), "parties": strconv.Itoa(len(doc.Parties)),
			"orders": strconv.Itoa(len(doc.Orders)), "hearings": strconv.Itoa(len(doc.Hearings)), "resources": strconv.Itoa(len(doc.Resources))})
		return nil
	})
	if err != nil {
		return Imported{}, err
	}
	return done, nil
}

// Export makes a document of the whole docket. Keys are those of the import, or the ids.
// What is kept for a team stays with the team.
func (d *Desk) Export(ctx context.Context) (Document, error) {
	doc := Document{Format: Format}
	if !d.May(testimony.ActKeepDocket) {
		return doc, ErrNotAllowed
	}
	caseList, err := d.Cases(ctx)
	if err != nil {
		return doc, err
	}
	partyList, err := d.Parties(ctx)
	if err != nil {
		return doc, err
	}
	orderList, err := d.Orders(ctx)
	if err != nil {
		return doc, err
	}
	hearingList, err := d.Hearings(ctx)
	if err != nil {
		return doc, err
	}
	keys, err := d.keys(ctx)
	if err != nil {
		return doc, err
	}
	taken, err := d.Resources(ctx)
	if err != nil {
		return doc, err
	}
	recorded, err := d.recordedProfiles(ctx)
	if err != nil {
		return doc, err
	}
	open, err := d.careOfAll(ctx)
	if err != nil {
		return doc, err
	}
	apart, err := d.casesOfTeams(ctx)
	if err != nil {
		return doc, err
	}
	caseList = slices.DeleteFunc(caseList, func(c testimony.Case) bool { return apart[c.ID] })
	partyList = slices.DeleteFunc(partyList, func(p protection.Party) bool {
		return slices.ContainsFunc(p.Appearances, func(a protection.Appearance) bool { return apart[a.Case] })
	})
	orderList = slices.DeleteFunc(orderList, func(o order.Order) bool { return apart[o.Case] })
	hearingList = slices.DeleteFunc(hearingList, func(h testimony.Hearing) bool { return apart[h.Case] })
	if doc.Measures, err = d.exportMeasures(ctx); err != nil {
		return doc, err
	}
	for _, c := range caseList {
		doc.Cases = append(doc.Cases, CaseLine{keys.of("case", string(c.ID)), c.Reference, c.Court, c.Offence, c.Opened})
	}
	for _, p := range partyList {
		line := PartyLine{Key: keys.of("party", string(p.ID)), Status: p.Status, Language: p.Language, Decisions: decisionLines(open.decided[p.ID]), Care: open.facts[p.ID], Speech: open.spoken[p.ID]}
		for _, a := range p.Appearances {
			line.Appearances = append(line.Appearances, AppearanceLine{keys.of("case", string(a.Case)), a.Pseudonym})
		}
		if profile, known := recorded[p.ID]; known {
			line.Statistics = &profile
		}
		doc.Parties = append(doc.Parties, line)
	}
	for _, o := range orderList {
		doc.Orders = append(doc.Orders, exportOrder(o, keys))
	}
	for _, h := range hearingList {
		doc.Hearings = append(doc.Hearings, exportHearing(h, keys))
	}
	doc.Resources = exportResources(taken, doc, keys)
	return doc, d.Note(ctx, "docket.exported", map[string]string{"cases": strconv.Itoa(len(doc.Cases))})
}

func exportOrder(o order.Order, keys keyring) OrderLine {
	line := OrderLine{Key: keys.of("order", string(o.ID)), Case: keys.of("case", string(o.Case)), Party: keys.of("party", string(o.Party)),
		Reference: o.Reference, State: o.State, From: o.From, Until: o.Until, Reasons: o.Reasons,
		Applicant: o.Applicant, Change: o.Change, Service: o.Service, ExParte: o.ExParte, Consent: o.Consent, Alerted: order.Alert{At: o.Alerted.At, How: o.Alerted.How}}
	for _, v := range o.History {
		line.Steps = append(line.Steps, StepLine{v.Step, v.Office, v.At, v.Is, v.Reasons, v.Change, len(v.Signature) > 0})
	}
	for _, r := range o.Replaces {
		line.Replaces = append(line.Replaces, keys.of("order", string(r)))
	}
	for _, m := range o.Measures {
		m.Audiences = slices.Clone(m.Audiences)
		for i, a := range m.Audiences {
			if p, ok := a.OtherParty(); ok {
				m.Audiences[i] = protection.OtherWitness(protection.PartyID(keys.of("party", string(p))))
			}
		}
		line.Measures = append(line.Measures, m)
	}
	return line
}

func exportHearing(h testimony.Hearing, keys keyring) HearingLine {
	line := HearingLine{Key: keys.of("hearing", string(h.ID)), Case: keys.of("case", string(h.Case)), Party: keys.of("party", string(h.Party)),
		Start: h.Start, Minutes: int(h.Duration / time.Minute), CourtZone: h.CourtZone, WitnessZone: h.WitnessZone, Room: h.Room, Mode: h.Mode}
	for _, p := range h.Participants {
		seat := ParticipantLine{Key: keys.of("seat", string(p.ID)), Role: p.Role, Label: p.Label}
		if p.Party != "" {
			seat.Party = keys.of("party", string(p.Party))
		}
		for _, r := range h.Retained {
			if r.Counsel == p.ID {
				seat.Clients = append(seat.Clients, keys.of("seat", string(r.Client)))
			}
		}
		line.Participants = append(line.Participants, seat)
	}
	exportTaking(&line, h, keys)
	return line
}
