package schedule

import (
	"cmp"
	"fmt"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"paravent/protection"
	"paravent/protection/policy"
)

// words is one language's vocabulary. A conflict's sentence has at most, in this order: the name of the resource, the time, the length.
type words struct {
	kind     map[Kind]string
	conflict map[Rule]string
	why      map[Why]string
	nobody   string
	span     string
	needs    needWords
}

// needWords say what a witness needs of a hearing.
type needWords struct {
	speech, dialect, rest, intermediary string
	sex                                 map[Sex]string
}

var vocabulary = map[policy.Language]words{
	policy.English: {
		kind: map[Kind]string{Courtroom: "courtroom", RemotePoint: "remote point", Judge: "judge", Prosecution: "prosecution", Defence: "defence", Accused: "accused",
			Interpreter: "interpreter", Intermediary: "intermediary", Support: "support person", Coordinator: "remote point coordinator", Equipment: "equipment"},
		conflict: map[Rule]string{
			UnknownResource: "The docket has no such room or person any more: %[1]s.",
			UnknownZone:     "A time zone is unknown.",
			NoTime:          "The hearing has no length, or more than a day with what comes before and after.",
			WitnessTwice:    "The witness is heard elsewhere: %[2]s.",
			DoubleBooked:    "%[1]s: taken, %[2]s.",
			TooFar:          "%[1]s: in another building, %[2]s; only %[3]s remain for the way.",
			Shut:            "%[1]s: not open, %[2]s.",
			KeptApart:       "A witness who is kept apart from this one is in the same building: %[2]s.",
			SameDoors:       "Witness and accused come or go by the same doors within %[3]s: %[2]s.",
			Conflicted:      "%[1]s: a conflict of interest in this case.",
			WrongLanguage:   "%[1]s: does not interpret the witness's language.",
			ConsentGone:     "The witness has withdrawn a consent on which this hearing rests, and nobody has acted upon it yet.",
			Away:            "%[1]s: not on duty, %[2]s.",
			NoTurn:          "%[1]s: only %[3]s free between this and another hearing, %[2]s.",
			WitnessNight:    "It is night where the witness is: %[2]s by the court's clock.",
			TooLong:         "The witness needs a break after %[3]s.",
			WrongDialect:    "%[1]s: interprets the language, and not the witness's dialect.",
			WrongSex:        "%[1]s: not of the sex that the witness asks for in an interpreter, or nobody has entered it.",
			NoOrder:         "No protective order is in force at that time.",
			NoPermit:        "The other State has not given leave for that day. A judge decides whether to hear the witness all the same.",
			Unprepared:      "The familiarisation of the witness is not complete.",
			LinkUntested:    "%[1]s: the line has not been tested.",
			LinkBad:         "%[1]s: the last test of the line was bad.",
			NoIntermediary:  "The witness needs an intermediary, and none is booked.",
			ConsentRefused:  "The witness does not agree to be recorded. A judge decides how to hear them.",
		},
		why: map[Why]string{FirstPossible: "nothing is possible before", NothingSoft: "nothing stands against it", GoodHour: "a good hour where the witness is",
			SamePeople: "the same people in all sittings", ClocksMove: "the clocks are changed before %[2]s: %[3]s for the witness", Taken: "with %[1]s"},
		nobody: "a room or a person", span: "%s to %s",
		needs: needWords{speech: "Interpreter: %s.", dialect: "Interpreter: %s, %s.", rest: "A break after %s of testimony.", intermediary: "An intermediary.",
			sex: map[Sex]string{Female: "A woman as interpreter.", Male: "A man as interpreter."}},
	},
	policy.French: {
		kind: map[Kind]string{Courtroom: "salle d’audience", RemotePoint: "point distant", Judge: "juge", Prosecution: "accusation", Defence: "défense", Accused: "accusé",
			Interpreter: "interprète", Intermediary: "intermédiaire", Support: "personne de soutien", Coordinator: "coordonnateur du point distant", Equipment: "matériel"},
		conflict: map[Rule]string{
			UnknownResource: "Cette salle ou cette personne n’est plus au rôle : %[1]s.",
			UnknownZone:     "Un fuseau horaire est inconnu.",
			NoTime:          "L’audience n’a pas de durée, ou dure plus d’un jour avec ce qui précède et ce qui suit.",
			WitnessTwice:    "Le témoin est entendu ailleurs : %[2]s.",
			DoubleBooked:    "%[1]s : occupé, %[2]s.",
			TooFar:          "%[1]s : dans un autre bâtiment, %[2]s ; il ne reste que %[3]s pour le trajet.",
			Shut:            "%[1]s : fermé, %[2]s.",
			KeptApart:       "Un témoin tenu à l’écart de celui-ci est dans le même bâtiment : %[2]s.",
			SameDoors:       "Le témoin et l’accusé passent les mêmes portes à moins de %[3]s : %[2]s.",
			Conflicted:      "%[1]s : un conflit d’intérêts dans cette affaire.",
			WrongLanguage:   "%[1]s : n’interprète pas la langue du témoin.",
			ConsentGone:     "Le témoin a retiré un consentement sur lequel repose cette audience, et nul n’y a encore donné suite.",
			Away:            "%[1]s : pas en service, %[2]s.",
			NoTurn:          "%[1]s : seulement %[3]s libres entre cette audience et une autre, %[2]s.",
			WitnessNight:    "Il fait nuit où se trouve le témoin : %[2]s à l’heure du tribunal.",
			TooLong:         "Le témoin a besoin d’une pause au bout de %[3]s.",
			WrongDialect:    "%[1]s : interprète la langue, non le dialecte du témoin.",
			WrongSex:        "%[1]s : pas du sexe que le témoin demande pour l’interprète, ou personne ne l’a saisi.",
			NoOrder:         "Aucune ordonnance de protection n’est en vigueur à ce moment.",
			NoPermit:        "L’autre État n’a pas donné son accord pour ce jour. Un juge décide s’il faut entendre le témoin malgré tout.",
			Unprepared:      "La familiarisation du témoin n’est pas achevée.",
			LinkUntested:    "%[1]s : la liaison n’a pas été essayée.",
			LinkBad:         "%[1]s : le dernier essai de la liaison a été mauvais.",
			NoIntermediary:  "Le témoin a besoin d’un intermédiaire, et aucun n’est réservé.",
			ConsentRefused:  "Le témoin n’accepte pas d’être enregistré. Un juge décide comment l’entendre.",
		},
		why: map[Why]string{FirstPossible: "rien n’est possible avant", NothingSoft: "rien ne s’y oppose", GoodHour: "une bonne heure pour le témoin",
			SamePeople: "les mêmes personnes à toutes les séances", ClocksMove: "changement d’heure avant le %[2]s : %[3]s pour le témoin", Taken: "avec %[1]s"},
		nobody: "une salle ou une personne", span: "du %s au %s",
		needs: needWords{speech: "Interprète : %s.", dialect: "Interprète : %s, %s.", rest: "Une pause après %s de déposition.", intermediary: "Un intermédiaire.",
			sex: map[Sex]string{Female: "Une femme comme interprète.", Male: "Un homme comme interprète."}},
	},
}

