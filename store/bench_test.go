package store_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"paravent/store"
)

// The benchmarks come in pairs that differ only in sealing: the raw one puts values of the same stored size under names
// hashed beforehand into a bbolt file with the same settings.
const (
	benchBatch   = 1000 // records in a transaction
	benchRecords = 50_000
	benchValue   = 1000 // bytes of plaintext
	benchStored  = 1024 + 53
)

var blobs = store.NewCollection[[]byte]("blob")

func benchIDs() []string {
	ids := make([]string, benchRecords)
	for i := range ids {
		ids[i] = strconv.Itoa(i)
	}
	return ids
}

func benchNames() [][]byte {
	names := make([][]byte, benchRecords)
	for i := range names {
		h := sha256.Sum256(binary.BigEndian.AppendUint64(nil, uint64(i)))
		copy(h[:16], "one collection's")
		names[i] = h[:]
	}
	return names
}

func benchBytes(n int) []byte {
	b := make([]byte, n)
	r := rand.NewChaCha8([32]byte{1})
	r.Read(b)
	return b
}

func BenchmarkSealedBatchWrite(b *testing.B) {
	ids, value := benchIDs(), benchBytes(benchValue)
	for b.Loop() {
		b.StopTimer()
		v := createVault(b, newFile(b))
		b.StartTimer()
		sealedLoad(b, v, ids, value)
		b.StopTimer()
		must(b, v.Close())
		b.StartTimer()
	}
	b.ReportMetric(float64(b.N*benchRecords)/b.Elapsed().Seconds(), "records/s")
}

func sealedLoad(b *testing.B, v *store.Vault, ids []string, value []byte) {
	for at := 0; at < len(ids); at += benchBatch {
		must(b, v.Update(b.Context(), func(tx *store.Tx) error {
			tx.Log("load", map[string]string{"count": strconv.Itoa(benchBatch)})
			for _, id := range ids[at : at+benchBatch] {
				if err := blobs.Put(tx, docket, id, value); err != nil {
					return err
				}
			}
			return nil
		}))
	}
}

func BenchmarkRawBatchWrite(b *testing.B) {
	names, values := benchNames(), benchBytes(benchStored*benchRecords)
	for b.Loop() {
		b.StopTimer()
		db := openRaw(b)
		b.StartTimer()
		rawLoad(b, db, names, values)
		b.StopTimer()
		must(b, db.Close())
		b.StartTimer()
	}
	b.ReportMetric(float64(b.N*benchRecords)/b.Elapsed().Seconds(), "records/s")
}

func openRaw(b *testing.B) *bbolt.DB {
	db, err := bbolt.Open(filepath.Join(b.TempDir(), "raw"), 0o600,
		&bbolt.Options{FreelistType: bbolt.FreelistMapType, NoStatistics: true})
	must(b, err)
	return db
}

// rawLoad takes each record's value from its own part of values, as sealed values differ too.
func rawLoad(b *testing.B, db *bbolt.DB, names [][]byte, values []byte) {
	for at := 0; at < len(names); at += benchBatch {
		must(b, db.Update(func(tx *bbolt.Tx) error {
			bucket, err := tx.CreateBucketIfNotExists([]byte("record"))
			if err != nil {
				return err
			}
			for i, name := range names[at : at+benchBatch] {
				value := values[(at+i)*benchStored:][:benchStored]
				if err := bucket.Put(name, value); err != nil {
					return err
				}
			}
			return nil
		}))
	}
}

func BenchmarkSealedScan(b *testing.B) {
	v := createVault(b, newFile(b))
	sealedLoad(b, v, benchIDs(), benchBytes(benchValue))
	for b.Loop() {
		sealedScan(b, v)
	}
	b.ReportMetric(float64(b.N*benchRecords)/b.Elapsed().Seconds(), "records/s")
}

func sealedScan(b *testing.B, v *store.Vault) {
	must(b, v.View(b.Context(), func(tx *store.ReadTx) error {
		all, err := blobs.All(tx, docket)
		if len(all) != benchRecords {
			b.Fatalf("%d records", len(all))
		}
		return err
	}))
}

func BenchmarkRawScan(b *testing.B) {
	db := openRaw(b)
	defer db.Close()
	rawLoad(b, db, benchNames(), benchBytes(benchStored*benchRecords))
	for b.Loop() {
		rawScan(b, db)
	}
	b.ReportMetric(float64(b.N*benchRecords)/b.Elapsed().Seconds(), "records/s")
}

