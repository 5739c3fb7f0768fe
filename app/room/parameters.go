package room

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/xwidget"
	"paravent/protection"
	"paravent/protection/order"
)

// releases are when the public can receive under a delayed broadcast.
var releases = []protection.Release{protection.Delayed, protection.AfterTestimony, protection.AfterReview}

// Parameters asks for what a measure is told beyond its audiences. A field that is left empty is not told.
type Parameters struct {
	Content fyne.CanvasObject
	was     order.Parameters

	release, weight                          *xwidget.Choice
	delay, topics, exhibit, review, passages *xwidget.Input
	disguise                                 *xwidget.Tick
	conditions, counterbalances, stages      func() []string
}

// NewParameters has a field for each of the parameters, filled in with what is told already.
func NewParameters(takes []order.Parameter, now order.Parameters) *Parameters {
	p := &Parameters{was: now}
	var rows []fyne.CanvasObject
	field := func(name string, o fyne.CanvasObject) {
		rows = append(rows, xwidget.Field(i18n.T("parameter."+name), o))
	}
	for _, t := range takes {
		switch t {
		case order.TakesRelease:
			p.release = xwidget.NewChoice(Words("release.", words(releases)), slices.Index(releases, now.Release), nil)
			p.delay = filled("", "")
			if now.Delay > 0 {
				p.delay.Text = strconv.FormatFloat(time.Duration(now.Delay).Minutes(), 'f', -1, 64)
			}
			rows = append(rows, xwidget.Halves(xwidget.Field(i18n.T("parameter.release"), p.release), xwidget.Field(i18n.T("parameter.delay"), p.delay)))
		case order.TakesTopics:
			p.topics = xwidget.NewLines(i18n.T("parameter.topics.hint"), 3)
			p.topics.Text = strings.Join(now.Topics, "\n")
			field("topics", p.topics)
		case order.TakesConditions:
			var box []fyne.CanvasObject
			var read []func() []string
			for i, set := range order.AnonymityConditions {
				ticks, ticked := Ticks("condition.", texts(set), texts(now.Conditions))
				box, read = append(box, xwidget.Small(i18n.T([]string{"parameter.conditions.first", "parameter.conditions.second"}[i])), ticks), append(read, ticked)
			}
			p.conditions = func() (list []string) {
				for _, r := range read {
					list = append(list, r()...)
				}
				return list
			}
			field("conditions", xwidget.Column(2, box...))
		case order.TakesDisguise:
			p.disguise = xwidget.NewTick(i18n.T("parameter.disguise"), now.Disguise, nil)
			rows = append(rows, p.disguise)
		case order.TakesWeight:
			p.weight = xwidget.NewChoice(append([]string{i18n.T("weight.unsaid")}, Words("weight.", order.Weights)...), slices.Index(order.Weights, now.Weight)+1, nil)
			field("weight", p.weight)
		case order.TakesCounterbalances:
			var box fyne.CanvasObject
			box, p.counterbalances = Ticks("counterbalance.", texts(order.Counterbalances), texts(now.Counterbalances))
			field("counterbalances", box)
		case order.TakesReview:
			p.review = filled(i18n.T("date.hint"), "")
			p.review.Text = reviewText(now)
			field("review_by", p.review)
		case order.TakesExhibit:
			p.exhibit = filled("", now.Exhibit)
			field("exhibit", p.exhibit)
		case order.TakesPassages:
			p.passages = xwidget.NewLines(i18n.T("parameter.passages.hint"), 3)
			p.passages.Text = passagesText(now)
			field("passages", p.passages)
		case order.TakesStages:
			var box fyne.CanvasObject
			box, p.stages = Ticks("questioning.", texts(order.Stages), texts(now.Stages))
			field("stages", box)
		}
	}
	p.Content = xwidget.Column(8, rows...)
	return p
}

// words are the names of releases in the catalogues.
func words(list []protection.Release) []string {
	out := make([]string, len(list))
	for i, r := range list {
		out[i] = r.String()
	}
	return out
}

func texts[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = string(v)
	}
	return out
}

func of[T ~string](list []string) []T {
	var out []T
	for _, v := range list {
		out = append(out, T(v))
	}
	return out
}

func filled(hint, text string) *xwidget.Input {
	e := xwidget.NewInput(hint)
	e.Text = text
	return e
}

