// Package rtpio puts RTP packets (RFC 3550) back into order and VP8 packets (RFC 7741) together into frames.
//
// It opens no socket and starts no goroutine; time comes in as an argument. The type to start from is [JitterBuffer].
package rtpio
