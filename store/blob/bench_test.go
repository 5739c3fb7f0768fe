package blob

import (
	"crypto/sha256"
	"io"
	"os"
	"path/filepath"
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
	if err := file.Close(); err != nil {
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
