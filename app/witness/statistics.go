package witness

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/protection"
	"paravent/protection/statistics"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/figures"
)

// casesTab is in which cases a person appears, and as what they are counted.
func (r *Room) casesTab(h room.Host, names room.Register, p protection.Party, s *room.Screen) (fyne.CanvasObject, []fyne.CanvasObject, error) {
	profile, err := h.Desk().StatisticsProfile(room.Ctx(), p.ID)
	if err != nil {
		return nil, nil, err
	}
	of, err := h.Desk().StatisticsOf(room.Ctx(), p.ID)
	if err != nil {
		return nil, nil, err
	}
	var actions []fyne.CanvasObject
	if h.Desk().May(testimony.ActEnterStatistics) {
		s.New = func() { enterProfile(h, p, profile, of) }
		actions = append(actions, xwidget.NewPrimary(i18n.T("profile.enter"), "Ctrl N", s.New))
	}
	return xwidget.Split(r.appearances(h, names, p), xwidget.Scroll(profileCard(profile, of)), 470), actions, nil
}

var standingTones = map[docket.Standing]xwidget.Tone{docket.CountedIn: xwidget.Public, docket.NoConsent: xwidget.Neutral, docket.NoForm: xwidget.Private, docket.WithTeam: xwidget.Neutral}

// profileCard shows the categories of a person with their codes in the standards, and whether they are counted.
func profileCard(p statistics.Profile, of []docket.PartyFigures) fyne.CanvasObject {
	language := i18n.Language()
	rows := []fyne.CanvasObject{xwidget.WrappedSmall(i18n.T("profile.text"))}
	for _, x := range of {
		rows = append(rows, xwidget.Entry(figures.FamilyWord(language, x.Record.Family), i18n.T("standing."+string(x.Standing)+".text"),
			xwidget.Chip(i18n.T("standing."+string(x.Standing)), standingTones[x.Standing])))
	}
	rows = append(rows, xwidget.Entry(i18n.T("profile.consent"), "", xwidget.Chip(consentWord(p.Consent), consentTones[p.Consent])))
	for _, f := range profileFields(of) {
		rows = append(rows, category(f.word, f.d, *f.in(&p)))
	}
	if len(of) == 0 {
		return xwidget.Card(i18n.T("profile.title"), rows...)
	}
	rows = append(rows, xwidget.Gap(0, 4), xwidget.Small(i18n.T("profile.derived")))
	for i, x := range of {
		if i > 0 && x.Record.Measures == of[0].Record.Measures && x.Record.Outcome == of[0].Record.Outcome && x.Record.Period == of[0].Record.Period {
			continue
		}
		for _, d := range []struct {
			d statistics.Dimension
			v statistics.Value
		}{{statistics.Status, x.Record.Status}, {statistics.Measures, x.Record.Measures}, {statistics.Outcome, x.Record.Outcome}, {statistics.Year, x.Record.Period}} {
			rows = append(rows, category(figures.DimensionWord(language, d.d), d.d, d.v))
		}
	}
	return xwidget.Card(i18n.T("profile.title"), append(rows, xwidget.WrappedSmall(i18n.T("profile.ictip", map[string]any{"Standard": statistics.ICTIP})))...)
}

// category is one category with its codes.
func category(name string, d statistics.Dimension, v statistics.Value) fyne.CanvasObject {
	if v == "" {
		v = statistics.Unknown
	}
	tone := xwidget.Neutral
	if v == statistics.Unknown {
		tone = xwidget.Break
	}
	return xwidget.Entry(name, codes(d, v), xwidget.Chip(figures.ValueWord(i18n.Language(), v), tone))
}

// codes are the codes of a category in the standards, or that there are none.
func codes(d statistics.Dimension, v statistics.Value) string {
	var list []string
	for _, c := range statistics.Codes(d, v) {
		list = append(list, c.Standard+" "+c.Code)
	}
	if len(list) == 0 {
		return i18n.T("profile.no_code")
	}
	return strings.Join(list, " · ")
}

