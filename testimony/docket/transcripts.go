package docket

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"paravent/protection"
	"paravent/protection/identity"
	"paravent/protection/policy"
	"paravent/store"
	"paravent/testimony"
	"paravent/testimony/edit"
	"paravent/testimony/notice"
	"paravent/testimony/release"
	"paravent/testimony/transcript"
)

// TranscriptVersion is one step of a recording's transcript: what was added, and which earlier passages it strikes. None is ever changed or taken away, and all of
// them together are the transcript. It lives in the recording's own compartment, sealed to those who can open the recording.
type TranscriptVersion struct {
	Recording testimony.RecordingID `json:"recording"`
	Number    int                   `json:"number"` // from 1
	At        time.Time             `json:"at"`
	By        string                `json:"by"` // opaque id of the user
	Office    string                `json:"office"`
	TranscriptChange
}

// TranscriptChange is what somebody does to a transcript.
type TranscriptChange struct {
	Passages []transcript.Passage `json:"passages,omitempty"`
	Strikes  []string             `json:"strikes,omitempty"`  // keys of passages that no longer stand
	Replaces bool                 `json:"replaces,omitempty"` // nothing from before stands
	File     []byte               `json:"file,omitempty"`     // SHA-256 of the file that was taken in
	Reason   string               `json:"reason,omitempty"`   // of a strike, alone or with what takes the place of what is struck
}

// longestTranscriptReason bounds why something was struck, in bytes.
const longestTranscriptReason = 500

// check refuses a change that changes nothing, and one that strikes without a reason.
func (c TranscriptChange) check() error {
	switch {
	case len(c.Passages) == 0 && len(c.Strikes) == 0:
		return fmt.Errorf("%w: it changes nothing", ErrInvalid)
	case len(c.Strikes) > 0 && c.Reason == "":
		return identity.ErrReason
	case len(c.Reason) > longestTranscriptReason:
		return fmt.Errorf("%w: its reason is longer than %d bytes", ErrInvalid, longestTranscriptReason)
	}
	return nil
}

// Line is a passage that stands, with the key by which it can be struck.
type Line struct {
	Key string `json:"key,omitempty"`
	transcript.Passage
}

// Transcript is what was said in a recording, or in a version of it, on the clock of that.
type Transcript struct {
	Recording Recording `json:"recording"`
	Number    int       `json:"number"`           // of its last version; 0 where there is none
	Edits     int       `json:"edits"`            // number of the list of edits that it carries out
	Public    bool      `json:"public,omitempty"` // the public version
	Lines     []Line    `json:"lines"`            // in the order of time; those of a version or of the public one have no keys
}

// Passages are the lines without their keys.
func (t Transcript) Passages() []transcript.Passage {
	out := make([]transcript.Passage, len(t.Lines))
	for i, l := range t.Lines {
		out[i] = l.Passage
	}
	return out
}

// What a caller decides by.
var (
	// ErrTranscriptOfVersion says that a version that was made has the transcript of its recording.
	ErrTranscriptOfVersion = errors.New("a version has the transcript of its recording: add to that one")
	// ErrNoTranscript says that nobody has typed or taken in a transcript.
	ErrNoTranscript = errors.New("this recording has no transcript")
	// ErrNoPublicWords says that the orders give the public nothing that is said.
	ErrNoPublicWords = fmt.Errorf("%w: the orders give the public nothing that the witness says", ErrNotAllowed)
	// ErrTranscriptName says how the file of a transcript ends.
	ErrTranscriptName = errors.New("a transcript's file ends in .vtt, .srt or .pdf")
)

// eventSlack is how far the clocks of a hearing's events and of its recording may stand apart: by so much more is withheld on each side.
const eventSlack = release.Slack

var transcripts = store.NewCollection[TranscriptVersion]("transcripts")

func transcriptID(of testimony.RecordingID, number int) string {
	return fmt.Sprintf("%s/%06d", of, number)
}

