package i18n

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"paravent/media/conceal"
	"paravent/protection"
	"paravent/protection/identity"
	"paravent/protection/order"
	"paravent/store/backup"
	"paravent/store/strength"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/evidence"
	"paravent/testimony/exhibit"
	"paravent/testimony/groundrules"
	"paravent/testimony/join"
	"paravent/testimony/live"
	"paravent/testimony/notice"
	"paravent/testimony/reminder"
)

func catalogues(t *testing.T) (en, fr map[string]string) {
	t.Helper()
	en, err := Catalogue("en")
	if err != nil {
		t.Fatal(err)
	}
	fr, err = Catalogue("fr")
	if err != nil {
		t.Fatal(err)
	}
	return en, fr
}

var placeholder = regexp.MustCompile(`\{\{\.\w+\}\}`)

func TestBothLanguagesSayTheSame(t *testing.T) {
	t.Parallel()
	en, fr := catalogues(t)
	for k, e := range en {
		f, ok := fr[k]
		if !ok {
			t.Errorf("%s has no French", k)
			continue
		}
		a, b := placeholder.FindAllString(e, -1), placeholder.FindAllString(f, -1)
		slices.Sort(a)
		slices.Sort(b)
		if !slices.Equal(a, b) {
			t.Errorf("%s: English has the values %v, French %v", k, a, b)
		}
		if strings.TrimSpace(e) == "" || strings.TrimSpace(f) == "" {
			t.Errorf("%s is empty", k)
		}
		if strings.ContainsAny(e+f, "!") {
			t.Errorf("%s has an exclamation mark", k)
		}
	}
	for k := range fr {
		if _, ok := en[k]; !ok {
			t.Errorf("%s has no English", k)
		}
	}
}

