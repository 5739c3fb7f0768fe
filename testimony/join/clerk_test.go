package join_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"paravent/testimony"
	"paravent/testimony/join"
)

// A witness in the lobby writes to the clerk by keys alone, from right to left, and reads the answer; what was typed stands as it was typed, what is ready-made in
// the language of the page. After "someone came in" nothing of it is on the screen, and at the end nothing of it is left on the page.
func TestWitnessWritesToTheClerk(t *testing.T) {
	court := newCourt(t, "127.0.0.1:0")
	says := sentences(t, "ar")
	link, seat := court.invite("witness", "Witness B")
	p := openTab(t, "ar", chromedp.EmulateViewport(360, 740))
	p.run(chromedp.Navigate(link))
	guest := seat.next(t)
	p.press(says["before.read"])
	p.press(says["devices.allow"])
	p.press(says["check.tone"])
	p.press(says["check.yes"])
	p.until("the lobby", "!document.getElementById('lobby').hidden && document.getElementById('clerk').offsetParent")
	if seen := ask[bool](p, "document.getElementById('clerk-kept').offsetParent !== null"); seen {
		t.Error("who waits is told more than that the clerk reads it")
	}
	p.run(chromedp.Focus("#clerk summary"), chromedp.KeyEvent(kb.Enter))
	p.until("the line", "document.getElementById('clerk-words').offsetParent")
	const typed = "لا أسمع <b>2</b>"
	p.run(chromedp.Focus("#clerk-words"), chromedp.SendKeys("#clerk-words", typed+kb.Enter))
	var wrote join.Text
	guest.await(t, join.TypeText, &wrote)
	if wrote != (join.Text{Words: typed}) {
		t.Errorf("the court reads %+v", wrote)
	}
	if ask[int](p, "document.querySelectorAll('#clerk-list li').length") != 0 {
		t.Error("the page shows as sent what the court has not taken in")
	}
	send := func(m any) {
		t.Helper()
		if err := guest.Send(m); err != nil {
			t.Fatal(err)
		}
	}
	send(join.Text{Words: typed})
	send(join.Text{Clerk: true, Phrase: testimony.ClerkPhrases[1]})
	p.until("both", "document.querySelectorAll('#clerk-list li').length === 2")
	if list := p.text("#clerk-list"); !strings.Contains(list, typed) || !strings.Contains(list, says["clerk.answer.wait"]) {
		t.Errorf("the page shows %q", list)
	}
	if left := ask[string](p, "document.getElementById('clerk-words').value"); left != "" {
		t.Errorf("%q is still in the field", left)
	}
	if wide := ask[int](p, "document.documentElement.scrollWidth"); wide > 360 {
		t.Errorf("the page is %d wide", wide)
	}
	if small := ask[[]string](p, `[...document.querySelectorAll('#clerk button, #clerk input')].filter(e => e.getBoundingClientRect().height < 48 || e.tagName === 'INPUT' && e.getBoundingClientRect().width < 150 || e.scrollWidth > e.clientWidth + 1).map(e => e.textContent)`); len(small) > 0 {
		t.Errorf("cut off or too small: %q", small)
	}
	p.shot("clerk-ar-lobby")
	p.press(says["clerk.say.interpreter"])
	wrote = join.Text{}
	guest.await(t, join.TypeText, &wrote)
	if wrote != (join.Text{Phrase: "interpreter"}) {
		t.Errorf("the button says %+v", wrote)
	}
	send(join.Notice{Text: "text_slow"})
	p.until("that it was too much", "document.getElementById('clerk-told').textContent")
	send(testifying())
	p.until("the hearing", "!document.getElementById('hearing').hidden && document.getElementById('clerk').offsetParent")
	p.shot("clerk-ar-hearing")
	p.press(says["ask.someone"])
	send(join.Text{Clerk: true, Words: "nothing for strangers"})
	p.until("the quiet page", "!document.getElementById('clerk').offsetParent")
	if strings.Contains(ask[string](p, "document.body.innerText"), "strangers") {
		t.Error("the clerk's words are on the screen")
	}
	guest.Close(join.Bye{})
	p.until("the end", "!document.getElementById('ended').hidden")
	if left := ask[string](p, "document.getElementById('clerk-list').textContent + document.getElementById('clerk-words').value"); left != "" {
		t.Errorf("%q is left on the page", left)
	}
}
