package testimony

import (
	"slices"
	"time"

	"paravent/protection"
)

// Minutes are the record of a held session: when, in which mode, who sat there, what happened and what was recorded.
// They come in two versions, the sealed one and [Minutes.Public].
type Minutes struct {
	Hearing   HearingID     `json:"hearing"`
	Case      string        `json:"case"` // the court's case number
	Witness   string        `json:"witness"`
	Court     Clock         `json:"court"`
	Remote    Clock         `json:"remote,omitzero"`
	Segments  []Segment     `json:"segments"`
	Totals    []Total       `json:"totals"`
	Oath      Swearing      `json:"oath,omitzero"`
	Examined  []Examination `json:"examined,omitempty"`
	Objected  []Objection   `json:"objections,omitempty"`
	Exhibits  []string      `json:"exhibits,omitempty"` // public version: the numbers of those shown in public
	Seats     []Seat        `json:"seats"`
	Events    []Event       `json:"events"`
	Recording []RecordingID `json:"recordings"`
	Version   string        `json:"version"` // sealed or public
	Log       *LogHead      `json:"audit_log,omitempty"`
}

// LogHead is how the vault's audit log stood when the minutes were kept: on paper in the file of the case, it shows later whether
// the log was cut or rewritten since.
type LogHead struct {
	Vault   string `json:"vault"` // opaque id
	Entries int64  `json:"entries"`
	Hash    string `json:"hash"`           // of the log's tree, base64
	Note    string `json:"note,omitempty"` // the whole signed head; "paravent audit verify --against" takes it
}

// Clock is the beginning and the end of the session on one side's clock.
type Clock struct {
	Zone  string    `json:"zone"`
	Begin time.Time `json:"begin"`
	End   time.Time `json:"end"`
}

// RecordingID names a recording in the vault.
type RecordingID string

// Segment is a stretch of the session in one phase and one mode.
type Segment struct {
	From   time.Time              `json:"from"`
	To     time.Time              `json:"to"`
	Phase  Phase                  `json:"phase"`
	Mode   protection.SessionMode `json:"mode"`
	Reason string                 `json:"reason,omitempty"`
}

// Total is the time spent testifying in one mode.
type Total struct {
	Mode    protection.SessionMode `json:"mode"`
	Seconds float64                `json:"seconds"`
}

// Seat is one participant's presence.
type Seat struct {
	Label    string    `json:"label"`
	Role     Role      `json:"role"`
	Admitted time.Time `json:"admitted,omitzero"`
	Left     time.Time `json:"left,omitzero"`
}

// BuildMinutes makes the sealed minutes of a session from its events, in order of time. Where the courtroom was opened more than
// once, the events of every time are in them, and the minutes begin with the first.
func BuildMinutes(h Hearing, reference string, begin, end time.Time, events []Event, recordings []RecordingID) Minutes {
	if len(events) > 0 && events[0].At.Before(begin) {
		begin = events[0].At
	}
	m := Minutes{Hearing: h.ID, Case: reference, Events: slices.Clone(events), Recording: recordings, Version: "sealed"}
	if w, ok := h.Witness(); ok {
		m.Witness = w.Label
	}
	cb, wb, _ := h.Clocks(begin)
	ce, we, _ := h.Clocks(end)
	m.Court, m.Remote = Clock{h.CourtZone, cb, ce}, Clock{h.WitnessZone, wb, we}
	m.Segments = segments(h, begin, end, events)
	for _, mode := range []protection.SessionMode{protection.PublicMode, protection.PrivateMode, protection.ClosedMode} {
		t := Total{Mode: mode}
		for _, s := range m.Segments {
			if s.Mode == mode && s.Phase == Testimony {
				t.Seconds += s.To.Sub(s.From).Seconds()
			}
		}
		m.Totals = append(m.Totals, t)
	}
	m.Oath, m.Objected = SwearingOf(events), Objections(events)
	m.Examined, _ = Examinations(events, end)
	for _, p := range h.Participants {
		m.Seats = append(m.Seats, seat(p, events))
	}
	return m
}

func segments(h Hearing, begin, end time.Time, events []Event) []Segment {
	current := Segment{From: begin, Phase: Lobby, Mode: h.Mode}
	var out []Segment
	change := func(next Segment) {
		current.To = next.From
		if current.To.After(current.From) {
			out = append(out, current)
		}
		current = next
	}
	last := begin
	for _, e := range events {
		if reopens(current.Phase, e) {
			// How long it went on after its last event nobody knows; it does not count as testimony.
			change(Segment{From: last, Phase: Interruption, Mode: current.Mode})
		}
		if e.Kind == PhaseChanged || e.Kind == ModeChanged {
			change(Segment{From: e.At, Phase: e.Phase, Mode: e.Mode, Reason: e.Reason})
		}
		last = e.At
	}
	if current.Phase != Closed {
		current.To = end
		out = append(out, current)
	}
	return out
}

// reopens reports the event with which a session begins anew that had stopped without being closed: no step leads back to
// the lobby from the oath or the testimony.
func reopens(from Phase, e Event) bool {
	return e.Kind == PhaseChanged && e.Phase == Lobby && (from == Oath || from == Testimony)
}

func seat(p Participant, events []Event) Seat {
	s := Seat{Label: p.Label, Role: p.Role}
	for _, e := range events {
		if e.Participant != p.ID {
			continue
		}
		switch e.Kind {
		case Admitted:
			if s.Admitted.IsZero() {
				s.Admitted = e.At
			}
			s.Left = time.Time{}
		case Left, Removed:
			s.Left = e.At
		}
	}
	return s
}

// Public returns the version that can be given to the public: the segments with their modes and reasons, and the totals.
// Of what happened it keeps the changes of phase and mode, for how long whose questions were put, and the objections raised in public; of the seats neither
// the gallery nor when anyone came; and of the oath neither its form nor why there was none, which could tell of the witness's faith or age.
func (m Minutes) Public() Minutes {
	p := m
	p.Version = "public"
	p.Remote = Clock{} // the witness's clock tells where they are
	if m.Log != nil {
		p.Log = &LogHead{Vault: m.Log.Vault, Entries: m.Log.Entries, Hash: m.Log.Hash} // the note names the user who signed it, if only by an opaque id
	}
	p.Oath.Form, p.Oath.Why, p.Oath.Refused = "", "", time.Time{}
	p.Objected = nil
	for _, o := range m.Objected {
		if o.Mode == protection.PublicMode {
			p.Objected = append(p.Objected, o)
		}
	}
	p.Events, p.Seats, p.Segments = nil, nil, slices.Clone(m.Segments)
	for i := range p.Segments {
		if p.Segments[i].Phase == Break || p.Segments[i].Phase == Interruption {
			p.Segments[i].Reason = ""
		}
	}
	for _, e := range m.Events {
		if e.Kind == PhaseChanged || e.Kind == ModeChanged {
			e.Participant = ""
			if e.Kind == PhaseChanged {
				e.Reason = "" // why there was a break may tell how the witness is
			}
			p.Events = append(p.Events, e)
		}
	}
	p.Exhibits = nil
	for _, e := range m.Events {
		if e.Kind == ExhibitShown && e.Mode == protection.PublicMode && !slices.Contains(p.Exhibits, e.Number) {
			p.Exhibits = append(p.Exhibits, e.Number)
		}
	}
	for _, s := range m.Seats {
		if !s.Role.Listens() && s.Role != RoleSupport && s.Role != RoleCoordinator {
			p.Seats = append(p.Seats, Seat{Label: s.Label, Role: s.Role})
		}
	}
	return p
}
