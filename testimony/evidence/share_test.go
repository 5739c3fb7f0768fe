package evidence_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"paravent/protection"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/evidence"
)

func drawAccess(t *rapid.T, name string) protection.Access {
	return protection.Access{
		Picture: protection.Picture(rapid.IntRange(int(protection.NoPicture), int(protection.ClearPicture)).Draw(t, name+" picture")),
		Voice:   protection.Voice(rapid.IntRange(int(protection.NoVoice), int(protection.ClearVoice)).Draw(t, name+" voice")),
		Release: protection.Release(rapid.IntRange(int(protection.Never), int(protection.Live)).Draw(t, name+" release")), Connected: rapid.Bool().Draw(t, name+" connected"),
	}
}

func drawKept(t *rapid.T) evidence.Kept {
	k := evidence.Kept{Held: drawAccess(t, "held"), Late: rapid.Bool().Draw(t, "late")}
	for _, of := range []protection.Audience{protection.MasterRecord, protection.PublicRecord} {
		if !rapid.Bool().Draw(t, "has "+string(of)) {
			continue
		}
		list := rapid.IntRange(0, 2).Draw(t, "list of "+string(of))
		root := docket.Recording{ID: testimony.RecordingID(of), Version: of, Sealed: rapid.Bool().Draw(t, "sealed"), Duration: time.Minute}
		k.Recordings = append(k.Recordings, docket.RecordingState{Recording: root, List: list})
		for n := range rapid.IntRange(0, 3).Draw(t, "versions") {
			k.Recordings = append(k.Recordings, docket.RecordingState{List: list, Recording: docket.Recording{ID: root.ID + testimony.RecordingID(rune('a'+n)), Version: of, Source: root.ID,
				Edits: rapid.IntRange(0, 2).Draw(t, "edits"), Sealed: rapid.Bool().Draw(t, "version sealed")}})
		}
	}
	return k
}

// Whoever may not have everything in the clear, now and in every mode of the hearing, never gets a version of the master, and the public never does; nobody gets a version that lacks an edit in force or is not sealed, and
// the public version goes to nobody who may have less than it holds.
func TestNobodyIsGivenAVersionThatHoldsMoreThanTheirs(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		access, whole, k := drawAccess(t, "access"), drawAccess(t, "whole"), drawKept(t)
		a := rapid.SampledFrom([]protection.Audience{protection.Gallery, protection.Press, protection.Accused, protection.DefenceCounsel, protection.Bench}).Draw(t, "audience")
		s := evidence.Choose(a, access, whole, k)
		if (s.Version != "") != (s.Form == evidence.FormMaster || s.Form == evidence.FormPublic) {
			t.Fatalf("%+v", s)
		}
		for _, r := range k.Recordings {
			if r.ID != s.Version {
				continue
			}
			if !r.Sealed || r.Edits != r.List {
				t.Fatalf("a version that is not sealed, or lacks an edit, is given: %+v", r)
			}
			if r.Version == protection.MasterRecord && (a.Public() || !whole.Connected || whole.Picture != protection.ClearPicture || whole.Voice != protection.ClearVoice || whole.Release != protection.Live) {
				t.Fatalf("the master is given to %s, who may have %+v of the whole hearing", a, whole)
			}
			if r.Version == protection.MasterRecord && (access.Picture != protection.ClearPicture || access.Voice != protection.ClearVoice || access.Release != protection.Live || !access.Connected) {
				t.Fatalf("the master is given to %+v", access)
			}
			if r.Version == protection.PublicRecord && (k.Held.Picture > access.Picture || k.Held.Voice > access.Voice || k.Late || access.Release <= protection.AfterReview) {
				t.Fatalf("a version that holds %+v is given to %+v", k.Held, access)
			}
		}
	})
}

