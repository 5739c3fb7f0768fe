package etcd_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"paravent/store/etcd"
)

func TestURLsThatAreTaken(t *testing.T) {
	t.Parallel()
	for _, u := range []struct {
		text, prefix string
		hosts        []string
		ops          int
	}{
		{"etcd://localhost/court", "/court/", []string{"localhost:2379"}, 126},
		{"etcd://127.0.0.1:23791,127.0.0.2:23792/a/b/", "/a/b/", []string{"127.0.0.1:23791", "127.0.0.2:23792"}, 126},
		{"etcd://[::1]:2379,[::1]/court?max-txn-ops=4000&max-request-bytes=8000000", "/court/", []string{"[::1]:2379", "[::1]:2379"}, 3998},
	} {
		c, err := etcd.ParseURL(u.text)
		if err != nil || c.Prefix != u.prefix || !slices.Equal(c.Hosts, u.hosts) || c.MaxTxnOps-2 != u.ops {
			t.Errorf("%s: %+v, %v", u.text, c, err)
		}
	}
}

func TestURLsThatAreRefused(t *testing.T) {
	t.Parallel()
	for name, u := range map[string]string{
		"another scheme":            "http://localhost/court",
		"no host":                   "etcd:///court",
		"no prefix":                 "etcd://localhost:2379",
		"empty prefix":              "etcd://localhost:2379//",
		"a user":                    "etcd://root:secret@localhost/court",
		"plain to another one":      "etcd://etcd.court.example:2379/court",
		"plain to one of several":   "etcd://127.0.0.1,192.0.2.1/court",
		"plain to a look-alike":     "etcd://localhost.example/court",
		"half of TLS":               "etcd://etcd.court.example/court?ca=x",
		"no such file":              "etcd://etcd.court.example/court?ca=/none&cert=/none&key=/none",
		"a slip of the pen":         "etcd://localhost/court?max-txn-opps=2000",
		"twice":                     "etcd://localhost/court?max-txn-ops=200&max-txn-ops=300",
		"no number":                 "etcd://localhost/court?max-txn-ops=many",
		"too few operations":        "etcd://localhost/court?max-txn-ops=3",
		"too few bytes":             "etcd://localhost/court?max-request-bytes=1000",
		"bytes too few for so many": "etcd://localhost/court?max-txn-ops=20000",
	} {
		if c, err := etcd.ParseURL(u); !errors.Is(err, etcd.ErrURL) {
			t.Errorf("%s: %+v, %v", name, c, err)
		}
	}
	if !etcd.IsURL("etcd://localhost/x") || etcd.IsURL("/var/lib/etcd/court.paravent") {
		t.Error("a file and a cluster are confused")
	}
}

func FuzzParseURL(f *testing.F) {
	f.Add("etcd://127.0.0.1:23791,[::1]/a/b/?max-txn-ops=4000&max-request-bytes=8000000")
	f.Add("etcd://host/?ca=")
	f.Add("etcd:// @/%")
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "=") && !strings.Contains(text, "max-") {
			return // it would read files by these names
		}
		c, err := etcd.ParseURL(text)
		if err == nil && (len(c.Hosts) == 0 || len(c.Prefix) < 3 || c.Prefix[0] != '/' || c.Prefix[len(c.Prefix)-1] != '/' || c.MaxTxnOps < 1) {
			t.Errorf("%q is taken as %+v", text, c)
		}
	})
}
