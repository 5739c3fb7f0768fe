//go:build !unix

package bolt

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// Windows' ERROR_HANDLE_DISK_FULL and ERROR_DISK_FULL.
const (
	handleDiskFull = syscall.Errno(39)
	diskFull       = syscall.Errno(112)
)

func isDiskFull(err error) bool {
	return errors.Is(err, handleDiskFull) || errors.Is(err, diskFull)
}

func isReadOnly(err error) bool { return errors.Is(err, fs.ErrPermission) }

// syncDirectory has nothing to do where directories can't be synced.
func syncDirectory(string) error { return nil }

// unlock has nothing to do: here the lock ends with its handle.
func unlock(*os.File) error { return nil }
