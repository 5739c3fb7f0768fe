package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"paravent/store/audit"
)

// KeylessReport says what [VerifyWithoutKeys] found.
type KeylessReport struct {
	VaultID string
	Format  int
	Founder []byte     // Ed25519 public key, which every signature leads to
	Head    audit.Head // the newest; its signature is checked unless Unvouched says otherwise

	AuditEntries int // leaves of the audit log
	Sessions     int // unlocks that acted
	Heads        int
	Unvouched    int // heads whose signatures could not be checked: nobody has vouched in the clear for who signed them
	Signers      int
	Revoked      int // of the signers

	Logins       int
	Waiting      int // requests to be enrolled
	Grants       int
	Compartments int
	Records      int
	Collections  []KeylessCollection // in the order of their opaque names
	Unknown      int                 // values of a kind that this program doesn't know

	Faults []Fault
	More   int // faults beyond those that are listed
}

// KeylessCollection is one collection of records as it shows itself without a key.
type KeylessCollection struct {
	Name    string // 32 hexadecimal digits that tell nothing
	Records int
	Bytes   int64 // sealed
}

// Sound says that nothing is wrong with what was checked.
func (r KeylessReport) Sound() bool { return len(r.Faults) == 0 }

// Unchecked names what a check without keys cannot tell, in words of this package: "signatures" only where there are heads that
// nobody vouched for.
func (r KeylessReport) Unchecked() []string {
	unchecked := []string{"contents", "absent_records", "grants", "logins", "directory", "older_copy"}
	if r.Unvouched > 0 {
		unchecked = append(unchecked, "signatures")
	}
	return unchecked
}

// maxFaults bounds how many faults are listed.
const maxFaults = 100

// VerifyWithoutKeys checks what can be checked of a vault that nobody unlocked: the header, the form of every value, every leaf of the audit log in
// its chain and in the tree, every head and its signature up to the founder's key, and that each compartment's manifest is the one
// of which the log last spoke. It can't tell whether a record is missing or was exchanged within its compartment, since the sums over
// them are sealed. progress, if not nil, is told how many of how many values are done. The backend stays the caller's; nothing is written.
//
// What is wrong stands in the report; the error is for a backend that holds no vault, or a check that couldn't run to its end.
func VerifyWithoutKeys(ctx context.Context, b Backend, progress func(done, total int)) (KeylessReport, error) {
	var c *keyless
	err := b.View(ctx, func(r Reader) error {
		c = &keyless{ctx: ctx, r: r, progress: progress, manifests: make(map[tag]uint32)}
		return c.run()
	})
	if err != nil {
		return KeylessReport{}, fmt.Errorf("verify vault without keys: %w", err)
	}
	return c.report, nil
}

// keyless is one check without keys.
type keyless struct {
	ctx         context.Context
	r           Reader
	header      header
	head        audit.Head
	roster      *audit.Roster // nil: unreadable
	report      KeylessReport
	manifests   map[tag]uint32 // epochs
	progress    func(done, total int)
	done, total int
}

func (c *keyless) run() error {
	raw, err := c.r.Get(bucketVault, keyHeader)
	if err != nil {
		return err
	}
	if c.header, err = parseHeader(raw); err != nil {
		return err
	}
	c.report.VaultID, c.report.Founder = c.header.id(), c.header.founder
	c.report.Format = int(binary.BigEndian.Uint16(raw[len(headerMagic):]))
	if err := c.count(); err != nil {
		return err
	}
	if c.head, err = readHead(c.r, c.header); err != nil || c.head.Size == 0 {
		c.fault("audit", errors.Join(err, damaged("the audit log has no head")))
	}
	for _, check := range []struct {
		bucket []byte
		value  func(key, value []byte) error
		place  string
	}{
		{bucketVault, c.own, "header"}, {bucketLogin, c.login, "login"}, {bucketWaiting, c.waiting, "reception"},
		{bucketManifest, c.manifest, "manifest"}, {bucketGrant, c.grant, "grant"}, {bucketRecord, c.record, "record"},
	} {
		err := c.r.Range(check.bucket, nil, func(key, value []byte) error {
			if err := check.value(key, value); err != nil {
				c.fault(check.place, err)
			}
			return c.step()
		})
		if err := c.carryOn(check.place, err); err != nil {
			return err
		}
	}
	if err := c.carryOn("signer", c.signers()); err != nil {
		return err
	}
	return c.carryOn("audit", c.log())
}

// carryOn makes a fault of an error, unless the check is to end.
func (c *keyless) carryOn(place string, err error) error {
	if c.ctx.Err() != nil {
		return c.ctx.Err()
	}
	if err != nil && !errors.Is(err, ErrDamaged) {
		return err
	}
	if err != nil {
		c.fault(place, err)
	}
	return nil
}

func (c *keyless) fault(place string, err error) {
	if len(c.report.Faults) == maxFaults {
		c.report.More++
		return
	}
	c.report.Faults = append(c.report.Faults, Fault{place, err.Error()})
}

