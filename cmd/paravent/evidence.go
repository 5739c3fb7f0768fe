package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"paravent/protection"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/evidence"
	"paravent/testimony/stamp"
)

type evidenceCmds struct {
	Capture     evidenceCaptureCmd     `cmd:"" help:"Record a testimony at one desk, with the witness in the room: 'paravent host' with the witness's devices, and a check before the witness leaves."`
	List        evidenceListCmd        `cmd:"" help:"List the recordings, and the versions that were made of them."`
	Check       evidenceCheckCmd       `cmd:"" help:"Look and listen a recording through for faults, before the witness leaves, and seal it to its blocks."`
	RequestEdit evidenceRequestEditCmd `cmd:"" help:"Ask that passages of a recording be cut or masked."`
	Edits       evidenceEditsCmd       `cmd:"" help:"List what was asked and decided."`
	Approve     evidenceApproveCmd     `cmd:"" help:"Approve passages of a request, as a judge."`
	Refuse      evidenceRefuseCmd      `cmd:"" help:"Refuse passages of a request, as a judge."`
	Withdraw    evidenceWithdrawCmd    `cmd:"" help:"Take back passages that you asked for and nobody has decided."`
	Lift        evidenceLiftCmd        `cmd:"" help:"Lift an approved edit, as a judge: versions made from now on have the passage again."`
	Derive      evidenceDeriveCmd      `cmd:"" help:"Make a version of a recording as the edits in force say. The recording stays as it is."`
	Verify      evidenceVerifyCmd      `cmd:"" help:"Check a recording, or all of them; or a version's file by itself, without a vault."`
	Timestamp   evidenceTimestampCmd   `cmd:"" help:"Ask the court's timestamp authority to sign when a recording was sealed; what it signed is kept."`
	Play        evidencePlayCmd        `cmd:"" help:"Play a recording in a window of its own. That it was opened is in the audit log."`
	Export      evidenceExportCmd      `cmd:"" help:"Write a copy that any WebM player can play."`
	Transcript  evidenceTranscriptCmd  `cmd:"" help:"What was said in a recording, with its times: take in, print, write."`
	Retention   retentionCmds          `cmd:"" help:"How long recordings are kept, and their erasure by a judge's decision."`
	Copy        copyCmds               `cmd:"" help:"Copies of recordings for a named person until a date: asked for, approved, made, traced."`
	Remote      remoteRecordCmds       `cmd:"" help:"Second records that the witnesses' machines kept: listed, taken in."`
	Custody     evidenceCustodyCmd     `cmd:"" help:"The chain of custody of a recording: printed, or as a PDF or JSON file."`
}

type evidenceCaptureCmd struct{ hostCmd }

func (e evidenceCaptureCmd) Run(ctx context.Context, c *console) error {
	if e.hereFlags == (hereFlags{}) {
		return usageError{"a capture needs --witness-camera and --witness-microphone; a witness who is elsewhere is recorded by 'paravent host'"}
	}
	return e.hostCmd.Run(ctx, c)
}

type evidenceListCmd struct{ vaultFlags }

func (e evidenceListCmd) Run(ctx context.Context, c *console) error {
	return e.with(ctx, c, func(d *docket.Desk) error {
		list, err := d.RecordingStates(ctx)
		if err != nil {
			return err
		}
		pairs := []any{}
		for _, r := range list {
			state := "sealed, " + r.Duration.Round(time.Second).String()
			if !r.Erased.IsZero() {
				state = "erased " + r.Erased.UTC().Format(dayLayout)
			} else if !r.Sealed {
				state = "not closed in good order"
			}
			if r.Derived() {
				state += fmt.Sprintf(", made %s of %s by list %d of edits", r.Made.UTC().Format(time.RFC3339), r.Source, r.Edits)
			}
			pairs = append(pairs, r.ID, fmt.Sprintf("%s  %s  %s, %s", r.Started.UTC().Format(time.RFC3339), recordWord(r.Recording), state, verifiedWords(r.Verified)+", "+timestampWords(r.Stamp)))
		}
		words := table(pairs...)
		if len(list) == 0 {
			words = "There are no recordings.\n"
			list = []docket.RecordingState{}
		}
		return c.print(list, words)
	})
}

// recordWord says which record of a hearing a recording is, in one word.
func recordWord(r docket.Recording) string {
	if r.Remote {
		return "remote"
	}
	return versionWord(r.Version)
}

func versionWord(v protection.Audience) string {
	if v == protection.MasterRecord {
		return "master"
	}
	return "public"
}

// verifiedWords says when a recording's file was last checked, and what was found.
func verifiedWords(v *docket.Verification) string {
	if v == nil {
		return "never checked"
	}
	return fmt.Sprintf("checked %s: %s", v.At.UTC().Format(time.RFC3339), v.Found)
}

