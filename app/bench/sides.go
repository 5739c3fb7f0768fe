package bench

import (
	"slices"

	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/xwidget"
	"paravent/testimony/live"
)

// side is one page of the bench's right column. A letter turns to it, and it is drawn anew only when what it shows has changed.
type side struct {
	key        fyne.KeyName
	name, word string // word is the key of what stands in the strip

	// waits counts what waits there for the bench; it stands beside the word, so that nothing waits unseen. Nil: never anything.
	waits func(b *Bench, st live.State) int
	// show gives what the side depends on, compared as by [reflect.DeepEqual], and how it is drawn.
	show func(b *Bench, st live.State) (any, func() fyne.CanvasObject)
	// after, which may be nil, changes what moves all the time, such as who speaks, without drawing the side anew.
	after func(b *Bench, st live.State)
}

// sides in the order in which they stand. The first is shown as the courtroom opens.
var sides []side

func init() { // here, because the sides turn to each other
	sides = []side{
		{key: fyne.KeyW, name: "people", word: "bench.side.people", show: (*Bench).people, after: (*Bench).speaks},
		{key: fyne.KeyE, name: "conduct", word: "bench.side.conduct", waits: (*Bench).conductWaits, show: (*Bench).conduct, after: (*Bench).ticked},
		{key: fyne.KeyT, name: "texts", word: "bench.side.texts", waits: (*Bench).textsWait, show: (*Bench).texts},
		{key: fyne.KeyV, name: "playing", word: "bench.side.playing", show: (*Bench).playing},
		{key: fyne.KeyX, name: "exhibits", word: "exhibit.list", show: (*Bench).exhibits},
		{key: fyne.KeyC, name: "conceal", word: "bench.side.conceal", show: (*Bench).concealment},
	}
}

// shownSide is what the strip and the side below it depend on.
type shownSide struct {
	At    int
	Waits []int
	Of    any
}

// showSide shows the side that is turned to, and the strip above it where there is more than one.
func (b *Bench) showSide(st live.State) {
	at := max(slices.IndexFunc(sides, func(s side) bool { return s.name == b.side }), 0)
	strip := shownSide{At: at}
	for _, s := range sides {
		waits := 0
		if s.waits != nil {
			waits = s.waits(b, st)
		}
		strip.Waits = append(strip.Waits, waits)
	}
	b.parts.strip.show(strip, func() fyne.CanvasObject { return b.strip(strip) })
	of, build := sides[at].show(b, st)
	b.parts.side.show(shownSide{At: at, Of: of}, build)
	if sides[at].after != nil {
		sides[at].after(b, st)
	}
}

func (b *Bench) strip(now shownSide) fyne.CanvasObject {
	if len(sides) < 2 {
		return xwidget.Gap(0, 0)
	}
	var words, keys []string
	for i, s := range sides {
		word := i18n.T(s.word)
		if n := now.Waits[i]; n > 0 {
			word = i18n.T("bench.side.waits", map[string]any{"Side": word, "N": n})
		}
		words, keys = append(words, word), append(keys, string(s.key))
	}
	return xwidget.WrappedSides(words, keys, now.At, func(i int) { b.turn(sides[i].name) })
}

// turn shows another side of the right column.
func (b *Bench) turn(name string) {
	b.side = name
	switch name {
	case "playing":
		b.lookForRecordings()
	case "exhibits":
		b.lookForExhibits()
	}
	b.update()
}

// sideKeys are the letters that turn the sides.
func (b *Bench) sideKeys(keys map[fyne.KeyName]func()) {
	if len(sides) < 2 {
		return
	}
	for _, s := range sides {
		keys[s.key] = func() { b.turn(s.name) }
	}
}
