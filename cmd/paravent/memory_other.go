//go:build !linux

package main

// undumpable has nothing to ask of this system.
func undumpable() {}
