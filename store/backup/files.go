package backup

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"os"
	"path/filepath"
	"strings"
)

type sum struct{ hash.Hash }

func newSum() sum { return sum{sha256.New()} }

func (s sum) text() string { return hex.EncodeToString(s.Sum(nil)) }

// sumOf reads a whole file.
func sumOf(ctx context.Context, path string, b *bar) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	s := newSum()
	if _, err := io.Copy(io.MultiWriter(s, b), withContext{ctx, file}); err != nil {
		return "", err
	}
	return s.text(), nil
}

// bringIn copies a file into a folder and reads it back, or links it to an earlier backup's that is the same.
func bringIn(ctx context.Context, from, folder string, earlier map[File]string, b *bar) (f File, linked bool, err error) {
	f.Name = filepath.Base(from)
	to := filepath.Join(folder, f.Name)
	stat, err := os.Stat(from)
	if err != nil {
		return f, false, err
	}
	f.Size = stat.Size()
	if len(earlier) > 0 {
		if f.SHA256, err = sumOf(ctx, from, b); err != nil {
			return f, false, err
		}
		if old := earlier[f]; old != "" {
			// What was whole then may have rotted since: a link would carry it on.
			if now, err := sumOf(ctx, old, nil); err == nil && now == f.SHA256 && os.Link(old, to) == nil {
				return f, true, nil
			}
			if err := ctx.Err(); err != nil {
				return f, false, err
			}
		}
		b = nil // counted already
	}
	f, err = copyFile(ctx, from, to, b)
	return f, false, err
}

// copyFile copies a file that nobody writes to, reads the copy back and compares. It never replaces a file.
func copyFile(ctx context.Context, from, to string, b *bar) (File, error) {
	f := File{Name: filepath.Base(to)}
	in, err := os.Open(from)
	if err != nil {
		return f, err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return f, err
	}
	s := newSum()
	f.Size, err = io.Copy(io.MultiWriter(out, s, b), withContext{ctx, in})
	if err = errors.Join(err, out.Sync(), out.Close()); err != nil {
		return f, err
	}
	f.SHA256 = s.text()
	found, err := sumOf(ctx, to, nil)
	if err == nil && found != f.SHA256 {
		err = ErrAltered
	}
	return f, err
}

// earlierFiles finds the sealed files that backups of a folder hold by what is in them. What can't be read doesn't count.
func earlierFiles(dir string) map[File]string {
	manifests, _ := filepath.Glob(filepath.Join(escaped(dir), "*"+extension+manifestExtension))
	found := make(map[File]string)
	for _, path := range manifests {
		path = strings.TrimSuffix(path, manifestExtension)
		m, err := ReadManifest(path)
		if err != nil {
			continue
		}
		for _, f := range m.Files {
			at := filepath.Join(path+folderExtension, f.Name)
			if stat, err := os.Lstat(at); err == nil && stat.Mode().IsRegular() && stat.Size() == f.Size {
				found[f] = at
			}
		}
	}
	return found
}

// escaped is a folder's name with nothing in it that a pattern would understand.
func escaped(dir string) string {
	var b strings.Builder
	for _, r := range dir {
		if strings.ContainsRune(`*?[\`, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// syncDirectory makes new names last. Some systems can't, and make them last by themselves.
func syncDirectory(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	err = dir.Sync()
	if errors.Is(err, errors.ErrUnsupported) || errors.Is(err, os.ErrInvalid) {
		err = nil
	}
	return errors.Join(err, dir.Close())
}

// withContext stops reading when the context has ended.
type withContext struct {
	ctx context.Context
	r   io.Reader
}

func (w withContext) Read(p []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	return w.r.Read(p)
}

// bar counts bytes that pass through it. A nil one counts nothing.
type bar struct {
	done, total int64
	tell        func(done, total int64)
}

// Write implements [io.Writer].
func (b *bar) Write(p []byte) (int, error) {
	if b != nil {
		b.add(int64(len(p)))
	}
	return len(p), nil
}

func (b *bar) add(n int64) {
	b.done += n
	if b.tell != nil {
		b.tell(b.done, max(b.total, b.done))
	}
}

// share turns the progress of a part that counts otherwise into a share of so many bytes.
func (b *bar) share(size int64) func(done, total int) {
	before := b.done
	return func(done, total int) {
		b.done = before
		b.add(size * int64(done) / int64(max(total, 1)))
	}
}
