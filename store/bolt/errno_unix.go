//go:build unix

package bolt

import (
	"errors"
	"io/fs"
	"strings"
	"syscall"
)

// isDiskFull also looks at the words, because bbolt drops the error itself when it can't make the file longer.
func isDiskFull(err error) bool {
	for _, full := range []syscall.Errno{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG} {
		if errors.Is(err, full) || strings.Contains(err.Error(), full.Error()) {
			return true
		}
	}
	return false
}

func isReadOnly(err error) bool {
	return errors.Is(err, syscall.EROFS) || errors.Is(err, fs.ErrPermission)
}