// opens refuses who may not open a recording.
func (d *Desk) opens(ctx context.Context, r Recording) error {
	act := testimony.ActExportPublic
	if r.Version == protection.MasterRecord {
		act = testimony.ActExportMaster
	}
	if !d.May(act) {
		return ErrNotAllowed
	}
	return d.released(ctx, r)
}

// mayOpen refuses who may not open a recording. The refusal is in the audit log.
func (d *Desk) mayOpen(ctx context.Context, r Recording) error {
	err := d.opens(ctx, r)
	if errors.Is(err, ErrNotAllowed) {
		return errors.Join(err, d.Note(ctx, "recording.refused", map[string]string{"recording": string(r.ID)}))
	}
	return err
}

// KeepTranscript adds a version to the transcript of a recording, for those who may open the recording, and returns the transcript as it is then.
func (d *Desk) KeepTranscript(ctx context.Context, id testimony.RecordingID, c TranscriptChange) (Transcript, error) {
	r, err := d.Recording(ctx, id)
	if err != nil {
		return Transcript{}, err
	}
	if r.Derived() {
		return Transcript{}, ErrTranscriptOfVersion
	}
	if err := d.mayOpen(ctx, r); err != nil {
		return Transcript{}, err
	}
	c.Reason = strings.TrimSpace(c.Reason)
	if err := c.check(); err != nil {
		return Transcript{}, err
	}
	for i, p := range c.Passages {
		err := p.Check()
		if err == nil && r.Duration > 0 && p.Start >= r.Duration {
			err = fmt.Errorf("%w: it begins after the recording's end", transcript.ErrPassage)
		}
		if err != nil {
			return Transcript{}, fmt.Errorf("passage %d: %w", i+1, err)
		}
	}
	v := TranscriptVersion{Recording: id, At: d.Now().UTC().Truncate(time.Second), By: string(d.Me().ID), Office: string(d.Me().Role), TranscriptChange: c}
	var t Transcript
	err = d.vault.Update(ctx, func(tx *store.Tx) error {
		part := recordingPart(r.Hearing, r.Version)
		before, err := transcriptOf(tx, part, r)
		if err != nil {
			return err
		}
		for _, key := range c.Strikes {
			if !slices.ContainsFunc(before.Lines, func(l Line) bool { return l.Key == key }) {
				return notFound(store.ErrNotFound)
			}
		}
		v.Number = before.Number + 1
		details := map[string]string{"recording": string(id), "number": strconv.Itoa(v.Number), "items": strconv.Itoa(len(c.Passages))}
		if c.File != nil {
			details["sha256"] = hex.EncodeToString(c.File)
		}
		tx.Log(c.Act(), details)
		if err := transcripts.Put(tx, part, transcriptID(id, v.Number), v); err != nil {
			return err
		}
		t, err = transcriptOf(tx, part, r)
		return err
	})
	return t, err
}

// TranscriptActs are the changes of a transcript, as the audit log has them.
var TranscriptActs = []string{"transcript.imported", "transcript.typed", "transcript.changed", "transcript.struck"}

// Act is a change as the audit log has it: one of [TranscriptActs].
func (c TranscriptChange) Act() (action string) {
	switch {
	case c.File != nil:
		action = "transcript.imported"
	case len(c.Passages) == 0:
		action = "transcript.struck"
	case len(c.Strikes) > 0:
		action = "transcript.changed"
	default:
		action = "transcript.typed"
	}
	return action
}

// transcriptVersions reads the versions of a recording's transcript, oldest first. There is one for every number, or somebody took one away.
func transcriptVersions(tx store.Reading, part store.Compartment, of testimony.RecordingID) ([]TranscriptVersion, error) {
	entries, err := transcripts.All(tx, part)
	if err != nil {
		return nil, err
	}
	var list []TranscriptVersion
	for _, e := range entries {
		if e.Value.Recording == of {
			list = append(list, e.Value)
		}
	}
	slices.SortFunc(list, func(a, b TranscriptVersion) int { return a.Number - b.Number })
	for i, v := range list {
		if v.Number != i+1 {
			return nil, fmt.Errorf("version %d of a transcript is missing: %w", i+1, store.ErrDamaged)
		}
	}
	return list, nil
}

