package backup_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"paravent/store/backup"
)

const ours, theirs = "0123456789abcdef0123456789abcdef", "ffffffffffffffffffffffffffffffff"

var zones = []string{"UTC", "Europe/Paris", "America/St_Johns", "Pacific/Apia", "Australia/Lord_Howe"}

func drawZone(t *rapid.T) *time.Location {
	zone, err := time.LoadLocation(rapid.SampledFrom(zones).Draw(t, "zone"))
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func drawTime(t *rapid.T, name string) time.Time {
	return time.Unix(rapid.Int64Range(1_700_000_000, 1_900_000_000).Draw(t, name), 0)
}

func drawPolicy(t *rapid.T) backup.Policy {
	p := backup.Policy{Every: rapid.IntRange(1, 24).Draw(t, "hours"), Hour: rapid.IntRange(0, 23).Draw(t, "hour"),
		Daily: rapid.IntRange(0, 9).Draw(t, "daily"), Weekly: rapid.IntRange(0, 6).Draw(t, "weekly"), Monthly: rapid.IntRange(0, 14).Draw(t, "monthly")}
	if rapid.Bool().Draw(t, "by the day") {
		p.Every = 24 * rapid.IntRange(1, 31).Draw(t, "days")
	}
	return p
}

func TestABackupIsDueOnceAfterEach(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p, zone, last := drawPolicy(t), drawZone(t), drawTime(t, "last")
		next := p.Next(last, zone)
		wait := next.Sub(last)
		// A day lasts up to 26 hours where the clock is put forward by a day's name or back by hours.
		if wait <= 0 || wait > time.Duration(p.Every)*time.Hour+26*time.Hour {
			t.Fatalf("the next backup after %v is due at %v", last.In(zone), next)
		}
		if p.Due(last, next.Add(-time.Second).In(zone)) || !p.Due(last, next.In(zone)) || p.Late(last, next.In(zone)) {
			t.Fatal("a backup is due before its time, not at its time, or late at once")
		}
		if p.Every >= 24 && next.In(zone).Minute() != 0 && zone.String() == "UTC" {
			t.Fatalf("due at %v", next.In(zone))
		}
		if !p.Late(last, next.In(zone).Add(25*time.Hour)) {
			t.Fatal("a backup that hasn't come for a day isn't late")
		}
		if !p.Due(time.Time{}, last.In(zone)) || !p.Due(last.Add(time.Hour), last.In(zone)) {
			t.Fatal("where there is no backup, or one from the future, none is due")
		}
	})
}

