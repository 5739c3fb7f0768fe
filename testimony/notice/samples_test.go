package notice_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"

	"paravent/protection"
	"paravent/protection/identity"
	"paravent/protection/order"
	"paravent/protection/policy"
	"paravent/testimony"
	"paravent/testimony/notice"
	"paravent/testimony/readiness"
	"paravent/testimony/transcript"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func heading() notice.Heading {
	return notice.Heading{Court: "Tribunal judiciaire d’essai", Case: "TC 12/2026", Pseudonym: "Witness B", Made: noon}
}

// governing is an order as the training case has it.
func governing() order.Order {
	return order.Order{ID: "o1", Case: "c1", Party: "p1", Reference: "2026/114", State: order.InForce, From: noon.AddDate(0, -1, 0), Measures: []order.Measure{{Kind: order.Pseudonym},
		{Kind: order.FaceAlteration}, {Kind: order.InterpreterOnly}, {Kind: order.ScreenAccused}, {Kind: order.ScreenWitness}, {Kind: order.LiveLink}}}
}

func matrix(mode protection.SessionMode) policy.Matrix {
	return policy.Compile(policy.Input{Party: "p1", Case: "c1", Orders: []order.Order{governing()}, Mode: mode, At: noon, Others: []protection.PartyID{"p2"}})
}

func orderPaper(l policy.Language) notice.Order {
	o := governing()
	p := notice.Order{Heading: heading(), Reference: o.Reference, State: o.State, Decided: noon.AddDate(0, -1, -2), From: o.From, Until: noon.AddDate(1, 0, 0).Truncate(24 * time.Hour),
		Reasons: "The witness has been threatened twice since the first interview.\nThe measures are necessary, and none of them keeps the defence from putting its questions.", Matrix: matrix(protection.PublicMode), Effect: notice.HasEffect}
	for _, m := range o.Measures {
		e, _ := order.Find(m.Kind)
		p.Measures = append(p.Measures, notice.Measure{Name: policy.MeasureWord(m.Kind, l), Toward: append(append([]protection.Audience{}, e.Default...), m.Audiences...),
			Everyone: len(e.Default) == len(protection.Audiences), Basis: []notice.Basis{{Rule: "ICTY rule 75(B)(i)(d)", Seen: true}, {Rule: "ICC rule 87(3)(d)"}}})
	}
	return p
}

func sitting(mode protection.SessionMode) notice.Sitting {
	return notice.Sitting{Start: noon.In(time.FixedZone("", 3600)), Room: "Courtroom 3", Mode: mode, Orders: []string{"2026/114"}}
}