// families are the keys that are put together from a domain's term.
func families() []string {
	var keys []string
	add := func(prefix string, terms ...string) {
		for _, term := range terms {
			keys = append(keys, prefix+term)
		}
	}
	for _, s := range protection.Statuses {
		add("status.", string(s))
	}
	for _, o := range testimony.Offences {
		add("offence.", string(o))
	}
	add("office.", testimony.Offices...)
	for _, r := range append([]testimony.Role{testimony.RoleBench}, testimony.Roles...) {
		add("role.", string(r))
	}
	for _, r := range []live.RemoteStage{live.RemoteReady, live.RemoteRunning, live.RemoteClosed, live.RemoteFailed} {
		add("bench.remote.", string(r))
		if r != live.RemoteFailed {
			add("join.keeping.", string(r))
		}
	}
	for _, p := range testimony.Phases {
		add("phase.", string(p))
	}
	for _, m := range []protection.SessionMode{protection.PublicMode, protection.PrivateMode, protection.ClosedMode} {
		add("mode.", m.String())
		add("banner.", m.String())
		add("saying.", m.String())
	}
	for _, p := range []testimony.Phase{testimony.Lobby, testimony.IdentityCheck, testimony.Break, testimony.Interruption, "ended"} {
		add("banner.", string(p))
		add("saying.", string(p))
	}
	for _, c := range exhibit.Classes {
		add("exhibit.class.", string(c), string(c)+".who")
	}
	for _, k := range exhibit.Kinds {
		add("exhibit.kind.", string(k))
	}
	add("exhibit.for.", docket.ExhibitPurposes...)
	add("exhibit.asked.", string(identity.Pending), string(identity.Granted))
	for _, f := range evidence.Forms {
		add("evidence.gets.", string(f))
	}
	for _, f := range identity.AllFields {
		add("field.", string(f))
	}
	for _, s := range order.States {
		add("orderstate.", string(s))
	}
	for _, s := range order.Steps {
		add("ordertook.", string(s))
		if s != order.File { // nothing is kept before it is filed
			add("orderstep.", string(s))
			add("order.step.text.", string(s))
		}
	}
	for _, k := range notice.Kinds {
		add("paper.", string(k))
		add("paper.text.", string(k))
	}
	add("ordertook.", string(order.Record))
	for _, a := range order.Applicants {
		add("applicant.", string(a))
	}
	for _, w := range order.Wills {
		add("will.", string(w))
	}
	add("signing.", string(order.Signed), "unsigned", string(order.FalselySigned))
	for _, p := range []live.Presence{live.Absent, live.InLobby, live.Admitted, live.Lost} {
		add("presence.", string(p))
	}
	add("stage.", string(live.Absent), string(live.InLobby), string(live.Lost))
	for _, r := range []live.Recording{live.NotRecording, live.RecordingRunning, live.RecordingFailed} {
		add("recording.", string(r))
	}
	add("ask.", testimony.Asks...)
	add("text.asks.", testimony.TextPhrases...)
	add("text.say.", testimony.ClerkPhrases...)
	for _, c := range []string{testimony.AskAlarm, testimony.AskSomeone, testimony.AskPause, testimony.AskReady, testimony.AskBreak, testimony.AskUnderstand} {
		add("call.", c, c+".do")
	}
	for _, e := range []testimony.EventKind{testimony.PhaseChanged, testimony.ModeChanged, testimony.Joined, testimony.Admitted, testimony.Left, testimony.Removed,
		testimony.Muted, testimony.Unmuted, testimony.Marked, testimony.Requested, testimony.Prepared, testimony.WentOn, testimony.DrawnAs, testimony.SoundFirst, testimony.Tried, testimony.Untried, testimony.LineLost, testimony.LineBack, testimony.Fault, testimony.Refusal, testimony.IdentityFound, testimony.OathTaken,
		testimony.PushBegun, testimony.PushEnded, testimony.WitnessCalled, testimony.WitnessDismissed, testimony.TalkBegan, testimony.TalkEnded, testimony.Interpreting, testimony.OathShown, testimony.OathRefused, testimony.Unsworn, testimony.StageBegun, testimony.Objected, testimony.Ruled, testimony.Expected, testimony.ExhibitShown, testimony.ExhibitTakenDown, testimony.PlaybackOpened, testimony.PlaybackRuns, testimony.PlaybackPaused, testimony.PlaybackMoved, testimony.PlaybackClosed} {
		add("event.", string(e))
		add("act.session.", string(e))
	}
	for _, x := range groundrules.Standings {
		add("rules.standing.", string(x))
	}
	for _, p := range []live.PushStage{live.PushConnecting, live.PushUp, live.PushLost} {
		add("push.stage.", string(p))
	}
	add("playback.stop.", testimony.PlaybackAtEnd, testimony.PlaybackFault)
	add("low.", join.LowChosen, join.LowWeak, testimony.PicturesAgain)
	add("presence.low.", join.LowChosen, join.LowWeak)
	for _, o := range reminder.Occasions {
		add("remind.occasion.", string(o))
	}
	for _, h := range reminder.Hows {
		add("remind.how.", string(h))
	}
	for _, s := range reminder.States {
		add("remind.state.", string(s))
	}
	for _, f := range testimony.OathForms {
		add("oath.form.", string(f))
	}
	for _, s := range testimony.Stages {
		add("examine.", string(s))
	}
	for _, g := range testimony.Grounds {
		add("ground.", string(g))
	}
	for _, r := range testimony.Rulings {
		add("ruling.", string(r))
	}
	for _, f := range testimony.TrialFaults {
		add("trial.fault.", string(f))
	}
	add("trial.stage.", string(testimony.TrialSpeak), string(testimony.TrialListen), string(testimony.TrialBreak), string(testimony.TrialAnswer))
	for _, s := range conceal.Styles {
		add("style.", string(s))
	}
	add("prepared.", join.StepRights, join.StepDevices, join.StepSilent)
	for _, s := range []identity.RequestState{identity.Pending, identity.Granted, identity.Refused, identity.Withdrawn, identity.Expired} {
		add("request.", string(s))
	}
	add("college.", string(identity.Court), string(identity.Bench))
	for _, k := range docket.Kinds {
		add("need.", string(k))
		add("need.", string(k)+".do")
	}
	add("backup.why.", docket.Reasons...)
	for _, s := range docket.AuditSubjects {
		add("subject.", string(s))
	}
	add("audit.fault.", string(docket.LogBroken), string(docket.LogShorter), string(docket.LogForked))
	add("room.", "today", "cases", "witnesses", "hearings", "bench", "approvals", "people", "audit", "backups", "statistics", "settings")
	add("backups.state.", string(backup.Checked), string(backup.Complete), string(backup.Incomplete), string(backup.Foreign))
	add("erasure.state.", string(identity.Pending), string(identity.Granted), string(identity.Refused), string(identity.Withdrawn), string(identity.Deleted), string(identity.Erased))
	add("backups.size.", "kb", "mb", "gb")
	for _, r := range strength.Reasons {
		add("strength.why.", string(r))
	}
	add("people.state.", "revoked", "kept", "unkept")
	add("kit.", string(identity.Court), string(identity.Bench))
	add("kit.of.", string(identity.Court), string(identity.Bench))
	for _, s := range []string{"revoked", "kept", "unkept"} {
		add("people.state.", s+".text")
	}
	for _, s := range []docket.Standing{docket.CountedIn, docket.NoConsent, docket.NoForm, docket.WithTeam} {
		add("standing.", string(s), string(s)+".text")
	}
	careFamilies(add)
	supportFamilies(add)
	orderFamilies(add)
	cooperationFamilies(add)
	evidenceFamilies(add)
	readinessFamilies(add)
	add("weekday.short.", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
	add("weekday.", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
	add("month.", "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
	return keys
}

func TestEveryTermOfTheDomainHasWords(t *testing.T) {
	t.Parallel()
	en, _ := catalogues(t)
	for _, k := range families() {
		if _, ok := en[k]; !ok {
			t.Errorf("%s has no words", k)
		}
	}
}

// sources are the literals of the desktop's code: the keys it asks for, and everything else that is text.
func sources(t *testing.T) (keys, texts map[string]token.Position) {
	t.Helper()
	keys, texts = map[string]token.Position{}, map[string]token.Position{}
	files := token.NewFileSet()
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || filepath.Dir(path) == filepath.Join("..", "i18n") {
			return err
		}
		file, err := parser.ParseFile(files, path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ImportSpec:
				return false
			case *ast.CallExpr: // errors are for programs; the window says them by room.Say
				if s, ok := n.Fun.(*ast.SelectorExpr); ok && (s.Sel.Name == "New" || s.Sel.Name == "Errorf") {
					if x, ok := s.X.(*ast.Ident); ok && (x.Name == "errors" || x.Name == "fmt") {
						return false
					}
				}
			case *ast.BasicLit:
				if n.Kind == token.STRING {
					text, err := strconv.Unquote(n.Value)
					if err != nil {
						t.Fatal(err)
					}
					keys[text], texts[text] = files.Position(n.Pos()), files.Position(n.Pos())
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return keys, texts
}

var sentence = regexp.MustCompile(`\p{L}{2,} \p{L}{2,}`)

func TestNoSentenceStandsOutsideTheCatalogues(t *testing.T) {
	t.Parallel()
	_, texts := sources(t)
	for text, at := range texts {
		if sentence.MatchString(text) && !strings.Contains(text, "<") { // drawings are SVG
			t.Errorf("%s: %q belongs in the catalogues", at, text)
		}
	}
}

var keyShape = regexp.MustCompile(`^[a-z_]+(\.[a-z_]+)+$`)

func TestEveryKeyAskedForHasWordsAndEveryWordIsAskedFor(t *testing.T) {
	t.Parallel()
	en, _ := catalogues(t)
	keys, _ := sources(t)
	page, err := join.SentencesIn("en") // the window of a guest says what the page says
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, k := range families() {
		used[k] = true
	}
	for text, at := range keys {
		if _, ok := en[text]; ok {
			used[text] = true
		} else if page[text] != "" && strings.Contains(fmt.Sprint(at), "/attend/") {
			continue
		} else if keyShape.MatchString(text) && !strings.HasSuffix(text, ".paravent") && !strings.HasSuffix(text, ".json") && !strings.HasSuffix(text, ".ics") && !strings.HasPrefix(text, "org.") && text != "minutes.saved" {
			t.Errorf("%s: the key %q has no words", at, text)
		}
	}
	for k := range en {
		if !used[k] && !strings.HasPrefix(k, "act.") && !strings.HasPrefix(k, "detail.") && !strings.HasPrefix(k, "alarm.") {
			t.Errorf("the words of %q are never shown", k)
		}
	}
}

func TestTheLanguageCanBeChangedWhileRunning(t *testing.T) {
	for _, l := range []string{"fr", "en", "fr", "en"} {
		if err := Use(l); err != nil {
			t.Fatal(err)
		}
		want := map[string]string{"en": "Witnesses", "fr": "Témoins"}[l]
		if got := T("room.witnesses"); got != want {
			t.Errorf("in %s the room is called %q", l, got)
		}
		if got := T("today.counts", map[string]any{"Cases": 7, "Parties": 0}); !strings.Contains(got, "7") {
			t.Errorf("in %s the value is missing: %q", l, got)
		}
	}
	if Use("xx") == nil {
		t.Error("a language without a catalogue was taken")
	}
}
