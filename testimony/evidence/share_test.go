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

// Whoever may not have everything in the clear never gets a version of the master, nobody gets a version that lacks an edit in force or is not sealed, and
// the public version goes to nobody who may have less than it holds.
func TestNobodyIsGivenAVersionThatHoldsMoreThanTheirs(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		access, k := drawAccess(t, "access"), drawKept(t)
		s := evidence.Choose(protection.Gallery, access, k)
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
		tight := wide.Stricter(other)
		if evidence.Choose(protection.Gallery, tight, k).Form == evidence.FormMaster && evidence.Choose(protection.Gallery, wide, k).Form != evidence.FormMaster {
			t.Fatalf("%+v gets the master, and %+v does not", tight, wide)
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
	for name, c := range map[string]struct {
		access protection.Access
		kept   evidence.Kept
		want   evidence.Share
	}{
		"the bench":             {protection.Full(), evidence.Kept{Recordings: plain}, evidence.Share{Form: evidence.FormMaster, Version: "m"}},
		"the bench, edited":     {protection.Full(), evidence.Kept{Recordings: cut}, evidence.Share{Form: evidence.FormMaster, Version: "m2"}},
		"the gallery":           {some, evidence.Kept{Recordings: plain, Held: some}, evidence.Share{Form: evidence.FormPublic, Version: "p"}},
		"the gallery, unmade":   {some, evidence.Kept{Recordings: cut, Held: some}, evidence.Share{Form: evidence.FormUnmade}},
		"recorded before order": {some, evidence.Kept{Recordings: plain, Held: protection.Full()}, evidence.Share{Form: evidence.FormMissing}},
		"marked late":           {some, evidence.Kept{Recordings: plain, Held: some, Late: true}, evidence.Share{Form: evidence.FormReview}},
		"nobody":                {protection.Access{}, evidence.Kept{Recordings: plain}, evidence.Share{Form: evidence.FormNothing}},
	} {
		c.want.Audience = protection.Gallery
		if got := evidence.Choose(protection.Gallery, c.access, c.kept); got != c.want {
			t.Errorf("%s: %+v, not %+v", name, got, c.want)
		}
	}
}
