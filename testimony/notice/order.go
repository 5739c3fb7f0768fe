package notice

import (
	"encoding/base64"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"paravent/protection"
	"paravent/protection/order"
	"paravent/protection/policy"
	"paravent/testimony"
)

// Order is a protective order in the form of the court.
type Order struct {
	Heading
	Reference string // the court's number of the order
	State     order.State
	Decided   time.Time // zero: not decided
	From      time.Time
	Until     time.Time // zero: without end
	Replaces  []string  // the court's numbers of the orders in whose place this one stands
	Measures  []Measure
	Reasons   string
	// Matrix is what follows from the order in open session, together with the others that protect the same person.
	Matrix policy.Matrix
	Effect Effect
	// Expired is an order past its end that still stands.
	Expired   bool
	Procedure Procedure
	Signed    *Signature // nil where no judge has signed it at the desk
	Log       *testimony.LogHead
}

// Effect is how the matrix of a paper relates to its order.
type Effect string

// The effects. The zero value is an order without effect.
const (
	NoEffect  Effect = ""         // the matrix is that of the other orders
	Foreseen  Effect = "foreseen" // nothing is decided yet: the matrix is what would be
	HasEffect Effect = "has"
)

// Procedure is how an order came to be. What is not known is empty and is left out of the paper.
type Procedure struct {
	Applicant string // the vault's name of who applied
	Served    time.Time
	How       string // it was served
	RespondBy time.Time
	ExParte   string // why the other side was not served
	Will      string // the vault's name of what the protected person wants
	Warned    bool   // the person was told beforehand of a later disclosure
	Change    string // of circumstances, since the last decision
	Taken     []Taken
	// Forged is an order with a signature that is false, or without one where there was one.
	Forged bool
}

// Taken is a step in the life of an order.
type Taken struct {
	Step   string // the vault's name of it
	At     time.Time
	Office string // of who took it, as the desk names it
}

// Measure is one measure of an order as the paper shows it.
type Measure struct {
	Name     string // in the paper's language
	Toward   []protection.Audience
	Everyone bool // toward all who follow the hearing: the audiences are not listed
	Basis    []Basis
}

// Basis is a rule that a measure rests on. Unless Seen, it stands on the paper with a box to be ticked by counsel.
type Basis struct {
	Rule string
	Seen bool
}

// Signature is a judge's Ed25519 signature of an order.
type Signature struct {
	Office      string // of the judge who signed, as the desk names it
	At          time.Time
	Fingerprint string // of the key, in words or hex
	Signature   []byte // Ed25519
	Digest      []byte // SHA-256 of the statement that was signed; nil where it is not kept
}

// PDF writes the order.
func (o Order) PDF(out io.Writer, l policy.Language) error {
	return draw(out, l, o.Heading, OrderPaper, o.title, func(s *sheet) {
		w := s.w.order
		s.head("")
		s.facts(fact{s.w.court, o.Court}, fact{s.w.caseNumber, o.Case}, fact{w.number, o.Reference}, fact{s.w.person, s.w.pseudonym(o.Pseudonym)},
			fact{w.state, o.state(s.w)}, fact{w.decided, s.w.date(o.Decided)}, fact{w.period, o.period(s.w)}, fact{w.replaces, strings.Join(o.Replaces, ", ")})
		if o.Procedure.Forged {
			s.banner(s.w.procedure.forged, s.w.procedure.forgedText)
		}
		o.measures(s, l)
		o.Procedure.set(s)
		s.section(w.reasons)
		if strings.TrimSpace(o.Reasons) == "" {
			s.para(w.noReasons)
		} else {
			s.para(strings.TrimSpace(o.Reasons))
		}
		o.matrix(s, l)
		s.section(w.limits)
		s.points(w.limitsList...)
		s.section(w.lasts)
		s.points(w.lastsList...)
		o.signature(s)
	})
}

func (o Order) title(w words) string {
	switch o.State {
	case order.Draft, order.Filed, order.Served, order.Opposed:
		return w.order.application
	case order.Refused:
		return w.order.refused
	}
	return w.order.title
}

func (o Order) state(w words) string {
	word := w.order.states[o.State]
	if word == "" {
		word = w.order.otherState
	}
	if o.Expired {
		word += ", " + w.order.expired
	}
	return word
}

func (o Order) period(w words) string {
	if o.From.IsZero() {
		return ""
	}
	end := w.order.endless
	if !o.Until.IsZero() {
		end = fmt.Sprintf(w.order.until, w.date(o.Until.Add(-time.Nanosecond))) // it ends as this moment begins
	}
	return fmt.Sprintf(w.order.from, w.date(o.From)) + ", " + end
}

func (o Order) measures(s *sheet, l policy.Language) {
	w := s.w.order
	s.section(w.measures)
	var rows [][][]piece
	unchecked := false
	for i, m := range o.Measures {
		var rules []piece
		for _, b := range m.Basis {
			if b.Seen {
				rules = append(rules, piece{text: b.Rule, style: smallStyle})
				continue
			}
			unchecked = true
			rules = append(rules, piece{text: b.Rule, style: smallStyle}, piece{boxes: []string{w.toCheck}, style: smallStyle})
		}
		if len(rules) == 0 {
			rules = small(w.catalogueOnly)
		}
		rows = append(rows, [][]piece{plain(fmt.Sprint(i + 1)), strong(capital(m.Name)), small(m.toward(s.w, l)), rules})
	}
	s.table([]float64{0.7, 4.6, 5, 5}, []string{"", w.measure, w.toward, w.basis}, rows...)
	if unchecked {
		s.flow(s.say(w.checkNote), margin, width, smallStyle)
	}
}