// What a stricter access gets, a wider one would get too: tightening never opens a version.
func TestATighterAccessNeverGetsTheMaster(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		wide, other, k := drawAccess(t, "wide"), drawAccess(t, "other"), drawKept(t)
		tight, rest := wide.Stricter(other), drawAccess(t, "rest")
		if evidence.Choose(protection.Accused, tight, tight, k).Form == evidence.FormMaster && evidence.Choose(protection.Accused, wide, wide, k).Form != evidence.FormMaster {
			t.Fatalf("%+v gets the master, and %+v does not", tight, wide)
		}
		if evidence.Choose(protection.Accused, wide, rest.Stricter(other), k).Form == evidence.FormMaster && evidence.Choose(protection.Accused, wide, rest, k).Form != evidence.FormMaster {
			t.Fatalf("%+v of the whole hearing gets the master, and %+v does not", rest.Stricter(other), rest)
		}
	})
}

// Otherwise the rule above would hold of a function that gives nothing to anybody.
func TestWhoMayHaveItIsGivenIt(t *testing.T) {
	t.Parallel()
	rec := func(id string, of protection.Audience, source string, edits, list int) docket.RecordingState {
		return docket.RecordingState{List: list, Recording: docket.Recording{ID: testimony.RecordingID(id), Version: of, Source: testimony.RecordingID(source), Edits: edits, Sealed: true}}
	}
	plain := []docket.RecordingState{rec("m", protection.MasterRecord, "", 0, 0), rec("p", protection.PublicRecord, "", 0, 0)}
	cut := []docket.RecordingState{rec("m", protection.MasterRecord, "", 0, 2), rec("m1", protection.MasterRecord, "m", 1, 2), rec("m2", protection.MasterRecord, "m", 2, 2), rec("p", protection.PublicRecord, "", 0, 1)}
	some := protection.Access{Picture: protection.Silhouette, Voice: protection.Disguised, Release: protection.Live, Connected: true}
	full := protection.Full()
	for name, c := range map[string]struct {
		of            protection.Audience
		access, whole protection.Access
		kept          evidence.Kept
		want          evidence.Share
	}{
		"the bench":                 {protection.Bench, full, full, evidence.Kept{Recordings: plain}, evidence.Share{Form: evidence.FormMaster, Version: "m"}},
		"the bench, edited":         {protection.Bench, full, full, evidence.Kept{Recordings: cut}, evidence.Share{Form: evidence.FormMaster, Version: "m2"}},
		"the gallery":               {protection.Gallery, some, some, evidence.Kept{Recordings: plain, Held: some}, evidence.Share{Form: evidence.FormPublic, Version: "p"}},
		"the gallery, unmade":       {protection.Gallery, some, some, evidence.Kept{Recordings: cut, Held: some}, evidence.Share{Form: evidence.FormUnmade}},
		"recorded before order":     {protection.Gallery, some, some, evidence.Kept{Recordings: plain, Held: protection.Full()}, evidence.Share{Form: evidence.FormMissing}},
		"marked late":               {protection.Gallery, some, some, evidence.Kept{Recordings: plain, Held: some, Late: true}, evidence.Share{Form: evidence.FormReview}},
		"nobody":                    {protection.Gallery, protection.Access{}, protection.Access{}, evidence.Kept{Recordings: plain}, evidence.Share{Form: evidence.FormNothing}},
		"the gallery, all clear":    {protection.Gallery, full, full, evidence.Kept{Recordings: plain, Held: full}, evidence.Share{Form: evidence.FormPublic, Version: "p"}},
		"the accused":               {protection.Accused, full, full, evidence.Kept{Recordings: plain}, evidence.Share{Form: evidence.FormMaster, Version: "m"}},
		"the accused, closed parts": {protection.Accused, full, protection.Access{}, evidence.Kept{Recordings: plain, Held: some}, evidence.Share{Form: evidence.FormPublic, Version: "p"}},
	} {
		c.want.Audience = c.of
		if got := evidence.Choose(c.of, c.access, c.whole, c.kept); got != c.want {
			t.Errorf("%s: %+v, not %+v", name, got, c.want)
		}
	}
}
