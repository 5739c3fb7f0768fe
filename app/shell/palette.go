package shell

import (
	"cmp"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"paravent/app/cases"
	"paravent/app/hearing"
	"paravent/app/i18n"
	"paravent/app/lookup"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/testimony"
)

// command is one thing that can be found and done from the palette.
type command struct {
	word, detail string
	act          func()
}

// commands are everything that can be reached: rooms, cases, witnesses, hearings, and what the window can do.
func (s *Shell) commands() []command {
	var out []command
	for _, r := range s.rooms() {
		out = append(out, command{i18n.T("room." + string(r)), i18n.T("palette.room"), func() { s.Go(r, "") }})
		if r == room.People {
			for _, part := range []string{"people.asking", "kit.title"} {
				out = append(out, command{i18n.T(part), i18n.T("people.title"), func() { s.Go(r, "") }})
			}
		}
	}
	if s.screen.New != nil {
		out = append(out, command{i18n.T("palette.new"), "Ctrl N", s.screen.New})
	}
	names, err := room.ReadRegister(s.desk)
	if err == nil {
		var cases, parties []command
		for id, reference := range names.Cases {
			cases = append(cases, command{reference, i18n.T("palette.case"), func() { s.Go(room.Cases, string(id)) }})
		}
		for id, p := range names.Parties {
			for _, a := range p.Appearances {
				parties = append(parties, command{string(a.Pseudonym), i18n.T("palette.witness") + " · " + names.Cases[a.Case], func() { s.Go(room.Witnesses, string(id)+"/"+string(a.Case)) }})
			}
		}
		out = append(append(out, inOrder(cases)...), inOrder(parties)...)
		for _, x := range names.Hearings {
			court, _, _ := x.Clocks(x.Start) // planned hearings have known time zones
			out = append(out, command{names.Pseudonym(x.Party, x.Case) + " · " + room.Day(court), i18n.T("palette.hearing") + " · " + names.Cases[x.Case], func() { s.Go(room.Hearings, string(x.ID)) }})
		}
		out = append(out, s.ofHearings(names)...)
	}
	look := func(change func(*room.Look)) func() {
		return func() {
			l := s.look
			change(&l)
			_ = s.Apply(l) // both languages have a catalogue
		}
	}
	return append(out,
		command{i18n.T("palette.language"), "English / Français", look(func(l *room.Look) {
			if l.Language == "fr" {
				l.Language = "en"
			} else {
				l.Language = "fr"
			}
		})},
		command{i18n.T("palette.dark"), "", look(func(l *room.Look) { l.Dark = !l.Dark })},
		command{i18n.T("palette.contrast"), "", look(func(l *room.Look) { l.HighContrast = !l.HighContrast })},
		command{i18n.T("action.lock"), "Ctrl L", s.Lock},
		command{i18n.T("palette.quit"), "", s.askToEnd})
}

// ofHearings are the rooms, people and things that hearings take, and what can be done about hearings, whatever room is shown.
func (s *Shell) ofHearings(names room.Register) []command {
	if !slices.Contains(s.rooms(), room.Hearings) {
		return nil
	}
	var out []command
	for i, part := range []string{"hearing.list", "hearing.week", "hearing.resources"} {
		out = append(out, command{i18n.T(part), i18n.T("room.hearings"), func() {
			s.hearing.Turn(i)
			s.Go(room.Hearings, "")
		}})
	}
	if s.desk.May(testimony.ActKeepDocket) {
		out = append(out, command{i18n.T("cases.new"), i18n.T("room.cases"), func() { cases.Add(s) }})
		if len(names.Parties) > 0 {
			out = append(out, command{i18n.T("hearing.new"), i18n.T("room.hearings"), func() { hearing.Add(s, names) }})
		}
		out = append(out, command{i18n.T("week.export.title"), i18n.T("room.hearings"), func() { hearing.ExportCalendar(s) }})
	}
	list, err := s.desk.Resources(room.Ctx())
	if err != nil {
		return out
	}
	for _, r := range list {
		out = append(out, command{r.Name, hearing.KindWord(r.Kind), func() {
			s.hearing.Turn(2)
			s.Go(room.Hearings, "")
			hearing.AskResource(s, r)
		}})
	}
	return out
}

// inOrder sorts commands by their words, so that the list is the same whenever it is opened.
func inOrder(list []command) []command {
	slices.SortFunc(list, func(a, b command) int { return cmp.Or(cmp.Compare(a.word, b.word), cmp.Compare(a.detail, b.detail)) })
	return list
}

// indexed makes commands searchable by their words.
func indexed(all []command) *lookup.Index {
	lines := make([]string, len(all))
	for i, c := range all {
		lines[i] = c.word + " " + c.detail
	}
	return lookup.New(lines)
}

// matching keeps the commands that hold every word typed, those that begin with the first before the others.
func matching(all []command, index *lookup.Index, typed string) []command {
	numbers := index.Find(typed)
	found := make([]command, len(numbers))
	for i, n := range numbers {
		found[i] = all[n]
	}
	return found
}

// palette finds everything: type, choose with the arrows, Enter.
func (s *Shell) palette() {
	if s.desk == nil || xwidget.HasSheet(s.window.Canvas()) {
		return
	}
	all := s.commands()
	index := indexed(all)
	found, at := all, 0
	list := xwidget.Column(2)
	var sheet *xwidget.Sheet
	run := func(i int) {
		if i < len(found) {
			sheet.Close()
			found[i].act()
		}
	}
	draw := func() {
		list.Objects = nil
		from := max(0, min(at-paletteShown+1, len(found)-paletteShown))
		for i := from; i < min(from+paletteShown, len(found)); i++ {
			b := xwidget.NewButton(found[i].word, found[i].detail, func() { run(i) })
			b.Wide, b.Selected, b.KeyIsNote = true, i == at, !strings.HasPrefix(found[i].detail, "Ctrl")
			list.Add(b)
		}
		if len(found) == 0 {
			list.Add(xwidget.WrappedSmall(i18n.T("palette.nothing")))
		}
		list.Refresh()
	}
	typed := xwidget.NewInput(i18n.T("palette.hint"))
	typed.OnChanged = func(text string) {
		found, at = matching(all, index, text), 0
		draw()
	}
	typed.OnArrow = func(step int) {
		at = max(0, min(at+step, len(found)-1))
		draw()
	}
	typed.OnSubmitted = func(string) { run(at) }
	draw()
	sheet = xwidget.ShowSheet(s.window.Canvas(), i18n.T("palette.title"), paletteWidth, xwidget.Column(8, typed, xwidget.MinHeight(paletteShown*40, list)))
	s.window.Canvas().Focus(fyne.Focusable(typed))
}
