package policy

import (
	"fmt"
	"strings"

	"paravent/protection"
	"paravent/protection/order"
)

// Language is a language in which the matrix explains itself.
type Language string

// The languages.
const (
	English Language = "en"
	French  Language = "fr"
)

// words is one language's vocabulary. Its entries are the field's terms (DOMAIN: EN / FR).
type words struct {
	picture  map[protection.Picture]string
	voice    map[protection.Voice]string
	audience map[protection.Audience]string
	other    string
	unknown  string
	measure  map[order.MeasureKind]string
	rule     map[Rule]string
	doubt    map[order.Doubt]string
	mode     map[protection.SessionMode]string

	ofOrder, carried, sentence, disconnected, silent, raised string
	accusedShown, accusedHidden                              string
}

var vocabulary = map[Language]words{
	English: {
		picture: map[protection.Picture]string{protection.NoPicture: "Nothing", protection.Silhouette: "Silhouette", protection.ClearPicture: "Clear"},
		voice: map[protection.Voice]string{protection.NoVoice: "Nothing", protection.InterpreterOnly: "Interpreter only",
			protection.Disguised: "Disguised", protection.ClearVoice: "Clear"},
		audience: map[protection.Audience]string{protection.Bench: "Bench", protection.Assessors: "Assessors", protection.Prosecution: "Prosecution",
			protection.DefenceCounsel: "Defence counsel", protection.Accused: "Accused", protection.Interpreter: "Interpreter",
			protection.Intermediary: "Intermediary", protection.Support: "Support person", protection.Coordinator: "Remote point coordinator",
			protection.Gallery: "Public gallery", protection.Press: "Press", protection.MasterRecord: "Master record", protection.PublicRecord: "Public record"},
		other: "Another witness", unknown: "Unknown",
		measure: map[order.MeasureKind]string{order.Pseudonym: "pseudonym", order.FaceAlteration: "face alteration", order.VoiceDisguised: "voice disguise",
			order.InterpreterOnly: "interpreter's voice only", order.ScreenAccused: "screen, accused hidden from the witness",
			order.ScreenWitness: "screen, witness hidden from the accused", order.PrivateSession: "private session",
			order.ClosedSession: "closed session", order.LiveLink: "live link",
			order.NonDisclosure: "non-disclosure to the public", order.Expunge: "expunging from the record", order.PreRecorded: "pre-recorded evidence",
			order.IntermediaryHelp: "intermediary", order.SupportPerson: "support person", order.Questioning: "control of questioning",
			order.DelayedBroadcast: "delayed broadcast", order.FullAnonymity: "full anonymity", order.AddressSubstitution: "address substitution",
			order.SealedExhibit: "sealed exhibit", order.ReportingRestriction: "reporting restriction", order.NonPunishment: "non-punishment note",
			order.PhysicalProtection: "physical protection"},
		rule: map[Rule]string{BenchClear: "the bench always sees and hears the witness clear", MasterClear: "the master record keeps the evidence as given, sealed",
			OpenCourt: "no order in force speaks of this audience", PartOfCourt: "takes part in the hearing, and no order restricts it",
			OtherWitness: "another witness receives what the public receives", UnknownParty: "an unknown audience receives nothing",
			PrivateMode: "the session is private", ClosedMode: "the session is closed and the connection is taken down"},
		doubt: map[order.Doubt]string{order.AwaitsDecision: "interim, until the decision", order.IsContested: "contested; stands until a judge decides",
			order.HasExpired: "past its end; stands until a judge confirms"},
		mode:         map[protection.SessionMode]string{protection.PublicMode: "public", protection.PrivateMode: "private", protection.ClosedMode: "closed"},
		ofOrder:      "order %s, %s",
		carried:      "carried over from an earlier case",
		sentence:     "%s: sees %s, hears %s.",
		disconnected: "%s: not connected.",
		silent:       "%s: receives nothing.",
		raised:       "The session is %s, although %s was asked for: %s.",
		accusedShown: "The witness may be shown the accused.", accusedHidden: "The witness is not shown the accused: %s.",
	},
	French: {
		picture: map[protection.Picture]string{protection.NoPicture: "Rien", protection.Silhouette: "Silhouette", protection.ClearPicture: "En clair"},
		voice: map[protection.Voice]string{protection.NoVoice: "Rien", protection.InterpreterOnly: "Interprète seul",
			protection.Disguised: "Voix déguisée", protection.ClearVoice: "En clair"},
		audience: map[protection.Audience]string{protection.Bench: "Tribunal", protection.Assessors: "Assesseurs", protection.Prosecution: "Ministère public",
			protection.DefenceCounsel: "Avocat de la défense", protection.Accused: "Accusé", protection.Interpreter: "Interprète",
			protection.Intermediary: "Intermédiaire", protection.Support: "Personne de soutien", protection.Coordinator: "Coordonnateur du point distant",
			protection.Gallery: "Public", protection.Press: "Presse", protection.MasterRecord: "Enregistrement original", protection.PublicRecord: "Enregistrement public"},
		other: "Un autre témoin", unknown: "Inconnu",
		measure: map[order.MeasureKind]string{order.Pseudonym: "pseudonyme", order.FaceAlteration: "altération du visage", order.VoiceDisguised: "déguisement de la voix",
			order.InterpreterOnly: "voix de l’interprète seule", order.ScreenAccused: "paravent, accusé caché au témoin",
			order.ScreenWitness: "paravent, témoin caché à l’accusé", order.PrivateSession: "session privée",
			order.ClosedSession: "huis clos", order.LiveLink: "liaison audiovisuelle",
			order.NonDisclosure: "non-divulgation au public", order.Expunge: "expurgation de l’enregistrement", order.PreRecorded: "témoignage enregistré",
			order.IntermediaryHelp: "intermédiaire", order.SupportPerson: "personne de soutien", order.Questioning: "encadrement des questions",
			order.DelayedBroadcast: "diffusion différée", order.FullAnonymity: "anonymat complet", order.AddressSubstitution: "substitution d’adresse",
			order.SealedExhibit: "pièce sous scellés", order.ReportingRestriction: "restriction de publication", order.NonPunishment: "mention de non-sanction",
			order.PhysicalProtection: "protection physique"},
		rule: map[Rule]string{BenchClear: "le tribunal voit et entend toujours le témoin en clair", MasterClear: "l’enregistrement original garde la déposition telle quelle, sous scellés",
			OpenCourt: "aucune ordonnance en vigueur ne vise cette audience", PartOfCourt: "participe à l’audience, et aucune ordonnance ne le limite",
			OtherWitness: "un autre témoin reçoit ce que reçoit le public", UnknownParty: "une audience inconnue ne reçoit rien",
			PrivateMode: "la session est privée", ClosedMode: "le huis clos est prononcé et la liaison est coupée"},
		doubt: map[order.Doubt]string{order.AwaitsDecision: "provisoire, jusqu’à la décision", order.IsContested: "contestée ; vaut jusqu’à la décision d’un juge",
			order.HasExpired: "échue ; vaut jusqu’à ce qu’un juge le confirme"},
		mode:         map[protection.SessionMode]string{protection.PublicMode: "publique", protection.PrivateMode: "privée", protection.ClosedMode: "à huis clos"},
		ofOrder:      "ordonnance %s, %s",
		carried:      "reprise d’une affaire antérieure",
		sentence:     "%s : image « %s », voix « %s ».",
		disconnected: "%s : liaison coupée.",
		silent:       "%s : ne reçoit rien.",
		raised:       "La session est %s, alors qu’elle était demandée %s : %s.",
		accusedShown: "L’accusé peut être montré au témoin.", accusedHidden: "L’accusé n’est pas montré au témoin : %s.",
	},
}

