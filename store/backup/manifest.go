package backup

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"paravent/store"
	"paravent/store/audit"
)

const (
	manifestVersion = 1
	maxManifest     = 64 << 20 // bytes: some 400,000 sealed files
)

// Manifest says what a backup holds, so that damage and loss show without a key. It names nothing. Nobody signs it: a change that somebody
// made on purpose shows when the copy is checked, not here.
type Manifest struct {
	Version int       `json:"paravent_backup"` // 1
	Vault   string    `json:"vault"`           // the vault's id
	At      time.Time `json:"at"`
	Format  int       `json:"format"`        // of the vault file
	Entries int64     `json:"audit_entries"` // leaves of the audit log
	Head    string    `json:"audit_head"`    // the signed note, as it stands in the copy
	Size    int64     `json:"size"`          // of the copy, in bytes
	SHA256  string    `json:"sha256"`        // of the copy
	Files   []File    `json:"files"`         // the sealed files beside it
}

// File is one sealed file of a backup.
type File struct {
	Name   string `json:"name"` // in the backup's folder; opaque
	Size   int64  `json:"size"` // bytes
	SHA256 string `json:"sha256"`
}

// Bytes is the size of all that the manifest speaks of. Files that backups share count in each.
func (m Manifest) Bytes() int64 {
	n := m.Size
	for _, f := range m.Files {
		n += f.Size
	}
	return n
}

func (m *Manifest) imprint(i store.Imprint) {
	m.Vault, m.Format, m.Entries, m.Head = i.ID, i.Format, i.Head.Size, string(i.Head.Note)
}

// agrees says whether a vault file is the one that the manifest speaks of.
func (m Manifest) agrees(i store.Imprint) bool {
	return m.Vault == i.ID && m.Format == i.Format && m.Entries == i.Head.Size && m.Head == string(i.Head.Note)
}

// ReadManifest reads the manifest of the backup whose copy is at path. Where there is none, or it can't be understood, it fails
// with [ErrNoManifest].
func ReadManifest(path string) (Manifest, error) { return readManifest(path + manifestExtension) }

func readManifest(path string) (Manifest, error) {
	file, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return Manifest{}, ErrNoManifest
	}
	if err != nil {
		return Manifest{}, err
	}
	defer file.Close()
	raw, err := io.ReadAll(io.LimitReader(file, maxManifest+1))
	if err != nil {
		return Manifest{}, err
	}
	return parseManifest(raw)
}

// parseManifest understands what anyone can have written: names that lead out of the folder, sizes below zero.
func parseManifest(raw []byte) (Manifest, error) {
	var m Manifest
	decoder := json.NewDecoder(bytes.NewReader(raw))
	if err := decoder.Decode(&m); err != nil || len(raw) > maxManifest {
		return Manifest{}, fmt.Errorf("%w: it is unreadable", ErrNoManifest)
	}
	id, err := hex.DecodeString(m.Vault)
	if m.Version != manifestVersion || err != nil || len(id) != 16 || m.Size < 0 || m.Entries < 0 || !validSum(m.SHA256) {
		return Manifest{}, fmt.Errorf("%w: it is unreadable", ErrNoManifest)
	}
	head, err := audit.ParseHead(m.Vault, []byte(m.Head))
	if err != nil || head.Size != m.Entries {
		return Manifest{}, fmt.Errorf("%w: it is unreadable", ErrNoManifest)
	}
	seen := make(map[string]bool, len(m.Files))
	for _, f := range m.Files {
		if !validName(f.Name) || seen[f.Name] || f.Size < 0 || !validSum(f.SHA256) {
			return Manifest{}, fmt.Errorf("%w: it is unreadable", ErrNoManifest)
		}
		seen[f.Name] = true
	}
	return m, nil
}

// validName says whether a name stays in its folder.
func validName(name string) bool {
	return name != "" && name == filepath.Base(name) && name != "." && name != ".." && !strings.ContainsAny(name, "/\\\x00")
}

func validSum(text string) bool {
	raw, err := hex.DecodeString(text)
	return err == nil && len(raw) == 32 && text == strings.ToLower(text)
}

// write gives the manifest its name once it is on the disk.
func (m Manifest) write(path string) error {
	if m.Files == nil {
		m.Files = []File{}
	}
	raw, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return fmt.Errorf("encode the manifest: %w", err)
	}
	file, err := os.OpenFile(path+partialExtension, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(append(raw, '\n'))
	if err = errors.Join(err, file.Sync(), file.Close()); err == nil {
		err = os.Rename(path+partialExtension, path)
	}
	if err != nil {
		return errors.Join(err, os.RemoveAll(path+partialExtension))
	}
	return syncDirectory(filepath.Dir(path))
}
