// Package firefox gives tests a headless Firefox to drive, over WebDriver BiDi and without geckodriver. It is no part of
// the program. Start from [Start].
package firefox

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Patience bounds every single wait of a test for the browser. A machine under load needs some of it, others nothing.
const Patience = time.Minute

// Preferences are those of about:config; values are booleans, numbers and strings.
type Preferences map[string]any

// everywhere are the preferences of every test: fake devices without a question, connections on this machine, no calls home.
var everywhere = Preferences{
	"media.navigator.streams.fake":                      true,
	"media.navigator.permission.disabled":               true,
	"media.autoplay.default":                            0,
	"media.autoplay.blocking_policy":                    0,
	"media.peerconnection.ice.loopback":                 true,
	"media.peerconnection.ice.obfuscate_host_addresses": false,
	"media.gmp-manager.updateEnabled":                   false,
	"media.gmp-provider.enabled":                        false,
	"network.captive-portal-service.enabled":            false,
	"network.connectivity-service.enabled":              false,
	"app.normandy.enabled":                              false,
	"app.update.enabled":                                false,
	"browser.safebrowsing.malware.enabled":              false,
	"browser.safebrowsing.phishing.enabled":             false,
	"browser.shell.checkDefaultBrowser":                 false,
	"browser.startup.homepage_override.mstone":          "ignore",
	"browser.startup.page":                              0,
	"browser.tabs.crashReporting.sendReport":            false,
	"datareporting.policy.dataSubmissionEnabled":        false,
	"dom.ipc.processPrelaunch.enabled":                  false,
	"extensions.update.enabled":                         false,
	"services.settings.server":                          "data:,none",
	"toolkit.telemetry.reportingpolicy.firstRun":        false,
	"widget.windows.window_occlusion_tracking.enabled":  false,
}

// Browser is a running Firefox with a profile of its own. It ends with the test.
type Browser struct {
	t    testing.TB
	bidi *bidi
}

// Start starts a Firefox. Preferences come on top of those of every test. Without a Firefox the test fails.
func Start(t testing.TB, preferences Preferences) *Browser {
	t.Helper()
	path, err := find()
	if err != nil {
		t.Fatal(err)
	}
	profile, err := os.MkdirTemp("", "firefox")
	if err != nil {
		t.Fatal(err)
	}
	// Not t.TempDir: helpers of a browser that has ended may write for a moment longer, which is no fault of the test.
	t.Cleanup(func() { _ = os.RemoveAll(profile) })
	if err := os.WriteFile(filepath.Join(profile, "user.js"), preferences.file(), 0o600); err != nil {
		t.Fatal(err)
	}
	address := launch(t, path, profile)
	b := &Browser{t: t}
	if b.bidi, err = dial(t.Context(), address); err != nil {
		t.Fatalf("Firefox takes no commands: %v", err)
	}
	t.Cleanup(b.bidi.close)
	b.call("session.new", params{"capabilities": params{}}, nil)
	b.call("session.subscribe", params{"events": []string{logEntry}}, nil)
	return b
}

func find() (string, error) {
	for _, name := range []string{"firefox-esr", "firefox"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("firefox-esr is not installed; run 'make test', which installs it, or 'apt-get install firefox-esr'")
}

func (p Preferences) file() []byte {
	all := maps.Clone(everywhere)
	maps.Copy(all, p)
	var lines []byte
	for _, name := range slices.Sorted(maps.Keys(all)) {
		value, _ := json.Marshal(all[name]) // booleans, numbers and strings can always be written
		lines = fmt.Appendf(lines, "user_pref(%q, %s);\n", name, value)
	}
	return lines
}

// launch starts the process and returns the address of its BiDi server, which it says on standard error.
func launch(t testing.TB, path, profile string) string {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, path, "--headless", "--no-remote", "--new-instance", "--profile", profile, "--remote-debugging-port", "0", "about:blank")
	cmd.Env = append(os.Environ(), "HOME="+profile, "MOZ_CRASHREPORTER_DISABLE=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Setpgid:   true,            // its helpers end with it,
		Pdeathsig: syscall.SIGKILL, // and it ends with a test that was killed or ran out of time
	}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	errs, err := cmd.StderrPipe()
	if err != nil {
		cancel()
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		cancel()
		t.Fatalf("Firefox does not start: %v", err)
	}
	address, said := make(chan string, 1), make(chan string, 1)
	go listen(errs, address, said)
	t.Cleanup(func() {
		cancel()
		<-said
		_ = cmd.Wait() // it was killed
	})
	select {
	case at := <-address:
		return at
	case text := <-said:
		said <- text
		t.Fatalf("Firefox ended at once: %s", text)
	case <-time.After(Patience):
		t.Fatal("Firefox never said where it takes commands")
	}
	return ""
}

// listen reads all that Firefox says, until it ends.
func listen(errs io.Reader, address, said chan<- string) {
	var all []string
	for lines := bufio.NewScanner(errs); lines.Scan(); {
		if _, at, ok := strings.Cut(lines.Text(), "WebDriver BiDi listening on "); ok {
			address <- at + "/session"
		}
		if len(all) < 20 {
			all = append(all, lines.Text())
		}
	}
	said <- strings.Join(all, "\n")
}

func (b *Browser) call(method string, p params, result any) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.t.Context(), Patience)
	defer cancel()
	if err := b.bidi.call(ctx, method, p, result); err != nil {
		b.t.Fatalf("Firefox: %s: %v", method, err)
	}
}