// take brings a transcript to its next version, and returns the lines that no longer stand.
func (t *Transcript) take(v TranscriptVersion) (struck []Line) {
	t.Number = v.Number
	t.Lines = slices.DeleteFunc(t.Lines, func(l Line) bool {
		gone := v.Replaces || slices.Contains(v.Strikes, l.Key)
		if gone {
			struck = append(struck, l)
		}
		return gone
	})
	for n, p := range v.Passages {
		t.Lines = append(t.Lines, Line{strconv.Itoa(v.Number) + "/" + strconv.Itoa(n+1), p})
	}
	slices.SortStableFunc(t.Lines, func(a, b Line) int { return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End)) })
	return struck
}

// transcriptOf folds the versions of a recording's transcript.
func transcriptOf(tx store.Reading, part store.Compartment, r Recording) (Transcript, error) {
	t := Transcript{Recording: r, Lines: []Line{}}
	list, err := transcriptVersions(tx, part, r.ID)
	for _, v := range list {
		t.take(v)
	}
	return t, err
}

// TranscriptStep is one version of a transcript, with what it struck as it stood before.
type TranscriptStep struct {
	TranscriptVersion
	Struck []Line `json:"struck,omitempty"`
}

// TranscriptHistory returns every version of a recording's transcript, newest first: who added, corrected or struck what, when and why. What was struck stands there with its
// words, so that it is for those who may open the recording, and a reading in the audit log. It fails with [ErrNoTranscript] where there is none.
func (d *Desk) TranscriptHistory(ctx context.Context, id testimony.RecordingID) ([]TranscriptStep, error) {
	r, err := d.Recording(ctx, id)
	if err != nil {
		return nil, err
	}
	if r.Derived() {
		return nil, ErrTranscriptOfVersion
	}
	if err := d.mayOpen(ctx, r); err != nil {
		return nil, err
	}
	t := Transcript{Recording: r}
	var steps []TranscriptStep
	err = d.vault.View(ctx, func(tx *store.ReadTx) error {
		steps, t.Lines = nil, nil
		list, err := transcriptVersions(tx, recordingPart(r.Hearing, r.Version), id)
		for _, v := range list {
			steps = append(steps, TranscriptStep{v, t.take(v)})
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if len(steps) == 0 {
		return nil, ErrNoTranscript
	}
	slices.Reverse(steps)
	return steps, d.noteTranscript(ctx, "transcript.opened", t, map[string]string{"for": "history"})
}

// Transcript reads the transcript of a recording; of a version that was made, as the edits that it carries out leave it, on its own clock. Reading is in the
// audit log. It fails with [ErrNoTranscript] where there is none.
func (d *Desk) Transcript(ctx context.Context, id testimony.RecordingID) (Transcript, error) {
	t, err := d.transcript(ctx, id, false)
	if err != nil {
		return Transcript{}, err
	}
	return t, d.noteTranscript(ctx, "transcript.opened", t, map[string]string{})
}

// PublicTranscript is the transcript as the public may read it: passages that edits in force, marks of the session or its private and closed parts touch are shown as
// withheld, on the clock of the version that carries out the edits. Where it is in doubt whether the session was public, it was not.
func (d *Desk) PublicTranscript(ctx context.Context, id testimony.RecordingID) (Transcript, error) {
	t, err := d.transcript(ctx, id, true)
	if err != nil {
		return Transcript{}, err
	}
	return t, d.noteTranscript(ctx, "transcript.opened", t, map[string]string{})
}

func (d *Desk) noteTranscript(ctx context.Context, action string, t Transcript, details map[string]string) error {
	details["recording"], details["number"] = string(t.Recording.ID), strconv.Itoa(t.Number)
	if t.Public {
		details["public"] = strconv.FormatBool(true)
	}
	return d.Note(ctx, action, details)
}

func (d *Desk) transcript(ctx context.Context, id testimony.RecordingID, public bool) (Transcript, error) {
	asked, err := d.Recording(ctx, id)
	if err != nil {
		return Transcript{}, err
	}
	if err := d.mayOpen(ctx, asked); err != nil {
		return Transcript{}, err
	}
	source := asked
	if asked.Derived() {
		if source, err = d.Recording(ctx, asked.Source); err != nil {
			return Transcript{}, err
		}
	}
	var t Transcript
	if err := d.vault.View(ctx, func(tx *store.ReadTx) (err error) {
		t, err = transcriptOf(tx, recordingPart(source.Hearing, source.Version), source)
		return err
	}); err != nil {
		return Transcript{}, err
	}
	if t.Number == 0 {
		return Transcript{}, ErrNoTranscript
	}
	if t.Recording = asked; !public && !asked.Derived() {
		return t, nil
	}
	var list edit.List
	if asked.Derived() {
		list, err = d.EditListNumbered(ctx, source.ID, asked.Edits)
	} else {
		list, _, err = d.EditList(ctx, source.ID)
	}
	if err != nil {
		return Transcript{}, err
	}
	gone := transcript.Gone{Ordered: list.Items, Length: source.Duration}
	if public {
		if err := d.publicWords(ctx, source); err != nil {
			return Transcript{}, err
		}
		if err := d.notPublic(ctx, source, &gone); err != nil {
			return Transcript{}, err
		}
	}
	t.Edits, t.Public = list.Number, public
	rest := transcript.Public(t.Passages(), gone)
	t.Lines = make([]Line, len(rest))
	for i, p := range rest {
		t.Lines[i].Passage = p
	}
	return t, nil
}

// publicWords refuses a public transcript where the orders, as they stood when the recording was begun or as they stand, keep what is said from the public.
func (d *Desk) publicWords(ctx context.Context, r Recording) error {
	h, err := d.Hearing(ctx, r.Hearing)
	if err != nil {
		return err
	}
	r.Version = protection.PublicRecord
	refuse := func(err error) error {
		return errors.Join(err, d.Note(ctx, "recording.refused", map[string]string{"recording": string(r.ID)}))
	}
	if err := d.released(ctx, r); errors.Is(err, ErrNotAllowed) {
		return refuse(err)
	} else if err != nil {
		return err
	}
	for _, at := range []time.Time{r.Started, d.Now()} {
		m, err := d.Matrix(ctx, h.Case, h.Party, protection.PublicMode, at)
		if err != nil {
			return err
		}
		if a := m.Access(protection.PublicRecord); a.Voice == protection.NoVoice || a.Release == protection.Never {
			return refuse(ErrNoPublicWords)
		}
	}
	return nil
}

// notPublic finds what was marked in a session and where it was not public, on the recording's clock. Only the oath and testimony in public session are public.
func (d *Desk) notPublic(ctx context.Context, r Recording, gone *transcript.Gone) error {
	h, err := d.Hearing(ctx, r.Hearing)
	if err != nil {
		return err
	}
	events, err := d.Events(ctx, r.Hearing)
	if err != nil {
		return err
	}
	length := gone.Length
	if length <= 0 {
		length = transcript.Longest
	}
	var open []edit.Span
	for _, s := range testimony.BuildMinutes(h, "", r.Started, r.Started.Add(length), events, nil).Segments {
		if s.Mode == protection.PublicMode && (s.Phase == testimony.Oath || s.Phase == testimony.Testimony) {
			open = append(open, edit.Span{From: s.From.Sub(r.Started), Until: s.To.Sub(r.Started)})
		}
	}
	var sure []edit.Span
	for _, s := range edit.Union(open) {
		sure = append(sure, edit.Span{From: ms(s.From + eventSlack + time.Millisecond), Until: ms(s.Until - eventSlack)})
	}
	gone.Closed = edit.Spans{{From: 0, Until: length}}.Without(edit.Union(sure))
	for _, e := range events {
		if e.Kind == testimony.Marked {
			gone.Marked = append(gone.Marked, edit.Span{From: ms(e.From.Sub(r.Started) - eventSlack), Until: ms(e.To.Sub(r.Started) + eventSlack + time.Millisecond)})
		}
	}
	return nil
}

// ms cuts a time to whole milliseconds, towards the past.
func ms(d time.Duration) time.Duration {
	if part := d % time.Millisecond; part < 0 {
		return d - part - time.Millisecond
	}
	return d.Truncate(time.Millisecond)
}

// ImportTranscript takes a transcript in from the text of a file, WebVTT or SubRip by its name's ending. The file itself is not kept: it can hold names in places
// that a transcript has not. Its hash is.
func (d *Desk) ImportTranscript(ctx context.Context, id testimony.RecordingID, name string, text []byte, as transcript.Reading, replaces bool) (Transcript, error) {
	parse := transcript.ParseVTT
	switch strings.ToLower(filepath.Ext(name)) {
	case ".vtt":
	case ".srt":
		parse = transcript.ParseSRT
	default:
		return Transcript{}, ErrTranscriptName
	}
	list, err := parse(text, as)
	if err != nil {
		return Transcript{}, err
	}
	if len(list) == 0 {
		return Transcript{}, fmt.Errorf("%w: it has no passage", transcript.ErrFile)
	}
	sum := sha256.Sum256(text)
	t, err := d.KeepTranscript(ctx, id, TranscriptChange{Passages: list, Replaces: replaces, File: sum[:]})
	if errors.Is(err, store.ErrTooLarge) {
		err = fmt.Errorf("%w: it is too long for one version; take it in by parts", transcript.ErrFile)
	}
	return t, err
}

// TranscriptPaper is what is written of a transcript.
type TranscriptPaper struct {
	Public   bool
	Language policy.Language // of the words around it
	Spoken   string          // only passages of this language; all where empty
}

// WriteTranscript writes a transcript to a new file, as WebVTT, SubRip or PDF by the file's name. The act is in the audit log before anything is written.
func (d *Desk) WriteTranscript(ctx context.Context, id testimony.RecordingID, to string, p TranscriptPaper) (Transcript, error) {
	ending := strings.ToLower(filepath.Ext(to))
	if ending != ".vtt" && ending != ".srt" && ending != ".pdf" {
		return Transcript{}, ErrTranscriptName
	}
	if err := freePlace(to, false); err != nil {
		return Transcript{}, err
	}
	t, err := d.transcript(ctx, id, p.Public)
	if err != nil {
		return Transcript{}, err
	}
	paper, err := d.transcriptPaper(ctx, t, p)
	if err != nil {
		return Transcript{}, err
	}
	if err := d.noteTranscript(ctx, "transcript.exported", t, map[string]string{"for": ending[1:]}); err != nil {
		return Transcript{}, err
	}
	return t, writeWhole(to, func(w io.Writer) error {
		switch ending {
		case ".vtt":
			return transcript.WriteVTT(w, paper.Passages, func(why transcript.Withheld) string { return notice.WithheldWord(why, p.Language) })
		case ".srt":
			return transcript.WriteSRT(w, paper.Passages)
		}
		return paper.PDF(w, p.Language)
	})
}

func (d *Desk) transcriptPaper(ctx context.Context, t Transcript, p TranscriptPaper) (notice.Transcript, error) {
	h, err := d.Hearing(ctx, t.Recording.Hearing)
	if err != nil {
		return notice.Transcript{}, err
	}
	s := subject{hearing: h}
	if s.cas, err = d.Case(ctx, h.Case); err != nil {
		return notice.Transcript{}, err
	}
	if s.party, err = d.Party(ctx, h.Party); err != nil {
		return notice.Transcript{}, err
	}
	paper := notice.Transcript{Heading: s.heading(d), Begun: t.Recording.Started, Length: t.Recording.Duration, Number: t.Number, Edits: t.Edits, Public: t.Public, Passages: t.Passages()}
	if !t.Public { // the public's paper names no recording of the sealed kind
		paper.Recording, paper.Version = t.Recording.ID, t.Recording.Version
	}
	if p.Spoken != "" {
		paper.Passages = transcript.In(paper.Passages, p.Spoken)
	}
	return paper, nil
}
