package live_test

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/coder/websocket"

	"paravent/testimony"
	"paravent/testimony/invite"
	"paravent/testimony/join"
	"paravent/testimony/join/guest"
	"paravent/testimony/live"
	"paravent/testimony/relay"
	"paravent/testimony/relay/malicious"
	"paravent/testimony/relay/station"
)

// overRelay opens the hearing "h" behind a relay that has been taken over.
func overRelay(t *testing.T, attack malicious.Attack) (*live.Session, *malicious.Relay) {
	t.Helper()
	key, err := relay.NewKey(rand.Reader)
	must(t, err)
	st, err := station.Start(t.Context(), station.Config{Listen: "127.0.0.1:0", Courts: map[string]relay.Key{"court": key}})
	must(t, err)
	t.Cleanup(st.Close)
	evil := malicious.Start(t, "http://"+st.Address().String(), attack)
	d, _ := deskWith(t, oneHearing)
	s := enterWith(t, live.Config{Desk: d, Reach: relay.Reach{Relay: relay.Place{URL: evil.URL, Key: key}}, Patience: 1500 * time.Millisecond})
	return s, evil
}

func raised(s *live.Session, kind string, who testimony.ParticipantID) bool {
	for _, a := range s.State().Alarms {
		if a.Kind == kind && a.Participant == who {
			return true
		}
	}
	return false
}

// flipped is a frame with one bit changed.
func flipped(f malicious.Frame, at int) malicious.Frame {
	f.Data = bytes.Clone(f.Data)
	f.Data[at%len(f.Data)] ^= 1
	return f
}

// once does an attack to the first frame for which it holds, and lets all others be.
func once(holds func(malicious.Frame) bool, attack malicious.Attack) malicious.Attack {
	done := false
	return func(f malicious.Frame) (on, back []malicious.Frame) {
		if done || !holds(f) {
			return malicious.Pass(f)
		}
		done = true
		return attack(f)
	}
}

func down(f malicious.Frame) bool { return !f.Up && f.Kind == websocket.MessageBinary }
func up(f malicious.Frame) bool   { return f.Up && f.Kind == websocket.MessageBinary }

func only(frames ...malicious.Frame) ([]malicious.Frame, []malicious.Frame) { return frames, nil }

// What a relay does to the frames of a session that stands: each is noticed by the side that it reaches, the connection ends, and
// nobody is connected for media under it.
func TestMaliciousRelayIsNoticedInASession(t *testing.T) {
	t.Parallel()
	var earlier [][]byte // what was sealed in another session
	var held *malicious.Frame
	for name, c := range map[string]struct {
		attack func() malicious.Attack
		court  bool // it is the court that notices
	}{
		"changes a byte for the guest": {attack: func() malicious.Attack {
			return once(down, func(f malicious.Frame) ([]malicious.Frame, []malicious.Frame) { return only(flipped(f, 77)) })
		}},
		"changes a byte for the court": {court: true, attack: func() malicious.Attack {
			return once(up, func(f malicious.Frame) ([]malicious.Frame, []malicious.Frame) { return only(flipped(f, 78)) })
		}},
		"cuts a frame short": {attack: func() malicious.Attack {
			return once(down, func(f malicious.Frame) ([]malicious.Frame, []malicious.Frame) {
				f.Data = f.Data[:len(f.Data)-1]
				return only(f)
			})
		}},
		"sends a frame as text": {court: true, attack: func() malicious.Attack {
			return once(up, func(f malicious.Frame) ([]malicious.Frame, []malicious.Frame) {
				f.Kind = websocket.MessageText
				f.Data = []byte(`{"type":"leave"}`)
				return only(f)
			})
		}},
		"repeats a frame to the guest": {attack: func() malicious.Attack {
			return once(down, func(f malicious.Frame) ([]malicious.Frame, []malicious.Frame) { return only(f, f) })
		}},
		"repeats a frame to the court": {court: true, attack: func() malicious.Attack {
			return once(up, func(f malicious.Frame) ([]malicious.Frame, []malicious.Frame) { return only(f, f) })
		}},
		"leaves a frame out": {attack: func() malicious.Attack {
			return once(down, func(malicious.Frame) ([]malicious.Frame, []malicious.Frame) { return only() })
		}},
		"leaves a frame of the guest's out": {court: true, attack: func() malicious.Attack {
			return once(up, func(malicious.Frame) ([]malicious.Frame, []malicious.Frame) { return only() })
		}},
		"changes the order": {attack: func() malicious.Attack {
			held = nil
			return func(f malicious.Frame) ([]malicious.Frame, []malicious.Frame) {
				switch {
				case !down(f):
					return malicious.Pass(f)
				case held == nil:
					held = &f
					return only()
				}
				return only(f, *held)
			}
		}},
		"sends the guest its own words": {attack: func() malicious.Attack {
			return once(up, func(f malicious.Frame) ([]malicious.Frame, []malicious.Frame) {
				return []malicious.Frame{f}, []malicious.Frame{f}
			})
		}},
		"sends the court its own words": {court: true, attack: func() malicious.Attack {
			return once(down, func(f malicious.Frame) ([]malicious.Frame, []malicious.Frame) {
				return []malicious.Frame{f}, []malicious.Frame{f}
			})
		}},
		"brings words of another session": {attack: func() malicious.Attack {
			return once(down, func(f malicious.Frame) ([]malicious.Frame, []malicious.Frame) {
				f.Data = earlier[f.N%len(earlier)]
				return only(f)
			})
		}},
	} {
		t.Run(name, func(t *testing.T) {
			s, evil := overRelay(t, func(f malicious.Frame) ([]malicious.Frame, []malicious.Frame) {
				if !f.Up && f.Kind == websocket.MessageBinary {
					earlier = append(earlier, bytes.Clone(f.Data))
				}
				return malicious.Pass(f)
			})
			come(t, s, testimony.RoleAccused) // whose words are kept
			w := come(t, s, testimony.RoleWitness)
			id := seat(s, testimony.RoleWitness).ID
			evil.Turn(c.attack())
			go func() {
				for range w.Messages() { //nolint:revive // taken, so that the next one is opened
				}
			}()
			must(t, w.Send(join.Request{Kind: join.AskBreak}))
			must(t, s.Admit(id))
			_ = w.Send(join.Media{Audio: true}) // it may have ended
			<-w.Done()
			if c.court {
				await(t, s, "the alarm that signalling was altered", func(live.State) bool { return raised(s, "signalling_altered", id) })
			} else if !errors.Is(w.Err(), invite.ErrChannel) {
				t.Errorf("the guest ended with %v", w.Err())
			}
			await(t, s, "the seat to be nobody's", func(live.State) bool {
				p := seat(s, testimony.RoleWitness).Presence
				return p == live.Lost || p == live.Absent
			})
		})
	}
}

