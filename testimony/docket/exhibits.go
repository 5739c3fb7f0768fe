package docket

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"paravent/protection"
	"paravent/protection/identity"
	"paravent/store"
	"paravent/store/audit"
	"paravent/store/blob"
	"paravent/testimony"
	"paravent/testimony/exhibit"
	"paravent/testimony/notice"
)

var (
	exhibits    = store.NewCollection[exhibit.Exhibit]("exhibits")
	exhibitKeys = store.NewCollection[recordingKey]("exhibit_keys")
	// exhibitLocks are the keys of sealed exhibits, split between the colleges as those of identities are.
	exhibitLocks = store.NewCollection[identity.Sealed]("exhibit_locks")
)

// What an exhibit is opened for, as the log has it.
const (
	ExhibitToView    = "view"    // on this desk's screen
	ExhibitToCopy    = "copy"    // to a file in clear
	ExhibitInHearing = "hearing" // before those to whom it is shown
)

// ExhibitPurposes lists them.
var ExhibitPurposes = []string{ExhibitToView, ExhibitToCopy, ExhibitInHearing}

// What a caller decides by.
var (
	// ErrExhibitNumber says that the case has an exhibit of this number.
	ErrExhibitNumber = errors.New("this case has an exhibit of this number already")
	// ErrExhibitChanged says that a file changed while it was received.
	ErrExhibitChanged = errors.New("the file changed while it was received")
	// ErrExhibitShut refuses to move a case with an exhibit that the user can't open: they could not take its key from those who stay behind.
	ErrExhibitShut = errors.New("there is an exhibit of this case that you can't open; somebody who can has to move it")
)

func (d *Desk) exhibitPath(id exhibit.ID) string {
	return filepath.Join(d.blobDir(), string(id)+".blob")
}

// ReceiveExhibit takes a file into the vault as an exhibit of a case, exactly as it is: the number, the title and the class of the exhibit are the
// caller's, the rest is found out. Who receives something of a class has to be one who may open it. The file is looked at first, and its receipt with
// its hash is in the audit log before anything of it is written, sealed. The exhibit stands in the docket once it is whole; where the program was killed meanwhile, what is left of it is
// a file to which there is no key. Nothing of it but its hash is kept in clear, its name neither. progress, if not nil, is told of bytes.
func (d *Desk) ReceiveExhibit(ctx context.Context, e exhibit.Exhibit, from io.ReaderAt, size int64, progress func(done, total int64)) (exhibit.Exhibit, error) {
	if !d.May(testimony.ActKeepExhibit) || slices.Contains(exhibit.Classes, e.Class) && !exhibit.MayOpen(string(d.Me().Role), e.Class) {
		return e, errors.Join(ErrNotAllowed, d.Note(ctx, "exhibit.refused", map[string]string{"case": string(e.Case), "tried": "exhibit.received"}))
	}
	e = exhibit.Exhibit{Case: e.Case, Number: e.Number, Title: e.Title, Class: e.Class}
	if err := e.Check(); err != nil {
		return e, err
	}
	var err error
	if e.Format, err = exhibit.Recognise(from, size); err != nil {
		return e, err
	}
	if e.SHA256, err = hashOf(ctx, from, size); err != nil {
		return e, err
	}
	id, err := d.newID()
	if err != nil {
		return e, err
	}
	e.ID, e.Size, e.Received, e.By = exhibit.ID(id), size, d.Now().UTC().Truncate(time.Second), string(d.Me().ID)
	if err := d.noteReceipt(ctx, e); err != nil {
		return e, err
	}
	var key blob.Key
	if _, err := io.ReadFull(d.opts.Rand, key[:]); err != nil {
		return e, fmt.Errorf("read random bytes: %w", err)
	}
	defer clear(key[:])
	sum, err := d.sealExhibit(ctx, e, key, from, progress)
	if err == nil {
		e.Root, e.Chunks = sum.Root[:], sum.Chunks
		err = d.keepExhibit(ctx, e, key)
	}
	if err != nil {
		_ = os.Remove(d.exhibitPath(e.ID)) // there is no key to it
		return e, diskFull(err)
	}
	return e, nil
}

func hashOf(ctx context.Context, from io.ReaderAt, size int64) ([]byte, error) {
	h := sha256.New()
	if _, err := io.Copy(h, untilDone{ctx, io.NewSectionReader(from, 0, size)}); err != nil {
		return nil, fmt.Errorf("read the file: %w", err)
	}
	return h.Sum(nil), nil
}

