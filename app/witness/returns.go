package witness

import (
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/protection"
	"paravent/protection/care"
	"paravent/testimony/docket"
)

// returnTab is a person's return: by whom it was asked for, what it still needs, and how the person is after it.
func (r *Room) returnTab(h room.Host, _ room.Register, p protection.Party, s *room.Screen) (fyne.CanvasObject, []fyne.CanvasObject, error) {
	return sealedSide(h, p.ID, i18n.T("return.title"), func() (fyne.CanvasObject, []fyne.CanvasObject, error) {
		v, err := h.Desk().Return(room.Ctx(), p.ID)
		if err != nil {
			return nil, nil, err
		}
		right := xwidget.Column(16, r.returnStage(h, p.ID, v), followUpsCard(h, p.ID, v))
		content := xwidget.Split(xwidget.Scroll(returnCard(v)), xwidget.Scroll(right), 400)
		if stage := v.Value.Stage; stage != "" && stage != care.Preparing && stage != care.Stopped {
			return content, nil, nil
		}
		s.New = func() { planReturn(h, p.ID, v) }
		return content, []fyne.CanvasObject{xwidget.NewPrimary(i18n.T("return.plan"), "Ctrl N", s.New)}, nil
	})
}

var stageTones = map[care.Stage]xwidget.Tone{care.Preparing: xwidget.Clear, care.Departed: xwidget.Private, care.Arrived: xwidget.Public, care.Stopped: xwidget.Closed}

// returnCard shows what a return is.
func returnCard(v docket.Return) fyne.CanvasObject {
	if v.N == 0 {
		return xwidget.Card(i18n.T("return.title"), xwidget.Empty(i18n.T("return.none")))
	}
	r := v.Value
	rows := []fyne.CanvasObject{}
	if r.Flagged() {
		rows = append(rows, xwidget.Note(i18n.T("trigger.retrafficking")+"\n"+r.Flag, xwidget.Fault))
	}
	word := func(prefix, term string) string {
		if term == "" {
			return i18n.T("return.open")
		}
		return i18n.T(prefix + term)
	}
	receiving := r.Receiving
	if receiving == "" {
		receiving = i18n.T("return.open")
	}
	for _, x := range []struct{ field, text string }{{"asker", i18n.T("asker."+string(r.By)) + " · " + room.Day(r.Asked.Local())}, {"to", r.To}, {"stateless", word("yesno.", string(r.Stateless))},
		{"citizenship", word("citizenship.", string(r.Citizenship))}, {"persecution", word("yesno.", string(r.Persecution))}, {"funding", word("funding.", string(r.Funding))}, {"receiving", receiving}} {
		rows = append(rows, xwidget.Entry(i18n.T("entry.field."+x.field), x.text))
	}
	if !r.Admitted.IsZero() {
		rows = append(rows, xwidget.Entry(i18n.T("entry.field.admitted"), room.Day(r.Admitted.Local())))
	}
	return xwidget.Card(i18n.T("return.title"), rows...)
}

// returnStage says where the return stands and what it still needs, and offers the next step. Whether it is voluntary is the person's own word.
func (r *Room) returnStage(h room.Host, p protection.PartyID, v docket.Return) fyne.CanvasObject {
	x := v.Value
	if v.N == 0 {
		return xwidget.Card(i18n.T("return.stage"), xwidget.WrappedSmall(i18n.T("return.text")))
	}
	rows := []fyne.CanvasObject{xwidget.Wrap(6, xwidget.Chip(i18n.T("factword."+string(x.Stage)), stageTones[x.Stage]))}
	if x.Voluntary.IsZero() {
		rows = append(rows, xwidget.Paragraph(i18n.T("return.not_voluntary")))
	} else {
		rows = append(rows, xwidget.Paragraph(i18n.T("return.voluntary", map[string]any{"Day": room.Day(x.Voluntary.Local())})))
	}
	var acts []fyne.CanvasObject
	desk := h.Desk()
	switch x.Stage {
	case care.Preparing:
		if len(v.Lacks) > 0 {
			var words []string
			for _, f := range v.Lacks {
				words = append(words, i18n.T("entry.field."+f))
			}
			rows = append(rows, xwidget.Note(i18n.T("return.lacks", map[string]any{"List": strings.Join(words, "; ")}), xwidget.Private))
		}
		if x.Voluntary.IsZero() {
			acts = append(acts, doing(h, i18n.T("return.declare"), func() error { return desk.DeclareReturn(room.Ctx(), p) }),
				xwidget.NewButton(i18n.T("return.consent"), "2", func() { r.turn(h, "status") }))
		}
		if len(v.Lacks) == 0 {
			acts = append(acts, xwidget.NewButton(i18n.T("return.depart"), "", func() {
				room.Confirm(h, i18n.T("return.depart"), i18n.T("return.depart.text"), i18n.T("return.depart"), func() {
					err := desk.DepartReturn(room.Ctx(), p)
					h.Refresh()
					room.Failed(h, err)
				})
			}))
		}
	case care.Departed:
		acts = append(acts, doing(h, i18n.T("return.arrive"), func() error { return desk.ArriveReturn(room.Ctx(), p) }))
	case care.Stopped:
		why := x.Why
		if why == "" {
			why = i18n.T("return.withdrawn")
		}
		rows = append(rows, xwidget.Note(why, xwidget.Closed))
	}
	if x.Stage == care.Preparing || x.Stage == care.Departed {
		acts = append(acts, xwidget.NewButton(i18n.T("return.stop"), "", func() { stopReturn(h, p) }))
	}
	return xwidget.Card(i18n.T("return.stage"), append(rows, xwidget.Wrap(8, acts...))...)
}

