package hearing

import (
	"strconv"
	"strings"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/testimony"
	"paravent/testimony/readiness"
)

// lineTestWords say when the devices and the line of the witness were tried, and what was found.
func lineTestWords(t readiness.LineTest, h testimony.Hearing) string {
	said := []string{}
	if court, _, err := h.Clocks(t.At); err == nil {
		said = append(said, room.Day(court)+" "+room.Clock(court))
	}
	return strings.Join(append(said, LineTestFound(t)), " · ")
}

// LineTestFound says what a test from the join page found.
func LineTestFound(t readiness.LineTest) string {
	var said []string
	for _, f := range t.Faults() {
		said = append(said, i18n.T("linetest.fault."+string(f)))
	}
	if len(said) == 0 {
		said = append(said, i18n.T("linetest.good"))
	}
	rate := func(n int) string { return i18n.T("linetest.rate", map[string]any{"N": n}) }
	way := i18n.T("linetest.direct")
	if t.Relay {
		way = i18n.T("linetest.relay")
	}
	return strings.Join(said, ", ") + " (" + i18n.T("linetest.figures", map[string]any{"Down": rate(t.Down), "Up": rate(t.Up), "Trip": strconv.Itoa(t.RoundTrip)}) + ", " + way + ")"
}
