package docket

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"

	"paravent/protection"
	"paravent/protection/catalogue"
	"paravent/protection/identity"
	"paravent/protection/order"
	"paravent/protection/policy"
	"paravent/store/audit"
	"paravent/testimony"
	"paravent/testimony/notice"
)

// Errors of a paper.
var (
	// ErrPaperName is returned for a paper's file whose name does not end in .pdf.
	ErrPaperName = errors.New("a paper's file ends in .pdf")
	// ErrPaperDisclosure is returned for a disclosure that is not of the witness of the hearing in its case, or that is given for another paper than the
	// sealed record.
	ErrPaperDisclosure = errors.New("this disclosure is not for this record")
	// ErrNotHeld is returned for the minutes of a hearing that has none yet.
	ErrNotHeld = errors.New("the hearing has no minutes yet")
)

// PaperFor says which paper is asked for.
type PaperFor struct {
	Kind     notice.Kind
	Order    protection.OrderID  // of an order's paper
	Hearing  testimony.HearingID // of every other
	Language policy.Language
	// Disclosure, where it is not empty, is granted to the user, and its fields are joined to the sealed record.
	Disclosure identity.RequestID
}

// subject is what a paper is about.
type subject struct {
	order   order.Order
	hearing testimony.Hearing
	cas     testimony.Case
	party   protection.Party
}

func (s subject) heading(d *Desk) notice.Heading {
	return notice.Heading{Court: s.cas.Court, Case: s.cas.Reference, Pseudonym: s.party.PseudonymIn(s.cas.ID), Made: d.Now().UTC().Truncate(time.Second), Training: d.Training()}
}

// mayMake refuses a paper that is not for this office.
func (d *Desk) mayMake(p PaperFor) error {
	act := testimony.ActMakePaper
	if p.Kind == notice.SealedRecord {
		act = testimony.ActSealedPaper
	}
	switch {
	case !slices.Contains(notice.Kinds, p.Kind):
		return fmt.Errorf("%w: there is no paper %q", ErrInvalid, p.Kind)
	case !d.May(act):
		return ErrNotAllowed
	case p.Disclosure != "" && p.Kind != notice.SealedRecord:
		return ErrPaperDisclosure
	}
	return nil
}

func (d *Desk) subjectOf(ctx context.Context, p PaperFor) (s subject, err error) {
	var c protection.CaseID
	var party protection.PartyID
	if p.Kind == notice.OrderPaper {
		if s.order, err = d.Order(ctx, p.Order); err != nil {
			return s, fmt.Errorf("the order: %w", err)
		}
		c, party = s.order.Case, s.order.Party
	} else {
		if s.hearing, err = d.Hearing(ctx, p.Hearing); err != nil {
			return s, fmt.Errorf("the hearing: %w", err)
		}
		c, party = s.hearing.Case, s.hearing.Party
	}
	if s.cas, err = d.Case(ctx, c); err != nil {
		return s, fmt.Errorf("the case: %w", err)
	}
	if s.party, err = d.Party(ctx, party); err != nil {
		return s, fmt.Errorf("the protected party: %w", err)
	}
	return s, nil
}

// longestStem keeps a file's name, four bytes a letter, within what file systems take.
const longestStem = 60

