package join_test

import (
	"testing"

	"paravent/testimony/join"
)

// A listener chooses a channel and is told of no other than the court says; an interpreter says into which language they speak.
func TestChannelsOfInterpretation(t *testing.T) {
	court := newCourt(t, "127.0.0.1:0")
	state := testifying()
	p, guest := atHearing(t, court, "prosecution", state)
	if !ask[bool](p, `document.getElementById("heard").hidden && document.getElementById("interpret").hidden`) {
		t.Error("channels are offered where there are none")
	}
	state.Channels = []string{"fr", "ne"}
	if err := guest.Send(state); err != nil {
		t.Fatal(err)
	}
	p.until("the channels", `!document.getElementById("heard").hidden && document.querySelectorAll("#heard-list label").length === 4`)
	ask[bool](p, `document.querySelector("#heard summary").click() ?? true`)
	if text := p.text("#heard-list"); text != "As the court has set it\nThe room only\nFrench\nNepali" {
		t.Errorf("offered are %q", text)
	}
	p.shot("channels-listener")
	for _, channel := range []string{"fr", "floor"} {
		ask[bool](p, `document.querySelector('#heard-list input[value="`+channel+`"]').click() ?? true`)
		var said join.Channel
		guest.await(t, join.TypeChannel, &said)
		if said.Channel != channel {
			t.Errorf("chosen was %s, the court is told %q", channel, said.Channel)
		}
		state.Channel = channel
		if err := guest.Send(state); err != nil {
			t.Fatal(err)
		}
	}
	state.Channels, state.Channel = nil, ""
	if err := guest.Send(state); err != nil {
		t.Fatal(err)
	}
	p.until("the end of the channels", `document.getElementById("heard").hidden`)

	state = testifying()
	p, guest = atHearing(t, court, "interpreter", state)
	p.until("the languages", `!document.getElementById("interpret").hidden && document.querySelectorAll("#interpret-list button").length === 9`)
	p.press("Nepali")
	var said join.Interpret
	guest.await(t, join.TypeInterpret, &said)
	state.Into = said.Into
	if err := guest.Send(state); err != nil {
		t.Fatal(err)
	}
	p.until("the language to be marked", `document.querySelector('#interpret-list [aria-pressed="true"]').textContent === "Nepali"`)
	p.shot("channels-interpreter")
	p.press("Everyone")
	guest.await(t, join.TypeInterpret, &said)
	if said.Into != "" {
		t.Errorf("to everyone is told as %q", said.Into)
	}
}
