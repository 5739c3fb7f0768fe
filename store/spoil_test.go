package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/cryptotest"
	"time"

	"go.etcd.io/bbolt"

	"paravent/store"
	"paravent/store/audit"
	"paravent/store/bolt"
)

// TestTamperedFiles spoils a vault's file in ten thousand ways that an adversary with a hex editor has: no one of them goes unnoticed by
// opening it, reading it, checking it with the keys of its users, and checking it without any; none ends the process or keeps it for ever.
//
// A change that all of these pass over is harmless, and the trial proves it: every stored value and every record that a user reads is as it was, and
// a write after it keeps everything as well. Such are bytes of pages that bbolt does not use, and the bytes between a page's entries.
func TestTamperedFiles(t *testing.T) {
	if os.Getenv(trialsVar) == "" {
		t.Parallel()
	}
	const own = 10_000
	var c *court
	n := trials(t, own)
	tried, harmless := runTrials(t, n, func(seed uint64) (outcome, error) {
		if c == nil {
			c = newCourt(t)
		}
		return c.trial(t.Context(), seed)
	})
	t.Logf("%-38s %5d tried, not noticed: as it may be", unguarded, tried[unguarded])
	for _, s := range spoilings {
		t.Logf("%-38s %5d tried, %4d changed nothing", s.kind, tried[s.kind], harmless[s.kind])
		if n >= 500 && tried[s.kind] == 0 {
			t.Errorf("%s: never tried", s.kind)
		}
		// The rest would be a test of nothing: most of a small file is in use.
		if s.mayBeHarmless && harmless[s.kind]*10 > tried[s.kind]*9 && n >= own {
			t.Errorf("%s: %d of %d changed nothing", s.kind, harmless[s.kind], tried[s.kind])
		}
	}
}

// court is a vault with something of every kind in its file, in its present state and in some of its past ones.
type court struct {
	path   string
	now    []byte
	head   []byte // of the audit log, as the anchor remembers it
	anchor *memo
	used   []int             // the pages of it that bbolt uses
	values map[string][]byte // by bucket and key
	clock  time.Time
	past   []map[string][]byte
	files  [][]byte                   // of the past
	reads  map[string]map[string]bool // what each user reads
	ever   map[string]bool            // every place with every value that was ever put there
}

// users of the court, with their passphrases.
var users = map[string]string{"clerk": passphrase, "judge": "the judge's second words"}

