package notice

import (
	"io"
	"time"

	"paravent/protection"
	"paravent/protection/policy"
	"paravent/testimony"
	"paravent/testimony/reminder"
)

// ToRemind is one line of a list of reminders.
type ToRemind struct {
	reminder.Reminder
	Name      string // of whom it is for, where that is a resource of the docket
	Case      string
	Pseudonym protection.Pseudonym
	Zone      *time.Location // of the court
}

// Reminders is the list of who has to be told what of which hearing, to be worked through with a pen. It names witnesses by their pseudonyms, and says
// nowhere how one could be reached.
type Reminders struct {
	Heading
	Lines []ToRemind
	Now   time.Time
}

type reminderWords struct {
	title, text, by, what, whom, hearing, how, none, advocate string
	occasions                                                 map[reminder.Occasion]string
	states                                                    map[reminder.State]string
	hows                                                      map[reminder.How]string
}

var reminderLanguages = map[policy.Language]reminderWords{
	policy.English: {title: "Reminders", text: "Nobody calls or writes to a witness: the advocate speaks with them. Where a hearing moves, people have to be told again.",
		by: "By", what: "What", whom: "Whom", hearing: "Hearing", how: "Told, how", none: "Nobody has to be told anything.", advocate: "the advocate, for the witness",
		occasions: map[reminder.Occasion]string{reminder.Confirm: "confirm that they come", reminder.Prepare: "how the day will go", reminder.Try: "technical test at the hour of the hearing",
			reminder.Hour: "hour and place, on their own clock", reminder.Debrief: "how the witness is after it"},
		states: map[reminder.State]string{reminder.Overdue: "overdue", reminder.Due: "now", reminder.Coming: "to come", reminder.Told: "told"},
		hows:   map[reminder.How]string{"telephone": "by telephone", "person": "in person", "letter": "by letter", "mail": "by e-mail"}},
	policy.French: {title: "Rappels", text: "Personne n’appelle un témoin ni ne lui écrit : son avocat lui parle. Si une audience est déplacée, il faut prévenir de nouveau.",
		by: "Pour le", what: "Quoi", whom: "Qui", hearing: "Audience", how: "Prévenu, comment", none: "Personne n’est à prévenir.", advocate: "l’avocat, pour le témoin",
		occasions: map[reminder.Occasion]string{reminder.Confirm: "confirmer la venue", reminder.Prepare: "déroulement du jour", reminder.Try: "essai technique à l’heure de l’audience",
			reminder.Hour: "heure et lieu, sur leur horloge", reminder.Debrief: "comment va le témoin après"},
		states: map[reminder.State]string{reminder.Overdue: "en retard", reminder.Due: "à faire", reminder.Coming: "à venir", reminder.Told: "prévenu"},
		hows:   map[reminder.How]string{"telephone": "par téléphone", "person": "de vive voix", "letter": "par lettre", "mail": "par courriel"}},
}

// PDF writes the list, the most urgent first.
func (r Reminders) PDF(out io.Writer, l policy.Language) error {
	rw := reminderLanguages[l]
	return draw(out, l, r.Heading, ReminderList, func(words) string { return rw.title }, func(s *sheet) {
		s.head(s.w.moment(r.Now))
		s.para(rw.text)
		any := false
		for _, state := range reminder.States {
			var rows [][][]piece
			for _, x := range r.Lines {
				if x.At(r.Now) != state {
					continue
				}
				told := ""
				if x.Done != nil {
					told = rw.hows[x.Done.How] + ", " + s.w.date(x.Done.At.In(x.Zone))
				}
				start := x.Start.In(x.Zone)
				rows = append(rows, [][]piece{plain(s.w.date(x.Due.In(x.Zone)) + " " + clockOf(x.Due, x.Zone)[:5]), plain(rw.occasions[x.Occasion]), plain(x.whom(s.w, rw)),
					plain(x.Case + " · " + s.w.pseudonym(x.Pseudonym) + " · " + s.w.date(start) + " " + clockOf(x.Start, x.Zone)[:5]), small(told)})
			}
			if len(rows) == 0 {
				continue
			}
			any = true
			s.section(capital(rw.states[state]))
			s.table([]float64{3, 4, 3.4, 4.2, 2.6}, []string{rw.by, rw.what, rw.whom, rw.hearing, rw.how}, rows...)
		}
		if !any {
			s.para(rw.none)
		}
	})
}

func (x ToRemind) whom(w words, rw reminderWords) string {
	switch {
	case x.Who == testimony.Advocate:
		return rw.advocate
	case x.Name != "":
		return x.Name
	}
	return w.roles[testimony.Role(x.Who)]
}
