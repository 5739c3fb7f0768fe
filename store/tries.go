package store

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"
)

// Tries at a passphrase are counted in the backend, so that the wait between them outlives the program and holds for every desk of
// one vault. A try is counted before the passphrase is looked at: tries that run side by side don't get more than their share.
//
// The wait follows from one of a fixed number of slots, chosen by the keyed hash of the login, whether such a login exists or not. So
// an unknown login behaves as a known one, and guessing logins can't fill the disk. Two logins may share a slot; then one waits
// for the other's tries. A user also has a record of their own, from which they learn how often somebody tried.
//
// All of this guards the front door only. Who can write the file can take the records out; who has a copy needs no door. Against
// them there is Argon2id. That is why the records are neither sealed nor in a manifest, and why damage to them costs a wait and nothing else.

var bucketTries = []byte("tries")

const (
	triesSlots     = 512
	triesFree      = 3 // wrong passphrases before the first wait
	triesFirstWait = 5 * time.Second
	triesCap       = 15 * time.Minute
	triesForget    = 24 * time.Hour // without a try, after which a slot begins anew
	triesAtCap     = triesFree + 8  // count from which the wait is the cap
	triesVersion   = 1
	triesSize      = 1 + 16 + 8
)

// ErrWait is what a [*WaitError] is.
var ErrWait = errors.New("too many wrong passphrases")

// WaitError refuses a try that comes too early. The passphrase was not looked at and the wait is not made longer. Together with
// [ErrWrongPassphrase] it says how long the next try has to wait after one that was looked at.
type WaitError struct {
	Remaining time.Duration // until a try is taken again; at most 15 minutes
}

func (e *WaitError) Error() string {
	return fmt.Sprintf("%v: the next try is taken in %d seconds", ErrWait, e.Seconds())
}

// Seconds is what remains in whole seconds, rounded up.
func (e *WaitError) Seconds() int {
	return int((e.Remaining + time.Second - 1) / time.Second)
}

// Unwrap makes it an [ErrWait].
func (e *WaitError) Unwrap() error { return ErrWait }

// slot counts the tries at the logins that share it.
type slot struct {
	count uint32
	era   uint32    // when its count began, in Unix seconds: which users' shares are still in it
	last  time.Time // in milliseconds
}

// wait is how long after the last try the next one is taken.
func (s slot) wait() time.Duration {
	if s.count < triesFree {
		return 0
	}
	if s.count >= triesAtCap {
		return triesCap
	}
	return min(triesFirstWait<<(s.count-triesFree), triesCap)
}

// take counts a try, or says how long it has to wait; write says whether the slot was changed.
//
// A clock that was set back must not let anybody in early, nor keep them out for longer than the wait: it begins again once, at the
// time that it is now said to be.
func (s *slot) take(now time.Time) (remaining time.Duration, write bool) {
	wait := s.wait()
	since := now.Sub(s.last)
	switch {
	case since < 0 && wait > 0:
		s.last = now
		return wait, true
	case since < wait:
		return wait - since, false
	case since >= triesForget, s.count == 0:
		s.count, s.era = 0, uint32(now.Unix())
	}
	s.count += min(1, ^uint32(0)-s.count)
	s.last = now
	return 0, true
}

// own counts the tries at one user's login.
type own struct {
	claimed uint32 // number of the last try
	cleared uint32 // number of the last try before which all were reported
	base    uint32 // tries up to this one are no longer in the slot's count
	era     uint32 // of the slot, as the shares after base were counted
}

// attempt is one try that was counted.
type attempt struct {
	login  []byte
	known  bool
	number uint32 // of the user's own tries
	era    uint32
	failed int // the user's tries that nobody has reported yet, without this one
	local  bool
	next   time.Time // when the next try is taken, should this one fail; zero: at once
}

// wrong is the error of this try.
func (a attempt) wrong(now time.Time) error {
	if remaining := a.next.Sub(now); !a.next.IsZero() && remaining > 0 {
		return fmt.Errorf("%w; %w", ErrWrongPassphrase, &WaitError{remaining})
	}
	return ErrWrongPassphrase
}

// after notes when the slot takes the next try.
func (a *attempt) after(s slot) {
	if s.wait() > 0 {
		a.next = s.last.Add(s.wait())
	}
}

