package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"paravent/store/audit"
)

// Fault is one thing that is wrong with a vault.
type Fault struct {
	Place   string // "user", "signer", "reception", "recovery", "compartment", "record", "manifest" or "audit"
	Problem string // what is wrong with it, in a few words
}

// Report says what [Vault.Verify] found.
type Report struct {
	Records      int // records that this user can read
	Sealed       int // records of compartments that this user can't read
	Compartments int // compartments that this user can read
	AuditEntries int // leaves of the audit log
	Users        int
	Faults       []Fault
}

// Sound says that nothing is wrong with what was checked.
func (r Report) Sound() bool { return len(r.Faults) == 0 }

// Verify checks every record that this user can read, every manifest, and the audit log; of other compartments, that
// their manifests are the ones the audit log speaks of. progress, if not nil, is told how many of how many items are
// done. What is wrong stands in the report; the error is only for a check that couldn't run to its end.
func (v *Vault) Verify(ctx context.Context, progress func(done, total int)) (Report, error) {
	var report Report
	err := v.View(ctx, func(tx *ReadTx) error {
		c := checking{ctx: ctx, tx: tx, report: &report, progress: progress}
		return c.run()
	})
	if err != nil {
		return report, fmt.Errorf("verify vault: %w", err)
	}
	return report, nil
}

type checking struct {
	ctx         context.Context
	tx          *ReadTx
	report      *Report
	progress    func(done, total int)
	done, total int
	records     int
}

func (c *checking) run() error {
	if err := c.count(); err != nil {
		return err
	}
	users, err := c.tx.users()
	if err != nil {
		c.fault("user", err)
	}
	c.report.Users = len(users)
	if _, err := c.tx.revocations(); err != nil {
		c.fault("user", err)
	}
	if err := c.tx.checkSigners(); err != nil {
		c.fault("signer", err)
	}
	if err := c.tx.checkReception(); err != nil {
		c.fault("reception", err)
	}
	if err := c.tx.checkRecovery(); err != nil {
		c.fault("recovery", err)
	}
	if err := c.compartments(); err != nil {
		return err
	}
	c.report.Sealed = c.records - c.report.Records
	if err := c.tx.checkLog(c.ctx, c.step); err != nil {
		if c.ctx.Err() != nil {
			return err
		}
		c.fault("audit", err)
	}
	return c.ctx.Err()
}

// count finds how much there is to check.
func (c *checking) count() error {
	for bucket, n := range map[string]*int{string(bucketRecord): &c.records, string(bucketLog): &c.report.AuditEntries} {
		err := c.tx.r.Range([]byte(bucket), nil, func(key, _ []byte) error {
			if _, kind := parseLogKey(key); bucket == string(bucketRecord) || kind == logLeaf {
				*n++
			}
			return c.ctx.Err()
		})
		if err != nil {
			return err
		}
	}
	c.total = c.records + c.report.AuditEntries
	return nil
}

func (c *checking) step() {
	c.done++
	if c.progress != nil {
		c.progress(min(c.done, c.total), c.total)
	}
}

func (c *checking) fault(place string, err error) {
	c.report.Faults = append(c.report.Faults, Fault{place, err.Error()})
}

// compartments checks each one that this user has a grant for. Their names aren't needed: tags are enough.
func (c *checking) compartments() error {
	if err := c.compartment(c.tx.root); err != nil {
		return err
	}
	entries, err := compartmentEntries.All(c.tx, directory)
	if err != nil {
		c.fault("compartment", err)
	}
	for _, e := range entries {
		key, err := c.granted(e)
		switch {
		case err != nil:
			c.fault("compartment", err)
		case key != nil:
			if err := c.compartment(key); err != nil {
				return err
			}
			key.wipe()
		}
	}
	return nil
}

// granted opens a compartment by its directory entry; nil when it is none of this user's, or the directory itself.
func (c *checking) granted(e Entry[compartmentEntry]) (*compartmentKey, error) {
	t, err := parseEntryID(e.ID)
	if err != nil {
		return nil, err
	}
	if t == c.tx.root.tag {
		return nil, nil
	}
	key, err := c.tx.openCompartment(t)
	if errors.Is(err, ErrNoAccess) {
		return nil, nil
	}
	return key, err
}

