package notice

import (
	"fmt"
	"io"
	"strings"
	"time"

	"paravent/protection"
	"paravent/protection/policy"
)

// Sitting is the hearing as everyone may know it: when on the court's clock, and in which of its rooms. It has no place for the witness's.
type Sitting struct {
	Start  time.Time // on the court's clock
	Room   string
	Mode   protection.SessionMode
	Orders []string // the court's numbers of the orders that protect the witness on that day
}

// Accused is the notice to the accused. It says what they will see and hear, and nothing that narrows who the witness is.
type Accused struct {
	Heading
	Sitting
	Theirs   protection.Access // what the accused receives
	Counsels protection.Access // what their lawyer receives
	IsShown  bool              // the witness may be shown the accused
}

// PDF writes the notice. It fails with ErrNoOrder where there is no order to give notice of.
func (a Accused) PDF(out io.Writer, l policy.Language) error {
	if len(a.Orders) == 0 {
		return ErrNoOrder
	}
	return draw(out, l, a.Heading, ToAccused, func(w words) string { return w.notice.accusedTitle }, func(s *sheet) {
		w := s.w.notice
		s.head("")
		s.sitting(a.Heading, a.Sitting)
		s.section(w.called)
		s.para(fmt.Sprintf(w.calledText, s.w.pseudonym(a.Pseudonym)))
		s.section(w.youWill)
		seen := w.witnessSeesNot
		if a.IsShown {
			seen = w.witnessSees
		}
		s.points(append(received(a.Theirs, w.yourPicture, w.yourVoice, w.off), seen)...)
		s.section(w.counsel)
		s.points(received(a.Counsels, w.counselPicture, w.counselVoice, w.offCounsel)...)
		s.section(w.rights)
		s.points(w.rightsList...)
		s.section(w.duties)
		s.points(w.dutiesList...)
		s.signatures(w.issued)
	})
}

// Press is the notice to the press, headed by the reporting restriction.
type Press struct {
	Heading
	Sitting
	Theirs protection.Access // what the press receives
}

// PDF writes the notice. It fails with ErrNoOrder where there is no order that a restriction could rest on.
func (p Press) PDF(out io.Writer, l policy.Language) error {
	if len(p.Orders) == 0 {
		return ErrNoOrder
	}
	return draw(out, l, p.Heading, ToPress, func(w words) string { return w.notice.pressTitle }, func(s *sheet) {
		w := s.w.notice
		s.head("")
		s.banner(w.banner, w.bannerText)
		s.sitting(p.Heading, p.Sitting)
		s.section(w.called)
		s.para(fmt.Sprintf(w.calledText, s.w.pseudonym(p.Pseudonym)))
		s.section(w.public)
		if p.Theirs.Connected && p.Theirs.Release != protection.Never {
			s.points(received(p.Theirs, w.picture, w.voice, w.never)...)
		}
		s.points(p.when(w))
		s.section(w.press)
		s.points(w.pressList...)
		s.signatures(w.issued)
	})
}

func (p Press) when(w noticeWords) string {
	switch {
	case !p.Theirs.Connected:
		return w.never
	case p.Theirs.Release == protection.Live:
		return w.live
	case p.Theirs.Release == protection.Delayed:
		return fmt.Sprintf(w.delayed, minutesOf(p.Theirs.Delay))
	case p.Theirs.Release == protection.AfterTestimony:
		return w.afterTestimony
	case p.Theirs.Release == protection.AfterReview:
		return w.afterReview
	}
	return w.never
}

func received(a protection.Access, picture map[protection.Picture]string, voice map[protection.Voice]string, off string) []string {
	if !a.Connected {
		return []string{off}
	}
	return []string{picture[a.Picture], voice[a.Voice]}
}

func (s *sheet) sitting(h Heading, at Sitting) {
	w := s.w.notice
	s.facts(fact{s.w.court, h.Court}, fact{s.w.caseNumber, h.Case}, fact{s.w.witness, s.w.pseudonym(h.Pseudonym)}, fact{w.when, s.w.moment(at.Start)}, fact{w.room, at.Room},
		fact{w.rests, strings.Join(at.Orders, ", ")})
	s.section(w.modeTitle)
	s.para(w.mode[at.Mode])
}