func kept() testimony.Minutes {
	at := func(minute int) time.Time { return noon.Add(time.Duration(minute) * time.Minute) }
	h := testimony.Hearing{ID: "h1", Case: "c1", Party: "p1", Start: noon, Duration: time.Hour, CourtZone: "Europe/Paris", WitnessZone: "Africa/Lagos", Mode: protection.PublicMode,
		Participants: []testimony.Participant{{ID: "w", Role: testimony.RoleWitness, Label: "Witness B", Party: "p1"}, {ID: "i", Role: testimony.RoleInterpreter, Label: "Interpreter Seatcanary"},
			{ID: "d", Role: testimony.RoleDefence, Label: "Counsel for the defence"}, {ID: "s", Role: testimony.RoleSupport, Label: "Support person"}}}
	step := func(minute int, kind testimony.EventKind, phase testimony.Phase, mode protection.SessionMode, who testimony.ParticipantID, reason string) testimony.Event {
		return testimony.Event{At: at(minute), Kind: kind, Phase: phase, Mode: mode, Participant: who, Reason: reason}
	}
	open, private := protection.PublicMode, protection.PrivateMode
	m := testimony.BuildMinutes(h, "TC 12/2026", noon, at(60), []testimony.Event{
		step(1, testimony.Admitted, testimony.Lobby, open, "w", ""), step(2, testimony.Admitted, testimony.Lobby, open, "i", ""), step(3, testimony.PhaseChanged, testimony.IdentityCheck, open, "", ""),
		step(5, testimony.IdentityFound, testimony.IdentityCheck, open, "w", ""), step(6, testimony.PhaseChanged, testimony.Oath, open, "", ""), step(6, testimony.OathShown, testimony.Oath, open, "w", "promise"), step(6, testimony.OathTaken, testimony.Oath, open, "w", "promise"),
		step(7, testimony.PhaseChanged, testimony.Testimony, open, "", ""), step(8, testimony.StageBegun, testimony.Testimony, open, "d", "cross"),
		step(15, testimony.Objected, testimony.Testimony, open, "d", "leading"), step(16, testimony.Ruled, testimony.Testimony, open, "d", "sustained"),
		step(20, testimony.ModeChanged, testimony.Testimony, private, "", "To protect private life"), step(22, testimony.Objected, testimony.Testimony, private, "d", "identifying"), step(23, testimony.Ruled, testimony.Testimony, private, "d", "reserved"), step(25, testimony.Requested, testimony.Testimony, private, "w", "break"),
		step(26, testimony.PhaseChanged, testimony.Break, private, "", "Breakcanary"), step(30, testimony.PhaseChanged, testimony.Testimony, private, "", ""),
		{At: at(34), Kind: testimony.Marked, Phase: testimony.Testimony, Mode: private, From: at(33), To: at(34)},
		step(40, testimony.ModeChanged, testimony.Testimony, open, "", ""), step(59, testimony.PhaseChanged, testimony.Closed, open, "", "")}, []testimony.RecordingID{"recording-one"})
	m.Log = &testimony.LogHead{Vault: "0a0b", Entries: 77, Hash: "TREEHASH", Note: "paravent/vault/0a0b\n77\nTREEHASH\n\n— signer signature\n"}
	return m
}

func labels() map[testimony.ParticipantID]string {
	return map[testimony.ParticipantID]string{"w": "Witness B", "i": "Interpreter Seatcanary", "d": "Counsel for the defence", "s": "Support person"}
}

// papers are one of each kind in a language, without a disclosure.
func papers(l policy.Language) map[notice.Kind]notice.Paper {
	m := matrix(protection.PublicMode)
	var receives []notice.Receives
	for _, a := range notice.Told {
		receives = append(receives, notice.Receives{Audience: a, Access: m.Access(a)})
	}
	ready := notice.Readiness{Heading: heading(), Sitting: sitting(protection.PrivateMode), There: noon.In(time.FixedZone("Canaryland", 3*3600))}
	for _, x := range governing().Measures {
		ready.Expected = append(ready.Expected, notice.Expected{Kind: x.Kind, Name: policy.MeasureWord(x.Kind, l), Orders: []string{"2026/114"}})
	}
	ready.BoardAt = noon
	looked := readiness.Check{Stage: readiness.Day, Good: true, Who: testimony.Clerk, At: noon}
	for _, i := range []readiness.Item{readiness.OrderStands, readiness.Tried, readiness.OfMeasure(order.FaceAlteration), readiness.Technique} {
		line := readiness.Line{Item: i, Light: readiness.Red, Reason: readiness.FoundBad, Actor: "c", Day: &looked, LineTest: &readiness.LineTest{}}
		x := notice.Standing{Line: line, Who: map[string]string{"c": "Coordinator 2"}}
		if k, measure := i.Measure(); measure {
			x.Name = policy.MeasureWord(k, l)
		}
		ready.Board = append(ready.Board, x)
	}
	return map[notice.Kind]notice.Paper{
		notice.OrderPaper:      orderPaper(l),
		notice.ToAccused:       notice.Accused{Heading: heading(), Sitting: sitting(protection.PublicMode), Theirs: m.Access(protection.Accused), Counsels: m.Access(protection.DefenceCounsel)},
		notice.ToPress:         notice.Press{Heading: heading(), Sitting: sitting(protection.PublicMode), Theirs: m.Access(protection.Press)},
		notice.ForWitness:      notice.Witness{Heading: heading(), Start: noon.In(time.FixedZone("Canaryland", 3*3600)), Receives: receives},
		notice.ReadinessList:   ready,
		notice.PublicRecord:    notice.PublicMinutes{Heading: heading(), Minutes: kept()},
		notice.SealedRecord:    notice.SealedMinutes{Heading: heading(), Minutes: kept(), Labels: labels()},
		notice.CustodyReport:   custody(),
		notice.TranscriptPaper: transcribed(false),
	}
}