func in(l Language) words {
	if w, ok := vocabulary[l]; ok {
		return w
	}
	return vocabulary[English]
}

// PictureWord names a picture as the order does: Clear, Silhouette, Nothing.
func PictureWord(p protection.Picture, l Language) string { return in(l).picture[p] }

// VoiceWord names a voice as the order does: Clear, Disguised, Interpreter only, Nothing.
func VoiceWord(v protection.Voice, l Language) string { return in(l).voice[v] }

// MeasureWord names a measure in plain words.
func MeasureWord(k order.MeasureKind, l Language) string {
	if w := in(l).measure[k]; w != "" {
		return w
	}
	return string(k)
}

// AudienceWord names an audience in plain words.
func AudienceWord(a protection.Audience, l Language) string {
	w := in(l)
	if word := w.audience[a]; word != "" {
		return word
	}
	if _, ok := a.OtherParty(); ok {
		return w.other
	}
	return w.unknown
}

// ModeWord names a session mode.
func ModeWord(m protection.SessionMode, l Language) string { return in(l).mode[m] }

// Because says in words why: which order and measure, or which rule of the house.
func (c Cause) Because(l Language) string {
	w := in(l)
	if c.Rule != ByMeasure {
		return w.rule[c.Rule]
	}
	parts := []string{fmt.Sprintf(w.ofOrder, c.Reference, MeasureWord(c.Measure, l))}
	if c.CarriedFrom != "" {
		parts = append(parts, w.carried)
	}
	if c.Doubt != order.NoDoubt {
		parts = append(parts, w.doubt[c.Doubt])
	}
	return strings.Join(parts, "; ")
}

// Summary says in one sentence what the cell's audience receives.
func (c Cell) Summary(l Language) string {
	w := in(l)
	who := AudienceWord(c.Audience, l)
	switch {
	case !c.Connected:
		return fmt.Sprintf(w.disconnected, who)
	case c.Picture == protection.NoPicture && c.Voice == protection.NoVoice:
		return fmt.Sprintf(w.silent, who)
	}
	return fmt.Sprintf(w.sentence, who, lower(w.picture[c.Picture]), lower(w.voice[c.Voice]))
}

// Reasons says why the cell is as it is: one line where picture, voice and connection have the same cause, else one each.
func (c Cell) Reasons(l Language) []string {
	causes := []Cause{c.PictureCause, c.VoiceCause}
	if !c.Connected {
		causes = []Cause{c.ConnectedCause}
	}
	var lines []string
	for _, cause := range causes {
		line := cause.Because(l)
		if len(lines) == 0 || lines[len(lines)-1] != line {
			lines = append(lines, line)
		}
	}
	return lines
}

// Explain tells the whole matrix in plain words: the mode where an order raised it, every audience, and the accused.
func (m Matrix) Explain(asked protection.SessionMode, l Language) []string {
	w := in(l)
	var lines []string
	if m.Mode != asked {
		lines = append(lines, fmt.Sprintf(w.raised, w.mode[m.Mode], w.mode[asked], m.ModeCause.Because(l)))
	}
	for _, c := range m.Cells {
		lines = append(lines, c.Summary(l)+" ("+strings.Join(c.Reasons(l), "; ")+")")
	}
	for _, e := range m.Effects {
		lines = append(lines, e.Summary(l)+" ("+e.Cause.Because(l)+")")
	}
	if m.ShowsAccused {
		return append(lines, w.accusedShown)
	}
	return append(lines, fmt.Sprintf(w.accusedHidden, m.ShowsAccusedCause.Because(l)))
}

func lower(s string) string { return strings.ToLower(s) }
