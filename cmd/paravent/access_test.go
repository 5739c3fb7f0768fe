package main

import (
	"errors"
	"path/filepath"
	"testing"
)

// TestWhereTheVaultIs is not parallel: it sets the environment.
func TestWhereTheVaultIs(t *testing.T) {
	home := t.TempDir()
	const server, other = "etcd://localhost/court", "etcd://localhost/other"
	for name, c := range map[string]struct {
		flags                placeFlags
		envVault, envBackend string
		want                 string
		refused              bool
	}{
		"nothing said":              {want: filepath.Join(home, "paravent", "court.paravent")},
		"a file":                    {flags: placeFlags{Vault: "/a"}, want: "/a"},
		"a server":                  {flags: placeFlags{Backend: server}, want: server},
		"both":                      {flags: placeFlags{Vault: "/a", Backend: server}, refused: true},
		"no server":                 {flags: placeFlags{Backend: "http://localhost"}, refused: true},
		"server over environment":   {flags: placeFlags{Vault: "/a", Backend: server}, envVault: "/a", want: server},
		"file over environment":     {flags: placeFlags{Vault: "/a", Backend: server}, envBackend: server, want: "/a"},
		"server over server":        {flags: placeFlags{Backend: other}, envBackend: server, want: other},
		"both from the environment": {flags: placeFlags{Vault: "/a", Backend: server}, envVault: "/a", envBackend: server, refused: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("XDG_DATA_HOME", home)
			t.Setenv("PARAVENT_VAULT", c.envVault)
			t.Setenv("PARAVENT_BACKEND", c.envBackend)
			got, err := c.flags.path()
			var usage usageError
			if c.refused != errors.As(err, &usage) || !c.refused && (err != nil || got != c.want) {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
}
