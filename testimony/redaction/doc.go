// Package redaction makes versions of a sealed recording that prove what they are: everything in them is the recording's, and nothing is
// missing from them but what a judge ordered.
//
// When a recording is sealed, a [Head] commits to each of its blocks by a salted hash in a Merkle tree and is signed. [Derive] writes a
// version: a WebM file that carries a manifest with the salts of what stays and the hashes of what goes. [Verify] checks such a file by
// itself: no vault, no login, no recording. docs/evidence-format.md is the format, to the byte.
//
// The package holds no key and decides nothing: what goes is an [edit.List].
package redaction
