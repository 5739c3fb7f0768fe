package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"paravent/testimony/docket"
)

// backUp makes a backup and returns where it is.
func (s *terminal) backUp(dir string) string {
	s.t.Helper()
	out, _ := s.run(exitOK, "vault backup --json "+dir+asJudge)
	var b docket.Backup
	if err := json.Unmarshal([]byte(out), &b); err != nil || b.Records == 0 {
		s.t.Fatalf("%v: %s", err, out)
	}
	return b.Path
}

func TestABackupIsCheckedAndRestoredFromTheCommandLine(t *testing.T) {
	t.Parallel()
	s := newTerminal(t)
	s.vault()
	path := s.backUp("@copies")
	var list []listedBackup
	out, _ := s.run(exitOK, "vault backups @copies --json")
	if err := json.Unmarshal([]byte(out), &list); err != nil || len(list) != 1 || list[0].State != "checked" || list[0].Entries == 0 {
		t.Fatalf("%v: %s", err, out)
	}
	if out, _ = s.run(exitOK, "vault backups @copies --quick"); !strings.Contains(out, "complete") {
		t.Errorf("quick: %s", out)
	}
	s.run(exitDamaged, "vault backups @copies --of "+strings.Repeat("0", 32))
	s.run(exitNotFound, "vault backups @nowhere")

	out, _ = s.run(exitOK, "vault restore "+path+" @new")
	if !strings.Contains(out, "just made") || !strings.Contains(out, "audit entries") {
		t.Errorf("restored: %s", out)
	}
	s.run(exitOK, "vault verify --vault @new --login judge --passphrase-file @p")
	s.run(exitExists, "vault restore "+path+" @new")
	s.run(exitNotFound, "vault restore @nothing @other")
	s.run(exitRefused, "vault restore "+path+" @other --of "+strings.Repeat("0", 32))
	s.run(exitPassphrase, "vault restore "+path+" @other --login judge --passphrase-file @wrong")
	s.run(exitUsage, "vault restore "+path+" @other --passphrase-file @p")
	if _, err := os.Stat(s.path("other")); err == nil {
		t.Error("a restore that was refused left a file")
	}
	out, _ = s.run(exitOK, "vault restore "+path+" @other --login judge --passphrase-file @p --json")
	if !strings.Contains(out, `"opened": true`) {
		t.Errorf("with a key: %s", out)
	}

	if err := os.Truncate(path, 30000); err != nil {
		t.Fatal(err)
	}
	s.run(exitDamaged, "vault restore "+path+" @third")
	if out, _ = s.run(exitDamaged, "vault backups @copies"); !strings.Contains(out, "incomplete") {
		t.Errorf("torn: %s", out)
	}
	if left, _ := filepath.Glob(s.path("third*")); len(left) != 0 {
		t.Errorf("a torn backup left %v", left)
	}
}

func TestScheduledBackupsFromTheCommandLine(t *testing.T) {
	t.Parallel()
	s := newTerminal(t)
	s.vault()
	if out, _ := s.run(exitOK, "vault backup --scheduled"+asJudge); !strings.Contains(out, "No backup is due") {
		t.Errorf("without a policy: %s", out)
	}
	s.run(exitUsage, "vault backup"+asJudge)
	s.run(exitNotFound, "vault schedule"+asJudge)
	s.run(exitUsage, "vault schedule --every 24"+asJudge)
	s.run(exitRefused, "vault schedule --folder @copies --every 25"+asJudge)
	s.run(exitOK, "vault schedule --folder @copies --every 6 --daily 3"+asJudge)
	out, _ := s.run(exitOK, "vault schedule"+asJudge)
	if !strings.Contains(out, "every 6 hours") || !strings.Contains(out, "3 days") {
		t.Errorf("policy: %s", out)
	}
	s.run(exitUsage, "vault backup --scheduled @copies"+asJudge)
	s.run(exitOK, "vault backup --scheduled"+asJudge)
	if out, _ = s.run(exitOK, "vault backup --scheduled"+asJudge); !strings.Contains(out, "No backup is due") {
		t.Errorf("right after one: %s", out)
	}
	out, _ = s.run(exitOK, "vault schedule --off"+asJudge)
	if !strings.Contains(out, "stay") {
		t.Errorf("off: %s", out)
	}
	if left, _ := filepath.Glob(s.path("copies/*.paravent")); len(left) != 1 {
		t.Errorf("backups: %v", left)
	}

	// The volume isn't there, and in its place is an empty folder of another one.
	s.run(exitOK, "vault schedule --folder @volume"+asJudge)
	if err := os.RemoveAll(s.path("volume")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(s.path("volume"), 0o700); err != nil {
		t.Fatal(err)
	}
	s.run(exitNotFound, "vault backup --scheduled"+asJudge)
	if left, _ := filepath.Glob(s.path("volume/*")); len(left) != 0 {
		t.Errorf("a backup went to another volume: %v", left)
	}
}

func TestAge(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{time.Second: "just made", 5 * time.Minute: "5 minutes old", 30 * time.Hour: "30 hours old", 72 * time.Hour: "3 days old"} {
		if got := age(d); got != want {
			t.Errorf("%v: %s", d, got)
		}
	}
}