func newCourt(t *testing.T) *court {
	cryptotest.SetGlobalRandom(t, 1) // the same vault for the same seed
	t.Helper()
	c := &court{clock: asked, ever: map[string]bool{}}
	opts := store.Options{KDF: lightKDF, Clock: func() time.Time { c.clock = c.clock.Add(time.Second); return c.clock }}
	dir := t.TempDir()
	c.path = filepath.Join(dir, "spoiled")
	b, err := bolt.Open(filepath.Join(dir, "vault"), bolt.Options{Create: true})
	must(t, err)
	clerk, err := store.Create(t.Context(), b, store.NewUser{Login: "clerk", Passphrase: []byte(passphrase)}, opts)
	must(t, err)
	t.Cleanup(func() { clerk.Close() })
	snapshot := func() {
		var file bytes.Buffer
		_, err := b.Copy(t.Context(), &file)
		must(t, err)
		c.files = append(c.files, file.Bytes())
		c.past = append(c.past, stored(t, b))
	}
	_, err = clerk.AddUser(t.Context(), store.NewUser{Login: "judge", Passphrase: []byte("the judge's first words")})
	must(t, err)
	sealed, err := store.Open(t.Context(), b, opts)
	must(t, err)
	judge, err := sealed.Unlock(t.Context(), "judge", []byte("the judge's first words"))
	must(t, err)
	must(t, clerk.Update(t.Context(), func(tx *store.Tx) error {
		tx.Log("setup", nil)
		return errors.Join(tx.CreateCompartment(docket, []store.UserID{clerk.Me().ID}),
			tx.CreateCompartment("second", []store.UserID{clerk.Me().ID, judge.Me().ID}))
	}))
	must(t, judge.Update(t.Context(), func(tx *store.Tx) error {
		tx.Log("setup", nil)
		return tx.CreateCompartment("third", []store.UserID{judge.Me().ID})
	}))
	write := func(v *store.Vault, of store.Compartment, from, to, size int) {
		must(t, v.Update(t.Context(), func(tx *store.Tx) error {
			tx.Log("put", nil)
			for i := from; i < to; i++ {
				id, text, raw := strconv.Itoa(i), note{strconv.Itoa(i), i}, bytes.Repeat([]byte{byte(i)}, size)
				c.ever[read(of, id, text)], c.ever[read(of, id, raw)] = true, true
				if err := errors.Join(notes.Put(tx, of, id, text), blobs.Put(tx, of, id, raw)); err != nil {
					return err
				}
			}
			return nil
		}))
	}
	c.ever[read("second", "last", last)] = true
	write(clerk, docket, 0, 8, 300)
	snapshot()
	write(judge, "third", 0, 3, 10)
	write(clerk, docket, 6, 8, 5000) // runs over its page
	must(t, clerk.OpenReception(t.Context(), false))
	snapshot()
	sealed, err = store.Open(t.Context(), b, opts)
	must(t, err)
	in, err := sealed.Invitation(t.Context())
	must(t, err)
	e, err := in.Prepare(newcomer("new"), "fr", opts)
	must(t, err)
	must(t, sealed.Leave(t.Context(), e))
	k, _, err := clerk.MakeKit(t.Context(), "court", 2, three)
	must(t, err)
	k, err = judge.ConfirmKit(t.Context(), "court", k.ID)
	must(t, err)
	must(t, clerk.Escrow(t.Context(), k))
	snapshot()
	write(judge, "second", 0, 3, 10)
	write(clerk, docket, 6, 8, 10)
	must(t, judge.ChangePassphrase(t.Context(), []byte("the judge's first words"), []byte(users["judge"])))
	snapshot()
	must(t, clerk.Update(t.Context(), func(tx *store.Tx) error {
		tx.Log("delete", nil)
		return errors.Join(notes.Delete(tx, docket, "2"), blobs.Delete(tx, docket, "2"), notes.Put(tx, docket, "1", note{"1", 1}))
	}))
	c.values = stored(t, b)
	head, err := clerk.AuditHead(t.Context())
	must(t, err)
	c.head = head.Note
	judge.Lock()
	must(t, clerk.Close())
	c.used = usedPages(t, filepath.Join(dir, "vault"))
	c.now, err = os.ReadFile(filepath.Join(dir, "vault"))
	must(t, err)
	c.reads = map[string]map[string]bool{}
	c.anchor = &memo{c.head}
	must(t, os.WriteFile(c.path, c.now, 0o600))
	found, err := c.examine(t.Context(), false)
	must(t, err)
	if len(found.notices) > 0 {
		t.Fatalf("the vault as it is: %v", found.notices)
	}
	c.reads = found.reads
	return c
}

func usedPages(t testing.TB, path string) (used []int) {
	t.Helper()
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{ReadOnly: true, PreLoadFreelist: true})
	must(t, err)
	must(t, db.View(func(tx *bbolt.Tx) error {
		for at := 0; ; at++ {
			page, err := tx.Page(at)
			if page == nil || err != nil {
				return err
			}
			for ; page.Type != "free" && page.OverflowCount >= 0; page.OverflowCount-- {
				used = append(used, at)
				at++
			}
			if page.Type != "free" {
				at--
			}
		}
	}))
	must(t, db.Close())
	return used
}

func stored(t testing.TB, b store.Backend) map[string][]byte {
	t.Helper()
	values, err := dump(t.Context(), b)
	must(t, err)
	return values
}

// buckets are those of the format.
var buckets = []string{"vault", "login", "waiting", "kit", "escrow", "grant", "manifest", "record", "signer", "log", "tries"}

