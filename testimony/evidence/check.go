package evidence

import (
	"context"
	"errors"
	"fmt"
	"time"

	"paravent/media/fault"
	"paravent/protection"
	"paravent/testimony"
	"paravent/testimony/docket"
)

// enoughSpeech is how long a voice has to be heard in a recording of testimony.
const enoughSpeech = time.Second

// Check looks and listens a recording through and keeps what it finds, while the witness is still there: what is missing, silent, frozen or black, clocks that run
// apart, whether the witness and those who ask are heard. Faults count where evidence is given: not in the lobby, not in a break. The recording is sealed to its
// blocks as well, if that was not done. progress is told of milliseconds.
func Check(ctx context.Context, d *docket.Desk, id testimony.RecordingID, progress func(done, total int64)) (docket.RecordingCheck, error) {
	r, err := d.Recording(ctx, id)
	if err != nil {
		return docket.RecordingCheck{}, err
	}
	if !r.Derived() {
		if _, err := d.CommitRecording(ctx, id); err != nil {
			return docket.RecordingCheck{}, err
		}
	}
	h, err := d.Hearing(ctx, r.Hearing)
	if err != nil {
		return docket.RecordingCheck{}, err
	}
	events, err := d.Events(ctx, r.Hearing)
	if err != nil {
		return docket.RecordingCheck{}, err
	}
	r, reader, err := d.OpenForCheck(ctx, id)
	if err != nil {
		return docket.RecordingCheck{}, err
	}
	o := fault.Options{Expected: r.Duration, Progress: progress, On: onRecord(events, r.Started, r.Duration)}
	o.Face = r.Version == protection.MasterRecord
	if r.Derived() {
		o.Expected = 0 // cuts take time
	}
	report, err := fault.Find(ctx, reader, reader.Size(), o)
	if err := errors.Join(err, reader.Close()); err != nil {
		return docket.RecordingCheck{}, err
	}
	c := docket.RecordingCheck{Recording: id, Length: report.Length, Face: report.Face, Findings: []docket.RecordingFinding{}}
	for _, f := range report.Findings {
		c.Findings = append(c.Findings, docket.RecordingFinding{Kind: string(f.Kind), Track: f.Track, From: f.From, Until: f.Until, By: f.By})
	}
	c.Findings = append(c.Findings, unheard(r, h, report)...)
	return d.KeepCheck(ctx, c)
}

// onRecord are the stretches of a recording in which evidence is given. Without events it is all of it.
func onRecord(events []testimony.Event, start time.Time, length time.Duration) []fault.Stretch {
	var on []fault.Stretch
	var from time.Time
	for _, e := range events {
		evidence := e.Phase == testimony.Oath || e.Phase == testimony.Testimony
		switch {
		case evidence && from.IsZero():
			from = e.At
		case !evidence && !from.IsZero():
			on, from = append(on, fault.Stretch{From: from.Sub(start), Until: e.At.Sub(start)}), time.Time{}
		}
	}
	if !from.IsZero() {
		on = append(on, fault.Stretch{From: from.Sub(start), Until: length})
	}
	return on
}

// unheard finds who was not heard: of a master by seats, as it was noted while they were mixed; of any other recording by its sound as a whole.
func unheard(r docket.Recording, h testimony.Hearing, report fault.Report) []docket.RecordingFinding {
	var list []docket.RecordingFinding
	miss := func(voice string) {
		list = append(list, docket.RecordingFinding{Kind: string(fault.Inaudible), Voice: voice, Until: report.Length})
	}
	if r.Version != protection.MasterRecord || r.Derived() || r.Heard == nil {
		for track, spoken := range report.Spoken {
			if spoken < enoughSpeech {
				list = append(list, docket.RecordingFinding{Kind: string(fault.Inaudible), Track: track, Until: report.Length})
			}
		}
		return list
	}
	witness, _ := h.Witness()
	others := time.Duration(0)
	for seat, heard := range r.Heard {
		if seat != witness.ID {
			others += heard
		}
	}
	if r.Heard[witness.ID] < enoughSpeech {
		miss(docket.VoiceOfWitness)
	}
	if others < enoughSpeech {
		miss(docket.VoiceOfOthers)
	}
	return list
}

// FindingWords says a finding in one sentence.
func FindingWords(f docket.RecordingFinding) string {
	switch f.Voice {
	case docket.VoiceOfWitness:
		return "The witness is not heard to speak."
	case docket.VoiceOfOthers:
		return "Nobody but the witness is heard to speak."
	}
	return fault.Finding{Kind: fault.Kind(f.Kind), Track: f.Track, From: f.From, Until: f.Until, By: f.By}.Words()
}

// CheckWords says what a check found.
func CheckWords(c docket.RecordingCheck) string {
	face := ""
	if c.Face > 0 {
		face = fmt.Sprintf("The face takes %.0f %% of the picture's height.\n", 100*c.Face)
	}
	if len(c.Findings) == 0 {
		return fmt.Sprintf("Nothing was found wrong in %s of picture and sound.\n", c.Length.Round(time.Second)) + face
	}
	words := fmt.Sprintf("%d findings in %s of picture and sound. See to them before the witness leaves.\n", len(c.Findings), c.Length.Round(time.Second))
	for _, f := range c.Findings {
		words += FindingWords(f) + "\n"
	}
	return words + face
}
