package backup

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// deletingExtension ends the name that a manifest gets when its backup is to be deleted: what a crash leaves of it is known for
// what it is, and no backup that merely lost its copy is taken for it.
const deletingExtension = ".deleting"

// Delete removes a whole backup. Files that other backups share stay with them. Cut short, it is ended by [FinishDeleting].
func Delete(l Listed) error {
	if !l.Good() {
		return fmt.Errorf("delete a backup: %w", l.Err)
	}
	err := os.Rename(l.Path+manifestExtension, l.Path+deletingExtension)
	if err == nil {
		err = syncDirectory(filepath.Dir(l.Path))
	}
	if err == nil {
		err = deleteRest(l.Path, l.Manifest)
	}
	if err != nil {
		return fmt.Errorf("delete a backup: %w", err)
	}
	return nil
}

// FinishDeleting ends what [Delete] began in a folder with backups of the vault whose id is of.
func FinishDeleting(dir, of string) error {
	begun, _ := filepath.Glob(filepath.Join(escaped(dir), "*"+extension+deletingExtension))
	var failed error
	for _, path := range begun {
		if m, err := readManifest(path); err == nil && m.Vault == of {
			failed = errors.Join(failed, deleteRest(strings.TrimSuffix(path, deletingExtension), m))
		}
	}
	if failed != nil {
		return fmt.Errorf("delete a backup: %w", failed)
	}
	return nil
}

func deleteRest(path string, m Manifest) error {
	remove := func(path string) error {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	if err := remove(path); err != nil {
		return err
	}
	for _, f := range m.Files {
		if err := remove(filepath.Join(path+folderExtension, f.Name)); err != nil {
			return err
		}
	}
	_ = os.Remove(path + folderExtension) // what else somebody put there stays, and the folder with it
	return remove(path + deletingExtension)
}
