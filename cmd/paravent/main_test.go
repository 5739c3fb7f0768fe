package main

import (
	"fmt"
	"os"
	"testing"

	"paravent/testimony/docket"
)

// TestMain keeps the anchors of the tests' vaults out of the home of whoever runs them.
func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "paravent-anchors-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Setenv(docket.AnchorVariable, dir)
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}
