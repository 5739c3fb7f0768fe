package certificate

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"paravent/testimony/docket"
)

// Write writes a certificate as PATH, which ends in .pdf, and beside it as .json. It never replaces a file, and leaves none behind when it fails.
func Write(path string, c docket.Certificate, language string) error {
	if filepath.Ext(path) != ".pdf" {
		return fmt.Errorf("write certificate: %w", ErrName)
	}
	other := strings.TrimSuffix(path, ".pdf") + ".json"
	if err := create(other, func(out io.Writer) error { return JSON(out, c) }); err != nil {
		return err
	}
	if err := create(path, func(out io.Writer) error { return PDF(out, c, language) }); err != nil {
		return errors.Join(err, os.Remove(other))
	}
	return nil
}

// ErrName says that a certificate's file is called otherwise than a PDF is.
var ErrName = errors.New("the file's name ends in .pdf")

func create(path string, write func(io.Writer) error) error {
	out, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("write certificate: %w", err)
	}
	if err := errors.Join(write(out), out.Sync(), out.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}
