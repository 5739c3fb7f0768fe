package docket

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"paravent/store"
	"paravent/testimony"
	"paravent/testimony/invite"
)

// Applicant is somebody who asks to be enrolled, with keys that they made themselves. Their words are read aloud by them and
// compared by whoever admits them: nobody has exchanged the request on its way when the words are the same.
type Applicant struct {
	Handle   string // of a request that waits in the vault; empty for one from a file
	Login    string
	Name     string
	Role     store.Role
	Language string // of the words
	Asked    time.Time
	Until    time.Time // when the request can no longer be taken in
	Words    []string
	Fault    error // why the request cannot be read; then the rest is empty

	enrolment store.Enrolment
}

// Shown are the words without the first and the last, which whoever admits the applicant types as they hear them.
func (a Applicant) Shown() []string {
	if len(a.Words) < 2 {
		return nil
	}
	shown := slices.Clone(a.Words)
	shown[0], shown[len(shown)-1] = "…", "…"
	return shown
}

// ErrWords is returned when the words typed are not those of the request.
var ErrWords = errors.New("these are not the words of the request: it may have been exchanged on its way")

// FingerprintWords says a fingerprint in the words of a language.
func FingerprintWords(f [store.FingerprintSize]byte, language string) []string {
	list := invite.WordList(language)
	words := make([]string, len(f))
	for i, b := range f {
		words[i] = list[b]
	}
	return words
}

func applicantOf(e store.Enrolment) Applicant {
	return Applicant{Login: e.Login, Name: e.DisplayName, Role: e.Role, Language: e.Language, Asked: e.Asked, Until: e.Expires(),
		Words: FingerprintWords(e.Fingerprint(), e.Language), enrolment: e}
}

// InvitationOf reads from a vault that nobody has unlocked what is needed to ask to be enrolled in it.
func InvitationOf(ctx context.Context, path string, opts Options) (store.Invitation, error) {
	var in store.Invitation
	err := outside(ctx, path, opts, func(s *store.Sealed) (err error) {
		in, err = s.Invitation(ctx)
		return err
	})
	return in, err
}

// outside opens a vault without a key, and closes it.
func outside(ctx context.Context, path string, opts Options, fn func(*store.Sealed) error) error {
	backend, err := openPlace(ctx, path, false)
	if err != nil {
		return err
	}
	sealed, err := store.Open(ctx, backend, opts.filled().store())
	if err == nil {
		err = fn(sealed)
	}
	return errors.Join(err, backend.Close())
}

// Ask makes the keys of a new user and leaves their request in the vault at path. Nobody needs to have unlocked it; a vault that is
// open in another program gives store.ErrInUse. It takes about a second. The caller clears the passphrase.
func Ask(ctx context.Context, path string, nu store.NewUser, language string, opts Options) (Applicant, error) {
	in, err := InvitationOf(ctx, path, opts)
	if err != nil {
		return Applicant{}, err
	}
	e, err := prepare(in, nu, language, opts)
	if err != nil {
		return Applicant{}, err
	}
	return applicantOf(e), outside(ctx, path, opts, func(s *store.Sealed) error { return s.Leave(ctx, e) })
}

// AskByFile makes the keys of a new user and writes their request to a new file, to be carried to a desk of the vault.
func AskByFile(_ context.Context, in store.Invitation, nu store.NewUser, language, to string, opts Options) (Applicant, error) {
	e, err := prepare(in, nu, language, opts)
	if err != nil {
		return Applicant{}, err
	}
	sealed, err := in.File(e)
	if err != nil {
		return Applicant{}, err
	}
	return applicantOf(e), writeNew(to, sealed)
}

func prepare(in store.Invitation, nu store.NewUser, language string, opts Options) (store.Enrolment, error) {
	if err := checkUser(nu); err != nil {
		return store.Enrolment{}, err
	}
	if err := checkPassphrase(nu.Passphrase, false, []string{nu.Login, nu.DisplayName}); err != nil {
		return store.Enrolment{}, err
	}
	opts = opts.filled()
	nu.DisplayName = strings.TrimSpace(nu.DisplayName)
	e, err := in.Prepare(nu, language, opts.store())
	if errors.Is(err, store.ErrInvalid) {
		err = fmt.Errorf("%w: the name or the login is empty, too long, or has signs that cannot be seen", ErrUser)
	}
	return e, err
}

// writeNew writes a file for its owner alone; it never replaces one.
func writeNew(path string, content []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		err = errors.Join(err, os.Remove(path))
	}
	return err
}

// WriteInvitation writes what somebody at another machine needs to ask to be enrolled. Nothing in the file is secret.
func (d *Desk) WriteInvitation(ctx context.Context, to string) error {
	in, err := d.vault.Invitation(ctx)
	if err != nil {
		return err
	}
	return writeNew(to, in.Encode())
}

// ReadInvitation reads a file that WriteInvitation wrote.
func ReadInvitation(path string) (store.Invitation, error) {
	raw, err := readBounded(path)
	if err != nil {
		return store.Invitation{}, err
	}
	return store.ParseInvitation(raw)
}

// readBounded reads a small file and no more than a byte beyond what any of them can have.
func readBounded(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, store.MaxEnrolmentFile+1))
}

