package notice

import (
	"fmt"
	"io"
	"strconv"
	"time"

	"paravent/protection"
	"paravent/protection/policy"
	"paravent/testimony"
	"paravent/testimony/edit"
	"paravent/testimony/transcript"
)

// Transcript is what was said in a recording, on paper. Speakers are named by their functions; what is withheld stands as such, with its times.
type Transcript struct {
	Heading
	Recording testimony.RecordingID // empty in the public version
	Version   protection.Audience   // of the recording
	Begun     time.Time
	Length    time.Duration
	Number    int // of the transcript's last version
	Edits     int // number of the list of edits that is carried out; 0 for none
	Public    bool
	Passages  []transcript.Passage // in the order of time
}

// TranscriptPaper is of a recording, and stands in no list of a hearing's papers.
const TranscriptPaper Kind = "transcript"

// PDF writes the transcript.
func (t Transcript) PDF(out io.Writer, l policy.Language) error {
	tw := transcriptLanguages[l]
	title := func(words) string {
		if t.Public {
			return tw.publicTitle
		}
		return tw.title
	}
	return draw(out, l, t.Heading, TranscriptPaper, title, func(s *sheet) {
		s.head("")
		facts := []fact{{s.w.court, t.Court}, {s.w.caseNumber, t.Case}, {s.w.witness, s.w.pseudonym(t.Pseudonym)}, {tw.begun, s.w.moment(t.Begun.UTC())}, {tw.version, strconv.Itoa(t.Number)}}
		if t.Edits > 0 {
			facts = append(facts, fact{tw.edits, strconv.Itoa(t.Edits)})
		}
		if !t.Public {
			facts = append(facts, fact{tw.recording, string(t.Recording)}, fact{tw.of, policy.AudienceWord(t.Version, l)})
		}
		s.facts(facts...)
		if t.Public {
			s.box("", tw.publicText)
		} else {
			s.banner(tw.sealed, tw.sealedText)
		}
		var rows [][][]piece
		for _, p := range t.Passages {
			rows = append(rows, [][]piece{transcriptTimes(p), tw.who(s.w, p), tw.text(p)})
		}
		s.table([]float64{2.6, 3.4, 11}, []string{tw.time, tw.speaker, tw.said}, rows...)
		s.para(tw.clock)
	})
}

func transcriptTimes(p transcript.Passage) []piece {
	return []piece{{text: edit.Clock(p.Start)[:8], style: smallStyle}, {text: edit.Clock(p.End)[:8], style: style{size: smallStyle.size, grey: 120}}}
}

func (tw transcriptWords) who(w words, p transcript.Passage) []piece {
	if p.Withheld != "" {
		return small("")
	}
	word := w.roles[p.Speaker.Role]
	if word == "" {
		word = tw.unnamed
	}
	if p.Speaker.Number > 0 {
		word += " " + strconv.Itoa(p.Speaker.Number)
	}
	pieces := []piece{{text: word, style: labelStyle}}
	if p.Language != "" {
		pieces = append(pieces, piece{text: p.Language, style: smallStyle})
	}
	return pieces
}

func (tw transcriptWords) text(p transcript.Passage) []piece {
	if p.Withheld != "" {
		return []piece{{text: fmt.Sprintf("[%s]", tw.withheld[p.Withheld]), style: strongStyle}}
	}
	return plain(p.Text)
}

// WithheldWord says why a passage is withheld, in brackets, for a transcript's file in a language.
func WithheldWord(why transcript.Withheld, l policy.Language) string {
	return "[" + transcriptLanguages[l].withheld[why] + "]"
}

type transcriptWords struct {
	title, publicTitle, begun, version, edits, recording, of string
	sealed, sealedText, publicText                           string
	time, speaker, said, unnamed, clock                      string
	withheld                                                 map[transcript.Withheld]string
}

var transcriptLanguages = map[policy.Language]transcriptWords{
	policy.English: {
		title: "Transcript", publicTitle: "Transcript, public version", begun: "Recording begun", version: "Transcript’s version", edits: "List of edits", recording: "Recording", of: "Its version",
		sealed: "Sealed", sealedText: "This is the transcript of a sealed recording. It holds what the public may not read.",
		publicText: "Passages that were expunged from the record, and what was not said in public session, are marked in brackets with their times.",
		time:       "Time", speaker: "Who speaks", said: "What is said", unnamed: "Not named", clock: "Times count from the beginning of the recording, or of the version that was made of it.",
		withheld: map[transcript.Withheld]string{transcript.Expunged: "expunged from the record", transcript.NotPublic: "not in public session"},
	},
	policy.French: {
		title: "Transcription", publicTitle: "Transcription, version publique", begun: "Début de l’enregistrement", version: "Version de la transcription", edits: "Liste des modifications", recording: "Enregistrement", of: "Sa version",
		sealed: "Sous scellés", sealedText: "Transcription d’un enregistrement sous scellés. Elle contient ce que le public ne peut pas lire.",
		publicText: "Les passages expurgés du dossier, et ce qui n’a pas été dit en audience publique, sont signalés entre crochets avec leurs temps.",
		time:       "Temps", speaker: "Qui parle", said: "Ce qui est dit", unnamed: "Non désigné", clock: "Les temps se comptent depuis le début de l’enregistrement, ou de la version qui en a été établie.",
		withheld: map[transcript.Withheld]string{transcript.Expunged: "expurgé du dossier", transcript.NotPublic: "hors audience publique"},
	},
}
