package rehearsal

import (
	"context"
	"errors"
	"fmt"

	"paravent/media/capture"
	"paravent/testimony"
	"paravent/testimony/live"
)

// Company are simulated guests on the empty seats of a hearing, so that a bench can practise alone. They come in by their
// links over real WebRTC, wait in the lobby and receive what the matrix says, like anyone else.
type Company struct{ guests []*Participant }

// Practise brings a guest in for every seat that nobody has taken and whose link is unused. Those who could not come in are told
// in the error; the others stay.
func Practise(ctx context.Context, st live.State) (*Company, error) {
	c := &Company{}
	var failures []error
	for i, person := range st.People {
		if person.Presence != live.Absent || person.Link == "" {
			continue
		}
		props := Props{Lang: "en", Fingerprint: st.Fingerprint}
		if person.Role.Publishes() {
			props.Sound = capture.NewTestSpeech(uint64(i))
		}
		switch person.Role {
		case testimony.RoleWitness, testimony.RoleProsecution, testimony.RoleDefence, testimony.RoleAccused:
			props.Picture = capture.NewTestPicture(uint64(i)+3, 640, 480, 15, nil)
		}
		guest, err := Join(ctx, person.Link, props)
		if err != nil {
			failures = append(failures, fmt.Errorf("%s could not join: %w", person.Role, err))
			continue
		}
		c.guests = append(c.guests, guest)
	}
	return c, errors.Join(failures...)
}

// Leave sends the company home.
func (c *Company) Leave() {
	for _, g := range c.guests {
		g.Leave()
	}
	c.guests = nil
}
