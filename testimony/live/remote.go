package live

import (
	"context"
	"time"

	"paravent/protection"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/join"
)

// RemoteStage is how the second record at the remote point is doing; empty where the witness's machine cannot keep one.
type RemoteStage string

// The stages.
const (
	RemoteReady   RemoteStage = join.RecordReady // it begins with the recording
	RemoteRunning RemoteStage = join.RecordRunning
	RemoteClosed  RemoteStage = join.RecordClosed // whole; the file is still to be handed over
	RemoteFailed  RemoteStage = join.RecordFailed
)

// remote is the second record that the witness's machine makes. It belongs to the session's owner.
type remote struct {
	id     testimony.RecordingID
	stage  RemoteStage
	toldAt time.Time
	closed chan struct{} // closed when the machine has told the end
}

const (
	// toldApart is how soon the next word on a second record is kept: an honest machine says one every half minute, and each is written to the log.
	toldApart = 10 * time.Second
	// endsWithin is how long the end of a hearing waits for the machine to close its file, so that its last second is told too.
	endsWithin = 2 * time.Second
)

// recordTold takes in what the witness's machine says of its record.
func (s *Session) recordTold(g *guest, m join.Recorded) {
	if w, _ := s.hearing.Witness(); g.participant.ID != w.ID {
		return
	}
	if m.Stage == join.RecordReady {
		g.keeps, g.keptID = true, testimony.RecordingID(m.ID)
		s.refresh()
		return
	}
	r := s.remote
	if r == nil || r.id != testimony.RecordingID(m.ID) || r.stage != RemoteRunning {
		return
	}
	ends := m.Stage != join.RecordRunning
	if !ends && s.now().Sub(r.toldAt).Abs() < toldApart {
		return
	}
	r.toldAt = s.now()
	told := docket.RemoteTold{Chunks: m.Chunks, Size: m.Size, Root: m.Root, Length: time.Duration(m.Length) * time.Millisecond, Closed: m.Stage == join.RecordClosed, Failed: m.Stage == join.RecordFailed}
	if err := s.desk.TellRemoteRecord(s.ctx, r.id, told); err != nil {
		s.log.Error("what the remote point told of its record was not kept", "error", err)
		s.alarm("remote_record_failed", g.participant.ID) // it could not be held against it later
		s.refresh()
		return
	}
	if !ends {
		return
	}
	r.stage = RemoteStage(m.Stage)
	close(r.closed)
	if r.stage == RemoteFailed {
		s.alarm("remote_record_failed", g.participant.ID)
		s.note(testimony.Fault, g.participant.ID, "the record at the remote point failed")
	}
	s.refresh()
}

// offerRecord has the witness's machine begin its record once the court's own runs. One that it makes already goes on after a lost connection.
func (s *Session) offerRecord(g *guest) {
	if !g.keeps || g.session == nil || g.presence != Admitted || s.recorder == nil {
		return
	}
	if s.remote != nil && (s.remote.id == g.keptID || s.remote.stage != RemoteRunning) {
		return
	}
	r, key, err := s.desk.BeginRemoteRecord(s.ctx, s.hearing.ID, g.participant.ID)
	if err != nil {
		g.keeps = false
		s.log.Error("a record at the remote point was not begun", "error", err)
		s.alarm("remote_record_failed", g.participant.ID)
		return
	}
	s.remote = &remote{id: r.ID, stage: RemoteRunning, closed: make(chan struct{})}
	g.keptID = r.ID
	_ = g.session.Send(join.Record{ID: string(r.ID), Key: key[:]}) // it is in the channel's queue, encoded; a lost connection begins another
	clear(key[:])
}

// endRemote has the witness's machine close its record, and waits for it a little. It runs on the caller's goroutine.
func (s *Session) endRemote(ctx context.Context) {
	var closed chan struct{}
	_ = s.do(func() error { // a session that has ended has no record either
		w, _ := s.hearing.Witness()
		if g := s.guests[w.ID]; s.remote != nil && s.remote.stage == RemoteRunning && g != nil && g.session != nil {
			closed = s.remote.closed
			return g.session.Send(join.Record{ID: string(s.remote.id), End: true})
		}
		return nil
	})
	if closed == nil {
		return
	}
	wait := time.NewTimer(endsWithin)
	defer wait.Stop()
	select {
	case <-closed:
	case <-wait.C:
	case <-ctx.Done():
	case <-s.ended:
	}
}

// onRecord reports whether what a guest gives goes into the master now.
func (s *Session) onRecord(seats *seating, g *guest) bool {
	access := seats.recorded(g.participant.ID, protection.MasterRecord)
	return s.recorder != nil && access.Picture == protection.ClearPicture && access.Voice == protection.ClearVoice
}

// remoteStage is what the bench is told of the second record.
func (s *Session) remoteStage() RemoteStage {
	if s.remote != nil {
		return s.remote.stage
	}
	w, _ := s.hearing.Witness()
	if g := s.guests[w.ID]; g != nil && g.keeps {
		return RemoteReady
	}
	return ""
}