// PaperName is a name for a paper's file. It tells the case's number and the pseudonym, what the paper is and its language, and nothing else.
func (d *Desk) PaperName(ctx context.Context, p PaperFor) (string, error) {
	if err := d.mayMake(p); err != nil {
		return "", err
	}
	s, err := d.subjectOf(ctx, p)
	if err != nil {
		return "", err
	}
	words := strings.FieldsFunc(strings.Join([]string{s.cas.Reference, string(s.party.PseudonymIn(s.cas.ID)), string(p.Kind), string(p.Language)}, " "),
		func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	stem := []rune(strings.Join(words, "-"))
	return string(stem[:min(len(stem), longestStem)]) + ".pdf", nil
}

// WritePaper writes a paper to a file for its owner alone: all of it or nothing. It replaces a file only when it is told to. That the paper is
// written stands in the audit log before the file does; that it could not be written, after.
func (d *Desk) WritePaper(ctx context.Context, p PaperFor, to string, replace bool) error {
	if err := d.mayMake(p); err != nil {
		return err
	}
	if !strings.EqualFold(filepath.Ext(to), ".pdf") {
		return ErrPaperName
	}
	if err := freePlace(to, replace); err != nil { // before anything is disclosed for it
		return err
	}
	s, err := d.subjectOf(ctx, p)
	if err != nil {
		return err
	}
	paper, err := d.paper(ctx, p, s)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	defer func() { clear(out.Bytes()[:out.Cap()]) }()
	if err := paper.PDF(&out, p.Language); err != nil {
		return err
	}
	if p.Disclosure != "" {
		sealed, err := d.joinIdentity(ctx, p, s, paper.(notice.SealedMinutes))
		if err != nil {
			return err
		}
		out.Reset()
		if err := sealed.PDF(&out, p.Language); err != nil {
			return err
		}
	}
	details := p.details(s)
	if err := d.Note(ctx, "paper.written", details); err != nil {
		return err
	}
	write := func(w io.Writer) error {
		_, err := w.Write(out.Bytes())
		return err
	}
	if replace {
		err = writeThenName(to, write, os.Rename)
	} else {
		err = writeWhole(to, write)
	}
	if err != nil {
		err = errors.Join(err, d.Note(ctx, "paper.failed", details))
	}
	return err
}

func (p PaperFor) details(s subject) map[string]string {
	details := map[string]string{"paper": string(p.Kind), "language": string(p.Language), "case": string(s.cas.ID), "party": string(s.party.ID)}
	if p.Kind == notice.OrderPaper {
		details["order"] = string(p.Order)
	} else {
		details["hearing"] = string(p.Hearing)
	}
	if p.Disclosure != "" {
		details["request"] = string(p.Disclosure)
	}
	return details
}

// freePlace sees that a file can be put where it is to go.
func freePlace(to string, replace bool) error {
	about, err := os.Lstat(to)
	switch {
	case err == nil && (!replace || about.IsDir()):
		return fmt.Errorf("write %s: %w", to, fs.ErrExist)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	}
	folder, err := os.Stat(filepath.Dir(to))
	if err == nil && !folder.IsDir() {
		err = &fs.PathError{Op: "write", Path: to, Err: fs.ErrNotExist}
	}
	return err
}

// paper fills a paper from the vault. None of them has a place for an identity.
func (d *Desk) paper(ctx context.Context, p PaperFor, s subject) (notice.Paper, error) {
	switch p.Kind {
	case notice.OrderPaper:
		return d.orderPaper(ctx, p, s)
	case notice.PublicRecord, notice.SealedRecord:
		return d.minutesPaper(ctx, p, s)
	}
	h := s.hearing
	if !h.Cancelled.IsZero() {
		return nil, fmt.Errorf("%w: the hearing was cancelled", ErrInvalid)
	}
	m, err := d.Matrix(ctx, h.Case, h.Party, h.Mode, h.Start)
	if err != nil {
		return nil, err
	}
	court, there, err := h.Clocks(h.Start)
	if err != nil {
		return nil, err
	}
	head := s.heading(d)
	sitting := notice.Sitting{Start: court, Room: h.Room, Mode: m.Mode}
	for _, o := range m.Orders {
		sitting.Orders = append(sitting.Orders, o.Reference)
	}
	switch p.Kind {
	case notice.ToAccused:
		return notice.Accused{Heading: head, Sitting: sitting, Theirs: m.Access(protection.Accused), Counsels: m.Access(protection.DefenceCounsel), IsShown: m.ShowsAccused}, nil
	case notice.ToPress:
		return notice.Press{Heading: head, Sitting: sitting, Theirs: m.Access(protection.Press)}, nil
	case notice.ForWitness:
		n := notice.Witness{Heading: head, Start: there, ShowsAccused: m.ShowsAccused}
		for _, a := range notice.Told {
			n.Receives = append(n.Receives, notice.Receives{Audience: a, Access: m.Access(a)})
		}
		return n, nil
	}
	ready := notice.Readiness{Heading: head, Sitting: sitting, There: there, Expected: expected(m.Orders, p.Language)}
	if !h.Planned() {
		return ready, nil // nothing of it is to be made ready any more
	}
	board, err := d.Readiness(ctx, h.ID)
	if err != nil {
		return nil, err
	}
	plan, err := d.Plan(ctx)
	if err != nil {
		return nil, err
	}
	now, _, err := h.Clocks(d.Now())
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, id := range h.Uses {
		if r, there := plan.Resource(id); there {
			names[string(id)] = r.Name
		}
	}
	ready.BoardAt = now
	for _, l := range board.Lines {
		x := notice.Standing{Line: l, Who: names}
		if k, measure := l.Item.Measure(); measure {
			x.Name = policy.MeasureWord(k, p.Language)
		}
		ready.Board = append(ready.Board, x)
	}
	return ready, nil
}

// expected are the measures of the orders in force, each once, in the order of the catalogue.
func expected(list []order.Order, l policy.Language) []notice.Expected {
	var out []notice.Expected
	for _, o := range list {
		for _, m := range o.Measures {
			i := slices.IndexFunc(out, func(e notice.Expected) bool { return e.Kind == m.Kind })
			if i < 0 {
				out = append(out, notice.Expected{Kind: m.Kind, Name: policy.MeasureWord(m.Kind, l)})
				i = len(out) - 1
			}
			if !slices.Contains(out[i].Orders, o.Reference) {
				out[i].Orders = append(out[i].Orders, o.Reference)
			}
		}
	}
	place := func(k order.MeasureKind) int {
		return slices.IndexFunc(order.Catalogue, func(e order.Entry) bool { return e.Kind == k })
	}
	slices.SortStableFunc(out, func(a, b notice.Expected) int { return place(a.Kind) - place(b.Kind) })
	return out
}

func (d *Desk) orderPaper(ctx context.Context, p PaperFor, s subject) (notice.Paper, error) {
	o := s.order
	list, err := d.Orders(ctx)
	if err != nil {
		return nil, err
	}
	paper := notice.Order{Heading: s.heading(d), Reference: o.Reference, State: o.State, Decided: o.Decided.UTC(), From: o.From.UTC(), Until: o.Until.UTC(), Reasons: o.Reasons}
	as := o.Decided // what the court's catalogue said then
	if as.IsZero() {
		as = d.Now()
	}
	court, err := d.CatalogueAt(ctx, as)
	if err != nil {
		return nil, err
	}
	for _, m := range o.Measures {
		paper.Measures = append(paper.Measures, measureOnPaper(court, m, p.Language))
	}
	at := d.Now()
	if o.From.After(at) {
		at = o.From
	}
	_, doubt := o.Effect(at)
	paper.Expired = doubt == order.HasExpired
	paper.Effect, list = foreseen(o, list, at)
	for _, other := range list {
		if slices.Contains(o.Replaces, other.ID) {
			paper.Replaces = append(paper.Replaces, other.Reference)
		}
	}
	if err := d.procedure(ctx, o, p.Language, &paper); err != nil {
		return nil, err
	}
	if paper.Matrix, err = d.compile(ctx, o.Case, o.Party, list, protection.PublicMode, at); err != nil {
		return nil, err
	}
	var head audit.Head
	if _, head, err = d.Status(ctx); err != nil {
		return nil, err
	}
	paper.Log = &testimony.LogHead{Vault: d.vault.ID(), Entries: head.Size, Hash: head.Root.String()}
	return paper, nil
}

// procedure fills in how an order came to be, and the signature of its last decision where it is genuine.
func (d *Desk) procedure(ctx context.Context, o order.Order, l policy.Language, paper *notice.Order) error {
	paper.Procedure = notice.Procedure{Applicant: string(o.Applicant), Served: o.Service.At.UTC(), How: o.Service.How, RespondBy: o.Service.RespondBy.UTC(), ExParte: o.ExParte, Will: string(o.Consent.Will),
		Warned: o.Consent.Warned, Change: o.Change, Forged: o.Signing == order.FalselySigned}
	for _, v := range o.History {
		paper.Procedure.Taken = append(paper.Procedure.Taken, notice.Taken{Step: string(v.Step), At: v.At.UTC(), Office: v.Office})
	}
	if o.Signing != order.Signed {
		return nil
	}
	i := len(o.History) - 1
	for len(o.History[i].Signature) == 0 { // a signed order has one
		i--
	}
	v := o.History[i]
	statement, err := o.Statement(i)
	if err != nil {
		return err
	}
	judges, err := d.judges(ctx)
	if err != nil {
		return err
	}
	digest := sha256.Sum256(statement)
	words := FingerprintWords(judges[v.By].Fingerprint(), string(l)) // as People and keys shows them
	paper.Signed = &notice.Signature{Office: v.Office, At: v.At.UTC(), Fingerprint: strings.Join(words, " "), Signature: v.Signature, Digest: digest[:]}
	return nil
}

// foreseen says whether an order has effect, and gives the orders by which its paper's matrix is compiled: of one that is not decided, as if it were
// granted.
func foreseen(o order.Order, list []order.Order, at time.Time) (notice.Effect, []order.Order) {
	if effective, _ := o.Effect(at); effective {
		return notice.HasEffect, list
	}
	if !slices.Contains([]order.State{order.Draft, order.Filed, order.Served, order.Opposed}, o.State) {
		return notice.NoEffect, list
	}
	list = slices.Clone(list)
	for i := range list {
		if list[i].ID == o.ID {
			list[i].State = order.InForce
		}
	}
	return notice.Foreseen, list
}

func measureOnPaper(c catalogue.Catalogue, m order.Measure, l policy.Language) notice.Measure {
	out := notice.Measure{Name: policy.MeasureWord(m.Kind, l), Toward: slices.Clone(m.Audiences)}
	e, ok := order.Find(m.Kind)
	if !ok {
		out.Everyone = true // what is not understood is read as covering everyone
		return out
	}
	out.Everyone = !slices.ContainsFunc(protection.Audiences, func(a protection.Audience) bool { return !slices.Contains(e.Default, a) })
	for i, a := range e.Default {
		if !slices.Contains(m.Audiences, a) {
			out.Toward = slices.Insert(out.Toward, min(i, len(out.Toward)), a)
		}
	}
	law, _ := c.Find(m.Kind)
	out.Name = law.Name.In(string(l))
	if own, ok := c.Find(m.Named); ok {
		out.Name = own.Name.In(string(l)) + " – " + out.Name
	}
	for _, b := range law.Bases {
		out.Basis = append(out.Basis, notice.Basis{Rule: b.Rule, Seen: b.Seen})
	}
	return out
}

func (d *Desk) minutesPaper(ctx context.Context, p PaperFor, s subject) (notice.Paper, error) {
	m, err := d.Minutes(ctx, p.Hearing)
	if errors.Is(err, ErrNotFound) {
		return nil, ErrNotHeld
	}
	if err != nil {
		return nil, err
	}
	if p.Kind == notice.PublicRecord {
		return notice.PublicMinutes{Heading: s.heading(d), Minutes: m}, nil
	}
	labels := map[testimony.ParticipantID]string{}
	for _, seat := range s.hearing.Participants {
		labels[seat.ID] = seat.Label
	}
	return notice.SealedMinutes{Heading: s.heading(d), Minutes: m, Labels: labels}, nil
}

// joinIdentity joins the fields of a disclosure that was granted to the user to the sealed record of a hearing of that person in that case. It
// stands in the audit log, and is anchored, before anything is opened.
func (d *Desk) joinIdentity(ctx context.Context, p PaperFor, s subject, record notice.SealedMinutes) (notice.SealedMinutes, error) {
	r, fields, err := d.openDisclosure(ctx, p.Disclosure, "disclosure.on_paper", func(r identity.Request) error {
		if r.Party != s.party.ID || r.Case != s.cas.ID {
			return ErrPaperDisclosure
		}
		return nil
	})
	if err != nil {
		return record, err
	}
	me := d.Me()
	record.Disclosed = &notice.Disclosed{Fields: fields, Grantee: me.DisplayName, Office: string(me.Role), Order: strings.Join(slices.DeleteFunc([]string{r.Order, r.Basis}, func(t string) bool { return t == "" }), " · "),
		At: record.Made, Until: r.Until}
	return record, nil
}

// PaperDisclosures are the disclosures that are granted to the user and can be joined to the sealed record of a hearing.
func (d *Desk) PaperDisclosures(ctx context.Context, h testimony.Hearing) ([]identity.Request, error) {
	list, err := d.Disclosures(ctx)
	return slices.DeleteFunc(list, func(r identity.Request) bool {
		return r.Party != h.Party || r.Case != h.Case || r.Grantee != string(d.Me().ID) || r.State(d.Now()) != identity.Granted
	}), err
}

// FindOrder finds an order of a case by the court's number, the id, or the key of its import.
func (d *Desk) FindOrder(ctx context.Context, c protection.CaseID, typed string) (order.Order, error) {
	list, err := d.Orders(ctx)
	if err != nil {
		return order.Order{}, err
	}
	id, err := d.Resolve(ctx, "order", typed)
	if err != nil {
		return order.Order{}, err
	}
	for _, o := range list {
		if (c == "" || o.Case == c) && (string(o.ID) == id || strings.EqualFold(o.Reference, typed)) {
			return o, nil
		}
	}
	return order.Order{}, fmt.Errorf("there is no order %q: %w", typed, ErrNotFound)
}