// Applicants lists those whose requests wait in the vault, the oldest first. Requests that are too old are taken out on the way.
func (d *Desk) Applicants(ctx context.Context) ([]Applicant, error) {
	if !d.May(testimony.ActKeepDocket) {
		return nil, ErrNotAllowed
	}
	waiting, err := d.vault.Waiting(ctx)
	if err != nil {
		return nil, err
	}
	var list []Applicant
	var old []string
	for _, w := range waiting {
		switch {
		case w.Fault != nil:
			list = append(list, Applicant{Handle: w.Handle, Fault: w.Fault})
		case d.Now().After(w.Expires()):
			old = append(old, w.Handle)
		default:
			a := applicantOf(w.Enrolment)
			a.Handle = w.Handle
			list = append(list, a)
		}
	}
	if len(old) == 0 {
		return list, nil
	}
	return list, d.vault.DropWaiting(ctx, "user.ask_expired", old...)
}

// ReadApplicant reads a request from a file that AskByFile wrote.
func (d *Desk) ReadApplicant(ctx context.Context, path string) (Applicant, error) {
	if !d.May(testimony.ActKeepDocket) {
		return Applicant{}, ErrNotAllowed
	}
	raw, err := readBounded(path)
	if err != nil {
		return Applicant{}, err
	}
	e, err := d.vault.OpenEnrolment(ctx, raw)
	if err != nil {
		return Applicant{}, err
	}
	return applicantOf(e), nil
}

// AdmitApplicant enrols an applicant: who they are, whoever admits them has seen; first and last are the first and the last of the
// words, as the applicant read them out. The same rule as for [Desk.AddUser] says who may enrol whom.
func (d *Desk) AdmitApplicant(ctx context.Context, a Applicant, first, last string) (store.User, error) {
	if a.Fault != nil || len(a.Words) == 0 {
		return store.User{}, store.ErrEnrolment
	}
	if err := d.checkEnrol(ctx, a.Role); err != nil {
		return store.User{}, err
	}
	if !sameWord(first, a.Words[0]) || !sameWord(last, a.Words[len(a.Words)-1]) {
		err := d.Note(ctx, "user.ask_denied", map[string]string{"user": string(a.enrolment.ID)})
		return store.User{}, errors.Join(ErrWords, err)
	}
	admission, err := d.vault.AdmissionOf(a.enrolment)
	if err != nil {
		return store.User{}, err
	}
	return d.admit(ctx, "user.admitted", admission)
}

func sameWord(typed, word string) bool {
	return norm.NFC.String(strings.ToLower(strings.TrimSpace(typed))) == norm.NFC.String(strings.ToLower(word))
}

// RefuseApplicant takes a request that waits out of the vault. Whoever asked may ask again.
func (d *Desk) RefuseApplicant(ctx context.Context, handle string) error {
	if !d.MayRefuse() {
		return ErrNotAllowed
	}
	err := d.vault.DropWaiting(ctx, "user.ask_refused", handle)
	if errors.Is(err, store.ErrNotFound) {
		err = fmt.Errorf("the request: %w", ErrNotFound)
	}
	return err
}

// MayRefuse says whether this user may take requests out: a member of the court or of the bench.
func (d *Desk) MayRefuse() bool { return collegeOf(string(d.Me().Role)) != "" }

// Enrollers says for each user who enrolled them.
func (d *Desk) Enrollers(ctx context.Context) (map[store.UserID]store.UserID, error) {
	return d.vault.Enrollers(ctx)
}

// MayEnrol says why this user may not enrol somebody of an office, or nil.
func (d *Desk) MayEnrol(ctx context.Context, office store.Role) error {
	return d.checkEnrol(ctx, office)
}

// checkEnrol says why this user may not enrol somebody of an office, or nil.
func (d *Desk) checkEnrol(ctx context.Context, office store.Role) error {
	users, err := d.Users(ctx)
	if err != nil {
		return err
	}
	if !slices.Contains(testimony.Offices, string(office)) {
		return fmt.Errorf("%w: %q is not an office", ErrUser, office)
	}
	if !mayEnrol(string(d.Me().Role), string(office), users) {
		return fmt.Errorf("%w: %s", ErrEnrol, office)
	}
	return nil
}

// admit writes a new user with everything that their office entitles them to: all of it or nothing.
func (d *Desk) admit(ctx context.Context, action string, a store.Admission) (store.User, error) {
	user := a.User()
	return user, d.vault.Update(ctx, func(tx *store.Tx) error {
		tx.Log(action, map[string]string{"user": string(user.ID)})
		if err := tx.Admit(a); err != nil {
			return err
		}
		return d.entitle(tx, user)
	})
}

// entitle grants a user what their office works with.
func (d *Desk) entitle(tx *store.Tx, user store.User) error {
	if user.Role != testimony.Auditor {
		if err := tx.AddMembers(docketPart, []store.UserID{user.ID}); err != nil {
			return err
		}
	}
	if err := errors.Join(d.extendIdentities(tx, docketPart, user), d.admitCare(tx, docketPart, user)); err != nil {
		return err
	}
	if testimony.May(string(user.Role), testimony.ActReadAudit) && tx.HasCompartment(store.AuditCompartment) {
		return tx.AddMembers(store.AuditCompartment, []store.UserID{user.ID})
	}
	return nil
}

// openReception lets requests be left from now on. It is done at every opening, for vaults that have none yet and for those whose
// reception was exchanged; where it cannot be written, the next opening tries again, and the vault is no less usable.
func (d *Desk) openReception(ctx context.Context) {
	_ = d.vault.OpenReception(ctx, false)
}