// Ticks are boxes for the terms of a list, and what of it is ticked.
func Ticks(prefix string, terms, now []string) (box fyne.CanvasObject, ticked func() []string) {
	boxes := make([]*xwidget.Tick, len(terms))
	rows := make([]fyne.CanvasObject, len(terms))
	for i, t := range terms {
		boxes[i] = xwidget.NewTick(i18n.T(prefix+t), slices.Contains(now, t), nil)
		rows[i] = boxes[i]
	}
	return xwidget.Column(0, rows...), func() (list []string) {
		for i, b := range boxes {
			if b.Checked {
				list = append(list, terms[i])
			}
		}
		return list
	}
}

// Read reads what is told. Of what the fields do not ask for, nothing is.
func (p *Parameters) Read() (order.Parameters, error) {
	var out order.Parameters
	if p.release != nil {
		if i := p.release.SelectedIndex(); i >= 0 {
			out.Release = releases[i]
		}
		if typed := strings.TrimSpace(p.delay.Text); typed != "" {
			minutes, err := strconv.ParseFloat(strings.ReplaceAll(typed, ",", "."), 64)
			if err != nil || !(minutes >= 0 && minutes <= 1e6) {
				return out, ErrNumber
			}
			out.Delay = order.Delay(minutes * float64(time.Minute))
		}
	}
	out.Topics = split(p.topics)
	if p.conditions != nil {
		out.Conditions = of[order.Condition](p.conditions())
	}
	if p.disguise != nil {
		out.Disguise = p.disguise.Checked
	}
	if p.weight != nil && p.weight.SelectedIndex() > 0 {
		out.Weight = order.Weights[p.weight.SelectedIndex()-1]
	}
	if p.counterbalances != nil {
		out.Counterbalances = of[order.Counterbalance](p.counterbalances())
	}
	if p.review != nil {
		if typed := strings.TrimSpace(p.review.Text); typed != "" && typed == reviewText(p.was) {
			out.ReviewBy = p.was.ReviewBy // to the second, though it shows the day
		} else if typed != "" {
			day, err := time.Parse(time.DateOnly, typed)
			if err != nil {
				return out, ErrDate
			}
			out.ReviewBy = day
		}
	}
	if p.exhibit != nil {
		out.Exhibit = strings.TrimSpace(p.exhibit.Text)
	}
	var err error
	if out.Passages, err = p.readPassages(); err != nil {
		return out, err
	}
	if p.stages != nil {
		out.Stages = of[order.Stage](p.stages())
	}
	return out, nil
}

func reviewText(p order.Parameters) string {
	if p.ReviewBy.IsZero() {
		return ""
	}
	return p.ReviewBy.UTC().Format(time.DateOnly)
}

func passagesText(p order.Parameters) string {
	var lines []string
	for _, one := range p.Passages {
		lines = append(lines, one.From.Local().Format(time.DateTime)+" – "+one.To.Local().Format(time.DateTime))
	}
	return strings.Join(lines, "\n")
}

func (p *Parameters) readPassages() (list []order.Passage, err error) {
	if p.passages != nil && p.passages.Text == passagesText(p.was) {
		return slices.Clone(p.was.Passages), nil
	}
	for _, line := range split(p.passages) {
		one, err := passage(line)
		if err != nil {
			return nil, err
		}
		list = append(list, one)
	}
	return list, nil
}

// split are the lines of a text that say something.
func split(e *xwidget.Input) (lines []string) {
	if e == nil {
		return nil
	}
	for line := range strings.Lines(e.Text) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// passage reads "2026-11-25 10:02:30 – 10:05:00", on this desk's clock. The second moment may have a day of its own.
func passage(line string) (order.Passage, error) {
	from, to, ok := strings.Cut(strings.NewReplacer("—", "–", " - ", " – ").Replace(line), "–")
	if !ok {
		return order.Passage{}, ErrPassage
	}
	start, err := time.ParseInLocation(time.DateTime, strings.TrimSpace(from), time.Local)
	if err != nil {
		return order.Passage{}, ErrPassage
	}
	to = strings.TrimSpace(to)
	if !strings.Contains(to, " ") {
		to = start.Format(time.DateOnly) + " " + to
	}
	end, err := time.ParseInLocation(time.DateTime, to, time.Local)
	if err != nil {
		return order.Passage{}, ErrPassage
	}
	return order.Passage{From: start.UTC(), To: end.UTC()}, nil
}
