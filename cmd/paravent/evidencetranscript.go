package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"paravent/protection/policy"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/edit"
	"paravent/testimony/transcript"
)

type evidenceTranscriptCmd struct {
	Import  transcriptImportCmd  `cmd:"" help:"Take in a transcript from a WebVTT or SubRip file. Earlier versions are kept."`
	Show    transcriptShowCmd    `cmd:"" help:"Print the transcript of a recording, each passage with the key by which it is corrected or struck."`
	Type    transcriptTypeCmd    `cmd:"" help:"Add a passage."`
	Correct transcriptCorrectCmd `cmd:"" help:"Put a passage in the place of one that stands, with a reason. The one before is kept."`
	Strike  transcriptStrikeCmd  `cmd:"" help:"Strike passages, with a reason. They are kept as earlier versions."`
	History transcriptHistoryCmd `cmd:"" help:"Print every version: who added, corrected or struck what, when and why."`
	Export  transcriptExportCmd  `cmd:"" help:"Write the transcript as WebVTT, SubRip or PDF, by the file's name."`
}

type transcriptImportCmd struct {
	vaultFlags
	Recording string   `arg:"" help:"The recording's id."`
	File      string   `arg:"" help:"The .vtt or .srt file." placeholder:"FILE"`
	Language  string   `help:"The language of passages that name none, as en, fr or pt-BR." placeholder:"TAG"`
	Speaker   []string `help:"Which function a label of the file stands for: bench, witness, interpreter, prosecution, defence, accused, support, coordinator, gallery, with a number as in defence-2, or unnamed. May be repeated." sep:"none" placeholder:"LABEL=SPEAKER"`
	Replace   bool     `help:"The file takes the place of all passages from before, which are kept as an earlier version."`
}

func (e transcriptImportCmd) Run(ctx context.Context, c *console) error {
	as, err := e.reading()
	if err != nil {
		return err
	}
	text, err := readTranscript(e.File)
	if err != nil {
		return err
	}
	return e.with(ctx, c, func(d *docket.Desk) error {
		t, err := d.ImportTranscript(ctx, testimony.RecordingID(e.Recording), e.File, text, as, e.Replace)
		if err != nil {
			return noRecording(e.Recording, err)
		}
		return c.print(map[string]any{"recording": e.Recording, "version": t.Number, "passages": len(t.Lines)}, fmt.Sprintf("Taken in as version %d. The transcript has %d passages.\n", t.Number, len(t.Lines)))
	})
}

func (e transcriptImportCmd) reading() (transcript.Reading, error) {
	as := transcript.Reading{Labels: transcript.Labels{}}
	var err error
	if as.Language, err = transcript.ParseLanguage(e.Language); err != nil {
		return as, err
	}
	for _, typed := range e.Speaker {
		at := strings.LastIndex(typed, "=")
		if at <= 0 {
			return as, usageError{"a speaker is written as LABEL=SPEAKER"}
		}
		speaker, err := transcript.ParseSpeaker(typed[at+1:])
		if err != nil {
			return as, usageError{"a speaker is a function: bench, witness, interpreter, prosecution, defence, accused, support, coordinator, gallery, with a number as in defence-2, or unnamed"}
		}
		as.Labels[strings.ToLower(strings.TrimSpace(typed[:at]))] = speaker
	}
	return as, nil
}

// readTranscript reads a file as far as a transcript can be long, and one byte more, by which the parser sees that it is longer.
func readTranscript(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, transcript.MaxFile+1))
}

type transcriptShowCmd struct {
	vaultFlags
	Recording string `arg:"" help:"The recording's id, or that of a version of it."`
	Public    bool   `help:"What the public may read."`
}

func (e transcriptShowCmd) Run(ctx context.Context, c *console) error {
	return e.with(ctx, c, func(d *docket.Desk) error {
		read := d.Transcript
		if e.Public {
			read = d.PublicTranscript
		}
		t, err := read(ctx, testimony.RecordingID(e.Recording))
		if err != nil {
			return noRecording(e.Recording, err)
		}
		var words strings.Builder
		for _, l := range t.Lines {
			if l.Key != "" {
				fmt.Fprintf(&words, "%-7s", l.Key)
			}
			fmt.Fprintf(&words, "%s  %s\n", edit.Clock(l.Start), lineWords(l.Passage))
		}
		return c.print(transcriptReport{t.Recording.ID, t.Number, t.Edits, t.Public, t.Lines}, words.String())
	})
}