// KindWord names a kind.
func KindWord(k Kind, l policy.Language) string { return vocabulary[l].kind[k] }

// Say tells a conflict in one sentence, with times on a clock.
func (x *Index) Say(c Conflict, l policy.Language, zone *time.Location) string {
	v := vocabulary[l]
	sentence, known := v.conflict[c.Rule]
	if !known {
		return string(c.Rule)
	}
	return fill(sentence, x.name(c.Resource, v), times(c.From, c.To, v, zone), length(c.Length))
}

// SayNeeds tells what a witness needs of a hearing, as far as it is known, a sentence for each need.
func (x *Index) SayNeeds(p protection.PartyID, l policy.Language) []string {
	v, s := vocabulary[l].needs, x.standing[p]
	var said []string
	switch {
	case s.Dialect != "":
		said = append(said, fmt.Sprintf(v.dialect, LanguageWord(s.Language, l), s.Dialect))
	case s.Language != "":
		said = append(said, fmt.Sprintf(v.speech, LanguageWord(s.Language, l)))
	}
	if word := v.sex[s.Sex]; word != "" {
		said = append(said, word)
	}
	if s.Longest > 0 {
		said = append(said, fmt.Sprintf(v.rest, length(s.Longest)))
	}
	if s.Intermediary {
		said = append(said, v.intermediary)
	}
	return said
}

// LanguageWord names a language by its tag (BCP 47) in the words of another; a tag that nobody knows stays as it is.
func LanguageWord(tag string, l policy.Language) string {
	parsed, err := language.Parse(tag)
	if err != nil {
		return tag
	}
	names := display.English.Languages()
	if l == policy.French {
		names = display.French.Languages()
	}
	return cmp.Or(names.Name(parsed), tag)
}

// SayWhy tells a reason for a proposal in a few words.
func (x *Index) SayWhy(r Reason, l policy.Language, zone *time.Location) string {
	v := vocabulary[l]
	shift := length(r.Length.Abs())
	if r.Length < 0 {
		shift = "−" + shift
	} else {
		shift = "+" + shift
	}
	return fill(v.why[r.Why], x.name(r.Resource, v), r.At.In(zone).Format(time.DateOnly), shift)
}

// fill is Sprintf for a sentence that may leave some of its words out.
func fill(sentence string, args ...string) string {
	return fmt.Sprintf(sentence+"%.0[1]s%.0[2]s%.0[3]s", args[0], args[1], args[2])
}

func (x *Index) name(id ResourceID, v words) string {
	if r := x.resources[id]; r != nil {
		return r.Name
	}
	return v.nobody
}

func times(from, to time.Time, v words, zone *time.Location) string {
	if from.IsZero() {
		return ""
	}
	from, to = from.In(zone), to.In(zone)
	if from.Format(time.DateOnly) == to.Format(time.DateOnly) {
		return from.Format("2006-01-02 15:04") + "–" + to.Format("15:04")
	}
	return fmt.Sprintf(v.span, from.Format("2006-01-02 15:04"), to.Format("2006-01-02 15:04"))
}

// length writes a length in hours and minutes, the same in all languages.
func length(d time.Duration) string {
	hours, minutes := int(d.Hours()), int(d.Minutes())%60
	switch {
	case hours == 0:
		return fmt.Sprintf("%d min", minutes)
	case minutes == 0:
		return fmt.Sprintf("%d h", hours)
	}
	return fmt.Sprintf("%d h %02d", hours, minutes)
}
