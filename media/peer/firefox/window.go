package firefox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"
)

// Window is one page in a window of its own, with cookies and storage that no other window sees: a device of its own.
type Window struct {
	t       testing.TB
	browser *Browser
	context string
}

// Window opens an empty window. preload, where it is not empty, is a script that runs in every page before its own.
func (b *Browser) Window(preload string) *Window {
	b.t.Helper()
	var user struct {
		UserContext string `json:"userContext"`
	}
	b.call("browser.createUserContext", params{}, &user)
	var made struct {
		Context string `json:"context"`
	}
	b.call("browsingContext.create", params{"type": "window", "userContext": user.UserContext}, &made)
	if preload != "" {
		b.call("script.addPreloadScript", params{"functionDeclaration": "() => {" + preload + "\n}", "contexts": []string{made.Context}}, nil)
	}
	return &Window{b.t, b, made.Context}
}

// Open goes to an address and waits until the page has loaded.
func (w *Window) Open(url string) {
	w.t.Helper()
	w.browser.call("browsingContext.navigate", params{"context": w.context, "url": url, "wait": "complete"}, nil)
}

// Reload loads the page again.
func (w *Window) Reload() {
	w.t.Helper()
	w.browser.call("browsingContext.reload", params{"context": w.context, "wait": "complete"}, nil)
}

// Said is what the page has written on its console, and every error that nobody caught.
func (w *Window) Said() []string { return w.browser.bidi.heard(w.context) }

// Evaluate runs an expression in the page, waits for its promise and reads the value as JSON. The page's content security
// policy does not hold it back.
func Evaluate[T any](w *Window, expression string) T {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), Patience)
	defer cancel()
	var value T
	if err := w.evaluate(ctx, expression, &value); err != nil {
		w.t.Fatalf("Firefox: %s: %v; the page has said %q", expression, err, w.Said())
	}
	return value
}

func (w *Window) evaluate(ctx context.Context, expression string, value any) error {
	var result struct {
		Type   string `json:"type"`
		Result struct {
			Value string `json:"value"`
		} `json:"result"`
		Exception struct {
			Text string `json:"text"`
		} `json:"exceptionDetails"`
	}
	err := w.browser.bidi.call(ctx, "script.evaluate", params{"target": params{"context": w.context}, "awaitPromise": true,
		"expression": "(async () => JSON.stringify(await (" + expression + ")) ?? 'null')()"}, &result)
	if err != nil {
		return err
	}
	if result.Type != "success" {
		return errors.New(result.Exception.Text)
	}
	return json.Unmarshal([]byte(result.Result.Value), value)
}

// Until waits until an expression, or what its promise gives, holds. It asks again and again, since nobody outside knows when a page changes; a page that
// is just being loaded has no answer yet.
func (w *Window) Until(what, expression string) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), Patience)
	defer cancel()
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for {
		var holds bool
		if err := w.evaluate(ctx, "(async () => Boolean(await ("+expression+")))()", &holds); err == nil && holds {
			return
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			w.t.Fatalf("waited in vain for %s; the page shows %q and has said %q", what, w.Text("body"), w.Said())
		}
	}
}

// Text is what an element shows, or "" where there is none.
func (w *Window) Text(selector string) string {
	w.t.Helper()
	return Evaluate[string](w, fmt.Sprintf(`document.querySelector(%q)?.innerText ?? ""`, selector))
}

// Press clicks the visible button with an accessible name, as a hand does.
func (w *Window) Press(name string) {
	w.t.Helper()
	button := fmt.Sprintf(`[...document.querySelectorAll("button")].find((b) => b.textContent.trim() === %q && b.offsetParent)`, name)
	w.Until("the button "+name, button)
	at := Evaluate[[2]float64](w, `(() => { const b = `+button+`; b.scrollIntoView({ block: "center" }); const r = b.getBoundingClientRect();
		return [r.x + r.width / 2, r.y + r.height / 2]; })()`)
	w.browser.call("input.performActions", params{"context": w.context, "actions": []params{{
		"type": "pointer", "id": "mouse", "actions": []params{
			{"type": "pointerMove", "x": int(at[0]), "y": int(at[1])},
			{"type": "pointerDown", "button": 0},
			{"type": "pointerUp", "button": 0},
		}}}}, nil)
}

// Screenshot is what the window shows now, as a PNG file.
func (w *Window) Screenshot() []byte {
	w.t.Helper()
	var shot struct {
		Data []byte `json:"data"`
	}
	w.browser.call("browsingContext.captureScreenshot", params{"context": w.context}, &shot)
	return shot.Data
}

// Size sets the window's size in CSS pixels, such as that of a phone.
func (w *Window) Size(width, height int) {
	w.t.Helper()
	w.browser.call("browsingContext.setViewport", params{"context": w.context, "viewport": params{"width": width, "height": height}}, nil)
}
