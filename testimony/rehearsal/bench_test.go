package rehearsal_test

import (
	"context"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"paravent/media"
	"paravent/testimony"
	"paravent/testimony/live"
)

// BenchmarkFirstPicture measures, in a real browser, the time from the loading of the page to the first decoded picture: for the
// bench, of a witness who was let in as soon as they stood in the lobby; for the gallery, of the silhouette.
func BenchmarkFirstPicture(b *testing.B) {
	var witnessed, watched time.Duration
	n := 0
	for b.Loop() {
		s := courtroom(b)
		w, g := openBrowser(b, fakeCamera(b)...), openBrowser(b)
		seen := make(chan struct{}, 1)
		cancel := s.Pictures(seat(b, s, testimony.RoleWitness).ID, firstOn(seen))

		start := time.Now()
		w.run(chromedp.Navigate(seat(b, s, testimony.RoleWitness).Link))
		w.press("I have read this")
		w.press("Allow camera and microphone")
		awaitPresence(b, s, testimony.RoleWitness, live.InLobby)
		must(b, s.Admit(seat(b, s, testimony.RoleWitness).ID))
		must(b, s.Enter(testimony.IdentityCheck))
		<-seen
		witnessed += time.Since(start)
		must(b, s.GoOnUntried("a test"))
		must(b, s.Enter(testimony.Oath))

		start = time.Now()
		g.run(chromedp.Navigate(seat(b, s, testimony.RoleGallery).Link))
		awaitPresence(b, s, testimony.RoleGallery, live.InLobby)
		must(b, s.Admit(seat(b, s, testimony.RoleGallery).ID))
		g.until("the silhouette", func(f found) bool { return f.Pictures > 0 })
		watched += time.Since(start)
		n++
		cancel()
		_, err := s.Close(context.Background())
		must(b, err)
	}
	b.ReportMetric(witnessed.Seconds()/float64(n), "s-to-the-witness")
	b.ReportMetric(watched.Seconds()/float64(n), "s-to-the-silhouette")
}

func firstOn(seen chan<- struct{}) func(*media.Frame) {
	return func(*media.Frame) {
		select {
		case seen <- struct{}{}:
		default:
		}
	}
}
