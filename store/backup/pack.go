package backup

import (
	"archive/tar"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// PackExtension ends the name of a packed vault: one file with the vault, its sealed files and the manifest, to be carried to another machine.
//
// It is a tar archive: "vault", then "files/NAME" for each sealed file, then "manifest". The manifest is last, so that a
// file that was cut short has none.
const PackExtension = ".paravent-pack"

// What can be wrong with a packed vault.
var (
	ErrNotPack  = errors.New("this file is not a packed vault")
	ErrTornPack = errors.New("the packed vault is incomplete or was changed")
)

const (
	packedVault    = "vault"
	packedFiles    = "files/"
	packedManifest = "manifest"
)

// Pack writes a vault with its sealed files into one new file, reads it back and compares. It never replaces a file; what goes wrong leaves nothing
// behind. progress is told of bytes.
func Pack(ctx context.Context, to string, at time.Time, src Source, progress func(done, total int64)) (Manifest, error) {
	if err := absent(to); err != nil {
		return Manifest{}, fmt.Errorf("pack: %w", err)
	}
	parent := filepath.Dir(to)
	if err := os.MkdirAll(parent, 0o700); err != nil {
		return Manifest{}, fmt.Errorf("pack: %w", err)
	}
	work, err := os.MkdirTemp(parent, filepath.Base(to)+partialExtension+"-*")
	if err != nil {
		return Manifest{}, fmt.Errorf("pack: %w", err)
	}
	p := packing{making{ctx: ctx, src: src, path: to, partial: filepath.Join(work, packedVault)}, filepath.Join(work, "pack")}
	p.made.Manifest = Manifest{Version: manifestVersion, At: at.UTC().Truncate(time.Second)}
	if err = p.measure(progress); err == nil {
		err = p.run()
	}
	if err = errors.Join(err, os.RemoveAll(work)); err != nil {
		return Manifest{}, fmt.Errorf("pack: %w", err)
	}
	return p.made.Manifest, nil
}

type packing struct {
	making
	pack string // the file while it is written
}

// run counts everything four times: copied, checked or read, packed, and read back.
func (p *packing) run() error {
	p.bar.total = 2 * p.bar.total
	if err := p.vault(); err != nil {
		return err
	}
	out, err := os.OpenFile(p.pack, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if err := errors.Join(p.write(tar.NewWriter(out)), out.Sync(), out.Close()); err != nil {
		return err
	}
	m := p.made.Manifest
	found, err := readPack(p.ctx, p.pack, nil, &p.bar)
	if err != nil {
		return err
	}
	if found.SHA256 != m.SHA256 || found.Head != m.Head || len(found.Files) != len(m.Files) {
		return ErrTornPack
	}
	if err := placeFile(p.pack, p.path); err != nil {
		return err
	}
	return syncDirectory(filepath.Dir(p.path))
}

func (p *packing) write(w *tar.Writer) error {
	m := &p.made.Manifest
	f, err := p.add(w, packedVault, p.partial)
	if err != nil {
		return err
	}
	if f.SHA256 != m.SHA256 {
		return ErrTorn
	}
	for _, from := range p.src.Files {
		f, err := p.add(w, packedFiles+filepath.Base(from), from)
		if err != nil {
			return fmt.Errorf("a recording: %w", err)
		}
		f.Name = filepath.Base(from)
		m.Files = append(m.Files, f)
	}
	raw, err := json.Marshal(m)
	if err != nil {
		return err
	}
	if err := w.WriteHeader(packedHeader(packedManifest, int64(len(raw)))); err != nil {
		return err
	}
	if _, err := w.Write(raw); err != nil {
		return err
	}
	return w.Close()
}

func packedHeader(name string, size int64) *tar.Header {
	return &tar.Header{Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o600}
}

// add packs one file, of which nothing but its bytes is told.
func (p *packing) add(w *tar.Writer, name, from string) (File, error) {
	in, err := os.Open(from)
	if err != nil {
		return File{}, err
	}
	defer in.Close()
	stat, err := in.Stat()
	if err != nil {
		return File{}, err
	}
	if err := w.WriteHeader(packedHeader(name, stat.Size())); err != nil {
		return File{}, err
	}
	s := newSum()
	n, err := io.Copy(io.MultiWriter(w, s, &p.bar), withContext{p.ctx, in})
	if err == nil && n != stat.Size() {
		err = fmt.Errorf("it changed while it was packed: %w", io.ErrUnexpectedEOF)
	}
	return File{Size: n, SHA256: s.text()}, err
}

// placeFile gives a file its name. A link, unlike a rename, never replaces a file that came meanwhile; where the file system has none,
// a look before has to do.
func placeFile(from, to string) error {
	err := os.Link(from, to)
	if err == nil || errors.Is(err, os.ErrExist) {
		return err
	}
	if err := absent(to); err != nil {
		return err
	}
	return os.Rename(from, to)
}

// IsPack says whether a file begins as a packed vault does.
func IsPack(path string) bool {
	in, err := os.Open(path)
	if err != nil {
		return false
	}
	defer in.Close()
	h, err := tar.NewReader(in).Next()
	return err == nil && h.Name == packedVault
}

// CheckPack reads a packed vault as a whole and compares it with its manifest.
func CheckPack(ctx context.Context, path string, progress func(done, total int64)) (Manifest, error) {
	b := bar{tell: progress, total: sizeOf(path)}
	m, err := readPack(ctx, path, nil, &b)
	if err != nil {
		return m, fmt.Errorf("check packed vault: %w", err)
	}
	return m, nil
}

func sizeOf(path string) int64 {
	stat, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return stat.Size()
}

// readPack reads a packed vault to its end. into, if not nil, makes what its parts are written to: the vault's name is empty.
func readPack(ctx context.Context, path string, into func(name string) (*os.File, error), b *bar) (Manifest, error) {
	in, err := os.Open(path)
	if err != nil {
		return Manifest{}, err
	}
	defer in.Close()
	r := tar.NewReader(withContext{ctx, in})
	var found Manifest
	for first := true; ; first = false {
		h, err := r.Next()
		switch {
		case ctx.Err() != nil:
			return Manifest{}, ctx.Err()
		case first && (err != nil || h.Name != packedVault || h.Typeflag != tar.TypeReg):
			return Manifest{}, ErrNotPack
		case err != nil || h.Typeflag != tar.TypeReg:
			return Manifest{}, ErrTornPack // without a manifest
		case h.Name == packedManifest:
			return endPack(r, found)
		}
		name, isFile := strings.CutPrefix(h.Name, packedFiles)
		if !first && (!isFile || !validName(name)) {
			return Manifest{}, ErrTornPack
		}
		if first {
			name = ""
		}
		f, err := unpackOne(r, name, into, b)
		switch {
		case errors.Is(err, io.ErrUnexpectedEOF):
			return Manifest{}, ErrTornPack
		case err != nil:
			return Manifest{}, err
		case first:
			found.Size, found.SHA256 = f.Size, f.SHA256
		default:
			found.Files = append(found.Files, f)
		}
	}
}

// endPack reads the manifest, which has to say what was found.
func endPack(r *tar.Reader, found Manifest) (Manifest, error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxManifest+1))
	if err != nil {
		return Manifest{}, ErrTornPack
	}
	m, err := parseManifest(raw)
	if err != nil || m.Size != found.Size || m.SHA256 != found.SHA256 || len(m.Files) != len(found.Files) {
		return Manifest{}, ErrTornPack
	}
	for i, f := range m.Files {
		if f != found.Files[i] {
			return Manifest{}, ErrTornPack
		}
	}
	if _, err := r.Next(); !errors.Is(err, io.EOF) {
		return Manifest{}, ErrTornPack
	}
	return m, nil
}

