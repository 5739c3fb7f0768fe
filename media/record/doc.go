// Package record keeps encoded media in WebM (Matroska, RFC 9559; EBML, RFC 8794).
//
// A [Writer] writes a live file to an append-only [Sink]: nothing is ever patched, so what reached the disk
// before a crash can be read. [Export] turns such a file, torn or whole, into a seekable WebM with an index;
// [Inspect] counts what is there; a [Player] iterates and seeks. The package encrypts nothing, encodes and
// decodes no picture or sound, and starts no goroutine. Start from [Writer].
//
// Only VP8 video and Opus audio are handled, and times are kept to the millisecond.
package record