// claim counts a try at a login before its passphrase is looked at, or refuses it with a [*WaitError].
func (s *Sealed) claim(ctx context.Context, login []byte) (attempt, error) {
	now := s.opts.Clock().Round(time.Millisecond)
	var a attempt
	var remaining time.Duration
	err := s.backend.Update(ctx, func(w Writer) (err error) {
		a, remaining, err = claimStored(w, s.header, login, now)
		return err
	})
	if unwritable(err) {
		a = attempt{login: login, local: true}
		err = s.backend.View(ctx, func(r Reader) (err error) {
			counted, left, err := claimLocally(r, s.header, login, now)
			a.after(counted)
			remaining = left
			return err
		})
	}
	if err == nil && remaining > 0 {
		err = &WaitError{remaining}
	}
	return a, err
}

// unwritable reports that a vault can be read and not be written. It still opens; its tries are counted in this process.
func unwritable(err error) bool {
	return errors.Is(err, ErrReadOnly) || errors.Is(err, ErrDiskFull) || errors.Is(err, ErrDamaged)
}

func claimStored(w Writer, h header, login []byte, now time.Time) (attempt, time.Duration, error) {
	s, err := readSlot(w, h, login, now)
	if err != nil {
		return attempt{}, 0, err
	}
	remaining, write := s.take(now)
	if write {
		err = w.Put(bucketTries, slotKey(login), s.encode(h, slotKey(login)))
	}
	if err != nil || remaining > 0 {
		return attempt{}, remaining, err
	}
	a := attempt{login: login, era: s.era}
	a.after(s)
	record, err := w.Get(bucketLogin, login)
	if err != nil || record == nil {
		return a, 0, err
	}
	o, err := readOwn(w, h, login)
	if err != nil {
		return a, 0, err
	}
	if o.era != s.era { // what was counted before, the slot has forgotten
		o.base, o.era = o.claimed, s.era
	}
	o.claimed++
	a.known, a.number, a.failed = true, o.claimed, int(o.claimed-1-o.cleared)
	return a, 0, w.Put(bucketTries, login, o.encode(h, login))
}

// release takes a try that was none, because the passphrase was right, out of the counts, with those before it. reported says that
// the audit log tells of them; otherwise they are told of next time.
func (a attempt) release(w Writer, h header, reported bool, now time.Time) error {
	if !a.known {
		return nil
	}
	o, err := readOwn(w, h, a.login)
	if err != nil || o.era != a.era || a.number > o.claimed || a.number <= o.cleared {
		return err // another unlock has taken it out
	}
	s, err := readSlot(w, h, a.login, now)
	if err != nil {
		return err
	}
	if share := a.number - min(a.number, o.base); s.era == a.era {
		s.count -= min(s.count, share)
		if err := putOrDelete(w, slotKey(a.login), s.encode(h, slotKey(a.login)), s.count > 0); err != nil {
			return err
		}
	}
	o.base = max(o.base, a.number)
	if reported {
		o.cleared = a.number
	} else if o.claimed == a.number {
		o.claimed, o.base = o.claimed-1, o.claimed-1
	}
	return putOrDelete(w, a.login, o.encode(h, a.login), o.claimed > o.cleared)
}

func putOrDelete(w Writer, key, value []byte, put bool) error {
	if put {
		return w.Put(bucketTries, key, value)
	}
	return w.Delete(bucketTries, key)
}

// settle writes down, once the passphrase was right, how often it was wrong before, and begins the count anew.
//
// A vault whose log can't be written opens all the same; then the count stays for the next unlock to tell.
func (v *Vault) settle(ctx context.Context, a attempt) {
	v.failed = a.failed
	if a.local {
		forgetLocally(v.header, a.login)
		return
	}
	if a.failed > 0 && v.Update(ctx, func(tx *Tx) error { return tx.reportTries(a) }) == nil {
		return
	}
	_ = v.backend.Update(ctx, func(w Writer) error { // failing costs a count that is one too high
		return a.release(w, v.header, a.failed == 0, v.opts.Clock())
	})
}

// reportTries logs the tries before this one and takes all out of the counts.
func (tx *Tx) reportTries(a attempt) error {
	if a.failed > 0 {
		tx.Log("login.failed_tries", map[string]string{"count": strconv.Itoa(a.failed)})
	}
	if a.local {
		return nil
	}
	return a.release(tx.w, tx.v.header, true, tx.v.opts.Clock())
}

// forgiveTries logs and clears the tries at the login of a user who came back by other means than their passphrase.
func (tx *Tx) forgiveTries(login []byte) error {
	o, err := readOwn(tx.w, tx.v.header, login)
	if err != nil || o.claimed == o.cleared {
		return err
	}
	tx.v.failed = int(o.claimed - o.cleared)
	return tx.reportTries(attempt{login: login, known: true, number: o.claimed, era: o.era, failed: tx.v.failed})
}

