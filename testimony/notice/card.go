package notice

import (
	"bytes"
	"fmt"
	"io"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"github.com/skip2/go-qrcode"

	"paravent/protection/policy"
)

// InvitationCard is the kind of a [Card]. It is none of [Kinds]: it opens a seat, and is made with the invitation, not from the record.
const InvitationCard Kind = "card"

// Card is an invitation to a hearing to be printed and handed over: the link as a picture for a camera and as text, in large type and plain words. It names no
// court, no case, no offence and no person, not even by the pseudonym: who finds it on a table learns that somebody has an appointment on a day. The link is the
// seat's whole credential, so a card is handed over, never sent.
type Card struct {
	Link     string
	Mark     string    // a few letters by which the court tells its cards apart
	Start    time.Time // on the clock where the seat is
	Until    time.Time // the link can first be used before
	Remote   bool      // that clock is the witness's, not the court's
	Made     time.Time
	Training bool
}

// Sizes of the picture: millimetres on the page, pixels for each of its squares.
const (
	codeSide   = 74.0
	codePixels = -8
)

// QR is a link as a picture in PNG, with a margin that a camera needs. The picture opens what the link opens.
func QR(link string) ([]byte, error) {
	q, err := qrcode.New(link, qrcode.Medium)
	if err != nil {
		return nil, fmt.Errorf("draw an invitation's picture: %w", err)
	}
	picture, err := q.PNG(codePixels)
	if err != nil {
		return nil, fmt.Errorf("draw an invitation's picture: %w", err)
	}
	return picture, nil
}

// PDF writes the card: one page.
func (c Card) PDF(out io.Writer, l policy.Language) error {
	picture, err := QR(c.Link)
	if err != nil {
		return err
	}
	return draw(out, l, Heading{Made: c.Made, Training: c.Training}, InvitationCard, func(w words) string { return w.card.title }, func(s *sheet) {
		w := s.w.card
		s.need(0)
		s.large(s.title, largeTitle, 1)
		s.large(w.intro, style{size: 13, grey: 70}, 3)
		clock := w.courtClock
		if c.Remote {
			clock = w.clock
		}
		s.large(w.when, largeHeading, 1)
		s.large(s.w.date(c.Start), largeStrong, 0)
		s.large(fmt.Sprintf("%s %s", s.w.hour(c.Start), clock), largeBody, 3)
		s.picture(picture)
		for i, step := range w.steps {
			s.large(fmt.Sprintf("%d. %s", i+1, step), largeBody, 0.6)
		}
		s.space(2)
		s.large(w.typed, smallStyle, 0.4)
		s.verbatim(c.Link, style{size: 9.4})
		s.space(3)
		for _, rule := range w.rules {
			s.large(rule, style{size: 13}, 0.6)
		}
		s.space(1.6)
		s.large(fmt.Sprintf(w.mark, c.Mark, s.w.date(c.Until), s.w.hour(c.Until)), smallStyle, 0)
	})
}

// verbatim sets what has to be typed letter by letter: broken where the line is full, without a hyphen that somebody would type as well.
func (s *sheet) verbatim(text string, t style) {
	s.use(t)
	for len(text) > 0 {
		end := len(text)
		for end > 1 && s.pdf.GetStringWidth(text[:end]) > width {
			end--
		}
		s.need(t.height())
		s.put(margin, s.y, text[:end], t)
		s.y += t.height()
		text = text[end:]
	}
}

// picture sets the code in the middle of the column.
func (s *sheet) picture(png []byte) {
	s.need(codeSide)
	options := fpdf.ImageOptions{ImageType: "PNG"}
	s.pdf.RegisterImageOptionsReader("link", options, bytes.NewReader(png))
	s.pdf.ImageOptions("link", margin+(width-codeSide)/2, s.y, codeSide, codeSide, false, options, 0, "")
	s.space(codeSide + 3)
}
