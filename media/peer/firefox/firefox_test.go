package firefox

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"
)

const page = `<!doctype html><title>A page</title><button id="b">Say it</button><p id="p"></p><script>
document.getElementById("b").onclick = (e) => {
  document.getElementById("p").textContent = [e.isTrusted, globalThis.before, localStorage.getItem("kept") ?? "nothing"].join(" ");
  localStorage.setItem("kept", "something");
  console.warn("pressed");
  setTimeout(() => { throw new Error("nobody catches this"); });
};</script>`

// awaitLine waits for a line, which comes on its own time.
func awaitLine(t *testing.T, w *Window, line string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), Patience)
	defer cancel()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for !slices.Contains(w.Said(), line) {
		select {
		case <-again.C:
		case <-ctx.Done():
			t.Fatalf("the window never said %q, but %q", line, w.Said())
		}
	}
}

func TestWindowsAreDrivenAndHeardApart(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a browser")
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte(page))
	}))
	t.Cleanup(server.Close)
	b := Start(t, nil)
	first, second := b.Window(`globalThis.before = "early"`), b.Window("")
	for _, w := range []*Window{first, second} {
		w.Open(server.URL)
		w.Press("Say it")
		w.Until("the answer", `Promise.resolve(document.getElementById("p").textContent)`)
	}
	if text := first.Text("#p"); text != "true early nothing" {
		t.Errorf("the first window says %q", text)
	}
	if text := second.Text("#p"); text != "true  nothing" && text != "true nothing" {
		t.Errorf("the second window says %q", text)
	}
	first.Reload()
	first.Press("Say it")
	first.Until("what is kept", `document.getElementById("p").textContent.endsWith("something")`)
	for _, line := range []string{"warn: pressed", "error: Error: nobody catches this"} {
		awaitLine(t, first, line)
	}
	if text := first.Text("#nowhere"); text != "" {
		t.Errorf("an element that is not there shows %q", text)
	}
}
