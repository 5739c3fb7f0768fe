package notice

import (
	"fmt"
	"io"
	"strings"
	"time"

	"paravent/protection"
	"paravent/protection/policy"
)

// Witness is the note for the witness, in large type and short sentences. It names no court, no case and no offence: who finds it on a
// table learns nothing of what it is about but that there is a day in court. The advocate hands it over; it is never sent.
type Witness struct {
	Heading
	Start        time.Time // on the clock where the witness will be
	Receives     []Receives
	ShowsAccused bool
}

// Receives is what one audience receives of the witness.
type Receives struct {
	Audience protection.Audience
	protection.Access
}

// Told are the audiences of which the note tells, from the judges outwards.
var Told = []protection.Audience{protection.Bench, protection.Prosecution, protection.DefenceCounsel, protection.Accused, protection.Gallery, protection.Press}

var (
	largeTitle   = style{size: 27, bold: true}
	largeHeading = style{size: 18.5, bold: true}
	largeBody    = style{size: 16.5}
	largeStrong  = style{size: 16.5, bold: true}
)

// PDF writes the note.
func (n Witness) PDF(out io.Writer, l policy.Language) error {
	return draw(out, l, n.Heading, ForWitness, func(w words) string { return w.care.title }, func(s *sheet) {
		w := s.w.care
		s.need(0)
		s.large(s.title, largeTitle, 2)
		s.large(w.intro, style{size: 13, grey: 70}, 5)
		s.idea(w.when, s.w.date(n.Start), fmt.Sprintf("%s %s", s.w.hour(n.Start), w.clock))
		s.idea(w.name, strings.Split(fmt.Sprintf(w.nameText, s.w.pseudonym(n.Pseudonym)), "\n")...)
		n.others(s)
		accused := w.accusedHidden
		if n.ShowsAccused {
			accused = w.accusedShown
		}
		s.idea(w.accused, accused)
		s.idea(w.breaks, w.breaksList...)
		s.idea(w.answer, w.answerList...)
		s.idea(w.limits, w.limitsList...)
		s.idea(w.later, w.laterList...)
		s.idea(w.paper, w.paperList...)
		s.ask()
	})
}

// others says of each audience, under its name, what it receives: one idea a line.
func (n Witness) others(s *sheet) {
	w := s.w.care
	first := w.others
	for _, r := range n.Receives {
		says, ok := w.one[r.Audience]
		if !ok {
			says = w.many
		}
		sentence := []string{says.picture[r.Picture], says.voice[r.Voice]}
		switch {
		case !r.Connected || r.Picture == protection.NoPicture && r.Voice == protection.NoVoice:
			sentence = []string{says.off}
		case r.Picture == protection.ClearPicture && r.Voice == protection.ClearVoice:
			sentence = []string{says.clear}
		}
		height := largeStrong.height() + float64(len(sentence))*largeBody.height()*1.3
		if first != "" {
			height += largeHeading.height() + 6
		}
		s.need(height)
		if first != "" {
			s.space(5)
			s.large(first, largeHeading, 2)
			first = ""
		}
		s.large(s.w.who[r.Audience], largeStrong, 0)
		for _, line := range sentence {
			s.large(line, largeBody, 0)
		}
		s.space(2.6)
	}
}

func (s *sheet) large(text string, t style, after float64) {
	s.flow(s.say(text), margin, width, t)
	s.space(after)
}

// idea sets a heading and its sentences; they stay on one page.
func (s *sheet) idea(title string, sentences ...string) {
	height := 5 + 2 + float64(len(s.lines(s.say(title), width, largeHeading)))*largeHeading.height()
	for _, text := range sentences {
		height += float64(len(s.lines(s.say(text), width, largeBody)))*largeBody.height() + 1.6
	}
	s.need(height)
	s.space(5)
	s.large(title, largeHeading, 2)
	for _, text := range sentences {
		s.large(text, largeBody, 1.6)
	}
}

// ask leaves room for whom the witness can ask, to be written by hand.
func (s *sheet) ask() {
	w := s.w.care
	s.need(58)
	s.space(5)
	s.large(w.ask, largeHeading, 3)
	for _, label := range []string{w.advocate, w.phone} {
		s.put(margin, s.y, s.say(label), largeBody)
		s.rule(margin+60, s.y+largeBody.height()*0.85, width-60, 0.25, 60)
		s.space(largeBody.height() + 6)
	}
}
