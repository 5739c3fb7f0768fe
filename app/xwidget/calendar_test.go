package xwidget

import (
	"strconv"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"paravent/app/theme"
)

func week(blocks ...Block) *Calendar {
	c := NewCalendar(8, 18)
	c.Days = []string{"Mon", "Tue", "Wed", "Thu", "Fri"}
	c.Blocks = blocks
	c.Resize(fyne.NewSize(calendarClock+500, calendarHead+600)) // 100 a day, one a minute
	return c
}

func keys(c *Calendar, names ...fyne.KeyName) {
	for _, k := range names {
		c.TypedKey(&fyne.KeyEvent{Name: k})
	}
}

// TestBlocksAreMovedWithTheKeyboard takes a block up, carries it, and lets it go or puts it back.
func TestBlocksAreMovedWithTheKeyboard(t *testing.T) {
	test.NewApp()
	var moved, moving []string
	where := func(i, day, from int) string {
		return strconv.Itoa(i) + ":" + strconv.Itoa(day) + ":" + strconv.Itoa(from)
	}
	c := week(Block{Day: 1, From: 600, To: 660, Movable: true}, Block{Day: 0, From: 540, To: 600})
	c.Moved = func(i, day, from int) { moved = append(moved, where(i, day, from)) }
	c.Moving = func(i, day, from int) { moving = append(moving, where(i, day, from)) }
	keys(c, fyne.KeyRight)
	if c.Chosen != 1 {
		t.Fatalf("the first in time is chosen, not %d", c.Chosen)
	}
	keys(c, fyne.KeyM)
	if c.Taken() {
		t.Error("what cannot be moved is taken up")
	}
	keys(c, fyne.KeyRight, fyne.KeyM, fyne.KeyLeft, fyne.KeyDown, fyne.KeyDown, fyne.KeyEscape)
	if b := c.Blocks[0]; b.Day != 1 || b.From != 600 || len(moved) > 0 || c.Taken() {
		t.Errorf("put back to %d %d, moved %v", b.Day, b.From, moved)
	}
	keys(c, fyne.KeyM, fyne.KeyReturn)
	if len(moved) > 0 {
		t.Errorf("moved to where it was: %v", moved)
	}
	keys(c, fyne.KeyM, fyne.KeyRight, fyne.KeyUp, fyne.KeyReturn)
	if len(moved) != 1 || moved[0] != "0:2:585" || len(moving) < 2 {
		t.Errorf("moved %v, moving %v", moved, moving)
	}
	// It stays on the calendar.
	keys(c, fyne.KeyM)
	for range 60 {
		keys(c, fyne.KeyUp, fyne.KeyRight)
	}
	if b := c.Blocks[0]; b.Day != 4 || b.From != 480 || b.To != 540 {
		t.Errorf("carried off to %d %d–%d", b.Day, b.From, b.To)
	}
	c.FocusLost()
	if b := c.Blocks[0]; b.Day != 2 || b.From != 585 || c.Taken() {
		t.Errorf("left in the air at %d %d", b.Day, b.From)
	}
}

// TestBlocksAreMovedWithTheMouse drags one over a day and an hour, by its middle.
func TestBlocksAreMovedWithTheMouse(t *testing.T) {
	test.NewApp()
	c := week(Block{Day: 1, From: 600, To: 660, Movable: true}, Block{Day: 3, From: 600, To: 660})
	var moved [3]int
	c.Moved = func(i, day, from int) { moved = [3]int{i, day, from} }
	drag := func(day, minute float32, dx, dy float32) {
		at := fyne.NewPos(calendarClock+day*100+50+dx, calendarHead+minute-480+dy)
		c.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: at}, Dragged: fyne.NewDelta(dx, dy)})
		c.DragEnd()
	}
	drag(1, 630, 100, 62)
	if moved != [3]int{0, 2, 660} {
		t.Errorf("dragged to %v", moved)
	}
	moved = [3]int{}
	drag(3, 630, 100, 60)
	drag(0, 630, 100, 60)
	if moved != [3]int{} {
		t.Errorf("dragged what cannot be: %v", moved)
	}
}

// TestOverlappingBlocksStandSideBySide and are all to be hit.
func TestOverlappingBlocksStandSideBySide(t *testing.T) {
	test.NewApp()
	c := week(Block{Day: 0, From: 540, To: 700}, Block{Day: 0, From: 550, To: 600}, Block{Day: 0, From: 620, To: 680}, Block{Day: 0, From: 720, To: 780, Before: 15}, Block{Day: 1, From: 540, To: 700})
	want := []lane{{0, 2}, {1, 2}, {1, 2}, {0, 1}, {0, 1}}
	for i, l := range c.lanes() {
		if l != want[i] {
			t.Errorf("block %d stands in %v, want %v", i, l, want[i])
		}
		pos, size := c.frame(i, l)
		if got := c.at(fyne.NewPos(pos.X+size.Width/2, pos.Y+size.Height/2)); got != i {
			t.Errorf("where block %d stands, %d is hit", i, got)
		}
	}
	if got := c.at(fyne.NewPos(10, 10)); got != -1 {
		t.Errorf("%d is hit among the clocks", got)
	}
}

// BenchmarkCalendarRedraw lays out a week of 100 hearings.
func BenchmarkCalendarRedraw(b *testing.B) {
	test.NewApp()
	var blocks []Block
	for i := range 100 {
		blocks = append(blocks, Block{Day: i % 5, From: 480 + i/5*25, To: 540 + i/5*25, Before: 15, After: 15, Icon: IconPublic, Title: "Witness A", Lines: []string{"TC 12/2026", "Courtroom 3"}})
	}
	c := week(blocks...)
	r := test.WidgetRenderer(c).(*calendarRenderer)
	for b.Loop() {
		r.draw()
	}
	if len(r.objects) < 300 {
		b.Fatalf("only %d objects are drawn", len(r.objects))
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/1000, "ms/redraw")
}

// TestANarrowBlockStillTellsOneWitnessFromAnother since seven days on a small screen leave room for a few letters.
func TestANarrowBlockStillTellsOneWitnessFromAnother(t *testing.T) {
	test.NewApp()
	for _, c := range []struct {
		full  string
		width float32
		want  string
	}{
		{"Witness B", 200, "Witness B"},
		{"Witness B", 40, "… B"},
		{"Witness B", 14, "B"},
		{"P-0520", 40, "…"},
	} {
		text := Text("", theme.Ink, theme.SizeSecondary, true)
		fitName(text, c.full, c.width)
		if !strings.HasSuffix(text.Text, c.want) || text.MinSize().Width > c.width {
			t.Errorf("%s in %v is %q, %v wide", c.full, c.width, text.Text, text.MinSize().Width)
		}
	}
}
