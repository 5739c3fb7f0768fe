package rehearsal_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"paravent/media"
	"paravent/media/capture"
	"paravent/protection"
	"paravent/testimony"
	"paravent/testimony/evidence"
	"paravent/testimony/live"
	"paravent/testimony/rehearsal"
	"paravent/testimony/relay"
)

// chamber is a room where the witness is heard over a loudspeaker and a microphone stands beside it.
type chamber struct {
	mu    sync.Mutex
	heard []int16
}

// turns is a witness who speaks for three seconds and is silent for three, and bears the mark while they speak.
type turns struct {
	capture.AudioSource
	chamber *chamber
	n       int
}

func (s *turns) Read(ctx context.Context) (media.AudioFrame, error) {
	f, err := s.AudioSource.Read(ctx)
	if s.n++; s.n/150%2 == 1 {
		clear(f.PCM)
	}
	s.chamber.mu.Lock()
	defer s.chamber.mu.Unlock()
	s.chamber.heard = append(s.chamber.heard, f.PCM...)
	return f, err
}

// echo is that microphone: what the witness said 250 ms ago, at half its strength.
type echo struct {
	capture.AudioSource
	chamber *chamber
}

func (s *echo) Read(ctx context.Context) (media.AudioFrame, error) {
	const late = media.SampleRate / 4
	f, err := s.AudioSource.Read(ctx)
	clear(f.PCM)
	s.chamber.mu.Lock()
	defer s.chamber.mu.Unlock()
	if from := len(s.chamber.heard) - late - len(f.PCM); from >= 0 {
		for i := range f.PCM {
			f.PCM[i] = s.chamber.heard[from+i] / 2
		}
	}
	return f, err
}

// Counsel follows over a loudspeaker, and the microphone beside it sends the witness's own voice back to the court. Whoever hears the interpreter only has none of
// it, in the hearing and in the public version; the others hear counsel as ever, and the public hears counsel when the witness is silent.
func TestNoLoudspeakerCarriesTheWitnessToThePublic(t *testing.T) {
	if testing.Short() {
		t.Skip("holds a hearing")
	}
	s, d := courtroomWithDesk(t, relay.Reach{})
	var room chamber
	props := map[testimony.Role]rehearsal.Props{
		testimony.RoleWitness:     {Sound: &turns{AudioSource: rehearsal.WitnessMark.Sound(capture.NewTestSpeech(1)), chamber: &room}},
		testimony.RoleProsecution: {Sound: &echo{AudioSource: capture.NewTestSpeech(2), chamber: &room}},
		testimony.RoleAccused:     {},
		testimony.RoleGallery:     {},
	}
	people := map[testimony.Role]*rehearsal.Participant{}
	for role, p := range props {
		guest, err := rehearsal.Join(t.Context(), seat(t, s, role).Link, p)
		must(t, err)
		defer guest.Leave()
		people[role] = guest
		awaitPresence(t, s, role, live.InLobby)
		must(t, s.Admit(seat(t, s, role).ID))
	}
	must(t, s.Enter(testimony.IdentityCheck))
	must(t, s.GoOnUntried("a test"))
	toTestimony(t, s)

	counsel := seat(t, s, testimony.RoleProsecution).ID
	ofCounsel := func(role testimony.Role) (f rehearsal.Flow) {
		for key, flow := range people[role].Flows() {
			if key.Publisher == string(counsel) && key.Kind == "audio" {
				f.Packets, f.Marked = f.Packets+flow.Packets, f.Marked+flow.Marked
			}
		}
		return f
	}
	// Four turns, as the accused hears them.
	eventually(t, "the echo, where it may be heard", func() bool { return ofCounsel(testimony.RoleAccused).Marked > 100 })
	eventually(t, "counsel, between the answers", func() bool { return ofCounsel(testimony.RoleGallery).Packets > 100 })
	public, accused := ofCounsel(testimony.RoleGallery), ofCounsel(testimony.RoleAccused)
	if public.Marked > 0 {
		t.Errorf("the public heard the witness in %d tenths of a second of counsel's microphone", public.Marked)
	}
	if public.Packets >= accused.Packets {
		t.Errorf("the public was sent %d packets, the accused %d", public.Packets, accused.Packets)
	}
	time.Sleep(time.Second)
	_, err := s.Close(t.Context())
	must(t, err)
	recordings, err := d.Recordings(t.Context())
	must(t, err)
	marked := map[protection.Audience]int{}
	for _, r := range recordings {
		file, err := os.Create(filepath.Join(t.TempDir(), "r.webm"))
		must(t, err)
		_, err = evidence.Export(t.Context(), d, r.ID, file)
		must(t, err)
		marked[r.Version], err = rehearsal.MarkedSound(file)
		must(t, errors.Join(err, file.Close()))
	}
	if marked[protection.PublicRecord] > 0 || marked[protection.MasterRecord] == 0 {
		t.Errorf("so many tenths of a second carry the witness: %v", marked)
	}
}
