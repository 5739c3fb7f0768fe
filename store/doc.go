// Package store is the vault: sealed records for several users in one place, and the log of what each of them did.
//
// It seals typed records into compartments that only their members can open, binds every record to its place, and
// writes nothing without an audit entry in the same transaction. It knows no witness, no case and no hearing, and it
// doesn't decide who may be admitted to what: the caller does. Nothing but ciphertext, keyed hashes and random ids
// reaches the [Backend]. docs/vault-format.md is the format, to the byte.
//
// Start from [Create] or [Open] and [Sealed.Unlock], then [Vault.Update] with a [Collection].
package store