func unpackOne(r io.Reader, name string, into func(string) (*os.File, error), b *bar) (File, error) {
	s := newSum()
	f := File{Name: name}
	if into == nil {
		n, err := io.Copy(io.MultiWriter(s, b), r)
		f.Size, f.SHA256 = n, s.text()
		return f, err
	}
	out, err := into(name)
	if err != nil {
		return f, err
	}
	f.Size, err = io.Copy(io.MultiWriter(out, s, b), r)
	f.SHA256 = s.text()
	if err = errors.Join(err, out.Sync(), out.Close()); err != nil {
		return f, err
	}
	found, err := sumOf(context.Background(), out.Name(), nil)
	if err == nil && found != f.SHA256 {
		err = ErrTornPack // the disk did not keep what was written
	}
	return f, err
}

// Unpack writes a packed vault to a new vault file with its sealed files, as [Restore] does with a backup.
func Unpack(ctx context.Context, from, to string, o RestoreOptions, progress func(done, total int64)) (Restored, error) {
	r := restoring{ctx: ctx, from: from, to: to, opts: o}
	r.bar.tell = progress
	r.bar.total = sizeOf(from)
	if o.Check != nil {
		r.bar.total *= 2
	}
	if err := r.run(r.unpack); err != nil {
		return Restored{}, fmt.Errorf("unpack: %w", err)
	}
	return r.done, nil
}

func (r *restoring) unpack(to string) error {
	folder := to + folderExtension
	m, err := readPack(r.ctx, r.from, func(name string) (*os.File, error) {
		path := to
		if name != "" {
			if err := os.Mkdir(folder, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
				return nil, err
			}
			path = filepath.Join(folder, name)
		}
		return os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	}, &r.bar)
	if err != nil {
		return err
	}
	r.done.Manifest = m
	if r.opts.Of != "" && m.Vault != r.opts.Of {
		return ErrForeign
	}
	if err := m.opens(r.ctx, to); err != nil {
		return err
	}
	if len(m.Files) == 0 {
		return nil
	}
	return syncDirectory(folder)
}
