package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"paravent/protection"
	"paravent/protection/care"
	"paravent/testimony/docket"
)

// What tells of a person (their words, their danger, their needs, what is done for them, how they are reached) comes from a file or from standard input and never from an
// argument: other programs can read arguments, and a shell keeps them.

// careFile is a record of a care file as it is printed and read: what 'show --json' prints can be changed and saved again.
type careFile[T any] struct {
	// Version is what the record was made from. One that was written meanwhile is not written over. 0 says that there was none; where it is left out, the
	// newest is followed.
	Version *int `json:"version,omitempty"`
	Record  T    `json:"record"`
}

func fileOf[T any](v docket.CareVersion[T]) careFile[T] { return careFile[T]{&v.N, v.Value} }

// seen is the version that a file was made from.
func (f careFile[T]) seen(newest int) int {
	if f.Version == nil {
		return newest
	}
	return *f.Version
}

// maxCareFile bounds a record that is read, in bytes.
const maxCareFile = 1 << 20

// readAll reads a file, or standard input for "-", up to a little more than is taken.
func (c *console) readAll(path string, most int64) ([]byte, error) {
	in := c.in
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	}
	return io.ReadAll(io.LimitReader(in, most+1))
}

// readText reads free text. What is longer than a field takes is refused by the field, and not cut here.
func (c *console) readText(path string) (string, error) {
	raw, err := c.readAll(path, care.MaxText)
	return strings.TrimRight(string(raw), "\r\n"), err
}

// readCare reads a record: what 'show --json' or 'care form' printed, or the record alone. A field that the record does not have is refused.
func readCare[T any](c *console, path string) (careFile[T], error) {
	var f careFile[T]
	raw, err := c.readAll(path, maxCareFile)
	if err != nil {
		return f, err
	}
	refuse := func(why string) error { return &docket.EntryError{Path: "the file", Reason: why} }
	if len(raw) > maxCareFile {
		return f, refuse("it is larger than 1 MiB")
	}
	var tree any
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(&tree); err != nil || d.More() {
		return f, refuse("it is not one JSON object")
	}
	fields, ok := tree.(map[string]any)
	if !ok {
		return f, refuse("it is not one JSON object")
	}
	if record, whole := fields["record"]; whole {
		if n, given := fields["version"]; given {
			at, err := versionIn(n)
			if err != nil {
				return f, refuse("the version is a whole number from 0 on")
			}
			f.Version = &at
		}
		tree = record
	}
	again, err := json.Marshal(wholeDays(tree))
	if err != nil {
		return f, err
	}
	strict := json.NewDecoder(bytes.NewReader(again))
	strict.DisallowUnknownFields()
	if err := strict.Decode(&f.Record); err != nil {
		return f, refuse(strings.TrimPrefix(err.Error(), "json: "))
	}
	return f, nil
}

func versionIn(v any) (int, error) {
	n, ok := v.(json.Number)
	if !ok {
		return 0, errors.New("not a number")
	}
	at, err := n.Int64()
	if err != nil || at < 0 || at > 1<<30 {
		return 0, errors.New("not a version")
	}
	return int(at), nil
}

var (
	dayWritten = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}$`)
	dayFields  = []string{"on", "review", "until", "team_until", "from", "asked", "admitted", "declared"}
)

// wholeDays lets days be written as days in the fields that hold one.
func wholeDays(tree any) any {
	switch t := tree.(type) {
	case map[string]any:
		for k, v := range t {
			text, ok := v.(string)
			if ok && slices.Contains(dayFields, k) && dayWritten.MatchString(text) {
				if day, err := time.ParseInLocation(time.DateOnly, text, time.Local); err == nil {
					t[k] = day
				}
				continue
			}
			t[k] = wholeDays(v)
		}
	case []any:
		for i, v := range t {
			t[i] = wholeDays(v)
		}
	}
	return tree
}

// dayFrom reads a day that was typed; where none was, it is today.
func dayFrom(typed string, now time.Time) (time.Time, error) {
	if typed == "" {
		return now, nil
	}
	day, err := time.ParseInLocation(time.DateOnly, typed, time.Local)
	if err != nil {
		return day, usageError{"The day is written as 2026-11-25."}
	}
	return day, nil
}

func dayOf(t time.Time) string { return t.Local().Format(time.DateOnly) }

// inWords lists terms.
func inWords[T ~string](list []T) string {
	words := make([]string, len(list))
	for i, t := range list {
		words[i] = string(t)
	}
	return strings.Join(words, ", ")
}

// saveCare keeps a record of a care file that is written as a whole, unless a newer one stands than the file was made from.
func saveCare[T any](ctx context.Context, c *console, f personFlags, path string, read func(*docket.Desk, context.Context, protection.PartyID) (docket.CareVersion[T], error),
	save func(*docket.Desk, context.Context, protection.PartyID, int, T) error, done string) error {
	file, err := readCare[T](c, path)
	if err != nil {
		return err
	}
	return f.of(ctx, c, func(d *docket.Desk, p protection.PartyID) error {
		now, err := read(d, ctx, p)
		if err != nil {
			return err
		}
		if err := save(d, ctx, p, file.seen(now.N), file.Record); err != nil {
			return err
		}
		return c.done(done)
	})
}
