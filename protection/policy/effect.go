package policy

import (
	"slices"
	"strings"
	"time"

	"paravent/protection/order"
)

// Effect is what a measure asks for outside the cells: a seat beside the witness, a rule for the questions, a banner.
type Effect struct {
	order.Measure
	Cause Cause
}

// outside reports whether a measure acts outside the cells, or there as well.
func outside(k order.MeasureKind) bool {
	switch k {
	case order.Pseudonym, order.FaceAlteration, order.VoiceDisguised, order.InterpreterOnly, order.ScreenAccused, order.ScreenWitness,
		order.PrivateSession, order.ClosedSession, order.DelayedBroadcast:
		return false
	}
	return true
}

// Asks reports whether an order in force asks for a measure that acts outside the cells.
func (m Matrix) Asks(k order.MeasureKind) bool {
	for i := range m.Effects {
		if m.Effects[i].Kind == k {
			return true
		}
	}
	return false
}

// effectWords is what each such measure asks for, as one sentence without its end.
var effectWords = map[Language]map[order.MeasureKind]string{
	English: {
		order.NonDisclosure:        "Name and whereabouts stay out of what the public reads, and a judge reviews the public record before anyone gets it",
		order.Expunge:              "Passages are to stay out of what the public gets, and a judge reviews the public record before anyone gets it",
		order.LiveLink:             "The witness testifies from elsewhere, with a coordinator beside them",
		order.PreRecorded:          "Part of the questioning is recorded before the trial",
		order.IntermediaryHelp:     "An intermediary sits with the witness",
		order.SupportPerson:        "A support person sits with the witness, microphone off",
		order.Questioning:          "These topics are barred",
		order.FullAnonymity:        "The defence is not told who the witness is, and questions go through the judge",
		order.AddressSubstitution:  "Papers are served at the substitute address",
		order.SealedExhibit:        "The exhibit is sealed, and two people open it together",
		order.ReportingRestriction: "Everything for the press bears the restriction",
		order.NonPunishment:        "The prosecutor is alerted before a charge against this person; a pending one is not disclosed",
		order.PhysicalProtection:   "A protection plan is in force",
	},
	French: {
		order.NonDisclosure:        "Le nom et le lieu de séjour n’apparaissent dans rien de ce que lit le public, et un juge relit l’enregistrement public avant toute remise",
		order.Expunge:              "Des passages ne doivent pas parvenir au public, et un juge relit l’enregistrement public avant toute remise",
		order.LiveLink:             "Le témoin dépose d’ailleurs, un coordonnateur à ses côtés",
		order.PreRecorded:          "Une partie de l’interrogatoire est enregistrée avant le procès",
		order.IntermediaryHelp:     "Un intermédiaire est assis avec le témoin",
		order.SupportPerson:        "Une personne de soutien est assise avec le témoin, micro coupé",
		order.Questioning:          "Ces sujets sont exclus",
		order.FullAnonymity:        "La défense ne sait pas qui est le témoin, et les questions passent par le juge",
		order.AddressSubstitution:  "Les actes sont signifiés à l’adresse de substitution",
		order.SealedExhibit:        "La pièce est sous scellés, et deux personnes l’ouvrent ensemble",
		order.ReportingRestriction: "Tout ce qui va à la presse porte la restriction",
		order.NonPunishment:        "Le ministère public est alerté avant toute poursuite de cette personne ; une poursuite pendante n’est pas divulguée",
		order.PhysicalProtection:   "Un plan de protection est en vigueur",
	},
}

var reviewWords = map[Language]string{English: ", to be reviewed by ", French: ", à réexaminer avant le "}

// Summary says the effect in one sentence, with what the order tells of it.
func (e Effect) Summary(l Language) string {
	if _, ok := effectWords[l]; !ok {
		l = English
	}
	text := effectWords[l][e.Kind]
	switch e.Kind {
	case order.Questioning:
		text += list(l, e.Topics...)
	case order.SealedExhibit:
		text += list(l, e.Exhibit)
	case order.PhysicalProtection:
		if !e.ReviewBy.IsZero() {
			text += reviewWords[l] + e.ReviewBy.UTC().Format(time.DateOnly)
		}
	}
	return text + "."
}

// list is what the order tells, after a colon; nothing where it tells nothing.
func list(l Language, told ...string) string {
	told = slices.DeleteFunc(slices.Clone(told), func(s string) bool { return strings.TrimSpace(s) == "" })
	if len(told) == 0 {
		return ""
	}
	colon := ": "
	if l == French {
		colon = " : "
	}
	return colon + strings.Join(told, "; ")
}
