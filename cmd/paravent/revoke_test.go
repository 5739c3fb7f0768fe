package main

import "testing"

func TestAUserIsRevokedFromTheCommandLine(t *testing.T) {
	t.Parallel()
	s := newTerminal(t)
	s.vault()
	s.run(exitOK, "user add clerk --role clerk --new-passphrase-file @p"+asJudge)
	s.run(exitOK, "user add second --role clerk --new-passphrase-file @p --vault @v --login clerk --passphrase-file @p")
	const asClerk = " --vault @v --login clerk --passphrase-file @p"
	s.run(exitUsage, "user revoke second"+asJudge)
	s.run(exitNotAllowed, "user revoke second --reason left"+asClerk)
	s.run(exitNotAllowed, "user revoke judge --reason left"+asJudge)
	s.run(exitNotFound, "user revoke nobody --reason left"+asJudge)
	out, _ := s.run(exitOK, "--json user revoke second --reason left"+asJudge)
	if said := parsed[map[string]string](t, out); said["access"] != "revoked" {
		t.Errorf("%v", said)
	}
	s.run(exitNotAllowed, "user revoke second --reason left"+asJudge)
	s.run(exitPassphrase, "vault status --vault @v --login second --passphrase-file @p")
	s.run(exitRefused, "user revoke clerk --reason left"+asJudge)
	out, _ = s.run(exitOK, "--json user list"+asJudge)
	revoked := map[string]bool{}
	for _, u := range parsed[[]map[string]string](t, out) {
		revoked[u["login"]] = u["revoked"] != ""
	}
	if len(revoked) != 3 || !revoked["second"] || revoked["clerk"] || revoked["judge"] {
		t.Errorf("%v", revoked)
	}
	out, _ = s.run(exitOK, "--json vault upkeep"+asJudge)
	if said := parsed[map[string]int](t, out); said["left"] != 0 {
		t.Errorf("%v", said)
	}
	s.run(exitOK, "vault verify"+asClerk)
	s.run(exitOK, "vault verify --without-keys --vault @v")
}
