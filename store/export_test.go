package store

import (
	"runtime"

	"paravent/store/audit"
)

// RevokeSigner lets tests of package store_test do what revoking a user does to their signatures.
func (tx *Tx) RevokeSigner(id UserID) error { return tx.revokeSigner(id) }

// AuditPath is the inclusion path alone of an entry, for measuring it.
func (tx *ReadTx) AuditPath(head audit.Head, index int64) ([]audit.Hash, []byte, error) {
	in, err := tx.include(index, head)
	if err != nil {
		return nil, nil, err
	}
	return in.Path, in.Leaf, nil
}

// Blind makes a vault seal its further entries with a key that the readers of the log don't have, as a writer with a program of their own could.
func (v *Vault) Blind() { v.session.aead = newAEAD(make([]byte, 32)) }

// Impersonate makes a vault put another user's name into its further entries.
func (v *Vault) Impersonate(u User) { v.me.ID = u.ID }

// SecretsForTest are copies of the user's private keys and of the directory's key.
func (v *Vault) SecretsForTest() (hpke, signing, directory []byte) {
	return append([]byte(nil), v.secrets.hpke.Bytes()...), append([]byte(nil), v.secrets.signing.Bytes()...), append([]byte(nil), v.root.newest().key[:]...)
}

// AwaitLine waits until n changes wait for their turn.
func AwaitLine(v *Vault, n int) {
	for {
		v.line.mu.Lock()
		waiting := len(v.line.waiting)
		v.line.mu.Unlock()
		if waiting == n {
			return
		}
		runtime.Gosched()
	}
}
