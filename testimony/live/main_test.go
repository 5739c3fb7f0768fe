package live_test

import (
	"testing"

	"go.uber.org/goleak"
)

// When the sessions have ended, nothing of them runs any more.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