// transcriptReport is a transcript as a script reads it.
type transcriptReport struct {
	Recording testimony.RecordingID `json:"recording"`
	Version   int                   `json:"version"`
	Edits     int                   `json:"edits"`
	Public    bool                  `json:"public"`
	Passages  []docket.Line         `json:"passages"`
}

func lineWords(p transcript.Passage) string {
	switch {
	case p.Withheld == transcript.Expunged:
		return "[expunged from the record until " + edit.Clock(p.End) + "]"
	case p.Withheld != "":
		return "[not in public session until " + edit.Clock(p.End) + "]"
	case p.Language != "":
		return fmt.Sprintf("%s (%s): %s", p.Speaker, p.Language, strings.ReplaceAll(p.Text, "\n", " / "))
	}
	return fmt.Sprintf("%s: %s", p.Speaker, strings.ReplaceAll(p.Text, "\n", " / "))
}

// passageFlags are what a passage is typed with.
type passageFlags struct {
	From     string `help:"Where it begins, as 00:12:30.500." placeholder:"CLOCK"`
	Until    string `help:"Where it ends." placeholder:"CLOCK"`
	Speaker  string `help:"Who speaks: a function, as in bench or defence-2, or unnamed." placeholder:"SPEAKER"`
	Language string `help:"As en, fr or pt-BR." placeholder:"TAG"`
}

// over lays what was given over a passage.
func (f passageFlags) over(p transcript.Passage, text string) (transcript.Passage, error) {
	var err error
	if f.From != "" {
		if p.Start, err = edit.ParseClock(f.From); err != nil {
			return p, usageError{"--from and --until are times as 00:12:30.500"}
		}
	}
	if f.Until != "" {
		if p.End, err = edit.ParseClock(f.Until); err != nil {
			return p, usageError{"--from and --until are times as 00:12:30.500"}
		}
	}
	if f.Speaker != "" {
		if p.Speaker, err = transcript.ParseSpeaker(f.Speaker); err != nil {
			return p, err
		}
	}
	if f.Language != "" {
		if p.Language, err = transcript.ParseLanguage(f.Language); err != nil {
			return p, err
		}
	}
	if text != "" {
		p.Text, p.Withheld = transcript.Clean(text), ""
	}
	return p, nil
}

// kept tells what a change has made of a transcript.
func (f vaultFlags) kept(ctx context.Context, c *console, id, done string, change func(*docket.Desk) (docket.TranscriptChange, error)) error {
	return f.with(ctx, c, func(d *docket.Desk) error {
		x, err := change(d)
		if err != nil {
			return noRecording(id, err)
		}
		t, err := d.KeepTranscript(ctx, testimony.RecordingID(id), x)
		if err != nil {
			return noRecording(id, err)
		}
		return c.print(map[string]any{"recording": id, "version": t.Number, "passages": len(t.Lines)}, fmt.Sprintf("%s: version %d. The transcript has %d passages; earlier versions are kept.\n", done, t.Number, len(t.Lines)))
	})
}

type transcriptTypeCmd struct {
	vaultFlags
	passageFlags
	Recording string `arg:"" help:"The recording's id."`
	File      string `arg:"" help:"The file with what is said, or - for standard input: never an argument, which other programs can read." placeholder:"FILE"`
}

func (e transcriptTypeCmd) Run(ctx context.Context, c *console) error {
	text, err := c.readAll(e.File, transcript.MaxFile)
	if err != nil {
		return err
	}
	if e.From == "" || e.Until == "" || e.Speaker == "" {
		return usageError{"a passage has --from, --until and --speaker"}
	}
	p, err := e.over(transcript.Passage{}, string(text))
	if err != nil {
		return err
	}
	return e.kept(ctx, c, e.Recording, "Typed", func(*docket.Desk) (docket.TranscriptChange, error) {
		return docket.TranscriptChange{Passages: []transcript.Passage{p}}, nil
	})
}

type transcriptCorrectCmd struct {
	vaultFlags
	passageFlags
	Recording string `arg:"" help:"The recording's id."`
	Key       string `arg:"" help:"The passage, as 'show' has it." placeholder:"KEY"`
	File      string `arg:"" optional:"" help:"The file with what is said, or - for standard input; as before where it is left out." placeholder:"FILE"`
	Reason    string `help:"Why." required:""`
}