func TestDueByExample(t *testing.T) {
	t.Parallel()
	at := func(text string) time.Time {
		when, err := time.Parse("2006-01-02 15:04", text)
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	for _, x := range []struct {
		every, hour int
		last, next  string
	}{
		{24, 20, "2026-11-24 20:01", "2026-11-25 20:00"},
		{24, 20, "2026-11-24 09:00", "2026-11-24 20:00"}, // made by hand in the morning
		{24, 20, "2026-11-24 20:00", "2026-11-25 20:00"},
		{7 * 24, 3, "2026-11-24 03:00", "2026-12-01 03:00"},
		{6, 20, "2026-11-24 20:01", "2026-11-25 02:01"},
	} {
		p := backup.Policy{Every: x.every, Hour: x.hour, Daily: 1}
		if got := p.Next(at(x.last), time.UTC); !got.Equal(at(x.next)) {
			t.Errorf("%+v: %v", x, got)
		}
	}
}

func drawList(t *rapid.T) []backup.Listed {
	n := rapid.IntRange(0, 60).Draw(t, "n")
	list := make([]backup.Listed, n)
	for i := range list {
		list[i] = backup.Listed{Path: rapid.StringMatching(`[a-z]{12}`).Draw(t, "path"),
			State: rapid.SampledFrom([]backup.State{backup.Complete, backup.Complete, backup.Checked, backup.Incomplete, backup.Foreign}).Draw(t, "state"),
			Manifest: backup.Manifest{Vault: rapid.SampledFrom([]string{ours, ours, ours, theirs}).Draw(t, "vault"),
				At: time.Unix(1_700_000_000+rapid.Int64Range(0, 400*86400).Draw(t, "at"), 0)}}
	}
	return list
}

func TestWhatMayBeDeleted(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p, zone, list := drawPolicy(t), drawZone(t), drawList(t)
		before := slices.Clone(list)
		gone := p.Expendable(list, ours, zone)
		if !slices.EqualFunc(before, list, func(a, b backup.Listed) bool { return a.Path == b.Path }) {
			t.Fatal("the list was changed")
		}
		deleted := make(map[string]bool)
		for _, l := range gone {
			if !l.Good() || l.Manifest.Vault != ours {
				t.Fatalf("%+v would be deleted", l)
			}
			deleted[l.Path] = true
		}
		var whole, kept []backup.Listed
		for _, l := range list {
			if l.Good() && l.Manifest.Vault == ours {
				if whole = append(whole, l); !deleted[l.Path] {
					kept = append(kept, l)
				}
			}
		}
		if len(whole) > 0 && len(kept) == 0 {
			t.Fatal("nothing is kept")
		}
		if len(kept) > p.Daily+p.Weekly+p.Monthly+1 {
			t.Fatalf("%d are kept", len(kept))
		}
		newest := func(l []backup.Listed) (at time.Time) {
			for _, x := range l {
				if x.At().After(at) {
					at = x.At()
				}
			}
			return at
		}
		if !newest(kept).Equal(newest(whole)) {
			t.Fatal("the newest one would be deleted")
		}
		// Each of the last days, weeks and months that have a whole backup keeps its newest.
		for n, period := range map[int]func(time.Time) string{
			p.Daily: func(t time.Time) string { return t.Format("2006-01-02") }, p.Monthly: func(t time.Time) string { return t.Format("2006-01") }} {
			if p.Daily == p.Monthly {
				break
			}
			last := make(map[string]time.Time)
			for _, l := range whole {
				if k := period(l.At().In(zone)); l.At().After(last[k]) {
					last[k] = l.At()
				}
			}
			var keys []string
			for k := range last {
				keys = append(keys, k)
			}
			slices.Sort(keys)
			slices.Reverse(keys)
			for _, k := range keys[:min(n, len(keys))] {
				if !slices.ContainsFunc(kept, func(l backup.Listed) bool { return l.At().Equal(last[k]) }) {
					t.Fatalf("the newest of %s would be deleted", k)
				}
			}
		}
		// What isn't whole, or not ours, changes nothing of it.
		again := p.Expendable(slices.DeleteFunc(slices.Clone(list), func(l backup.Listed) bool { return !l.Good() || l.Manifest.Vault != ours }), ours, zone)
		if len(again) != len(gone) {
			t.Fatal("a backup that isn't whole, or not ours, took one's place")
		}
		if len(p.Expendable(list, "", zone)) != 0 {
			t.Fatal("backups of no vault would be deleted")
		}
		// Deleting is settled: nothing more may go afterwards.
		if more := p.Expendable(kept, ours, zone); len(more) != 0 {
			t.Fatalf("%d more would be deleted", len(more))
		}
	})
}

func TestAPolicyIsRefused(t *testing.T) {
	t.Parallel()
	if err := backup.DefaultPolicy.Check(); err != nil {
		t.Error(err)
	}
	for name, change := range map[string]func(*backup.Policy){
		"never": func(p *backup.Policy) { p.Every = 0 }, "odd hours": func(p *backup.Policy) { p.Every = 25 }, "too rarely": func(p *backup.Policy) { p.Every = 32 * 24 },
		"no hour": func(p *backup.Policy) { p.Hour = 24 }, "less than none": func(p *backup.Policy) { p.Weekly = -1 },
		"none kept": func(p *backup.Policy) { p.Daily, p.Weekly, p.Monthly = 0, 0, 0 },
	} {
		p := backup.DefaultPolicy
		change(&p)
		if p.Check() == nil {
			t.Errorf("%s is taken", name)
		}
	}
}