// untilDone is a reader that ends with its context.
type untilDone struct {
	ctx context.Context
	io.Reader
}

func (u untilDone) Read(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.Reader.Read(p)
}

func exhibitDetails(e exhibit.Exhibit) map[string]string {
	return map[string]string{"exhibit": string(e.ID), "case": string(e.Case), "class": string(e.Class)}
}

// noteReceipt puts the receipt into the log, where the case has no exhibit of this number.
func (d *Desk) noteReceipt(ctx context.Context, e exhibit.Exhibit) error {
	users, err := d.Users(ctx)
	if err != nil {
		return err
	}
	return d.vault.Update(ctx, func(tx *store.Tx) error {
		_, of, err := locate(tx, cases, string(e.Case))
		if err != nil {
			return fmt.Errorf("the case: %w", notFound(err))
		}
		if err := numberFree(tx, e); err != nil {
			return err
		}
		if court, bench, err := collegesOf(tx, of, users); err != nil {
			return err
		} else if e.Class == exhibit.Sealed && (len(court) == 0 || len(bench) == 0) {
			return identity.ErrNoCollege // said before anything is written
		}
		details := exhibitDetails(e)
		details["sha256"], details["bytes"], details["kind"] = hex.EncodeToString(e.SHA256), strconv.FormatInt(e.Size, 10), string(e.Format)
		tx.Log("exhibit.received", details)
		return nil
	})
}

func numberFree(tx reading, e exhibit.Exhibit) error {
	known, err := everywhere(tx, exhibits)
	if err == nil && slices.ContainsFunc(known, func(k store.Entry[exhibit.Exhibit]) bool {
		return k.Value.Case == e.Case && strings.EqualFold(k.Value.Number, e.Number)
	}) {
		err = ErrExhibitNumber
	}
	return err
}

// sealExhibit writes the sealed file, and hashes what it writes: it has to be what was recognised.
func (d *Desk) sealExhibit(ctx context.Context, e exhibit.Exhibit, key blob.Key, from io.ReaderAt, progress func(done, total int64)) (blob.Summary, error) {
	if err := os.MkdirAll(d.blobDir(), 0o700); err != nil {
		return blob.Summary{}, fmt.Errorf("create the folder for exhibits: %w", err)
	}
	w, err := blob.Create(d.exhibitPath(e.ID), key, string(e.ID))
	if err != nil {
		return blob.Summary{}, err
	}
	h := sha256.New()
	out := io.MultiWriter(w, h, &counted{total: e.Size, told: progress})
	_, err = io.Copy(out, untilDone{ctx, io.NewSectionReader(from, 0, e.Size)})
	sum, closing := w.Close()
	if err = errors.Join(err, closing); err == nil && (sum.Size != e.Size || !slices.Equal(h.Sum(nil), e.SHA256)) {
		err = ErrExhibitChanged
	}
	return sum, err
}

// counted tells how much was written.
type counted struct {
	done, total int64
	told        func(done, total int64)
}

func (c *counted) Write(p []byte) (int, error) {
	c.done += int64(len(p))
	if c.told != nil {
		c.told(c.done, c.total)
	}
	return len(p), nil
}

func (d *Desk) keepExhibit(ctx context.Context, e exhibit.Exhibit, key blob.Key) error {
	users, err := d.Users(ctx)
	if err != nil {
		return err
	}
	return d.vault.Update(ctx, func(tx *store.Tx) error {
		_, of, err := locate(tx, cases, string(e.Case))
		if err != nil {
			return fmt.Errorf("the case: %w", notFound(err))
		}
		if err := numberFree(tx, e); err != nil { // another desk may have been faster
			return err
		}
		details := exhibitDetails(e)
		details["chunks"] = strconv.Itoa(e.Chunks)
		tx.Log("exhibit.sealed", details)
		return errors.Join(d.keepExhibitKey(tx, of, e, key, users), exhibits.Put(tx, of, string(e.ID), e))
	})
}

// Exhibits lists the exhibits of a case by their numbers; of all cases where none is named.
func (d *Desk) Exhibits(ctx context.Context, c protection.CaseID) ([]exhibit.Exhibit, error) {
	if !d.May(testimony.ActKeepDocket) {
		return nil, ErrNotAllowed
	}
	list, err := all(ctx, d, exhibits)
	list = slices.DeleteFunc(list, func(e exhibit.Exhibit) bool { return c != "" && e.Case != c })
	slices.SortFunc(list, func(a, b exhibit.Exhibit) int {
		return cmp.Or(cmp.Compare(a.Case, b.Case), cmp.Compare(len(a.Number), len(b.Number)), cmp.Compare(a.Number, b.Number))
	})
	return list, err
}