func (c *keyless) count() error {
	for _, bucket := range buckets {
		err := c.r.Range(bucket, nil, func(key, _ []byte) error {
			if _, kind := parseLogKey(key); !bytes.Equal(bucket, bucketLog) || kind == logLeaf {
				c.total++
			}
			if c.total%4096 == 0 {
				return c.ctx.Err()
			}
			return nil
		})
		if err := c.carryOn(string(bucket), err); err != nil {
			return err
		}
	}
	return nil
}

func (c *keyless) step() error {
	c.done++
	if c.done%256 != 0 && c.done != c.total {
		return nil
	}
	if c.progress != nil {
		c.progress(min(c.done, c.total), c.total)
	}
	return c.ctx.Err()
}

// own looks at a value of the vault's first bucket.
func (c *keyless) own(key, value []byte) error {
	switch {
	case bytes.Equal(key, keyReception):
		_, err := parseReception(value)
		return err
	case !bytes.Equal(key, keyHeader) && !bytes.Equal(key, keyHead):
		c.report.Unknown++
	}
	return nil
}

func (c *keyless) login(key, value []byte) error {
	c.report.Logins++
	if len(key) != 32 {
		return damaged("a login has no name")
	}
	_, err := parseLogin(value, c.header.kdf)
	return err
}

func (c *keyless) waiting(key, value []byte) error {
	c.report.Waiting++
	if len(key) != 32 || len(value) <= EncapsulatedSize || len(value) > maxWaitingSize || c.report.Waiting > MaxWaiting {
		return damaged("a request to be enrolled is unreadable")
	}
	return nil
}

func (c *keyless) manifest(key, value []byte) error {
	c.report.Compartments++
	if len(key) != len(tag{}) {
		return damaged("a manifest has no compartment")
	}
	if err := c.envelope(value, maxManifest); err != nil {
		return fmt.Errorf("%w: a manifest", err)
	}
	c.manifests[tag(key)] = shownEpoch(value)
	return nil
}

// maxManifest is the greatest padded length of a manifest that a reader takes; each row of it is a collection.
const maxManifest = 1 << 24

// grant sees that a grant is whole and of a compartment and an epoch that there are or were.
func (c *keyless) grant(key, value []byte) error {
	c.report.Grants++
	if len(key) != len(tag{})+4+16 {
		return damaged("a grant has no compartment")
	}
	epoch := binary.BigEndian.Uint32(key[len(tag{}):])
	newest, ok := c.manifests[tag(key)]
	if !ok {
		return damaged("a grant is of no compartment")
	}
	if len(value) != grantSize || epoch < 1 || epoch > newest {
		return damaged("a grant is unreadable")
	}
	return nil
}

func (c *keyless) record(key, value []byte) error {
	c.report.Records++
	if len(key) != physicalSize {
		return damaged("a record has no name")
	}
	name := hex.EncodeToString(key[:prefixSize])
	if n := len(c.report.Collections); n == 0 || c.report.Collections[n-1].Name != name {
		c.report.Collections = append(c.report.Collections, KeylessCollection{Name: name})
	}
	of := &c.report.Collections[len(c.report.Collections)-1]
	of.Records++
	of.Bytes += int64(len(value))
	if err := c.envelope(value, padded(MaxRecord)); err != nil {
		return fmt.Errorf("%w: a record of the collection %s", err, name)
	}
	return nil
}

// envelope looks at what an envelope shows: its suite, a length that padding gives, and a revision that the log has reached.
func (c *keyless) envelope(raw []byte, most int) error {
	size := len(raw) - minEnvelope
	if size < minPadded || size > most || padded(size) != size || raw[0] != suiteXChaCha || shownEpoch(raw) < 1 {
		return ErrDamaged
	}
	if revision := binary.BigEndian.Uint64(raw[5:]); revision < 1 || revision > uint64(max(c.head.Size, 0)) {
		return damaged("it is newer than the audit log")
	}
	return nil
}

func (c *keyless) signers() error {
	known := 0
	err := c.r.Range(bucketSigner, nil, func(_, _ []byte) error {
		known++
		return c.step()
	})
	if err != nil {
		return err
	}
	roster, err := readRoster(c.r, c.header)
	if err != nil {
		return err
	}
	c.roster = roster
	c.report.Signers, c.report.Revoked = len(roster.Attestations()), len(roster.Revocations())
	return nil
}

func (c *keyless) log() error {
	roster := c.roster
	if roster == nil { // a fault already; the rest of the log is checked all the same
		var err error
		if roster, err = audit.NewRoster(c.header.id(), c.header.founder); err != nil {
			return err
		}
	}
	checker := audit.NewChecker(c.header.id(), audit.Lenient(roster))
	var stop error
	err := feed(c.ctx, c.r, c.header, checker, func() { stop = errors.Join(stop, c.step()) })
	c.report.AuditEntries, c.report.Sessions, c.report.Head = int(checker.Size()), checker.Sessions(), c.head
	c.report.Heads, c.report.Unvouched = checker.Heads()
	return errors.Join(err, stop)
}

// Largest returns the collections with the most records first.
func (r KeylessReport) Largest() []KeylessCollection {
	return slices.SortedStableFunc(slices.Values(r.Collections), func(a, b KeylessCollection) int { return b.Records - a.Records })
}

// shownEpoch is the epoch that an envelope says it was sealed in.
func shownEpoch(envelope []byte) uint32 { return binary.BigEndian.Uint32(envelope[1:]) }
