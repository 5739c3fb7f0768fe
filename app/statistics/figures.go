package statistics

import (
	"slices"
	"strconv"
	"unicode"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"paravent/app/i18n"
	"paravent/app/xwidget"
	"paravent/protection/statistics"
	"paravent/testimony/figures"
)

// figures are a table and a chart of the same numbers beside each other, over what both leave unsaid. The cell that the keyboard is at is read in words.
func (r *Room) figures(p statistics.Published, about string) fyne.CanvasObject {
	reading, say := xwidget.Spoken(i18n.T("statistics.reading.hint"), readingHeight)
	tell := func(key []statistics.Value) { say(read(p, key)) }
	table := xwidget.Panel(crossTable(p, tell))
	foot := xwidget.Column(4, xwidget.Gap(0, 4), reading, xwidget.WrappedSmall(about), xwidget.WrappedSmall(figures.Note(p, i18n.Language())))
	return container.NewBorder(nil, foot, nil, nil, xwidget.Shares([]float32{11, 9}, table, xwidget.Panel(r.charts(p, tell))))
}

// readingHeight is of two lines of text.
const readingHeight = 42

// read says a cell in words: its categories, and its number or why it has none.
func read(p statistics.Published, key []statistics.Value) string {
	language := i18n.Language()
	var of []string
	for d, v := range key {
		if v != "" {
			of = append(of, i18n.T("statistics.pair", map[string]any{"Name": figures.DimensionWord(language, p.Dimensions[d]), "Value": figures.ValueWord(language, v)}))
		}
	}
	what := joined(of)
	if len(of) == 0 {
		what = figures.ValueWord(language, "")
	}
	c := p.At(key...)
	if c.Hidden {
		return i18n.T("statistics.cell.hidden", map[string]any{"What": what, "Most": p.Threshold - 1})
	}
	return i18n.T("statistics.cell", map[string]any{"What": what, "N": i18n.Number(c.Count)})
}

// text is what a cell shows: its number, or the sign of what is suppressed.
func text(c statistics.Cell) string {
	if c.Hidden {
		return figures.Hidden
	}
	return i18n.Number(c.Count)
}

// crossTable is the table with the last dimension across, without the categories that nobody is in.
func crossTable(p statistics.Published, tell func([]statistics.Value)) fyne.CanvasObject {
	language := i18n.Language()
	columns, rows := figures.Columns(p), figures.Rows(p)
	last := p.Dimensions[len(p.Dimensions)-1]
	cells := xwidget.FigureCells{}
	key := func(row, column int) []statistics.Value { return append(slices.Clone(rows[row]), columns[column]) }
	if len(p.Dimensions) == 1 { // a single list stands down the page
		cells.Leads, cells.Heads = dimensionWords(p.Dimensions), []string{i18n.T("statistics.number")}
		for _, v := range columns {
			cells.Words = append(cells.Words, []string{figures.ValueWord(language, v)})
		}
		key = func(row, _ int) []statistics.Value { return []statistics.Value{columns[row]} }
		cells.Total = func(row, _ int) bool { return row >= 0 && columns[row] == "" }
	} else {
		cells.Leads = dimensionWords(p.Dimensions[:len(p.Dimensions)-1])
		for _, v := range columns {
			cells.Heads = append(cells.Heads, figures.ValueWord(language, v))
		}
		for _, r := range rows {
			var words []string
			for _, v := range r {
				words = append(words, figures.ValueWord(language, v))
			}
			cells.Words = append(cells.Words, words)
		}
		cells.Total = func(row, column int) bool {
			return row >= 0 && slices.Contains(rows[row], "") || column >= 0 && columns[column] == ""
		}
	}
	cells.Figure = func(row, column int) (string, bool) {
		c := p.At(key(row, column)...)
		return text(c), c.Hidden
	}
	table := xwidget.NewFigureTable(cells, func(row, column int) { tell(key(row, column)) })
	if len(p.Dimensions) == 1 {
		return table
	}
	across := i18n.T("statistics.across", map[string]any{"What": figures.DimensionWord(language, last)})
	return container.NewBorder(xwidget.Column(4, xwidget.Small(across)), nil, nil, nil, table)
}

// chartChoice is what of a table the chart shows; the zero choice is the first that the table has.
type chartChoice struct {
	view  int
	lines int // 0 not chosen, 1 lines, 2 bars
}

// chartView is a dimension along the chart's axis, and one whose categories are the lines of figures, or none.
type chartView struct{ axis, series int }

// views are the charts that a table has: two of its dimensions where the second has few enough categories to be told apart, and each of them alone.
func views(p statistics.Published) []chartView {
	var pairs, single []chartView
	for a := range p.Dimensions {
		single = append(single, chartView{a, -1})
		for s := range p.Dimensions {
			if s != a && len(among(p, s)) <= xwidget.MostSeries {
				pairs = append(pairs, chartView{a, s})
			}
		}
	}
	slices.SortStableFunc(pairs, func(a, b chartView) int { return boolean(ordered(p, b.axis)) - boolean(ordered(p, a.axis)) })
	return append(pairs, single...)
}

func boolean(b bool) int {
	if b {
		return 1
	}
	return 0
}

// ordered reports whether the categories of a dimension follow each other, so that a line between them says something.
func ordered(p statistics.Published, d int) bool {
	return p.Dimensions[d] == statistics.Year || p.Dimensions[d] == statistics.AgeBand
}