// Exhibit returns one exhibit.
func (d *Desk) Exhibit(ctx context.Context, id exhibit.ID) (exhibit.Exhibit, error) {
	if !d.May(testimony.ActKeepDocket) {
		return exhibit.Exhibit{}, ErrNotAllowed
	}
	return find(ctx, d, exhibits, string(id))
}

// OpenExhibit opens an exhibit's sealed file for reading, where [Desk.MayOpenExhibit] lets this user. The act, or its refusal, is in the audit log before anything is read. purpose
// is one of ExhibitPurposes.
func (d *Desk) OpenExhibit(ctx context.Context, id exhibit.ID, purpose string) (exhibit.Exhibit, *blob.Reader, error) {
	e, err := d.Exhibit(ctx, id)
	if err != nil {
		return e, nil, err
	}
	key, err := d.admitToExhibit(ctx, e, purpose)
	if err != nil {
		return e, nil, err
	}
	defer clear(key[:])
	r, err := blob.Open(d.exhibitPath(id), key, string(id))
	if err != nil {
		return e, nil, err
	}
	if sum := r.Summary(); r.Torn() || sum.Size != e.Size || string(sum.Root[:]) != string(e.Root) {
		return e, nil, errors.Join(blob.ErrDamaged, r.Close())
	}
	return e, r, nil
}

// admitToExhibit asks the gate, and takes the key where it lets this user, in the transaction that logs the act.
func (d *Desk) admitToExhibit(ctx context.Context, e exhibit.Exhibit, purpose string) (blob.Key, error) {
	var key blob.Key
	users, err := d.Users(ctx)
	if err != nil {
		return key, err
	}
	var refused error
	err = d.vault.Update(ctx, func(tx *store.Tx) error {
		refused = nil
		now, _, err := locate(tx, exhibits, string(e.ID))
		if err != nil {
			return notFound(err)
		}
		rules, err := d.ceremony(tx, users)
		if err != nil {
			return err
		}
		details := exhibitDetails(now)
		var by exhibit.Opening
		if by, refused = d.admission(tx, now, d.Me(), rules); refused != nil {
			details["tried"] = "exhibit.opened"
			tx.Log("exhibit.refused", details)
			return nil
		}
		if now.Class == exhibit.Sealed {
			key, err = d.unlockExhibit(tx, now, by, rules)
		} else {
			key, err = exhibitKeyIn(tx, now)
		}
		if err != nil {
			return err
		}
		details["for"] = purpose
		tx.Log("exhibit.opened", details)
		if now.Class == exhibit.Sealed {
			tx.AnchorAtOnce() // who saw what must not be undone by putting an older copy back
		}
		return nil
	})
	return key, errors.Join(err, refused)
}

// ExhibitOpeners lists the offices that may open exhibits of a class.
func ExhibitOpeners(c exhibit.Class) []string {
	return slices.DeleteFunc(slices.Clone(testimony.Offices), func(o string) bool { return !exhibit.MayOpen(o, c) })
}

// CopyExhibit writes an exhibit as it was received to a new file; in a folder, under its neutral name. What it wrote is compared with the hash of the
// receipt: a file that differs is not left behind. It returns the place.
func (d *Desk) CopyExhibit(ctx context.Context, id exhibit.ID, to string, progress func(done, total int64)) (exhibit.Exhibit, string, error) {
	e, err := d.Exhibit(ctx, id)
	if err != nil {
		return e, "", err
	}
	if about, err := os.Stat(to); err == nil && about.IsDir() {
		to = filepath.Join(to, e.FileName())
	}
	if err := freePlace(to, false); err != nil {
		return e, "", err
	}
	e, r, err := d.OpenExhibit(ctx, id, ExhibitToCopy)
	if err != nil {
		return e, "", err
	}
	err = writeWhole(to, func(w io.Writer) error {
		h := sha256.New()
		_, err := io.Copy(io.MultiWriter(w, h, &counted{total: e.Size, told: progress}), untilDone{ctx, io.NewSectionReader(r, 0, e.Size)})
		if err == nil && !slices.Equal(h.Sum(nil), e.SHA256) {
			err = blob.ErrDamaged
		}
		return err
	})
	if err = errors.Join(err, r.Close()); err != nil {
		return e, "", diskFull(err)
	}
	return e, to, nil
}

