package xwidget

import (
	"image"
	"slices"
	"strconv"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
	"pgregory.net/rapid"

	"paravent/app/theme"
)

func chart(lines bool) *Chart {
	return &Chart{Axis: "Year", Measure: "Persons", Categories: []string{"2024", "2025", "2026"}, Lines: lines, Joined: 3, Hidden: "suppressed", Number: strconv.Itoa, Series: []Series{
		{Name: "Female", Figures: []Figure{{N: 12}, {Hidden: true}, {N: 30}}}, {Name: "Male", Figures: []Figure{{N: 7}, {N: 0}, {N: 11}}}}}
}

// drawnWords are the texts of a widget as it is drawn.
func drawnWords(w fyne.Widget) []string {
	var out []string
	for _, o := range test.WidgetRenderer(w).Objects() {
		if t, ok := o.(*canvas.Text); ok && t.Text != "" {
			out = append(out, t.Text)
		}
	}
	return out
}

func TestTicksAreRoundAndReachTheHighestFigure(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		most := rapid.IntRange(0, 10_000_000).Draw(t, "most")
		list := ticks(most)
		step := list[1] - list[0]
		if list[0] != 0 || list[len(list)-1] < most || len(list) > 7 || strings.Trim(strconv.Itoa(step), "0") == "" || !slices.Contains([]string{"1", "2", "5"}, strings.TrimRight(strconv.Itoa(step), "0")) {
			t.Fatalf("%d: %v", most, list)
		}
		for i := range list {
			if list[i] != i*step {
				t.Fatalf("%d: %v", most, list)
			}
		}
	})
}

// The keyboard reaches each figure of a chart, and each of them is told.
func TestTheKeyboardReachesEveryFigure(t *testing.T) {
	for _, lines := range []bool{false, true} {
		c := chart(lines)
		told := map[ChartSpot]bool{}
		c.Told = func(at ChartSpot) { told[at] = true }
		o := NewChart(c)
		w := window(t, o)
		w.Canvas().Focus(c)
		for range len(c.Categories) {
			for range c.Series {
				c.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
			}
			for range c.Series {
				c.TypedKey(&fyne.KeyEvent{Name: fyne.KeyUp})
			}
			c.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
		}
		if len(told) != 6 {
			t.Errorf("lines %v: %d of 6 figures were told", lines, len(told))
		}
	}
}

// A key that a chart has no use for is the screen's.
func TestAChartPassesKeysOn(t *testing.T) {
	c := chart(false)
	w := window(t, NewChart(c))
	passed := fyne.KeyName("")
	w.Canvas().SetOnTypedKey(func(k *fyne.KeyEvent) { passed = k.Name })
	w.Canvas().Focus(c)
	c.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if passed != fyne.KeyEscape {
		t.Errorf("%q was passed on", passed)
	}
}

// A hidden figure has no height from which it could be read, and its sign is explained; every other says its number.
func TestAHiddenFigureShowsNoHeight(t *testing.T) {
	for _, lines := range []bool{false, true} {
		c := chart(lines)
		window(t, NewChart(c))
		words := drawnWords(c)
		for _, want := range []string{"Female", "Male", "suppressed", "2025"} {
			if !slices.Contains(words, want) {
				t.Errorf("lines %v: %q is not said: %q", lines, want, words)
			}
		}
		c.Series[0].Figures[1] = Figure{N: 29, Hidden: true}
		before := shape(c)
		c.Series[0].Figures[1] = Figure{N: 3, Hidden: true}
		c.Refresh()
		if !slices.Equal(before, shape(c)) {
			t.Errorf("lines %v: the drawing differs by a hidden number", lines)
		}
	}
}

// shape is where everything of a chart stands.
func shape(c *Chart) []fyne.Position {
	c.Refresh()
	var out []fyne.Position
	for _, o := range test.WidgetRenderer(c).Objects() {
		out = append(out, o.Position(), fyne.NewPos(o.Size().Width, o.Size().Height))
	}
	return out
}