// profileField is one category of a profile, in the order of the form.
type profileField struct {
	word   string
	d      statistics.Dimension
	values []statistics.Value
	in     func(*statistics.Profile) *statistics.Value
}

// profileFields are the categories that a person with cases of some families has: a form in each of them.
func profileFields(of []docket.PartyFigures) []profileField {
	var list []profileField
	has := func(f statistics.Family) bool {
		return slices.ContainsFunc(of, func(x docket.PartyFigures) bool { return x.Record.Family == f || x.Standing == docket.NoForm })
	}
	if has(statistics.Trafficking) {
		list = append(list, profileField{i18n.T("profile.exploitation"), statistics.Form, statistics.Values(statistics.Trafficking, statistics.Form), func(p *statistics.Profile) *statistics.Value { return &p.Exploited }})
	}
	if has(statistics.Smuggling) {
		list = append(list, profileField{i18n.T("profile.smuggling"), statistics.Form, statistics.Values(statistics.Smuggling, statistics.Form), func(p *statistics.Profile) *statistics.Value { return &p.Smuggled }})
	}
	for _, x := range []struct {
		d  statistics.Dimension
		in func(*statistics.Profile) *statistics.Value
	}{{statistics.Sex, func(p *statistics.Profile) *statistics.Value { return &p.Sex }}, {statistics.AgeBand, func(p *statistics.Profile) *statistics.Value { return &p.AgeBand }},
		{statistics.Region, func(p *statistics.Profile) *statistics.Value { return &p.Region }}} {
		list = append(list, profileField{figures.DimensionWord(i18n.Language(), x.d), x.d, statistics.Values("", x.d), x.in})
	}
	return list
}

var consentTones = map[statistics.Consent]xwidget.Tone{statistics.NotAsked: xwidget.Break, statistics.Given: xwidget.Public, statistics.Refused: xwidget.Neutral, statistics.Withdrawn: xwidget.Private}

func consentWord(c statistics.Consent) string {
	if c == statistics.NotAsked {
		return i18n.T("consent.unasked")
	}
	return i18n.T("factword." + string(c))
}

// enterProfile asks for the categories of a person. What somebody else has entered meanwhile is not written over.
func enterProfile(h room.Host, p protection.Party, before statistics.Profile, of []docket.PartyFigures) {
	var consents []string
	for _, c := range statistics.Consents {
		consents = append(consents, consentWord(c))
	}
	consent := xwidget.NewChoice(consents, slices.Index(statistics.Consents, before.Consent), nil)
	rows := []fyne.CanvasObject{xwidget.Paragraph(i18n.T("profile.form.text")), xwidget.Field(i18n.T("profile.consent"), consent)}
	fields := profileFields(of)
	choices := make([]*xwidget.Choice, len(fields))
	for i, f := range fields {
		words := make([]string, len(f.values))
		for j, v := range f.values {
			words[j] = figures.ValueWord(i18n.Language(), v)
			if len(statistics.Codes(f.d, v)) > 0 {
				words[j] += " (" + codes(f.d, v) + ")"
			}
		}
		now := *f.in(&before)
		if now == "" {
			now = statistics.Unknown
		}
		choices[i] = xwidget.NewChoice(words, slices.Index(f.values, now), nil)
		rows = append(rows, xwidget.Field(f.word, choices[i]))
	}
	room.Form(h, i18n.T("profile.enter"), i18n.T("action.save"), xwidget.Column(10, rows...), consent, func() error {
		after := before
		after.Consent = statistics.Consents[max(consent.SelectedIndex(), 0)]
		for i, f := range fields {
			v := f.values[max(choices[i].SelectedIndex(), 0)]
			if v == statistics.Unknown { // as it is where nobody said anything
				v = ""
			}
			*f.in(&after) = v
		}
		return h.Desk().ReplaceStatisticsProfile(room.Ctx(), p.ID, before, after)
	})
}