// WithdrawExhibit ends what can be done with an exhibit: it is neither shown nor opened any more. What was received stays, as does its custody.
func (d *Desk) WithdrawExhibit(ctx context.Context, id exhibit.ID, why string) (exhibit.Exhibit, error) {
	var e exhibit.Exhibit
	if !d.May(testimony.ActWithdrawExhibit) {
		return e, errors.Join(ErrNotAllowed, d.Note(ctx, "exhibit.refused", map[string]string{"exhibit": string(id), "tried": "exhibit.withdrawn"}))
	}
	if why = strings.TrimSpace(why); why == "" {
		return e, exhibit.ErrWhy
	}
	return e, d.vault.Update(ctx, func(tx *store.Tx) (err error) {
		var part store.Compartment
		if e, part, err = locate(tx, exhibits, string(id)); err != nil {
			return notFound(err)
		}
		switch {
		case !e.Erased.IsZero():
			return exhibit.ErrErased
		case !e.Withdrawn.IsZero():
			return exhibit.ErrWithdrawn
		}
		e.Withdrawn, e.WithdrawnBy, e.Why = d.Now().UTC().Truncate(time.Second), string(d.Me().ID), why
		tx.Log("exhibit.withdrawn", exhibitDetails(e))
		return exhibits.Put(tx, part, string(id), e)
	})
}

// ExhibitCustody is the chain of custody of one exhibit.
type ExhibitCustody struct {
	Exhibit exhibit.Exhibit `json:"exhibit"`
	Found   notice.Found    `json:"found"` // by the check that was made for this report
	Chain   []notice.Link   `json:"chain"` // oldest first
}

// ExhibitCustody tells every act on an exhibit that the audit log has, and what its file is found to be now. It is for those who read the log and can open the
// exhibit, and is itself in the log.
func (d *Desk) ExhibitCustody(ctx context.Context, id exhibit.ID) (ExhibitCustody, error) {
	c := ExhibitCustody{Chain: []notice.Link{}}
	if !d.May(testimony.ActReadAudit) {
		return c, ErrNotAllowed
	}
	var err error
	if c.Exhibit, err = d.Exhibit(ctx, id); err != nil {
		return c, err
	}
	if !exhibit.MayOpen(string(d.Me().Role), c.Exhibit.Class) {
		return c, ErrNotAllowed
	}
	if err := d.Note(ctx, "exhibit.custody", exhibitDetails(c.Exhibit)); err != nil {
		return c, err
	}
	if c.Found, err = d.exhibitFound(ctx, c.Exhibit, nil); err != nil {
		return c, err
	}
	c.Chain, err = d.exhibitLinks(ctx, func(e audit.Entry) bool { return e.Details["exhibit"] == string(id) })
	return c, err
}

// auditOf returns the entries that are asked for, oldest first.
func (d *Desk) auditOf(ctx context.Context, where func(audit.Entry) bool) ([]audit.Entry, error) {
	at, err := d.FindAudit(ctx, store.AuditFilter{Where: where}, nil)
	if err != nil {
		return nil, err
	}
	slices.Sort(at)
	return d.AuditEntries(ctx, at)
}

// exhibitFound checks an exhibit's file: chunk by chunk where this user can open it, and else that its chunks are those that were sealed.
func (d *Desk) exhibitFound(ctx context.Context, e exhibit.Exhibit, progress func(done, total int64)) (notice.Found, error) {
	if !e.Erased.IsZero() {
		return notice.Erased, nil
	}
	key, err := d.exhibitKey(ctx, e)
	defer clear(key[:])
	var root [len(blob.Summary{}.Root)]byte
	intact := false
	switch {
	case errors.Is(err, store.ErrNoAccess):
		var sum blob.Summary
		sum, err = blob.Root(ctx, d.exhibitPath(e.ID), progress)
		root, intact = sum.Root, err == nil
	case err == nil:
		var report blob.Report
		report, err = blob.Verify(ctx, d.exhibitPath(e.ID), key, string(e.ID), progress)
		root, intact = report.Root, err == nil && report.Intact
	}
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if !intact || string(root[:]) != string(e.Root) {
		return notice.Altered, nil
	}
	return notice.Intact, nil
}

// exhibitFiles are the sealed files of the exhibits.
func (d *Desk) exhibitFiles(ctx context.Context) ([]string, error) {
	list, err := all(ctx, d, exhibits)
	files := make([]string, 0, len(list))
	for _, e := range list {
		if e.Erased.IsZero() { // a file that could not be removed stays behind
			files = append(files, d.exhibitPath(e.ID))
		}
	}
	return files, err
}
