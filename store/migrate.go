package store

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
)

// What a caller of [Migrations.Run] decides by.
var (
	ErrUpToDate = errors.New("the vault has the newest format already")
	ErrNoStep   = errors.New("this program can't bring a vault of this format to the newest one")
)

// Credentials open a vault for whoever upgrades it. The caller clears the passphrase.
type Credentials struct {
	Login      string
	Passphrase []byte
}

// Step brings a vault from one format to the next.
type Step struct {
	From int // it makes a vault of From+1 of it
	// Run changes a copy that nobody else uses and that is thrown away when it fails: it may write in as many transactions as it likes. It opens what
	// it has to with the credentials, checks what it reads, and raises the number by [RaiseFormat] in its last transaction. It writes no entry
	// of the audit log; whoever asked for the upgrade does.
	Run func(ctx context.Context, b Backend, who Credentials, opts Options, progress func(done, total int)) error
}

// Migrations are the steps that a program knows, and the format that they lead to. Start from [KnownMigrations].
type Migrations struct {
	Current int
	Steps   []Step
}

// KnownMigrations returns this program's: one step for each older format that it still takes.
func KnownMigrations() Migrations { return Migrations{Current: currentFormat, Steps: steps} }

// steps are registered here, the oldest first, when the number of the format is raised.
var steps []Step

// Plan returns the steps from a format to the newest: [ErrUpToDate], [ErrNewerFormat] or [ErrNoStep] where there is none to take.
func (m Migrations) Plan(from int) ([]Step, error) {
	switch {
	case from == m.Current:
		return nil, ErrUpToDate
	case from > m.Current:
		return nil, fmt.Errorf("%w (format %d)", ErrNewerFormat, from)
	}
	var plan []Step
	for at := from; at < m.Current; at++ {
		step, ok := m.step(at)
		if !ok {
			return nil, fmt.Errorf("%w (format %d)", ErrNoStep, from)
		}
		plan = append(plan, step)
	}
	return plan, nil
}

func (m Migrations) step(from int) (Step, bool) {
	for _, s := range m.Steps {
		if s.From == from {
			return s, true
		}
	}
	return Step{}, false
}

// Run takes every step that a copy needs. Where it fails the copy is of no use. Progress begins anew with each step.
func (m Migrations) Run(ctx context.Context, b Backend, who Credentials, opts Options, progress func(done, total int)) error {
	from, err := Format(ctx, b)
	if err != nil {
		return err
	}
	plan, err := m.Plan(from)
	if err != nil {
		return err
	}
	if progress == nil {
		progress = func(int, int) {}
	}
	for _, s := range plan {
		if err := s.Run(ctx, b, who, opts.withDefaults(), progress); err != nil {
			return fmt.Errorf("upgrade from format %d: %w", s.From, err)
		}
		found, err := Format(ctx, b)
		if err != nil {
			return err
		}
		if found != s.From+1 {
			return fmt.Errorf("upgrade from format %d: it left format %d", s.From, found)
		}
	}
	return nil
}

// Format reads the number of a vault's format, whether this program knows it or not.
func Format(ctx context.Context, b Backend) (int, error) {
	var format int
	err := b.View(ctx, func(r Reader) error {
		raw, err := r.Get(bucketVault, keyHeader)
		if err != nil {
			return err
		}
		format, err = headerFormat(raw)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("read the vault's format: %w", err)
	}
	return format, nil
}

// RaiseFormat writes another number into a header whose layout stays as it is.
func RaiseFormat(w Writer, to int) error {
	raw, err := w.Get(bucketVault, keyHeader)
	if err != nil {
		return err
	}
	if _, err := headerFormat(raw); err != nil {
		return err
	}
	raised := append([]byte(nil), raw[:len(raw)-sha256.Size]...)
	binary.BigEndian.PutUint16(raised[len(headerMagic):], uint16(to))
	sum := sha256.Sum256(raised)
	return w.Put(bucketVault, keyHeader, append(raised, sum[:]...))
}