func (c *checking) compartment(key *compartmentKey) error {
	c.report.Compartments++
	raw, err := c.tx.r.Get(bucketManifest, key.tag[:])
	if err != nil {
		return err
	}
	m, err := openManifest(c.tx.v.header.vault, key, raw)
	if err != nil {
		c.fault("manifest", err)
		return nil
	}
	for prefix, want := range m {
		if err := c.collection(key, prefix, want); err != nil {
			return err
		}
	}
	return nil
}

// collection opens the records of one row of a manifest and sums them up.
func (c *checking) collection(owner *compartmentKey, prefix [prefixSize]byte, want row) error {
	key := owner.collectionAt(prefix)
	var whole sum256
	found, faults, err := scan(c.tx, owner, key, func(_ *decoder, physical, raw, plain []byte, _ uint64) ([32]byte, error) {
		_, _, _, err := splitRecord(plain)
		return key.of(raw).wholeElement(physical, raw), err // of an epoch that opened it
	}, func(elements [][32]byte) error {
		for range elements {
			c.step()
		}
		for _, e := range elements {
			whole.add(e)
		}
		return c.ctx.Err()
	})
	if c.ctx.Err() != nil {
		return c.ctx.Err()
	}
	if err != nil || faults > 0 {
		c.fault("record", errors.Join(err, damaged("%d records are unreadable", faults)))
		return nil
	}
	c.report.Records += int(found.count)
	found.whole = whole
	if found != want {
		c.fault("manifest", damaged("records are missing, surplus or out of date"))
	}
	return nil
}

// checkLog runs the whole audit log through a checker and holds the manifests against what it says.
func (tx *ReadTx) checkLog(ctx context.Context, step func()) error {
	signers, err := tx.directorySigners()
	if err != nil {
		return err
	}
	checker := audit.NewChecker(tx.v.ID(), signers)
	return feed(ctx, tx.r, tx.v.header, checker, step)
}

// feed gives the checker every leaf and head in order, holds the stored hashes against those that it wants, and the manifests against
// what the log last said of them.
func feed(ctx context.Context, r Reader, h header, checker *audit.Checker, step func()) error {
	var hashes []byte // wanted for the last leaf, until they were found
	err := r.Range(bucketLog, nil, func(key, raw []byte) error {
		index, kind := parseLogKey(key)
		switch {
		case kind == logLeaf && index == checker.Size() && hashes == nil:
			step()
			wanted, err := checker.Leaf(raw)
			if err != nil {
				return fmt.Errorf("%w: %w", ErrDamaged, err)
			}
			hashes = joinHashes(wanted)
			return ctx.Err()
		case kind == logHashes && index == checker.Size()-1 && bytes.Equal(raw, hashes):
			hashes = nil
			return nil
		case kind == logHead && index == checker.Size()-1 && hashes == nil:
			if err := checker.Head(raw); err != nil {
				return fmt.Errorf("%w: %w", ErrDamaged, err)
			}
			return nil
		}
		return damaged("part of the audit log is missing or false")
	})
	if err != nil {
		return err
	}
	last, err := checker.Finish()
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	newest, err := readHead(r, h)
	if err != nil {
		return err
	}
	if hashes != nil || !bytes.Equal(newest.Note, last.Note) {
		return damaged("the audit log's newest head is not its last")
	}
	return compareStates(r, checker.States())
}

// compareStates sees that each manifest is the one that the log last spoke of, and that none is missing or surplus.
func compareStates(r Reader, states map[tag][32]byte) error {
	found := 0
	err := r.Range(bucketManifest, nil, func(key, raw []byte) error {
		if len(key) != len(tag{}) || states[tag(key)] != manifestState(tag(key), raw).Manifest {
			return damaged("a compartment was changed without the audit log")
		}
		found++
		return nil
	})
	if err == nil && found != len(states) {
		err = damaged("a compartment is missing")
	}
	return err
}