// FailedTries is how many tries at this user's passphrase failed between their unlock before and this one. A try that another desk
// was still checking counts among them.
func (v *Vault) FailedTries() int { return v.failed }

func slotKey(login []byte) []byte {
	return binary.BigEndian.AppendUint16([]byte("slot"), binary.BigEndian.Uint16(login)%triesSlots)
}

// readSlot reads a slot. One that is unreadable counts as one whose last try was a moment ago and whose wait is the longest.
func readSlot(r Reader, h header, login []byte, now time.Time) (slot, error) {
	key := slotKey(login)
	raw, err := r.Get(bucketTries, key)
	if err != nil || raw == nil {
		return slot{}, err
	}
	body, ok := parseTries(h, key, raw)
	if !ok {
		return slot{count: triesAtCap, era: uint32(now.Unix()), last: now.Add(time.Millisecond)}, nil
	}
	return slot{
		count: binary.BigEndian.Uint32(body), era: binary.BigEndian.Uint32(body[4:]),
		last: time.UnixMilli(int64(binary.BigEndian.Uint64(body[8:]))),
	}, nil
}

func (s slot) encode(h header, key []byte) []byte {
	b := binary.BigEndian.AppendUint32([]byte{triesVersion}, s.count)
	b = binary.BigEndian.AppendUint32(b, s.era)
	return sumTries(h, key, binary.BigEndian.AppendUint64(b, uint64(s.last.UnixMilli())))
}

// readOwn reads a user's count. What is unreadable counts for nothing: who could spoil it could as well have taken it out.
func readOwn(r Reader, h header, login []byte) (own, error) {
	raw, err := r.Get(bucketTries, login)
	if err != nil || raw == nil {
		return own{}, err
	}
	body, ok := parseTries(h, login, raw)
	if !ok {
		return own{}, nil
	}
	o := own{
		claimed: binary.BigEndian.Uint32(body), cleared: binary.BigEndian.Uint32(body[4:]),
		base: binary.BigEndian.Uint32(body[8:]), era: binary.BigEndian.Uint32(body[12:]),
	}
	if o.cleared > o.claimed || o.base > o.claimed || o.claimed == ^uint32(0) {
		return own{}, nil
	}
	return o, nil
}

func (o own) encode(h header, key []byte) []byte {
	b := []byte{triesVersion}
	for _, n := range []uint32{o.claimed, o.cleared, o.base, o.era} {
		b = binary.BigEndian.AppendUint32(b, n)
	}
	return sumTries(h, key, b)
}

func sumTries(h header, key, b []byte) []byte {
	d := sha256.New()
	d.Write([]byte("paravent/tries/1"))
	d.Write(h.vault[:])
	d.Write(key)
	d.Write(b)
	return append(b, d.Sum(nil)[:8]...)
}

// parseTries returns the sixteen bytes between version and checksum.
func parseTries(h header, key, raw []byte) ([]byte, bool) {
	if len(raw) != triesSize || raw[0] != triesVersion {
		return nil, false
	}
	body := raw[: len(raw)-8 : len(raw)-8]
	return body[1:], string(sumTries(h, key, body)) == string(raw)
}

// locally are the tries at vaults that can't be written. They are gone with the process.
var locally = struct {
	sync.Mutex
	slots map[string]slot
}{slots: make(map[string]slot)}

// maxLocally bounds them: so many slots are those of sixteen vaults.
const maxLocally = 16 * triesSlots

func claimLocally(r Reader, h header, login []byte, now time.Time) (slot, time.Duration, error) {
	stored, err := readSlot(r, h, login, now)
	if unwritable(err) {
		stored, err = slot{}, nil // the whole bucket is unreadable
	}
	if err != nil {
		return slot{}, 0, err
	}
	key := string(h.vault[:]) + string(slotKey(login))
	locally.Lock()
	defer locally.Unlock()
	s, counted := locally.slots[key]
	if !counted {
		if len(locally.slots) >= maxLocally {
			clear(locally.slots)
		}
		s = stored
	}
	remaining, _ := s.take(now)
	locally.slots[key] = s
	return s, remaining, nil
}

func forgetLocally(h header, login []byte) {
	locally.Lock()
	defer locally.Unlock()
	delete(locally.slots, string(h.vault[:])+string(slotKey(login)))
}
