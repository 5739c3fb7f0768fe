package rehearsal_test

import (
	"testing"
	"time"

	"paravent/media/capture"
	"paravent/protection"
	"paravent/testimony"
	"paravent/testimony/live"
	"paravent/testimony/rehearsal"
)

// BenchmarkModeSwitch measures, over whole connections, how long after the key for a private session the last packet reaches the public: the worst of ten.
func BenchmarkModeSwitch(b *testing.B) {
	s := courtroom(b)
	guest := map[testimony.Role]*rehearsal.Participant{}
	for _, role := range []testimony.Role{testimony.RoleWitness, testimony.RoleInterpreter, testimony.RoleGallery} {
		props := rehearsal.Props{}
		if role != testimony.RoleGallery {
			props = rehearsal.Props{Picture: capture.NewTestPicture(1, 320, 240, 15, nil), Sound: capture.NewTestSpeech(1)}
		}
		p, err := rehearsal.Join(b.Context(), seat(b, s, role).Link, props)
		must(b, err)
		b.Cleanup(p.Break)
		guest[role] = p
		awaitPresence(b, s, role, live.InLobby)
		must(b, s.Admit(seat(b, s, role).ID))
	}
	must(b, s.Enter(testimony.IdentityCheck))
	must(b, s.GoOnUntried("a test"))
	toTestimony(b, s)
	public := guest[testimony.RoleGallery]
	packets := func(p *rehearsal.Participant) (n int, last time.Time) {
		for _, f := range p.Flows() {
			n += f.Packets
			if f.Last.After(last) {
				last = f.Last
			}
		}
		return n, last
	}
	var worst time.Duration
	for b.Loop() {
		for range 10 {
			before, _ := packets(public)
			must(b, public.Until(b.Context(), func(p *rehearsal.Participant) bool {
				n, _ := packets(p)
				return n > before+60
			}))
			pressed := time.Now()
			must(b, s.SetMode(protection.PrivateMode, "Family."))
			time.Sleep(300 * time.Millisecond) // whatever is still on its way arrives
			_, last := packets(public)
			if last.IsZero() {
				b.Fatal("the public never received anything")
			}
			worst = max(worst, last.Sub(pressed))
			must(b, s.SetMode(protection.PublicMode, ""))
		}
	}
	b.ReportMetric(float64(worst.Microseconds())/1000, "ms-to-the-last-packet")
}