// among are the categories of a dimension that anybody is in. Years without anybody between others are among them: a line must not skip them.
func among(p statistics.Published, d int) []statistics.Value {
	var list []statistics.Value
	for _, v := range p.Values(d) {
		if c := p.At(keyOf(p, map[int]statistics.Value{d: v})...); c.Hidden || c.Count > 0 {
			list = append(list, v)
		}
	}
	if p.Dimensions[d] != statistics.Year {
		return list
	}
	return everyYear(list)
}

// mostYears bounds the years that are put in between others.
const mostYears = 60

func everyYear(list []statistics.Value) []statistics.Value {
	known := slices.DeleteFunc(slices.Clone(list), func(v statistics.Value) bool { return v == statistics.Unknown })
	slices.Sort(known)
	if len(known) < 2 {
		return list
	}
	first, err1 := strconv.Atoi(string(known[0]))
	last, err2 := strconv.Atoi(string(known[len(known)-1]))
	if err1 != nil || err2 != nil || last-first > mostYears {
		return list
	}
	var all []statistics.Value
	for y := first; y <= last; y++ {
		all = append(all, statistics.Value(strconv.Itoa(y)))
	}
	if len(known) < len(list) {
		all = append(all, statistics.Unknown)
	}
	return all
}

// keyOf is a cell's key with some of its categories; the others are totals.
func keyOf(p statistics.Published, of map[int]statistics.Value) []statistics.Value {
	key := make([]statistics.Value, len(p.Dimensions))
	for d, v := range of {
		key[d] = v
	}
	return key
}

// charts is the chart of the table, under the choices of what it shows and how. Each choice stays where it is when what is below it changes: it has the keyboard.
func (r *Room) charts(p statistics.Published, tell func([]statistics.Value)) fyne.CanvasObject {
	all := views(p)
	r.chart.view = min(r.chart.view, len(all)-1)
	words := make([]string, len(all))
	for i, x := range all {
		words[i] = viewWord(p, x)
	}
	kinds, drawn := container.NewStack(), container.NewStack()
	draw := func() {
		v := all[r.chart.view]
		xwidget.Replace(drawn, xwidget.NewChart(chartOf(p, v, r.asLines(p, v), tell)))
	}
	turn := func() {
		v := all[r.chart.view]
		if !ordered(p, v.axis) {
			xwidget.Replace(kinds, xwidget.Gap(0, 0))
			return
		}
		kind := xwidget.NewChoice([]string{i18n.T("statistics.lines"), i18n.T("statistics.bars")}, boolean(!r.asLines(p, v)), nil)
		kind.OnChanged = func(string) {
			r.chart.lines = kind.SelectedIndex() + 1
			draw()
		}
		xwidget.Replace(kinds, kind)
	}
	shown := xwidget.NewChoice(words, r.chart.view, nil)
	shown.OnChanged = func(string) {
		r.chart = chartChoice{view: max(shown.SelectedIndex(), 0)}
		turn()
		draw()
	}
	turn()
	draw()
	return container.NewBorder(xwidget.Column(0, xwidget.Shares([]float32{3, 2}, shown, kinds), xwidget.Gap(0, 10)), nil, nil, nil, drawn)
}

// asLines reports whether a chart is drawn as lines: years are, unless bars were chosen.
func (r *Room) asLines(p statistics.Published, v chartView) bool {
	return ordered(p, v.axis) && (r.chart.lines == 1 || r.chart.lines == 0 && p.Dimensions[v.axis] == statistics.Year)
}

func viewWord(p statistics.Published, v chartView) string {
	axis := figures.DimensionWord(i18n.Language(), p.Dimensions[v.axis])
	if v.series < 0 {
		return axis
	}
	return i18n.T("statistics.chart.by", map[string]any{"Axis": axis, "Series": lower(figures.DimensionWord(i18n.Language(), p.Dimensions[v.series]))})
}

// lower is a name inside a sentence.
func lower(name string) string {
	first, size := utf8.DecodeRuneInString(name)
	return string(unicode.ToLower(first)) + name[size:]
}

// chartOf is a chart of published figures.
func chartOf(p statistics.Published, v chartView, lines bool, tell func([]statistics.Value)) *xwidget.Chart {
	language := i18n.Language()
	along := among(p, v.axis)
	series := []statistics.Value{""}
	if v.series >= 0 {
		series = among(p, v.series)
	}
	c := &xwidget.Chart{Axis: figures.DimensionWord(language, p.Dimensions[v.axis]), Measure: i18n.T("statistics.number"), Lines: lines, Number: i18n.Number,
		Hidden: i18n.T("statistics.chart.hidden")}
	key := func(at xwidget.ChartSpot) []statistics.Value {
		of := map[int]statistics.Value{v.axis: along[at.Category]}
		if v.series >= 0 {
			of[v.series] = series[at.Series]
		}
		return keyOf(p, of)
	}
	for _, a := range along {
		c.Categories = append(c.Categories, figures.ValueWord(language, a))
		if a != statistics.Unknown { // stands at the end, and follows nothing
			c.Joined++
		}
	}
	for j, s := range series {
		line := xwidget.Series{Name: figures.ValueWord(language, s)}
		for i := range along {
			cell := p.At(key(xwidget.ChartSpot{Category: i, Series: j})...)
			line.Figures = append(line.Figures, xwidget.Figure{N: cell.Count, Hidden: cell.Hidden})
		}
		c.Series = append(c.Series, line)
	}
	c.Told = func(at xwidget.ChartSpot) { tell(key(at)) }
	return c
}
