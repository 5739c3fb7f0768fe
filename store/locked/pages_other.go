//go:build !linux

package locked

// pages has no locked memory to give on this system.
func pages() ([]byte, bool) { return nil, false }