// What a relay does to the handshake: whoever has not the secret is let in as nobody, and answers nobody.
func TestMaliciousRelayIsNoticedInTheHandshake(t *testing.T) {
	t.Parallel()
	text := func(n int, isUp bool) func(malicious.Frame) bool {
		return func(f malicious.Frame) bool { return f.Up == isUp && f.N == n && f.Kind == websocket.MessageText }
	}
	edit := func(change func(map[string]any)) malicious.Attack {
		return func(f malicious.Frame) ([]malicious.Frame, []malicious.Frame) {
			var m map[string]any
			if json.Unmarshal(f.Data, &m) != nil {
				return only()
			}
			change(m)
			f.Data, _ = json.Marshal(m)
			return only(f)
		}
	}
	stranger, err := invite.NewSecret(rand.Reader)
	must(t, err)
	mine, opening, err := invite.NewGuestHandshake(stranger, rand.Reader)
	must(t, err)
	_ = mine
	var key struct{ Commit string }
	must(t, json.Unmarshal(opening, &key))
	other, err := invite.ReadOpening(opening)
	must(t, err)
	_, answer, err := other.Answer(stranger, rand.Reader)
	must(t, err)
	var public struct{ Pub string }
	must(t, json.Unmarshal(answer, &public))

	for name, c := range map[string]struct {
		attack func(accused invite.ID) malicious.Attack
		alarm  testimony.Role // whose invitation is told to be abused; empty where the court sees nothing of it
	}{
		"exchanges the commitment": {alarm: testimony.RoleWitness, attack: func(invite.ID) malicious.Attack {
			return once(text(0, true), edit(func(m map[string]any) { m["commit"] = key.Commit }))
		}},
		"exchanges the court's key": {attack: func(invite.ID) malicious.Attack {
			return once(text(0, false), edit(func(m map[string]any) { m["pub"] = public.Pub }))
		}, alarm: testimony.RoleWitness},
		"exchanges the guest's key": {alarm: testimony.RoleWitness, attack: func(invite.ID) malicious.Attack {
			return once(text(1, true), edit(func(m map[string]any) { m["pub"] = public.Pub }))
		}},
		"leads to another's invitation": {alarm: testimony.RoleAccused, attack: func(accused invite.ID) malicious.Attack {
			return once(text(0, true), edit(func(m map[string]any) { m["id"] = string(accused) }))
		}},
		"leads to no invitation": {attack: func(invite.ID) malicious.Attack {
			return once(text(0, true), edit(func(m map[string]any) { m["id"] = string(stranger.ID()) }))
		}},
		"changes the hello": {alarm: testimony.RoleWitness, attack: func(invite.ID) malicious.Attack {
			return once(up, func(f malicious.Frame) ([]malicious.Frame, []malicious.Frame) { return only(flipped(f, 40)) })
		}},
		"changes the welcome": {attack: func(invite.ID) malicious.Attack {
			return once(down, func(f malicious.Frame) ([]malicious.Frame, []malicious.Frame) { return only(flipped(f, 40)) })
		}},
		"answers for the court": {attack: func(invite.ID) malicious.Attack {
			return func(f malicious.Frame) ([]malicious.Frame, []malicious.Frame) {
				switch {
				case f.Up && f.N == 0: // it has no secret, so that its key is all that it can give
					return nil, []malicious.Frame{{Kind: websocket.MessageText, Data: answer}}
				case f.Up && f.N == 2:
					return nil, []malicious.Frame{{Kind: websocket.MessageBinary, Data: make([]byte, 272)}}
				}
				return nil, nil
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			s, evil := overRelay(t, malicious.Pass)
			accused, err := invite.ParseLink(seat(s, testimony.RoleAccused).Link)
			must(t, err)
			evil.Turn(c.attack(accused.Secret.ID()))
			g, err := guest.Dial(t.Context(), seat(s, testimony.RoleWitness).Link, guest.Options{Patience: 1500 * time.Millisecond})
			if err == nil {
				g.Close()
				t.Fatal("the guest took a stranger for the court")
			}
			if c.alarm != "" {
				await(t, s, "the alarm", func(live.State) bool { return raised(s, "signalling_altered", seat(s, c.alarm).ID) })
			}
			for _, p := range s.State().People {
				// With the welcome alone changed the honest guest has been in the lobby, for a moment and under its own seat.
				if p.Presence == live.Admitted || p.Presence == live.InLobby && name != "changes the welcome" {
					t.Errorf("the %s is %s", p.Role, p.Presence)
				}
			}
			// The invitation is not used up, unless it was this very device that was let in: an honest relay later brings it.
			if name != "changes the welcome" {
				evil.Turn(malicious.Pass)
				come(t, s, testimony.RoleWitness)
			}
		})
	}
}

// A relay that holds everything back and keeps the connection open is found out by its silence, on both sides.
func TestMaliciousRelayIsNoticedByItsSilence(t *testing.T) {
	t.Parallel()
	s, evil := overRelay(t, malicious.Pass)
	g, err := guest.Dial(t.Context(), seat(s, testimony.RoleWitness).Link, guest.Options{Patience: 1500 * time.Millisecond})
	must(t, err)
	t.Cleanup(g.Break)
	await(t, s, "the witness in the lobby", func(live.State) bool { return seat(s, testimony.RoleWitness).Presence == live.InLobby })
	must(t, s.Admit(seat(s, testimony.RoleWitness).ID))
	go func() {
		for range g.Messages() { //nolint:revive // taken
		}
	}()
	// An honest relay is borne for longer than either side's patience: signs of life pass.
	select {
	case <-g.Done():
		t.Fatalf("an honest relay was left: %v", g.Err())
	case <-time.After(2500 * time.Millisecond):
	}
	evil.Turn(func(malicious.Frame) ([]malicious.Frame, []malicious.Frame) { return nil, nil })
	<-g.Done()
	if !errors.Is(g.Err(), join.ErrSilent) && !errors.Is(g.Err(), join.ErrLost) {
		t.Errorf("the guest ended with %v", g.Err())
	}
	await(t, s, "the seat to be held", func(live.State) bool { return seat(s, testimony.RoleWitness).Presence == live.Lost })
	if !raised(s, "connection_lost", seat(s, testimony.RoleWitness).ID) {
		t.Error("the bench is not told")
	}
}

// Nothing that passes a relay can be read by it: no fingerprint, no description, no candidate, no role, no name and no secret.
func TestRelaySeesNothingButIDs(t *testing.T) {
	t.Parallel()
	var seen bytes.Buffer
	s, _ := overRelay(t, func(f malicious.Frame) ([]malicious.Frame, []malicious.Frame) {
		seen.Write(f.Data)
		return malicious.Pass(f)
	})
	secret, err := invite.ParseLink(seat(s, testimony.RoleWitness).Link)
	must(t, err)
	w := come(t, s, testimony.RoleWitness)
	must(t, s.Admit(seat(s, testimony.RoleWitness).ID))
	must(t, s.Enter(testimony.IdentityCheck))
	offered := false
	for m := range w.Messages() {
		if offered = m.Type == join.TypeOffer; offered {
			if !bytes.Contains(m.Body, []byte("fingerprint")) {
				t.Error("the offer has no fingerprint")
			}
			break
		}
	}
	if !offered {
		t.Fatal("there was no offer")
	}
	w.Close()
	s.Abandon()
	for _, word := range []string{"fingerprint", "candidate", "ice-ufrag", "witness", "Witness B", "TC 1/2026", "identity", "192.0.2.1", secret.Secret.Reveal()} {
		if bytes.Contains(seen.Bytes(), []byte(word)) {
			t.Errorf("the relay reads %q", word)
		}
	}
	if !bytes.Contains(seen.Bytes(), []byte(secret.Secret.ID())) {
		t.Error("the relay was looked at and saw nothing at all")
	}
}
