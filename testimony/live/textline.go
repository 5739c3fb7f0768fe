package live

import (
	"context"
	"errors"

	"paravent/testimony"
	"paravent/testimony/join"
)

// ErrAway reports that nobody would read what is said to a seat: it is not connected.
var ErrAway = errors.New("the participant is not connected, so nothing was said to them")

// wrote takes a guest's message to the clerk in. Whoever waits in the lobby may write as well. It is said back to this guest alone, and nobody else in the
// hearing is told that anything was written.
func (s *Session) wrote(g *guest, r join.Text) {
	id := g.participant.ID
	if !g.participant.Role.Writes() {
		s.refuseRequest(id)
		return
	}
	next, err := s.texts[id].After(testimony.Text{At: s.now(), Phrase: r.Phrase, Words: r.Words})
	if err != nil {
		_ = g.session.Send(join.Notice{Text: "text_slow"}) // whoever is gone needs no answer
		return
	}
	s.texts[id] = next
	_ = g.session.Send(join.Text{Phrase: r.Phrase, Words: r.Words})
	s.refresh()
}

// Say answers a seat on its text line, and that seat alone: with typed words, or with one of testimony.ClerkPhrases, which the guest reads in the language of the
// page. What the seat wrote counts as read by it.
func (s *Session) Say(to testimony.ParticipantID, words, phrase string) error {
	return s.do(func() error {
		p, ok := s.hearing.Participant(to)
		switch g := s.guests[to]; {
		case !ok:
			return ErrNobody
		case !p.Role.Writes():
			return testimony.ErrTextSeat
		case g == nil || g.session == nil:
			return ErrAway
		default:
			next, err := s.texts[to].After(testimony.Text{At: s.now(), Clerk: true, Phrase: phrase, Words: words})
			if err != nil {
				return err
			}
			if err := g.session.Send(join.Text{Clerk: true, Phrase: phrase, Words: words}); err != nil {
				return ErrAway
			}
			next.Unread = 0
			s.texts[to] = next
			s.refresh()
			return nil
		}
	})
}

// ReadText notes that the clerk has read what a seat wrote, up to now.
func (s *Session) ReadText(of testimony.ParticipantID) error {
	return s.do(func() error {
		if l, ok := s.texts[of]; ok && l.Unread > 0 {
			l.Unread = 0
			s.texts[of] = l
			s.refresh()
		}
		return nil
	})
}

// forgetTexts ends every text line: what was written is dropped here and from the snapshot. The audit log learns that a seat's line was used and how many
// messages went each way, and nothing else learns even that.
func (s *Session) forgetTexts(ctx context.Context) {
	for id, l := range s.texts {
		if err := s.desk.KeepTextLineUsed(ctx, s.hearing.ID, id, l); err != nil {
			s.log.Error("the use of a text line could not be written down", "error", err)
		}
	}
	clear(s.texts)
	s.snapshotMu.Lock()
	defer s.snapshotMu.Unlock()
	people := append([]Person(nil), s.snapshot.People...)
	for i := range people {
		people[i].Text = testimony.TextLine{}
	}
	s.snapshot.People = people
}
