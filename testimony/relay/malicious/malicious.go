// Package malicious is a relay that has been taken over: for tests, and for nothing else.
//
// It stands before an honest relay and does to the frames between guests and desks what an [Attack] says. Whoever controls a
// relay controls no more than that, and the page, which is no matter of frames. Start from [Start].
package malicious

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync"
	"testing"

	"github.com/coder/websocket"
)

// Frame is one frame on its way.
type Frame struct {
	Guest int  // the number of the guest's connection, from 0
	Up    bool // from the guest to the court
	N     int  // the number of the frame in its direction, from 0
	Kind  websocket.MessageType
	Data  []byte // the attack's own
}

// Attack answers what goes on in place of a frame, in order: the frame itself, another one, several or none. Back is what
// returns to the frame's sender. It is called from one goroutine at a time.
type Attack func(Frame) (on, back []Frame)

// Pass lets a frame be.
func Pass(f Frame) (on, back []Frame) { return []Frame{f}, nil }

// Relay is a running malicious relay.
type Relay struct {
	URL string

	behind string
	mu     sync.Mutex
	attack Attack
	guests int
	ctx    context.Context
	wg     sync.WaitGroup
}

// Start stands before an honest relay until the test ends.
func Start(t testing.TB, behind string, attack Attack) *Relay {
	t.Helper()
	at, err := url.Parse(behind)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	r := &Relay{behind: behind, attack: attack, ctx: ctx}
	mux := http.NewServeMux()
	honest := &httputil.ReverseProxy{Rewrite: func(q *httputil.ProxyRequest) { q.SetURL(at) }}
	mux.Handle("/", honest)
	mux.HandleFunc("GET /s", r.guest)
	server := httptest.NewServer(mux)
	r.URL = server.URL
	t.Cleanup(func() {
		cancel()
		server.CloseClientConnections()
		server.Close()
		r.wg.Wait()
	})
	return r
}

// Turn changes the attack.
func (r *Relay) Turn(attack Attack) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.attack = attack
}

func (r *Relay) guest(w http.ResponseWriter, q *http.Request) {
	r.wg.Add(1)
	defer r.wg.Done()
	guest, err := websocket.Accept(w, q, nil)
	if err != nil {
		return
	}
	defer func() { _ = guest.CloseNow() }()
	court, _, err := websocket.Dial(r.ctx, r.behind+"/s", nil)
	if err != nil {
		return
	}
	defer func() { _ = court.CloseNow() }()
	guest.SetReadLimit(1 << 20)
	court.SetReadLimit(1 << 20)
	r.mu.Lock()
	number := r.guests
	r.guests++
	r.mu.Unlock()
	ctx, cancel := context.WithCancel(r.ctx)
	defer cancel()
	var both sync.WaitGroup
	both.Go(func() {
		defer cancel()
		r.pass(ctx, guest, court, Frame{Guest: number, Up: true})
	})
	both.Go(func() {
		defer cancel()
		r.pass(ctx, court, guest, Frame{Guest: number})
	})
	both.Wait()
}

func (r *Relay) pass(ctx context.Context, from, to *websocket.Conn, f Frame) {
	for ; ; f.N++ {
		kind, data, err := from.Read(ctx)
		if err != nil {
			_ = to.Close(websocket.StatusNormalClosure, "") // the last frame is to arrive
			return
		}
		f.Kind, f.Data = kind, data
		r.mu.Lock()
		on, back := r.attack(f)
		r.mu.Unlock()
		for _, way := range []struct {
			to     *websocket.Conn
			frames []Frame
		}{{to, on}, {from, back}} {
			for _, out := range way.frames {
				if way.to.Write(ctx, out.Kind, out.Data) != nil {
					return
				}
			}
		}
	}
}