// rawScan hands every value out, as a sealed scan does.
func rawScan(b *testing.B, db *bbolt.DB) {
	var all []store.Entry[[]byte]
	must(b, db.View(func(tx *bbolt.Tx) error {
		return tx.Bucket([]byte("record")).ForEach(func(k, v []byte) error {
			all = append(all, store.Entry[[]byte]{ID: string(k), Value: append([]byte(nil), v...)})
			return nil
		})
	}))
	if len(all) != benchRecords {
		b.Fatalf("%d records", len(all))
	}
}

// rawTouch hands nothing out: it only reads every byte.
func rawTouch(b *testing.B, db *bbolt.DB) {
	var sum uint64
	must(b, db.View(func(tx *bbolt.Tx) error {
		return tx.Bucket([]byte("record")).ForEach(func(_, v []byte) error {
			for ; len(v) >= 8; v = v[8:] {
				sum += binary.LittleEndian.Uint64(v)
			}
			return nil
		})
	}))
	if sum == 0 {
		b.Fatal("nothing read")
	}
}

// BenchmarkBatchWriteRatio loads one of each by turns, first the one, then the other, so that both meet the same machine,
// and reports how many sealed records are written in the time of one raw record: the median of the pairs, since one slow
// flush of the disk would decide a mean.
func BenchmarkBatchWriteRatio(b *testing.B) {
	ids, value := benchIDs(), benchBytes(benchValue)
	names, values := benchNames(), benchBytes(benchStored*benchRecords)
	var ratios []float64
	for b.Loop() {
		raw := func() time.Duration {
			db := openRaw(b)
			defer func() { must(b, db.Close()) }()
			return timed(func() { rawLoad(b, db, names, values) })
		}
		sealed := func() time.Duration {
			v := createVault(b, newFile(b))
			defer func() { must(b, v.Close()) }()
			return timed(func() { sealedLoad(b, v, ids, value) })
		}
		var r, s time.Duration
		if len(ratios)%2 == 0 {
			r, s = raw(), sealed()
		} else {
			s, r = sealed(), raw()
		}
		ratios = append(ratios, r.Seconds()/s.Seconds())
	}
	slices.Sort(ratios)
	b.ReportMetric(ratios[len(ratios)/2], "sealed/raw")
}

// BenchmarkScanRatio is the same for scans that hand out every value.
func BenchmarkScanRatio(b *testing.B) {
	db := openRaw(b)
	defer db.Close()
	rawLoad(b, db, benchNames(), benchBytes(benchStored*benchRecords))
	v := createVault(b, newFile(b))
	sealedLoad(b, v, benchIDs(), benchBytes(benchValue))
	var raw, touch, sealed time.Duration
	for b.Loop() {
		raw += timed(func() { rawScan(b, db) })
		touch += timed(func() { rawTouch(b, db) })
		sealed += timed(func() { sealedScan(b, v) })
	}
	b.ReportMetric(raw.Seconds()/sealed.Seconds(), "sealed/raw")
	b.ReportMetric(touch.Seconds()/sealed.Seconds(), "sealed/touch")
}

// BenchmarkSingleWriteRatio makes durable transactions of one record: here with its audit entry, its manifest and the head, there a raw put of a random
// key. It reports how much longer the first takes: the median of pairs.
func BenchmarkSingleWriteRatio(b *testing.B) {
	ids, value := benchIDs(), benchBytes(benchValue)
	names, values := benchNames(), benchBytes(benchStored*benchRecords)
	db := openRaw(b)
	defer db.Close()
	v := createVault(b, newFile(b))
	rawLoad(b, db, names, values)
	sealedLoad(b, v, ids, value)
	var ratios, micros []float64
	i := 0
	for b.Loop() {
		i = (i + 7919) % benchRecords
		raw := func() time.Duration {
			return timed(func() {
				must(b, db.Update(func(tx *bbolt.Tx) error { return tx.Bucket([]byte("record")).Put(names[i], values[:benchStored]) }))
			})
		}
		sealed := func() time.Duration { return timed(func() { putBlob(b, v, ids[i], value) }) }
		var r, s time.Duration
		if len(ratios)%2 == 0 {
			r, s = raw(), sealed()
		} else {
			s, r = sealed(), raw()
		}
		ratios, micros = append(ratios, s.Seconds()/r.Seconds()), append(micros, float64(s.Microseconds()))
	}
	b.ReportMetric(median(ratios), "sealed/put")
	b.ReportMetric(median(micros), "us/sealed")
}