// set says how the order came to be, where anything of it is known.
func (p Procedure) set(s *sheet) {
	w := s.w.procedure
	served := strings.Join(nonEmpty(s.w.date(p.Served), p.How), ", ")
	warned := ""
	if p.Warned {
		warned = w.warned
	}
	list := slices.DeleteFunc([]fact{{w.applicant, w.applicants[p.Applicant]}, {w.served, served}, {w.respond, s.w.date(p.RespondBy)}, {w.exParte, p.ExParte}, {w.will, w.wills[p.Will]}, {"", warned}, {w.change, p.Change}},
		func(f fact) bool { return strings.TrimSpace(f.value) == "" })
	if len(list)+len(p.Taken) == 0 {
		return
	}
	s.section(w.title)
	s.facts(list...)
	var rows [][][]piece
	for _, t := range p.Taken {
		step := w.steps[t.Step]
		if step == "" {
			step = t.Step
		}
		rows = append(rows, [][]piece{plain(s.w.date(t.At.UTC())), plain(step), plain(capital(s.w.offices[t.Office]))})
	}
	s.table([]float64{4, 7, 5}, []string{w.on, w.step, w.by}, rows...)
}

func (m Measure) toward(w words, l policy.Language) string {
	if m.Everyone {
		return w.order.everyone
	}
	var names []string
	for _, a := range m.Toward {
		if _, other := a.OtherParty(); other {
			if !slices.Contains(names, w.order.others) {
				names = append(names, w.order.others)
			}
			continue
		}
		names = append(names, policy.AudienceWord(a, l))
	}
	if len(names) == 0 {
		return "–"
	}
	return strings.Join(names, ", ")
}

func (o Order) matrix(s *sheet, l policy.Language) {
	w := s.w.order
	s.section(w.matrix)
	s.para(map[Effect]string{NoEffect: w.matrixWithout, Foreseen: w.matrixForeseen, HasEffect: w.matrixText}[o.Effect])
	var rows [][][]piece
	for _, c := range o.Matrix.Cells {
		who := policy.AudienceWord(c.Audience, l)
		if _, other := c.Audience.OtherParty(); other {
			who = w.others
		}
		sees, hears := w.pictures[c.Picture], w.voices[c.Voice]
		if !c.Connected {
			sees, hears = w.cutOff, w.cutOff
		}
		heard := plain(hears)
		if when := s.w.releaseWords(c.Access); when != "" && c.Connected {
			heard = append(heard, piece{text: when, style: smallStyle})
		}
		var because []piece
		for _, reason := range c.Reasons(l) {
			because = append(because, piece{text: capital(s.w.semicolons(reason)), style: smallStyle})
		}
		rows = append(rows, [][]piece{strong(who), plain(sees), heard, because})
	}
	s.table([]float64{3.6, 3, 3.6, 5.2}, []string{w.who, w.sees, w.hears, w.decidedBy}, rows...)
	accused := w.accusedHidden
	if o.Matrix.ShowsAccused {
		accused = w.accusedShown
	}
	s.points(accused, w.private, w.closed, w.name)
}

// semicolons sets them as the language does.
func (w words) semicolons(text string) string {
	if w.tag != "fr" {
		return text
	}
	return strings.ReplaceAll(strings.ReplaceAll(text, " ;", ";"), ";", " ;")
}

// releaseWords says when an audience receives, where it is not as it happens.
func (w words) releaseWords(a protection.Access) string {
	switch a.Release {
	case protection.Delayed:
		return fmt.Sprintf(w.order.later, minutesOf(a.Delay))
	case protection.AfterTestimony:
		return w.order.afterTestimony
	case protection.AfterReview:
		return w.order.afterReview
	case protection.Live:
		return ""
	}
	return w.order.never
}

// minutesOf rounds up: a delay is never told shorter than it is.
func minutesOf(d time.Duration) int { return int((d + time.Minute - 1) / time.Minute) }

func (o Order) signature(s *sheet) {
	w := s.w.order
	s.section(w.signature)
	switch {
	case o.Signed != nil:
		s.facts(fact{w.signedBy, capital(s.w.offices[o.Signed.Office])}, fact{w.signedAt, s.w.moment(o.Signed.At.UTC())}, fact{w.fingerprint, o.Signed.Fingerprint})
		s.para(w.sign)
		s.code(base64.StdEncoding.EncodeToString(o.Signed.Signature))
		if len(o.Signed.Digest) > 0 {
			s.para(w.statement)
			s.code(fmt.Sprintf("%x", o.Signed.Digest))
		}
	default:
		s.para(w.notSigned)
	}
	if o.Log != nil {
		s.para(w.log + s.w.colon + fmt.Sprintf(w.logText, o.Log.Entries, o.Log.Hash))
	}
	s.signatures(w.judge+", "+o.Court, w.clerk)
}

// capital begins a phrase with a capital letter.
func capital(text string) string {
	for i, r := range text {
		return strings.ToUpper(string(r)) + text[i+len(string(r)):]
	}
	return text
}
