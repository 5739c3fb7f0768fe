package blob

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"filippo.io/age"
)

// BenchmarkOpenRatio opens the same recording as it is sealed here, every chunk and the root checked, and as age seals it, and hashes it on one core, by
// turns. It reports how many times faster than the others the first is: the medians of the rounds.
func BenchmarkOpenRatio(b *testing.B) {
	plain := testBytes(256 << 20)
	sealed, sum := write(b, plain)
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		b.Fatal(err)
	}
	aged := filepath.Join(b.TempDir(), "aged")
	encrypt(b, aged, identity, plain)
	clear(plain)

	var toAge, toHash []float64
	for b.Loop() {
		ours := timed(func() {
			if r := verifyFile(b, sealed); !r.Intact || r.Size != sum.Size {
				b.Fatal("not intact")
			}
		})
		theirs := timed(func() {
			opened, err := age.Decrypt(openFile(b, aged), identity)
			if err != nil {
				b.Fatal(err)
			}
			if n, err := io.Copy(io.Discard, opened); err != nil || n != sum.Size {
				b.Fatal(n, err)
			}
		})
		hash := timed(func() {
			if _, err := io.CopyBuffer(onlyWriter{sha256.New()}, onlyReader{openFile(b, sealed)}, make([]byte, 1<<20)); err != nil {
				b.Fatal(err)
			}
		})
		toAge, toHash = append(toAge, theirs.Seconds()/ours.Seconds()), append(toHash, hash.Seconds()/ours.Seconds())
	}
	b.ReportMetric(median(toAge), "sealed/age")
	b.ReportMetric(median(toHash), "sealed/sha256")
}

// BenchmarkSealRatio seals the same bytes here, chunk by chunk with the tree of their hashes, and with age, by turns, where there is such a place to files in
// memory, so that no disk is measured. It reports the speed and how many times faster than age it is: the medians of the rounds.
func BenchmarkSealRatio(b *testing.B) {
	plain := testBytes(64 << 20)
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		b.Fatal(err)
	}
	var speed, toAge []float64
	for b.Loop() {
		dir := inMemory(b)
		ours := timed(func() { sealFile(b, filepath.Join(dir, "sealed"), plain) })
		theirs := timed(func() { encrypt(b, filepath.Join(dir, "aged"), identity, plain) })
		if err := os.RemoveAll(dir); err != nil {
			b.Fatal(err)
		}
		speed, toAge = append(speed, float64(len(plain))/ours.Seconds()/1e9), append(toAge, theirs.Seconds()/ours.Seconds())
	}
	b.ReportMetric(median(speed), "GB/s")
	b.ReportMetric(median(toAge), "sealed/age")
}

// inMemory is a new folder on a file system in memory, or a temporary one where there is none.
func inMemory(b *testing.B) string {
	b.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "paravent-bench-")
	if err != nil {
		return b.TempDir()
	}
	b.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func sealFile(b *testing.B, path string, plain []byte) {
	b.Helper()
	w, err := Create(path, testKey, testID)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := w.Write(plain); err != nil {
		b.Fatal(err)
	}
	if _, err := w.Close(); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkVerifyOnOneCore checks a sealed recording and, by turns, hashes the same bytes and opens them with bare AES-256-GCM, all on one core and of one file. It reports the speed,
// and how much of the speed of the slower of the two the check has, which does both.
func BenchmarkVerifyOnOneCore(b *testing.B) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	path, sum := write(b, testBytes(256<<20))
	aead := bareGCM(b)
	const stored = ChunkSize + 16
	var sealed []byte
	for range sum.Size / ChunkSize {
		sealed = aead.Seal(sealed, make([]byte, aead.NonceSize()), make([]byte, ChunkSize), nil)
	}
	bare := filepath.Join(b.TempDir(), "bare")
	if err := os.WriteFile(bare, sealed, 0o600); err != nil {
		b.Fatal(err)
	}
	buffer, plain := make([]byte, stored), make([]byte, 0, ChunkSize)
	pieces := func(path string, do func([]byte) error) time.Duration {
		return timed(func() {
			file := openFile(b, path)
			for {
				n, err := io.ReadFull(file, buffer)
				if n == 0 {
					return
				}
				if err := do(buffer[:n]); err != nil {
					b.Fatal(err)
				}
				if err != nil {
					return
				}
			}
		})
	}
	var speed, ratio []float64
	for b.Loop() {
		ours := timed(func() {
			if !verifyFile(b, path).Intact {
				b.Fatal("not intact")
			}
		})
		digest := sha256.New()
		hash := pieces(path, func(p []byte) error {
			_, err := digest.Write(p)
			return err
		})
		open := pieces(bare, func(p []byte) error {
			_, err := aead.Open(plain, make([]byte, aead.NonceSize()), p, nil)
			return err
		})
		speed, ratio = append(speed, float64(sum.Size)/ours.Seconds()/1e9), append(ratio, max(hash, open).Seconds()/ours.Seconds())
	}
	b.ReportMetric(median(speed), "GB/s")
	b.ReportMetric(median(ratio), "check/slower")
}

func bareGCM(b *testing.B) cipher.AEAD {
	b.Helper()
	block, err := aes.NewCipher(make([]byte, 32))
	if err != nil {
		b.Fatal(err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		b.Fatal(err)
	}
	return aead
}

// onlyReader and onlyWriter keep io.CopyBuffer to its buffer.
type (
	onlyReader struct{ io.Reader }
	onlyWriter struct{ io.Writer }
)

func encrypt(b *testing.B, path string, identity *age.X25519Identity, plain []byte) {
	b.Helper()
	file, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	w, err := age.Encrypt(file, identity.Recipient())
	if err != nil {
		b.Fatal(err)
	}
	if _, err := w.Write(plain); err != nil {
		b.Fatal(err)
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	if err := errors.Join(file.Sync(), file.Close()); err != nil {
		b.Fatal(err)
	}
}

func openFile(b *testing.B, path string) *os.File {
	b.Helper()
	file, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { file.Close() })
	return file
}

func timed(fn func()) time.Duration {
	start := time.Now()
	fn()
	return time.Since(start)
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}