func dump(ctx context.Context, b store.Backend) (map[string][]byte, error) {
	values := map[string][]byte{}
	err := b.View(ctx, func(r store.Reader) error {
		for _, bucket := range buckets {
			err := r.Range([]byte(bucket), nil, func(key, value []byte) error {
				values[place([]byte(bucket), key)] = bytes.Clone(value)
				return nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	return values, err
}

// examination is what a court finds out about a file.
type examination struct {
	notices []string
	values  map[string][]byte
	reads   map[string]map[string]bool
}

// examine does everything that somebody may do with a vault's file; unless thorough, only until something was noticed. An error is
// for what must never be: a value that was never put in.
func (c *court) examine(ctx context.Context, thorough bool) (examination, error) {
	e := examination{reads: map[string]map[string]bool{}}
	e.note(c.withoutKeys(ctx, &e))
	for _, login := range []string{"clerk", "judge"} {
		if len(e.notices) > 0 && !thorough {
			continue
		}
		open := readOnly
		if thorough {
			open = reading
		}
		if err := c.asUser(ctx, &e, login, open); err != nil {
			return e, err
		}
	}
	return e, nil
}

func (e *examination) note(errs ...error) {
	for _, err := range errs {
		if err != nil {
			e.notices = append(e.notices, err.Error())
		}
	}
}

func (c *court) withoutKeys(ctx context.Context, e *examination) error {
	b, err := bolt.Open(c.path, bolt.Options{ReadOnly: true})
	if err != nil {
		return err
	}
	pages, err := b.Check(ctx)
	e.notices = append(e.notices, pages...)
	e.note(err)
	report, err := store.VerifyWithoutKeys(ctx, b, nil)
	for _, f := range report.Faults {
		e.notices = append(e.notices, f.Problem)
	}
	e.note(err)
	e.values, err = dump(ctx, b)
	return errors.Join(err, b.Close())
}

// memo is an anchor that lasts as long as a trial.
type memo struct{ note []byte }

func (m *memo) Load(string) ([]byte, error) { return m.note, nil }

func (m *memo) Advance(vault string, note []byte) error {
	old, err := audit.ReadNote(vault, m.note)
	if err != nil {
		return err
	}
	if new, err := audit.ReadNote(vault, note); err != nil || new.Size <= old.Size {
		return err
	}
	return m.Replace(vault, note)
}

func (m *memo) Replace(_ string, note []byte) error { m.note = bytes.Clone(note); return nil }

// How a user opens the vault. All but the first write how often somebody tried to unlock it.
type opening int

const (
	readOnly opening = iota
	reading
	writing
)

func (c *court) unlock(ctx context.Context, login string, how opening) (*store.Vault, error) {
	b, err := bolt.Open(c.path, bolt.Options{ReadOnly: how == readOnly})
	if err != nil {
		return nil, err
	}
	c.clock = c.clock.Add(48 * time.Hour) // tries of earlier trials are forgotten
	opts := at(c.clock)
	opts.Anchor = c.anchor
	s, err := store.Open(ctx, b, opts)
	if err == nil {
		var v *store.Vault
		if v, err = s.Unlock(ctx, login, []byte(users[login])); err == nil {
			return v, nil
		}
	}
	return nil, errors.Join(err, b.Close())
}

func (c *court) asUser(ctx context.Context, e *examination, login string, how opening) error {
	v, err := c.unlock(ctx, login, how)
	if err != nil {
		e.note(err)
		return nil
	}
	if behind := v.RolledBack(); behind != nil {
		e.note(behind)
	}
	reads := map[string]bool{}
	err = v.View(ctx, func(tx *store.ReadTx) error {
		for _, c := range []store.Compartment{docket, "second", "third"} {
			e.note(readAll(tx, c, notes, reads), readAll(tx, c, blobs, reads))
		}
		return nil
	})
	e.note(err)
	e.reads[login] = reads
	report, err := v.Verify(ctx, nil)
	for _, f := range report.Faults {
		e.notices = append(e.notices, f.Problem)
	}
	e.note(err)
	waiting, err := v.Waiting(ctx)
	e.note(err)
	for _, w := range waiting {
		e.note(w.Fault)
	}
	_, err = v.Audit(ctx)
	if login == "judge" && errors.Is(err, store.ErrNoAccess) {
		err = nil // not a reader of the log
	}
	e.note(err)
	if how == writing {
		err := v.Update(ctx, func(tx *store.Tx) error {
			tx.Log("put", nil)
			return notes.Put(tx, "second", "last", last)
		})
		e.note(err)
	}
	e.note(v.Close())
	for at := range reads {
		if !c.ever[at] {
			return fmt.Errorf("%s reads what was never written: %s", login, at)
		}
	}
	return nil
}

// last is what a write puts into a spoiled vault.
var last = note{"last", 1}

// read names a value at its place.
func read(c store.Compartment, id string, value any) string {
	return fmt.Sprintf("%s %s %T %v", c, id, value, value)
}

func readAll[T any](tx *store.ReadTx, c store.Compartment, of store.Collection[T], into map[string]bool) error {
	all, err := of.All(tx, c)
	if errors.Is(err, store.ErrNoAccess) {
		return nil
	}
	for _, e := range all {
		into[read(c, e.ID, e.Value)] = true
	}
	return err
}

// spoiling is a way to tamper with a file.
type spoiling struct {
	kind          string
	weight        int
	mayBeHarmless bool // where not all of a file is in use
	bytes         func(c *court, rnd *rand.Rand) (raw []byte, what string)
	values        func(c *court, tx *bbolt.Tx, rnd *rand.Rand) (what string, err error)
}

// older is noticed by the anchor alone: in itself the file is as sound as it once was.
const older = "an older file put back"

var spoilings = []spoiling{
	{kind: "a byte flipped", weight: 36, mayBeHarmless: true, bytes: flipByte},
	{kind: "the file cut", weight: 10, mayBeHarmless: true, bytes: cut},
	{kind: "a page in another's place", weight: 6, mayBeHarmless: true, bytes: movePage},
	{kind: "a sector zeroed", weight: 6, mayBeHarmless: true, bytes: zeroSector},
	{kind: "two records swapped", weight: 8, values: swapValues},
	{kind: "an older record put back", weight: 8, values: replay},
	{kind: "an older collection put back", weight: 4, values: replayPrefix},
	{kind: "a record dropped", weight: 8, values: drop},
	{kind: "a record in another's place", weight: 5, values: overwrite},
	{kind: "a record in another bucket", weight: 5, values: moveBucket},
	{kind: older, weight: 4, bytes: olderFile},
}

// trial spoils a copy of the file by its seed and sees that it is noticed, or harmless.
func (c *court) trial(ctx context.Context, seed uint64) (outcome, error) {
	rnd := rand.New(rand.NewPCG(seed, 0))
	s := pick(rnd)
	raw, what, err := c.spoil(s, rnd)
	if err != nil {
		return outcome{}, err
	}
	if err := os.WriteFile(c.path, raw, 0o600); err != nil {
		return outcome{}, err
	}
	c.anchor = &memo{c.head}
	found, err := c.examine(ctx, seed%4 == 0) // the rest of them stop at the first word
	if err != nil {
		return outcome{}, fmt.Errorf("%s: %w, %s", what, err, keepSpoiled(seed, raw))
	}
	if s.kind == older && (len(found.notices) == 0 || found.notices[0] != store.ErrRolledBack.Error()) {
		return outcome{}, fmt.Errorf("%s: the anchor is silent: %v, %s", what, found.notices, keepSpoiled(seed, raw))
	}
	if len(found.notices) > 0 {
		return outcome{kind: s.kind}, nil
	}
	if err := c.sameAs(found); err != nil && c.onlyUnguarded(found) {
		return outcome{kind: unguarded}, nil
	}
	if !s.mayBeHarmless {
		return outcome{}, fmt.Errorf("%s: unnoticed, %s", what, keepSpoiled(seed, raw))
	}
	if err := c.harmless(ctx, found, seed%4 == 0 || c.inUse(raw)); err != nil {
		return outcome{}, fmt.Errorf("%s: unnoticed, and %w, %s", what, err, keepSpoiled(seed, raw))
	}
	return outcome{s.kind, true}, nil
}

// harmless sees that a file of which nothing was noticed holds what it did, and goes on doing so when it is written to.
func (c *court) harmless(ctx context.Context, found examination, write bool) error {
	if err := c.sameAs(found); err != nil || !write {
		return err
	}
	written := examination{reads: map[string]map[string]bool{}}
	if err := c.asUser(ctx, &written, "clerk", writing); err != nil {
		return err
	}
	again := examination{reads: map[string]map[string]bool{}}
	again.note(c.withoutKeys(ctx, &again))
	if err := c.asUser(ctx, &again, "clerk", reading); err != nil {
		return err
	}
	if notices := slices.Concat(written.notices, again.notices); len(notices) > 0 {
		return fmt.Errorf("a write after it brings up: %s", notices[0])
	}
	for at := range c.reads["clerk"] {
		if !again.reads["clerk"][at] {
			return fmt.Errorf("%s can no longer be read after a write", at)
		}
	}
	return nil
}

// inUse says that a page which bbolt uses has changed.
func (c *court) inUse(raw []byte) bool {
	for _, page := range c.used {
		if at := page * pageSize; len(raw) < at+pageSize || !bytes.Equal(raw[at:at+pageSize], c.now[at:at+pageSize]) {
			return true
		}
	}
	return false
}

func (c *court) sameAs(found examination) error {
	if len(found.values) != len(c.values) {
		return fmt.Errorf("%d values of %d are left", len(found.values), len(c.values))
	}
	for at, want := range c.values {
		if !bytes.Equal(found.values[at], want) {
			return fmt.Errorf("%q has changed", at)
		}
	}
	for login, reads := range c.reads {
		if !maps.Equal(found.reads[login], reads) {
			return fmt.Errorf("%s reads something else", login)
		}
	}
	return nil
}

// unguarded are the values of which nothing tells that they were changed, since they are written without a key and without an entry in the log: the
// requests to be enrolled that wait, whose askers will ask again, and the counts of tries at a passphrase, which guard the desk and not the file. Nothing
// of the vault is lost with them.
const unguarded = "a waiting request, or a count of tries"

func (c *court) onlyUnguarded(found examination) bool {
	for at, value := range found.values {
		if _, ok := c.values[at]; !ok && !isUnguarded(at) {
			// A value that was moved to where none belongs: it is gone from where it was.
			if bucket, _, _ := strings.Cut(at, "\x00"); bucket != "vault" || !c.wasUnguarded(value) {
				return false
			}
		}
	}
	for at, want := range c.values {
		if !isUnguarded(at) && !bytes.Equal(found.values[at], want) {
			return false
		}
	}
	return true
}

func isUnguarded(at string) bool {
	bucket, _, _ := strings.Cut(at, "\x00")
	return bucket == "waiting" || bucket == "tries"
}

func (c *court) wasUnguarded(value []byte) bool {
	for at, was := range c.values {
		if isUnguarded(at) && bytes.Equal(was, value) {
			return true
		}
	}
	return false
}

func pick(rnd *rand.Rand) spoiling {
	n := rnd.IntN(100)
	for _, s := range spoilings {
		if n -= s.weight; n < 0 {
			return s
		}
	}
	panic("the weights don't add up")
}

func (c *court) spoil(s spoiling, rnd *rand.Rand) (raw []byte, what string, err error) {
	if s.bytes != nil {
		raw, what = s.bytes(c, rnd)
		return raw, what, nil
	}
	if err := os.WriteFile(c.path, c.now, 0o600); err != nil {
		return nil, "", err
	}
	db, err := bbolt.Open(c.path, 0o600, &bbolt.Options{NoSync: true})
	if err != nil {
		return nil, "", err
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		what, err = s.values(c, tx, rnd)
		return err
	})
	if err = errors.Join(err, db.Close()); err != nil {
		return nil, "", fmt.Errorf("%s: %w", s.kind, err)
	}
	raw, err = os.ReadFile(c.path)
	return raw, what, err
}

const pageSize = 4096

func olderFile(c *court, rnd *rand.Rand) ([]byte, string) {
	n := rnd.IntN(len(c.files))
	return c.files[n], fmt.Sprintf("file %d of %d put back", n, len(c.files))
}

func flipByte(c *court, rnd *rand.Rand) ([]byte, string) {
	raw, by := bytes.Clone(c.now), byte(1+rnd.IntN(255))
	at := rnd.IntN(len(raw))
	switch rnd.IntN(4) {
	case 0, 1:
		at = c.usedPage(rnd) + rnd.IntN(pageSize)
	case 2: // the heads of pages are few, and what leads furthest
		at = c.usedPage(rnd) + rnd.IntN(80)
	}
	raw[at] ^= by
	return raw, fmt.Sprintf("byte %d changed by %#x", at, by)
}

// usedPage is where a page begins that bbolt uses.
func (c *court) usedPage(rnd *rand.Rand) int { return c.used[rnd.IntN(len(c.used))] * pageSize }

func cut(c *court, rnd *rand.Rand) ([]byte, string) {
	n := rnd.IntN(len(c.now))
	if rnd.IntN(2) == 0 {
		n = c.usedPage(rnd) + rnd.IntN(pageSize)
	}
	return c.now[:n], fmt.Sprintf("cut at %d of %d", n, len(c.now))
}

func movePage(c *court, rnd *rand.Rand) ([]byte, string) {
	raw, pages := bytes.Clone(c.now), len(c.now)/pageSize
	from, to := rnd.IntN(pages), c.usedPage(rnd)/pageSize
	source := c.now
	if n := rnd.IntN(len(c.files) + 1); n < len(c.files) { // a page of the past
		source = c.files[n]
		from %= len(source) / pageSize
	}
	copy(raw[to*pageSize:], source[from*pageSize:][:pageSize])
	return raw, fmt.Sprintf("page %d of a file of %d in the place of page %d", from, len(source), to)
}

func zeroSector(c *court, rnd *rand.Rand) ([]byte, string) {
	raw := bytes.Clone(c.now)
	at := c.usedPage(rnd) + rnd.IntN(pageSize/512)*512
	clear(raw[at : at+512])
	return raw, fmt.Sprintf("512 bytes at %d zeroed", at)
}

// keysOf are the keys of a random bucket, which holds at least so many, records more often than others.
func (c *court) keysOf(rnd *rand.Rand, least int) (bucket string, keys [][]byte) {
	for len(keys) < least {
		bucket = buckets[rnd.IntN(len(buckets))]
		if rnd.IntN(3) == 0 {
			bucket = "record"
		}
		keys = keys[:0]
		for at := range c.values {
			if key, ok := strings.CutPrefix(at, bucket+"\x00"); ok {
				keys = append(keys, []byte(key))
			}
		}
	}
	slices.SortFunc(keys, bytes.Compare)
	rnd.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
	return bucket, keys
}

func swapValues(c *court, tx *bbolt.Tx, rnd *rand.Rand) (string, error) {
	bucket, keys := c.keysOf(rnd, 2)
	b := tx.Bucket([]byte(bucket))
	first, second := bytes.Clone(b.Get(keys[0])), bytes.Clone(b.Get(keys[1]))
	if bytes.Equal(first, second) {
		return swapValues(c, tx, rnd)
	}
	return fmt.Sprintf("%x and %x of %s swapped", keys[0], keys[1], bucket), errors.Join(b.Put(keys[0], second), b.Put(keys[1], first))
}

// replay puts back a value as it was at an earlier time.
func replay(c *court, tx *bbolt.Tx, rnd *rand.Rand) (string, error) {
	past := c.past[rnd.IntN(len(c.past))]
	changed := c.changedSince(past)
	at := changed[rnd.IntN(len(changed))]
	bucket, key, _ := strings.Cut(at, "\x00")
	return fmt.Sprintf("%x of %s put back", key, bucket), set(tx, bucket, key, past[at])
}

// replayPrefix puts back a bucket's values of one prefix, as a compartment or a collection has them, with the manifests of that time.
func replayPrefix(c *court, tx *bbolt.Tx, rnd *rand.Rand) (string, error) {
	past := c.past[rnd.IntN(len(c.past))]
	changed := c.changedSince(past)
	at := changed[rnd.IntN(len(changed))]
	bucket, key, _ := strings.Cut(at, "\x00")
	prefix := key[:min(len(key), 16)]
	var err error
	for _, at := range changed {
		of, key, _ := strings.Cut(at, "\x00")
		if of == bucket && strings.HasPrefix(key, prefix) || of == "manifest" && bucket == "record" {
			err = errors.Join(err, set(tx, of, key, past[at]))
		}
	}
	return fmt.Sprintf("%x… of %s put back", prefix, bucket), err
}

func (c *court) changedSince(past map[string][]byte) []string {
	var changed []string
	for at, value := range past {
		if !bytes.Equal(c.values[at], value) {
			changed = append(changed, at)
		}
	}
	slices.Sort(changed)
	return changed
}

func drop(c *court, tx *bbolt.Tx, rnd *rand.Rand) (string, error) {
	bucket, keys := c.keysOf(rnd, 1)
	return fmt.Sprintf("%x of %s dropped", keys[0], bucket), tx.Bucket([]byte(bucket)).Delete(keys[0])
}

func overwrite(c *court, tx *bbolt.Tx, rnd *rand.Rand) (string, error) {
	bucket, keys := c.keysOf(rnd, 2)
	b := tx.Bucket([]byte(bucket))
	value := bytes.Clone(b.Get(keys[0]))
	if bytes.Equal(value, b.Get(keys[1])) {
		return overwrite(c, tx, rnd)
	}
	return fmt.Sprintf("%x of %s in the place of %x", keys[0], bucket, keys[1]), errors.Join(b.Delete(keys[0]), b.Put(keys[1], value))
}

func moveBucket(c *court, tx *bbolt.Tx, rnd *rand.Rand) (string, error) {
	bucket, keys := c.keysOf(rnd, 1)
	to := buckets[rnd.IntN(len(buckets))]
	if to == bucket {
		return moveBucket(c, tx, rnd)
	}
	value := bytes.Clone(tx.Bucket([]byte(bucket)).Get(keys[0]))
	return fmt.Sprintf("%x of %s moved to %s", keys[0], bucket, to),
		errors.Join(tx.Bucket([]byte(bucket)).Delete(keys[0]), set(tx, to, string(keys[0]), value))
}

func set(tx *bbolt.Tx, bucket, key string, value []byte) error {
	b, err := tx.CreateBucketIfNotExists([]byte(bucket))
	if err != nil {
		return err
	}
	return b.Put([]byte(key), value)
}