func putBlob(b *testing.B, v *store.Vault, id string, value []byte) {
	must(b, v.Update(b.Context(), func(tx *store.Tx) error {
		tx.Log("put", nil)
		return blobs.Put(tx, docket, id, value)
	}))
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

// BenchmarkGroupCommit lets 64 writers make transactions of one record at once, as the vault takes them and as raw bbolt groups them at best.
func BenchmarkGroupCommit(b *testing.B) {
	const writers, each = 64, 8
	ids, value := benchIDs(), benchBytes(benchValue)
	names, values := benchNames(), benchBytes(benchStored*benchRecords)
	db := openRaw(b)
	defer db.Close()
	db.MaxBatchDelay = time.Millisecond
	v := createVault(b, newFile(b))
	rawLoad(b, db, names, values)
	sealedLoad(b, v, ids, value)
	together := func(write func(i int)) time.Duration {
		var group sync.WaitGroup
		return timed(func() {
			for w := range writers {
				group.Go(func() {
					for n := range each {
						write((w*each + n) * 97 % benchRecords)
					}
				})
			}
			group.Wait()
		})
	}
	var raw, sealed []float64
	for b.Loop() {
		raw = append(raw, writers*each/together(func(i int) {
			err := db.Batch(func(tx *bbolt.Tx) error { return tx.Bucket([]byte("record")).Put(names[i], values[:benchStored]) })
			if err != nil {
				b.Error(err)
			}
		}).Seconds())
		sealed = append(sealed, writers*each/together(func(i int) {
			err := v.Update(b.Context(), func(tx *store.Tx) error {
				tx.Log("put", nil)
				return blobs.Put(tx, docket, ids[i], value)
			})
			if err != nil {
				b.Error(err)
			}
		}).Seconds())
	}
	b.ReportMetric(median(sealed), "commits/s")
	b.ReportMetric(median(sealed)/median(raw), "sealed/raw")
}

// BenchmarkBulkImport loads the same records raw as they come, and raw in the order of their hashed names, and into a vault, which sorts what a
// transaction holds by itself. It reports how many times faster than the first the others are: medians.
func BenchmarkBulkImport(b *testing.B) {
	ids, value := benchIDs(), benchBytes(benchValue)
	names, values := benchNames(), benchBytes(benchStored*benchRecords)
	sorted := slices.Clone(names)
	slices.SortFunc(sorted, bytes.Compare)
	load := func(names [][]byte) time.Duration {
		db := openRaw(b)
		defer func() { must(b, db.Close()) }()
		return timed(func() { rawLoad(b, db, names, values) })
	}
	var byName, sealed []float64
	for b.Loop() {
		plain := load(names)
		byName = append(byName, plain.Seconds()/load(sorted).Seconds())
		v := createVault(b, newFile(b))
		sealed = append(sealed, plain.Seconds()/timed(func() { sealedLoad(b, v, ids, value) }).Seconds())
		must(b, v.Close())
	}
	b.ReportMetric(median(byName), "sorted/raw")
	b.ReportMetric(median(sealed), "sealed/raw")
}

func timed(fn func()) time.Duration {
	start := time.Now()
	fn()
	return time.Since(start)
}

// BenchmarkReseal seals 100,000 records anew after their compartment took another key.
func BenchmarkReseal(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		v := createVault(b, newFile(b))
		added, err := v.AddUser(b.Context(), store.NewUser{Login: "leaver", Passphrase: []byte("leaver's words")})
		must(b, err)
		must(b, v.Update(b.Context(), func(tx *store.Tx) error {
			tx.Log("fill", nil)
			if err := tx.AddMembers(docket, []store.UserID{added.ID}); err != nil {
				return err
			}
			for i := range 100_000 {
				if err := notes.Put(tx, docket, strconv.Itoa(i), note{"a party to a case, or near it", i}); err != nil {
					return err
				}
			}
			return nil
		}))
		must(b, v.Update(b.Context(), func(tx *store.Tx) error {
			tx.Log("left", nil)
			return tx.RemoveMembers(docket, []store.UserID{added.ID})
		}))
		b.StartTimer()
		must(b, v.Reseal(b.Context(), nil))
		b.StopTimer()
		must(b, v.Close())
		b.StartTimer()
	}
}