type evidenceVerifyCmd struct {
	vaultFlags
	Recording string `arg:"" optional:"" help:"The recording's id, or a version's file; all recordings where left out." placeholder:"ID-OR-FILE"`
	Root      string `help:"Of a file: the root that the court published when the recording was sealed; another is a fault." placeholder:"HEX"`
	Judge     string `help:"Of a file: the public key of the judge, as the court publishes it; another is a fault." placeholder:"HEX"`
	Roots     string `help:"Of a file: the root certificates of the authority outside the court, in PEM; a timestamp that is missing or does not lead to them is a fault." type:"path" placeholder:"ROOTS.pem"`
	Timestamp string `help:"Of a file: its timestamp; FILE.tsr where left out." type:"path" placeholder:"FILE.tsr"`
	Edits     int    `help:"Of a file: the number of the list of edits that it has to carry out; another is a fault." default:"-1" placeholder:"N"`
}

type verdictLine struct {
	evidence.Verdict
	Words     string         `json:"words"`
	Error     string         `json:"error,omitempty"`
	Erased    bool           `json:"erased,omitempty"`
	Timestamp *stamp.Checked `json:"timestamp,omitempty"` // of an authority outside the court; nothing where there is none
}

func (e evidenceVerifyCmd) Run(ctx context.Context, c *console) error {
	if stat, err := os.Stat(e.Recording); err == nil && stat.Mode().IsRegular() {
		return e.file(ctx, c)
	}
	if e.Root != "" || e.Judge != "" || e.Edits >= 0 || e.Roots != "" || e.Timestamp != "" {
		return usageError{"--root, --judge, --edits, --roots and --timestamp are for a version's file"}
	}
	return e.with(ctx, c, func(d *docket.Desk) error {
		ids := []testimony.RecordingID{testimony.RecordingID(e.Recording)}
		if e.Recording == "" {
			list, err := d.Recordings(ctx)
			if err != nil {
				return err
			}
			ids = nil
			for _, r := range list {
				ids = append(ids, r.ID)
			}
		}
		lines, words, bad := []verdictLine{}, "", 0
		for _, id := range ids {
			v, err := evidence.Verify(ctx, d, id, nil)
			line := verdictLine{Verdict: v, Words: v.Words()}
			if errors.Is(err, docket.ErrNotFound) {
				return fmt.Errorf("there is no recording %q: %w", id, err)
			}
			switch {
			case errors.Is(err, docket.ErrErased):
				line.Words, line.FirstBad, err = "Erased on "+v.Recording.Erased.UTC().Format(dayLayout)+" by a judge's decision; its hashes stay.", -1, nil
				line.Erased = true
			case errors.Is(err, fs.ErrNotExist):
				line.Words, line.Error = "Not intact: its file is missing.", "its file is missing"
				line.FirstBad = -1
			case errors.Is(err, docket.ErrRootDiffers):
				line.Words, line.Error = "Not intact: "+err.Error()+".", err.Error()
			case err != nil:
				line.Error, _ = tell(err)
				line.Words = "Not checked: " + line.Error
			}
			wrong := !line.Erased && (err != nil || !v.Intact || !v.Sound())
			if wrong {
				bad++
			}
			var unknown error
			if line.Timestamp, unknown = d.TimestampOf(ctx, id); unknown != nil && err == nil {
				return unknown
			}
			if line.Timestamp != nil && line.Timestamp.Fault != "" && !wrong {
				bad++
			}
			lines = append(lines, line)
			words += fmt.Sprintf("%s (%s): %s\n", id, versionWord(v.Recording.Version), line.Words)
			if unknown == nil {
				words += "  " + asSentence(timestampWords(line.Timestamp)) + "\n"
			}
		}
		if len(ids) == 0 {
			words = "There are no recordings.\n"
		}
		if err := c.print(lines, words); err != nil || bad == 0 {
			return err
		}
		return fmt.Errorf("%w: %d of %d", errEvidence, bad, len(ids))
	})
}

type evidenceExportCmd struct {
	vaultFlags
	Recording string `arg:"" help:"The recording's id."`
	File      string `arg:"" help:"The WebM file to write. An existing file is never replaced." placeholder:"FILE.webm"`
}

func (e evidenceExportCmd) Run(ctx context.Context, c *console) error {
	return e.with(ctx, c, func(d *docket.Desk) error {
		made, err := evidence.ExportTo(ctx, d, testimony.RecordingID(e.Recording), e.File)
		err = noRecording(e.Recording, err)
		if errors.Is(err, evidence.ErrFileMissing) {
			err = fmt.Errorf("%w: its file is missing", errEvidence)
		}
		if err != nil {
			return err
		}
		words := fmt.Sprintf("Wrote %s: %s.\n", e.File, made.Duration.Round(time.Second))
		if made.Torn {
			words += "The recording was torn; what is whole was written.\n"
		}
		if made.Timestamp != "" {
			words += fmt.Sprintf("Wrote its timestamp, %s.\n", made.Timestamp)
		}
		if made.Stamped != "" {
			words += fmt.Sprintf("Wrote what the timestamp is of, %s.\n", made.Stamped)
		}
		return c.print(made, words)
	})
}

// noRecording names the recording that is not there.
func noRecording(typed string, err error) error {
	if errors.Is(err, docket.ErrNotFound) {
		return fmt.Errorf("there is no recording %q: %w", typed, err)
	}
	return err
}
