package testimony

import (
	"errors"
	"slices"

	"golang.org/x/text/language"
)

// Errors of interpretation.
var (
	ErrTongue      = errors.New("this is no language tag")
	ErrInterpreter = errors.New("only an interpreter's seat interprets into a language")
	ErrChannel     = errors.New("nobody interprets into this language")
)

// Channel is what somebody listens to of the interpreters: a language into which is interpreted, by its tag. The zero value is what a listener gets who
// has chosen nothing.
type Channel string

// FloorOnly is the channel of a listener who wants no interpreter but those who speak to everyone.
const FloorOnly Channel = "floor"

// Interpretation is how is interpreted at one moment, and who listens to which channel. It only takes away from what a listener is entitled to, for
// the listener's ease; the recordings have all of it. The zero value is consecutive interpretation, which everyone hears.
type Interpretation struct {
	Into    map[ParticipantID]string  // the language into which an interpreter speaks on a channel; one who is absent speaks to everyone
	Ears    map[ParticipantID]Channel // what a listener chose
	Witness string                    // the language of the testifying witness's page
}

// Tongue brings a language tag (BCP 47) into its one form: a language, with script or region where it says them. Private parts, in which anything can be
// written, are refused.
func Tongue(tag string) (string, error) {
	t, err := language.Parse(tag)
	if err != nil || len(t.Extensions()) > 0 || t == language.Und || len(tag) > 16 {
		return "", ErrTongue
	}
	base, _, _ := t.Raw()
	if base.String() == "und" {
		return "", ErrTongue
	}
	return t.String(), nil
}

// Channels lists the languages into which somebody interprets on a channel, in order.
func (i Interpretation) Channels() []string {
	var all []string
	for _, into := range i.Into {
		if into != "" && !slices.Contains(all, into) {
			all = append(all, into)
		}
	}
	slices.Sort(all)
	return all
}

// Offered lists the channels among which a listener can choose. The one for the witness's side is not told to whoever does not have the witness's voice as it is:
// it would name the witness's language.
func (i Interpretation) Offered(to Participant, hearsWitness bool) []string {
	return slices.DeleteFunc(i.Channels(), func(c string) bool {
		return sameTongue(c, i.Witness) && !hearsWitness && !to.Role.WithWitness() && !to.Role.OnBench() && to.Role != RoleInterpreter
	})
}

// Hears reports whether a listener hears an interpreter. Whoever has chosen nothing hears, at the witness's side, the channel in the language of the witness's page;
// elsewhere every channel but that one, so that nobody misses an answer for want of a choice. A channel that nobody serves any more counts as no choice.
func (i Interpretation) Hears(interpreter, to Participant) bool {
	into := i.Into[interpreter.ID]
	if into == "" || interpreter.Role != RoleInterpreter {
		return true
	}
	channels := i.Channels()
	switch ear := i.Ears[to.ID]; {
	case ear == FloorOnly:
		return false
	case ear != "" && slices.Contains(channels, string(ear)):
		return string(ear) == into
	}
	for _, c := range channels {
		if sameTongue(c, i.Witness) {
			return to.Role.WithWitness() == sameTongue(into, i.Witness) || to.Role == RoleInterpreter
		}
	}
	return true
}

func sameTongue(a, b string) bool {
	x, errX := language.ParseBase(primary(a))
	y, errY := language.ParseBase(primary(b))
	return errX == nil && errY == nil && x == y
}

// primary is the language of a tag, without script and region.
func primary(tag string) string {
	t, err := language.Parse(tag)
	if err != nil {
		return ""
	}
	base, _, _ := t.Raw()
	return base.String()
}

// Interpret has an interpreter speak on the channel of a language from now on, or, with none, to everyone. first reports whether the record has to say so: a
// language by an interpreter is said once, and that they speak to everyone again.
func (s Session) Interpret(h Hearing, record []Event, id ParticipantID, into string) (tongue string, first bool, err error) {
	p, ok := h.Participant(id)
	switch {
	case !ok || p.Role != RoleInterpreter:
		return "", false, ErrInterpreter
	case s.Phase == Closed:
		return "", false, ErrEnded
	}
	if into != "" {
		if tongue, err = Tongue(into); err != nil {
			return "", false, err
		}
	}
	var said []string // since they last spoke to everyone
	for _, e := range record {
		switch {
		case e.Kind == PhaseChanged && e.Phase == Lobby:
			said = nil
		case e.Kind == Interpreting && e.Participant == id && e.Reason == "":
			said = nil
		case e.Kind == Interpreting && e.Participant == id:
			said = append(said, e.Reason)
		}
	}
	if tongue == "" {
		return "", len(said) > 0, nil
	}
	return tongue, !slices.Contains(said, tongue), nil
}
