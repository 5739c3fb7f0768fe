package shell

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/testimony"
	"paravent/testimony/schedule"
)

// typedIn is the text of the first line of a sheet that begins so.
func typedIn(s *Shell, begins string) string {
	found := ""
	for _, o := range s.window.Canvas().Overlays().List() {
		each(o, fyne.Position{}, func(o fyne.CanvasObject, _ fyne.Position) {
			if x, ok := o.(*xwidget.Input); ok && strings.HasPrefix(x.Text, begins) {
				found = x.Text
			}
		})
	}
	return found
}

// A clerk makes a calendar address in the window, switches the serving on, and the address is read until the vault is locked; unlocked again it is served without being asked.
func TestACalendarIsServedWhileTheVaultIsOpen(t *testing.T) {
	s := open(t, testimony.Clerk)
	s.feedListen = "127.0.0.1:0"
	t.Cleanup(func() { s.app.Preferences().SetBool(prefFeeds, false) })
	if _, err := s.desk.PutResource(t.Context(), schedule.Resource{Kind: schedule.Judge, Name: "Presiding judge"}); err != nil {
		t.Fatal(err)
	}
	s.Go(room.Hearings, "")
	s.typed(&fyne.KeyEvent{Name: fyne.KeyF4})
	filter := s.screen.First.(*xwidget.Input)
	filter.SetText("Presiding judge")
	filter.OnSubmitted(filter.Text)
	press(t, s, "Calendar address")
	tick(t, s, "Serve calendars on this machine")
	at, failed := s.FeedsAt()
	if at == "" || failed != nil {
		t.Fatalf("it is not served: %v", failed)
	}
	press(t, s, "Make an address")
	address := typedIn(s, "http://")
	ask := func() string {
		t.Helper()
		answer, err := http.Get(address)
		if err != nil {
			return err.Error()
		}
		defer answer.Body.Close()
		body, _ := io.ReadAll(answer.Body)
		return answer.Status + string(body)
	}
	if got := ask(); !strings.HasPrefix(address, at) || !strings.Contains(got, "BEGIN:VCALENDAR") {
		t.Errorf("%q gives %s", address, got)
	}
	s.Lock()
	if got := ask(); strings.Contains(got, "VCALENDAR") {
		t.Errorf("locked, it is served: %s", got)
	}
	s.as(t, testimony.Clerk)
	if at, failed := s.FeedsAt(); at == "" || failed != nil {
		t.Errorf("unlocked again it is not served: %v", failed)
	}
	if err := s.ServeFeeds(false); err != nil {
		t.Fatal(err)
	}
	if at, _ := s.FeedsAt(); at != "" {
		t.Error("switched off, it is served")
	}
}

// A card is written from the hearing's page to a file for its owner, and the link is shown with its picture; an address without encryption is refused in words.
func TestAnInvitationIsMadeInTheWindow(t *testing.T) {
	s := open(t, testimony.Clerk)
	list, err := s.desk.Hearings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.Go(room.Hearings, string(list[0].ID))
	seat := list[0].Participants[0].Label
	to := filepath.Join(t.TempDir(), "card.pdf")
	fill := func(base string) {
		press(t, s, seat)
		for _, o := range s.window.Canvas().Overlays().List() {
			each(o, fyne.Position{}, func(o fyne.CanvasObject, _ fyne.Position) {
				if x, ok := o.(*xwidget.Input); ok {
					if strings.HasSuffix(x.Text, ".pdf") {
						x.SetText(to)
					} else {
						x.SetText(base)
					}
				}
			})
		}
		press(t, s, "Write the card")
	}
	fill("http://court.example")
	if !says(s, "begins with https://") {
		t.Errorf("it is not refused: %q", words(s))
	}
	xwidget.CloseSheets(s.window.Canvas())
	fill("https://court.example")
	if pdf, err := os.ReadFile(to); err != nil || !strings.HasPrefix(string(pdf), "%PDF-") {
		t.Fatalf("no card: %v, %q", err, words(s))
	}
	xwidget.CloseSheets(s.window.Canvas())
	press(t, s, seat)
	if typedIn(s, "https://court.example") == "" {
		t.Error("the address is not offered again")
	}
	press(t, s, "Show the link")
	if typedIn(s, "https://court.example/j/") == "" || !says(s, "Whoever") && !says(s, "Card ") {
		t.Errorf("the link is not shown: %q", words(s))
	}
}
