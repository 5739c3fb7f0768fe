package notice

import (
	"fmt"
	"time"

	"paravent/protection"
	"paravent/protection/identity"
	"paravent/protection/order"
	"paravent/protection/policy"
	"paravent/testimony"
	"paravent/testimony/readiness"
)

// words are what the papers say in one language. A test sees that none is missing.
type words struct {
	tag         string
	training    string
	witnessWord string // "Witness" of an allotted pseudonym, where the language has another
	doneAt      string
	months      []string
	day         func(t time.Time, month string) string
	clock       func(hour, minute int) string
	colon       string // between a label and what it names, in one line

	unprintable, unprintableIn, unprinted, unprintedText, left string
	scripts                                                    map[script]string
	otherScript                                                string

	court, caseNumber, person, witness, yes, no string
	modes                                       map[protection.SessionMode]string
	roles                                       map[testimony.Role]string
	offices                                     map[string]string
	who                                         map[protection.Audience]string

	order     orderWords
	procedure procedureWords
	notice    noticeWords
	care      careWords
	ready     readyWords
	minutes   minutesWords
	disclosed disclosedWords
	card      cardWords
	board     boardWords
}

// boardWords are those of the board of a hearing's readiness.
type boardWords struct {
	title, stands, looked, acts, good, bad, unknown string
	items                                           map[readiness.Item]string
	lights                                          map[readiness.Light]string
	reasons                                         map[readiness.Reason]string
	faults                                          map[readiness.Fault]string
}

type cardWords struct {
	title, intro, when, clock, courtClock string
	steps                                 []string
	typed                                 string
	rules                                 []string
	mark                                  string // the card's mark and its last day
}

type orderWords struct {
	title, application, refused                                                              string
	states                                                                                   map[order.State]string
	otherState                                                                               string
	expired                                                                                  string // added to the state of an order past its end
	number, state, decided, period, from, until, endless, replaces                           string
	measures, measure, toward, basis                                                         string
	toCheck, checkNote, catalogueOnly                                                        string
	reasons, noReasons                                                                       string
	matrix, matrixText, matrixForeseen, matrixWithout, sees, hears, decidedBy, who, everyone string
	pictures                                                                                 map[protection.Picture]string
	voices                                                                                   map[protection.Voice]string
	cutOff, later, never, afterReview, afterTestimony                                        string
	others                                                                                   string
	accusedHidden, accusedShown, private, closed                                             string
	name                                                                                     string
	limits                                                                                   string
	limitsList                                                                               []string
	lasts                                                                                    string
	lastsList                                                                                []string
	signature, judge, clerk                                                                  string
	electronic, signedBy, signedAt, fingerprint, sign, statement, log, logText               string
	notSigned                                                                                string
}

// procedureWords say how an order came to be. Their keys are the vault's names of applicants, wills and steps.
type procedureWords struct {
	title, applicant, served, respond, exParte, will, warned, change string
	step, on, by                                                     string
	forged, forgedText                                               string
	applicants, wills, steps                                         map[string]string
}

type noticeWords struct {
	accusedTitle, pressTitle                          string
	hearing, when, room, rests                        string
	called, calledText                                string
	youWill, counsel, public                          string
	picture                                           map[protection.Picture]string
	voice                                             map[protection.Voice]string
	yourPicture                                       map[protection.Picture]string
	yourVoice                                         map[protection.Voice]string
	counselPicture                                    map[protection.Picture]string
	counselVoice                                      map[protection.Voice]string
	off, offCounsel                                   string
	witnessSees, witnessSeesNot                       string
	mode                                              map[protection.SessionMode]string
	modeTitle                                         string
	rights                                            string
	rightsList                                        []string
	duties                                            string
	dutiesList                                        []string
	banner, bannerText                                string
	live, delayed, afterTestimony, afterReview, never string
	release                                           string
	press                                             string
	pressList                                         []string
	issued                                            string
}

type careWords struct {
	title, intro, when, clock, name, nameText string
	others                                    string
	many                                      sight                         // of an audience in the plural
	one                                       map[protection.Audience]sight // of those that the language speaks of in the singular
	accused, accusedHidden, accusedShown      string
	breaks                                    string
	breaksList                                []string
	answer                                    string
	answerList                                []string
	limits                                    string
	limitsList                                []string
	later                                     string
	laterList                                 []string
	paper                                     string
	paperList                                 []string
	ask, advocate, phone                      string
}

// sight says what an audience receives of the witness.
type sight struct {
	picture    map[protection.Picture]string
	voice      map[protection.Voice]string
	off, clear string
}

type readyWords struct {
	title, sub, when, there, room, mode, begins string
	protections, protection, setUp, day, half   string
	technique                                   string
	checks                                      map[order.MeasureKind]string
	otherCheck, modeCheck                       string
	general                                     []string
	contacts, office, name, phone               string
	desks                                       []string
	rule                                        string
	decides, signed                             string
	ofOrder                                     string
}

type minutesWords struct {
	publicTitle, sealedTitle, recovered                            string
	begun, ended, there, held, seats, seat, role, admitted, leftAt string
	course, from, to, phase, mode, reason, withheld                string
	phases                                                         map[testimony.Phase]string
	totals, time                                                   string
	events, at, what                                               string
	kinds                                                          map[testimony.EventKind]string
	into, everyone                                                 string // how is interpreted
	asked, steps, drawings, trials, lows                           map[string]string
	oath, sworn, unsworn, refused                                  string
	forms                                                          map[testimony.OathForm]string
	examined                                                       string
	stages                                                         map[testimony.Stage]string
	objections, raisedBy, ground, ruling, open, raised             string
	grounds                                                        map[testimony.Ground]string
	here                                                           string            // where a witness sits who was recorded at the court's desk
	stops                                                          map[string]string // why a recording stood still
	rulings                                                        map[testimony.Ruling]string
	recordings                                                     string
	log, logText                                                   string
	absent, identity, identityText, locked                         string
	signClerk, signJudge, seal                                     string
	bench                                                          string
}

type disclosedWords struct {
	title, text, stamp, unprintable, to, order, at, until string
	fields                                                map[identity.Field]string
}

var languages = map[policy.Language]words{policy.English: english, policy.French: french}

func (w words) notPrinted(of script) string {
	if name := w.scripts[of]; name != "" {
		return fmt.Sprintf(w.unprintableIn, name)
	}
	return w.unprintable
}

func (w words) scriptName(of script) string {
	if name := w.scripts[of]; name != "" {
		return name
	}
	return w.otherScript
}

// date is a day in words, on the clock that t stands on.
func (w words) date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return w.day(t, w.months[t.Month()-1])
}

// moment is a day and a time of day with its distance from UTC; never the name of a place.
func (w words) moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return w.date(t) + ", " + w.hour(t) + " (" + offset(t) + ")"
}

func (w words) hour(t time.Time) string { return w.clock(t.Hour(), t.Minute()) }

func offset(t time.Time) string {
	_, seconds := t.Zone()
	if seconds == 0 {
		return "UTC"
	}
	sign := "+"
	if seconds < 0 {
		sign, seconds = "–", -seconds
	}
	if m := seconds / 60 % 60; m != 0 {
		return fmt.Sprintf("UTC%s%d:%02d", sign, seconds/3600, m)
	}
	return fmt.Sprintf("UTC%s%d", sign, seconds/3600)
}
