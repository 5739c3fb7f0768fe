package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"paravent/protection/policy"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/edit"
	"paravent/testimony/transcript"
)

type evidenceTranscriptCmd struct {
	Import transcriptImportCmd `cmd:"" help:"Take in a transcript from a WebVTT or SubRip file. Earlier versions are kept."`
	Show   transcriptShowCmd   `cmd:"" help:"Print the transcript of a recording."`
	Export transcriptExportCmd `cmd:"" help:"Write the transcript as WebVTT, SubRip or PDF, by the file's name."`
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
			fmt.Fprintf(&words, "%s  %s\n", edit.Clock(l.Start), lineWords(l.Passage))
		}
		return c.print(transcriptReport{t.Recording.ID, t.Number, t.Edits, t.Public, t.Passages()}, words.String())
	})
}

// transcriptReport is a transcript as a script reads it.
type transcriptReport struct {
	Recording testimony.RecordingID `json:"recording"`
	Version   int                   `json:"version"`
	Edits     int                   `json:"edits"`
	Public    bool                  `json:"public"`
	Passages  []transcript.Passage  `json:"passages"`
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
