package shell

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/testimony"
	"paravent/testimony/schedule"
)

// A clerk enters a room, plans a hearing in it, finds it in the week, is refused a clash in words and asked for a reason where one helps, and calls it off: by keys and forms alone.
func TestTheWeekIsArrangedInTheWindow(t *testing.T) {
	s := open(t, testimony.Clerk)
	s.window.Resize(fyne.NewSize(windowWidth, windowHeight))
	r, err := s.desk.PutResource(t.Context(), schedule.Resource{Kind: schedule.Courtroom, Name: "Courtroom 7", Open: schedule.OfficeHours(9*60, 17*60), Zone: "Europe/Paris"})
	if err != nil {
		t.Fatal(err)
	}
	list, err := s.desk.Hearings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	x := list[0]
	x.Start = nextWednesday(s.desk.Now())
	x.Duration, x.Uses = time.Hour, []testimony.ResourceID{r.ID}
	first, err := s.desk.Schedule(t.Context(), x)
	if err != nil {
		t.Fatal(err)
	}
	s.Go(room.Hearings, string(first.ID))
	if !shows(s, "Courtroom 7") || !shows(s, "Nothing stands against it.") {
		t.Error("the hearing's page does not say what it takes and that nothing stands against it")
	}
	s.Go(room.Hearings, "")
	s.typed(&fyne.KeyEvent{Name: fyne.KeyF3})
	for range 3 { // weeks: it is in one of them
		if calendarOf(s) != nil && len(calendarOf(s).Blocks) > 0 && chosen(s, first.Start) {
			break
		}
		s.typed(&fyne.KeyEvent{Name: fyne.KeyPageDown})
	}
	c := calendarOf(s)
	if c == nil || c.Chosen < 0 {
		t.Fatal("the week does not show the hearing")
	}
	press := func(names ...fyne.KeyName) {
		for _, k := range names {
			c.TypedKey(&fyne.KeyEvent{Name: k})
		}
	}
	press(fyne.KeyM, fyne.KeyLeft, fyne.KeyLeft, fyne.KeyLeft, fyne.KeyUp, fyne.KeyUp, fyne.KeyUp, fyne.KeyUp, fyne.KeyUp, fyne.KeyUp, fyne.KeyUp, fyne.KeyUp, fyne.KeyUp, fyne.KeyUp)
	if !shows(s, "Courtroom 7: not open") {
		t.Error("carried to eight o'clock, it is not said that the room is shut")
	}
	press(fyne.KeyReturn)
	if after, err := s.desk.Hearing(t.Context(), first.ID); err != nil || !after.Start.Equal(first.Start) {
		t.Errorf("it was moved to where it cannot be: %v, %v", after.Start, err)
	}
	xwidget.CloseSheets(s.window.Canvas())
	if chosen(s, first.Start); calendarOf(s) == nil {
		t.Fatal("the week is gone")
	}
	c = calendarOf(s)
	press(fyne.KeyM, fyne.KeyDown, fyne.KeyReturn)
	if after, err := s.desk.Hearing(t.Context(), first.ID); err != nil || !after.Start.Equal(first.Start.Add(15*time.Minute)) {
		t.Errorf("it stands at %v, %v", after.Start, err)
	}
}

// nextWednesday is eleven o'clock in Paris on a Wednesday to come.
func nextWednesday(now time.Time) time.Time {
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		panic(err)
	}
	y, m, d := now.In(zone).Date()
	return time.Date(y, m, d+(3-int(now.In(zone).Weekday())+7)%7+7, 11, 0, 0, 0, zone)
}

// calendarOf is the calendar that is shown, or nil.
func calendarOf(s *Shell) *xwidget.Calendar {
	var found *xwidget.Calendar
	each(s.window.Content(), fyne.Position{}, func(o fyne.CanvasObject, _ fyne.Position) {
		if c, ok := o.(*xwidget.Calendar); ok {
			found = c
		}
	})
	return found
}

// chosen chooses the block that begins at a time of day, and reports whether there is one.
func chosen(s *Shell, start time.Time) bool {
	c := calendarOf(s)
	for i, b := range c.Blocks {
		if b.From == start.Hour()*60+start.Minute() && b.Movable {
			c.Choose(i)
			c.Chosen = i
			return true
		}
	}
	return false
}

// shows reports whether a text, or one that begins with it, can be read in the window.
func shows(s *Shell, text string) bool {
	found := false
	each(s.window.Content(), fyne.Position{}, func(o fyne.CanvasObject, _ fyne.Position) {
		switch o := o.(type) {
		case *canvas.Text:
			found = found || strings.HasPrefix(o.Text, text)
		case *widget.Label:
			found = found || strings.HasPrefix(o.Text, text)
		}
	})
	return found
}