// Without any colour, the lines of figures are still told apart.
func TestLooksDifferByPatternAndMark(t *testing.T) {
	test.NewTempApp(t)
	patterns, marks, dashes := map[string]int{}, map[string]int{}, map[string]int{}
	for i, l := range looks {
		var of strings.Builder
		for y := range 24 {
			for x := range 24 {
				of.WriteString(strconv.FormatBool(l.filled(x, y))[:1])
			}
		}
		dash := ""
		for _, d := range l.dash {
			dash += strconv.Itoa(int(d)) + " "
		}
		for name, seen := range map[string]map[string]int{of.String(): patterns, l.mark: marks, dash: dashes} {
			if j, ok := seen[name]; ok {
				t.Errorf("looks %d and %d are the same without colour", i, j)
			}
			seen[name] = i
		}
	}
}

// A pattern is drawn in the two colours of its look, in both themes.
func TestASurfaceIsDrawnInItsLook(t *testing.T) {
	app := test.NewTempApp(t)
	for _, dark := range []bool{false, true} {
		app.Settings().SetTheme(&theme.Theme{Dark: dark})
		for i, l := range looks {
			img := l.surface(fyne.NewSize(30, barHeight)).(*canvas.Raster).Generator(60, 2*barHeight)
			inked := 0
			b := img.Bounds()
			for y := b.Min.Y; y < b.Max.Y; y++ {
				for x := b.Min.X; x < b.Max.X; x++ {
					switch img.(*image.NRGBA).NRGBAAt(x, y) {
					case theme.Colour(l.ink):
						inked++
					case theme.Colour(l.soft):
					default:
						t.Fatalf("look %d: a third colour", i)
					}
				}
			}
			if inked == 0 {
				t.Errorf("look %d has no edge", i)
			}
		}
	}
}

func TestAChartTakesPlacesOfNoFigures(t *testing.T) {
	for _, c := range []*Chart{{}, {Categories: []string{"a"}}, {Categories: []string{"a"}, Series: []Series{{Figures: []Figure{{}}}}, Number: strconv.Itoa}} {
		c.Number = strconv.Itoa
		w := window(t, NewChart(c))
		w.Canvas().Focus(c)
		c.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
		test.Tap(c)
	}
}

func cells(rows, columns int) FigureCells {
	c := FigureCells{Leads: []string{"Form of exploitation"}, Total: func(row, column int) bool { return row == rows-1 || column == columns-1 },
		Figure: func(row, column int) (string, bool) {
			if row == column {
				return "×", true
			}
			return strconv.Itoa(100*row + column), false
		}}
	for i := range columns {
		c.Heads = append(c.Heads, "Category number "+strconv.Itoa(i))
	}
	for i := range rows {
		c.Words = append(c.Words, []string{"Row " + strconv.Itoa(i)})
	}
	return c
}

// The arrow keys reach every cell of a table and no further, and each is told with its place among the figures.
func TestTheArrowKeysReachEveryCell(t *testing.T) {
	const rows, columns = 4, 3
	told := map[[2]int]bool{}
	table := NewFigureTable(cells(rows, columns), func(row, column int) { told[[2]int{row, column}] = true })
	w := window(t, table)
	w.Canvas().Focus(table)
	for range rows + 1 {
		for range columns + 1 {
			table.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
		}
		table.TypedKey(&fyne.KeyEvent{Name: fyne.KeyHome})
		table.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	}
	if len(told) != rows*columns {
		t.Errorf("%d of %d cells were told: %v", len(told), rows*columns, told)
	}
}

// The cell that the keyboard is at is framed, and only while it is.
func TestTheCellOfTheKeyboardIsFramed(t *testing.T) {
	table := NewFigureTable(cells(4, 3), nil)
	w := window(t, table)
	framed := func() (n int) {
		for row := range 4 {
			for column := range 4 {
				if table.says(widget.TableCellID{Row: row, Col: column}).framed {
					n++
				}
			}
		}
		return n
	}
	if framed() != 0 {
		t.Error("a cell is framed before the keyboard came")
	}
	w.Canvas().Focus(table)
	if framed() != 1 {
		t.Errorf("%d cells are framed", framed())
	}
	w.Canvas().Unfocus()
	if framed() != 0 {
		t.Error("a cell is framed after the keyboard left")
	}
}

func TestALongHeadStandsInTwoLines(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		s    string
		want []string
	}{{"Male", []string{"Male"}}, {"Sexual exploitation", []string{"Sexual", "exploitation"}}, {"South-eastern Asia", []string{"South-", "eastern Asia"}}, {"Unzerbrechlich", []string{"Unzerbrechlich"}}} {
		if got := halves(x.s); !slices.Equal(got, x.want) {
			t.Errorf("%q stands as %q", x.s, got)
		}
	}
}