func stopReturn(h room.Host, p protection.PartyID) {
	why := lines("", 2)
	room.Form(h, i18n.T("return.stop"), i18n.T("return.stop"), named("why", why), why, func() error { return h.Desk().StopReturn(room.Ctx(), p, why.Text) })
}

func planReturn(h room.Host, p protection.PartyID, v docket.Return) {
	t := v.Value.ReturnTerms
	if v.Value.Stage == care.Stopped {
		t = care.ReturnTerms{}
	}
	if t.Asked.IsZero() {
		t.Asked = h.Desk().Now()
	}
	asked, asker, to := dateInput(t.Asked), pick("asker.", care.Askers, t.By), input(t.To)
	to.PlaceHolder = i18n.T("return.to.hint")
	stateless, citizenship, persecution := pick("yesno.", care.YesNos, t.Stateless), pick("citizenship.", care.Citizenships, t.Citizenship), pick("yesno.", care.YesNos, t.Persecution)
	admitted, funding, receiving, flag := dateInput(t.Admitted), pick("funding.", care.Fundings, t.Funding), input(t.Receiving), lines(t.Flag, 2)
	room.KeptForm(h, "return", p, i18n.T("return.plan"), i18n.T("action.save"), xwidget.Column(10, xwidget.Paragraph(i18n.T("return.plan.text")), xwidget.Halves(named("asker", asker.Choice), named("asked", asked)),
		named("to", to), xwidget.Halves(named("stateless", stateless.Choice), named("citizenship", citizenship.Choice)), xwidget.Field(i18n.T("return.admitted"), admitted),
		xwidget.Field(i18n.T("return.persecution"), persecution.Choice), xwidget.Halves(named("funding", funding.Choice), named("receiving", receiving)), xwidget.Field(i18n.T("return.flag"), flag)), asker.Choice, func() error {
		x := care.ReturnTerms{By: asker.term(), To: strings.ToUpper(strings.TrimSpace(to.Text)), Stateless: stateless.term(), Citizenship: citizenship.term(), Persecution: persecution.term(),
			Funding: funding.term(), Receiving: receiving.Text, Flag: strings.TrimSpace(flag.Text)}
		for _, d := range []struct {
			in   *xwidget.Input
			into *time.Time
		}{{asked, &x.Asked}, {admitted, &x.Admitted}} {
			t, err := noDayOr(d.in.Text)
			if err != nil {
				return err
			}
			*d.into = t
		}
		return h.Desk().PlanReturn(room.Ctx(), p, x)
	})
}

// followUpsCard shows when the person is asked how they are, and what was found.
func followUpsCard(h room.Host, p protection.PartyID, v docket.Return) fyne.CanvasObject {
	rows := []fyne.CanvasObject{xwidget.WrappedSmall(i18n.T("followup.text"))}
	if v.Value.Stage != care.Arrived {
		return xwidget.Card(i18n.T("followup.title"), rows...)
	}
	if !v.Contact {
		rows = append(rows, xwidget.Note(i18n.T("followup.no_consent"), xwidget.Private))
	}
	due := v.Value.Due(h.Desk().Now())
	for _, m := range care.FollowUpMonths {
		title := i18n.T("followup.month", map[string]any{"Count": m})
		for _, f := range v.Value.FollowUps {
			if f.Month == m {
				detail := i18n.T("wellbeing."+string(f.Found)) + " · " + i18n.T("way."+string(f.Way))
				if f.Trafficked {
					detail += "\n" + i18n.T("trigger.retrafficking")
				}
				rows = append(rows, xwidget.Entry(title+" · "+room.Day(f.On.Local()), detail))
			}
		}
		if at := v.Value.DueOn(m); !at.IsZero() {
			chip := xwidget.Chip(i18n.T("followup.later"), xwidget.Neutral)
			if slices.Contains(due, m) {
				chip = xwidget.Chip(i18n.T("followup.due"), xwidget.Private)
			}
			right := []fyne.CanvasObject{chip}
			if v.Contact {
				right = append(right, xwidget.NewButton(i18n.T("contact.before"), "", func() {
					beforeContact(h, p, func(r care.ContactRules) { noteFollowUp(h, p, m, r) })
				}))
			}
			rows = append(rows, xwidget.WrappedStrong(title+" · "+room.Day(at.Local())), xwidget.Wrap(6, right...), xwidget.Line())
		}
	}
	return xwidget.Card(i18n.T("followup.title"), rows...)
}

// noteFollowUp asks what was found, by one of the ways that are safe.
func noteFollowUp(h room.Host, p protection.PartyID, month int, r care.ContactRules) {
	way, found := pick("way.", r.Safe, ""), pick("wellbeing.", care.Wellbeings, "")
	again := xwidget.NewTick(i18n.T("followup.trafficked"), false, nil)
	room.Form(h, i18n.T("followup.month", map[string]any{"Count": month}), i18n.T("action.save"), xwidget.Column(10, named("way", way.Choice), named("found", found.Choice), again), way.Choice, func() error {
		return h.Desk().NoteFollowUp(room.Ctx(), p, care.FollowUp{Month: month, Way: way.term(), Found: found.term(), Trafficked: again.Checked})
	})
}
