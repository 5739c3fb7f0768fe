package join

import (
	"paravent/testimony/readiness"
)

// Found is the result as the hearing keeps it; whose it is and when it was made are the court's to say.
func (m LineTest) Found() readiness.LineTest {
	return readiness.LineTest{Camera: m.Camera, Microphone: m.Microphone, Speaker: m.Speaker, Down: m.Down, Up: m.Up, RoundTrip: m.RoundTrip}
}

func (m LineTest) check() error { return m.Found().Check() }