func (e transcriptCorrectCmd) Run(ctx context.Context, c *console) error {
	var text []byte
	if e.File != "" {
		var err error
		if text, err = c.readAll(e.File, transcript.MaxFile); err != nil {
			return err
		}
	}
	return e.kept(ctx, c, e.Recording, "Corrected", func(d *docket.Desk) (docket.TranscriptChange, error) {
		t, err := d.Transcript(ctx, testimony.RecordingID(e.Recording))
		if err != nil {
			return docket.TranscriptChange{}, err
		}
		at := slices.IndexFunc(t.Lines, func(l docket.Line) bool { return l.Key == e.Key && e.Key != "" })
		if at < 0 {
			return docket.TranscriptChange{}, fmt.Errorf("there is no passage %q: %w", e.Key, docket.ErrNotFound)
		}
		p, err := e.over(t.Lines[at].Passage, string(text))
		return docket.TranscriptChange{Strikes: []string{e.Key}, Passages: []transcript.Passage{p}, Reason: e.Reason}, err
	})
}

type transcriptStrikeCmd struct {
	vaultFlags
	Recording string   `arg:"" help:"The recording's id."`
	Keys      []string `arg:"" help:"The passages, as 'show' has them." placeholder:"KEY"`
	Reason    string   `help:"Why." required:""`
}

func (e transcriptStrikeCmd) Run(ctx context.Context, c *console) error {
	return e.kept(ctx, c, e.Recording, "Struck", func(*docket.Desk) (docket.TranscriptChange, error) {
		return docket.TranscriptChange{Strikes: e.Keys, Reason: e.Reason}, nil
	})
}

type transcriptHistoryCmd struct {
	vaultFlags
	Recording string `arg:"" help:"The recording's id."`
}

func (e transcriptHistoryCmd) Run(ctx context.Context, c *console) error {
	return e.with(ctx, c, func(d *docket.Desk) error {
		steps, err := d.TranscriptHistory(ctx, testimony.RecordingID(e.Recording))
		if err != nil {
			return noRecording(e.Recording, err)
		}
		var words strings.Builder
		for _, s := range steps {
			fmt.Fprintf(&words, "version %d, %s, by a %s (%s): %s", s.Number, s.At.Format(time.RFC3339), s.Office, s.By, strings.TrimPrefix(s.Act(), "transcript."))
			if s.Reason != "" {
				fmt.Fprintf(&words, ": %s", s.Reason)
			}
			words.WriteString("\n")
			for _, l := range s.Struck {
				fmt.Fprintf(&words, "  - %s  %s\n", edit.Clock(l.Start), lineWords(l.Passage))
			}
			for _, p := range s.Passages {
				fmt.Fprintf(&words, "  + %s  %s\n", edit.Clock(p.Start), lineWords(p))
			}
		}
		return c.print(steps, words.String())
	})
}

type transcriptExportCmd struct {
	vaultFlags
	Recording string `arg:"" help:"The recording's id, or that of a version of it."`
	File      string `arg:"" help:"The file to write: .vtt, .srt or .pdf. An existing file is never replaced." placeholder:"FILE"`
	Public    bool   `help:"What the public may read."`
	Spoken    string `help:"Only passages of this language, as en, fr or pt-BR." placeholder:"TAG"`
	Language  string `help:"Of the words around the passages: en or fr." enum:"en,fr" default:"en"`
}

func (e transcriptExportCmd) Run(ctx context.Context, c *console) error {
	spoken, err := transcript.ParseLanguage(e.Spoken)
	if err != nil {
		return err
	}
	return e.with(ctx, c, func(d *docket.Desk) error {
		t, err := d.WriteTranscript(ctx, testimony.RecordingID(e.Recording), e.File, docket.TranscriptPaper{Public: e.Public, Language: policy.Language(e.Language), Spoken: spoken})
		if err != nil {
			return noRecording(e.Recording, err)
		}
		words := fmt.Sprintf("Wrote %s: version %d of the transcript", e.File, t.Number)
		if t.Public {
			words += fmt.Sprintf(", as the public may read it, by list %d of edits", t.Edits)
		}
		return c.print(map[string]any{"file": e.File, "version": t.Number, "edits": t.Edits, "public": t.Public}, words+".\n")
	})
}