// transcribed is a transcript longer than a page, with every kind of passage.
func transcribed(public bool) notice.Transcript {
	t := notice.Transcript{Heading: heading(), Recording: "recording-one", Version: protection.MasterRecord, Begun: noon, Length: 100 * time.Minute, Number: 4, Edits: 2, Public: public}
	for i, role := range slices.Concat([]testimony.Role{testimony.RoleBench, ""}, testimony.Roles, testimony.Roles, testimony.Roles) {
		at := time.Duration(i) * 10 * time.Second
		t.Passages = append(t.Passages, transcript.Passage{Start: at, End: at + 9*time.Second, Speaker: transcript.Speaker{Role: role}, Language: "en", Text: fmt.Sprintf("Sentence %d, which goes on for so long that the line of the table is full and another begins.", i)})
	}
	t.Passages[2].Speaker.Number = 2
	for i, why := range []transcript.Withheld{transcript.Expunged, transcript.NotPublic} {
		at := time.Duration(50+i) * time.Minute
		t.Passages = append(t.Passages, transcript.Passage{Start: at, End: at + time.Second, Withheld: why})
	}
	return t
}

func custody() notice.Custody {
	judge := notice.Official{ID: "user-one", Name: "Judge of Training", Office: testimony.Judge, Key: bytes.Repeat([]byte{0xab}, 32)}
	c := notice.Custody{Heading: heading(), Vault: "00112233445566778899aabbccddeeff", Recording: "recording-one", Planned: noon, Version: protection.MasterRecord, Begun: noon, Length: 100 * time.Minute,
		Bytes: 123456789, Chunks: 1900, Found: notice.Intact, FileRoot: bytes.Repeat([]byte{1}, 32), Root: bytes.Repeat([]byte{2}, 32), SealedAt: noon, SealedBy: judge, Edits: 3, OrderedAt: noon, OrderedBy: judge,
		Passages: []notice.Passage{{Item: "request-one/1", Kind: "mask", Channels: "both", From: "00:01:02.000", Until: "00:01:05.400", PictureUntil: "00:01:06.000"}},
		Copies:   []notice.Copy{{ID: "version-one", Made: noon, Edits: 3, Length: 100 * time.Minute, FileRoot: bytes.Repeat([]byte{3}, 32), Found: notice.Altered}},
		Given: []notice.Given{{Number: 1, ID: "copy-one", Of: "version-one", Role: "defence", Label: "Counsel for the defence", Asked: noon, Until: noon, State: "over", Approved: []notice.Official{{Name: "R. Gistrar", Office: "registrar"}},
			Made: noon, SHA256: bytes.Repeat([]byte{4}, 32), Ended: noon, Ending: "returned"}, {Number: 2, ID: "copy-two", Of: "version-one", Role: "judge", Label: "J. Udge", Asked: noon, Until: noon, State: "refused"}},
		Log: testimony.LogHead{Entries: 812, Hash: "TREEHASH", Note: "signed note"}}
	for i, act := range slices.Sorted(slices.Values(notice.CustodyActs())) {
		c.Chain = append(c.Chain, notice.Link{Entry: int64(700 + i), At: noon, Act: act, By: judge, Of: "recording-one"})
	}
	c.Chain = append(c.Chain, notice.Link{Entry: 799, At: noon, Act: "recording.opened", By: notice.Official{ID: "user-gone"}, Of: "version-one", Purpose: "export"})
	return c
}

func disclosed(l policy.Language) notice.SealedMinutes {
	p := papers(l)[notice.SealedRecord].(notice.SealedMinutes)
	p.Disclosed = &notice.Disclosed{Fields: identity.Fields{identity.Name: "Nguyễn Thị Đào", identity.Family: "Софія, " + strings.Repeat("sister and brother ", 9), identity.Face: "\xff\xd8jpeg"},
		Grantee: "Judge of Training", Office: testimony.Judge, Order: "2026/140", At: noon, Until: noon.AddDate(0, 0, 7)}
	return p
}
