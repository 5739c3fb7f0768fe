package join_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"paravent/testimony/join"
)

// atHearing brings a guest in and admits them.
func atHearing(t *testing.T, court *fakeCourt, role string, state join.State) (*tab, *desk) {
	t.Helper()
	link, seat := court.invite(role, "Witness B")
	p := openTab(t, "en", chromedp.EmulateViewport(390, 844), chromedp.Navigate(link))
	guest := seat.next(t)
	if role == "witness" {
		p.press("I have read this")
	}
	if role != "gallery" {
		p.press("Allow camera and microphone")
	}
	if err := guest.Send(state); err != nil {
		t.Fatal(err)
	}
	p.until("the hearing", "!document.getElementById('hearing').hidden")
	return p, guest
}

// The witness follows the trial of the concealment in plain words, and says what was seen and heard; nobody else's page knows of it.
func TestWitnessFollowsTheTrial(t *testing.T) {
	court := newCourt(t, "127.0.0.1:0")
	state := testifying()
	state.Phase = "identity"
	p, guest := atHearing(t, court, "witness", state)
	for _, answer := range []struct {
		press, step string
		voice       bool
	}{{"Yes", join.StepConcealed, true}, {"No", join.StepUnconcealed, false}} {
		for _, x := range []struct{ stage, says string }{
			{"speak", "turn your head"}, {"listen", "your changed voice"}, {"break", "on purpose"}, {"answer", "Did you see the drawing"},
		} {
			state.Trial = &join.Trial{Stage: x.stage, Voice: answer.voice}
			if err := guest.Send(state); err != nil {
				t.Fatal(err)
			}
			p.until("the stage "+x.stage, "document.getElementById('trial').dataset.stage === '"+x.stage+"'")
			said := p.text("#trial")
			if !strings.Contains(said, x.says) || !strings.Contains(said, "They cannot make it impossible.") {
				t.Errorf("at %s the page says %q", x.stage, said)
			}
			if heard := strings.Contains(said, "hear your changed voice"); x.stage == "answer" && heard != answer.voice {
				t.Errorf("the page asks %q", said)
			}
			if asks := !strings.Contains(ask[string](p, "document.getElementById('trial-answers').outerHTML"), "hidden"); asks != (x.stage == "answer") {
				t.Errorf("at %s the page asks for an answer: %v", x.stage, asks)
			}
			p.shot("trial-" + x.stage)
		}
		p.press(answer.press)
		var said join.Prepared
		guest.await(t, join.TypePrepared, &said)
		for said.Step == join.StepRights || said.Step == join.StepDevices {
			guest.await(t, join.TypePrepared, &said)
		}
		if said.Step != answer.step {
			t.Errorf("%s says %q", answer.press, said.Step)
		}
		state.Trial = nil
		if err := guest.Send(state); err != nil {
			t.Fatal(err)
		}
		p.until("the end of the trial", "document.getElementById('trial').hidden")
	}
}

// Where somebody hears a changed voice, and only then, the witness can ask to hear it; the page says how, and what it is worth.
func TestWitnessAsksForTheChangedVoice(t *testing.T) {
	court := newCourt(t, "127.0.0.1:0")
	state := testifying()
	p, guest := atHearing(t, court, "witness", state)
	if !ask[bool](p, "document.getElementById('voice-hear').hidden") {
		t.Error("the button is there though nobody hears a changed voice")
	}
	changed := map[string]join.Reception{"bench": clear(), "gallery": {Picture: "silhouette", Voice: "disguised"}}
	state.What = changed
	if err := guest.Send(state); err != nil {
		t.Fatal(err)
	}
	p.press("Hear my changed voice")
	var asked join.Request
	guest.await(t, join.TypeRequest, &asked)
	if asked.Kind != join.AskVoice {
		t.Errorf("the page asks for %q", asked.Kind)
	}
	for _, x := range []struct{ word, says string }{
		{"voice_speak", "Speak for five seconds."}, {"voice_play", "does not make it impossible"}, {"voice_none", "Nothing was heard"}, {"voice_later", "not possible now"}, {"voice_done", ""},
	} {
		if err := guest.Send(join.Notice{Text: x.word}); err != nil {
			t.Fatal(err)
		}
		told := "document.getElementById('voice-told').textContent"
		if x.says == "" {
			p.until("nothing after "+x.word, told+" === ''")
			continue
		}
		p.until("the word "+x.word, told+".includes("+quote(x.says)+")")
	}
}

func quote(s string) string { return `"` + s + `"` }

// Sound first is the guest's own choice, said on the page, told to the court, and sent as a small picture; and it is undone by the same button.
func TestSoundFirstByChoice(t *testing.T) {
	court := newCourt(t, "127.0.0.1:0")
	for _, role := range []string{"witness", "gallery"} {
		p, guest := atHearing(t, court, role, testifying())
		if err := guest.offer(role == "witness", nil, nil); err != nil {
			t.Fatal(err)
		}
		p.press("Use less data")
		var sent join.Media
		for sent.Low == "" {
			guest.await(t, join.TypeMedia, &sent)
		}
		if sent.Low != join.LowChosen || sent.Video != (role == "witness") {
			t.Errorf("the %s's page says %+v", role, sent)
		}
		p.until("the sentence", "document.getElementById('low-text').textContent.startsWith('Sound first.')")
		if small := strings.Contains(p.text("#low-text"), "sent small"); small != (role == "witness") {
			t.Errorf("the %s reads %q", role, p.text("#low-text"))
		}
		p.shot("low-" + role)
		p.press("Show pictures again")
		for sent.Low != "" {
			sent = join.Media{} // what is not said again
			guest.await(t, join.TypeMedia, &sent)
		}
		p.until("the sentence gone", "document.getElementById('low-text').hidden")
		p.onlyHost(court.server.Base())
	}
}

// A line that is bad for three looks takes the pictures away, and only one that is good for ten brings them back: a line that goes up and down does not make them do so. The
// guest's word stands over it for five minutes.
func TestABadLineTakesPicturesAwayWithHysteresis(t *testing.T) {
	court := newCourt(t, "127.0.0.1:0")
	p, _ := atHearing(t, court, "gallery", testifying())
	p.run(chromedp.Navigate(court.server.Base() + "/a/low.js")) // any page of the court's: its scripts are then allowed
	got, err := chromedp.Run(p.ctx, chromedp.Evaluate[[]string](`(async () => {
		const { weigh } = await import("/a/low.js");
		const bad = { loss: 0.2, delay: 0.2 }, good = { loss: 0, delay: 0.1 }, between = { loss: 0.06, delay: 0.1 }, slow = { loss: 0, delay: 1.5 };
		const run = (looks, line = { weak: false, bad: 0, good: 0, spared: 0 }) => looks.map((l) => (line = weigh(line, l)).weak ? "w" : ".").join("");
		const many = (n, look) => Array(n).fill(look);
		return [
			run(many(3, bad)), run(many(3, slow)), run([bad, bad, good, bad, bad, between, bad, bad]), run([...many(3, bad), ...many(9, good), between, ...many(10, good)]),
			run([...many(3, bad), ...many(20, between)]), run(many(76, bad), { weak: false, bad: 0, good: 0, spared: 75 }),
		];
	})()`, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"..w", "..w", "........", ".." + strings.Repeat("w", 20) + ".", ".." + strings.Repeat("w", 21), strings.Repeat(".", 74) + "ww"}
	for i := range want {
		if i >= len(got) || got[i] != want[i] {
			t.Errorf("run %d: %q, want %q", i, got[i], want[i])
		}
	}
}
