package etcdtest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"paravent/store"
)

// sealedSize is what a record of 1 KiB takes when it is sealed.
const sealedSize = 1024 + 53

func random(n int) []byte {
	b := make([]byte, n)
	rand.NewChaCha8([32]byte{1}).Read(b)
	return b
}

// BenchmarkCommitRatio measures, by turns and on three members, one raw put of a sealed record's size, an Update that reads a head and puts
// three records, and a whole change to a vault: a record with its manifest, its audit entry and the signed head. It
// reports medians, since one slow flush of the disk would decide a mean.
func BenchmarkCommitRatio(b *testing.B) {
	c := start(b, 3)
	raw, v, backend := c.raw(), found(b, c.config(freshPrefix())), open(b, c.config(freshPrefix()))
	value := random(sealedSize)
	texts := store.NewCollection[[]byte]("texts")
	var raws, threes, seals []time.Duration
	i := 0
	for b.Loop() {
		i++
		key := fmt.Sprintf("%032x", rand.Uint64())
		raws = append(raws, timed(func() {
			_, err := raw.Put(b.Context(), "/raw/"+key, string(value))
			must(b, err)
		}))
		threes = append(threes, timed(func() {
			must(b, backend.Update(b.Context(), func(w store.Writer) error {
				_, err := w.Get(bucket, []byte("head"))
				return errors.Join(err, w.Put(bucket, []byte(key), value), w.Put([]byte("log"), []byte(key), value[:200]),
					w.Put(bucket, []byte("head"), []byte(key)))
			}))
		}))
		seals = append(seals, timed(func() {
			must(b, v.Update(b.Context(), func(tx *store.Tx) error {
				tx.Log("put", nil)
				return texts.Put(tx, shared, key, value[:1000])
			}))
		}))
	}
	b.ReportMetric(median(threes)/median(raws), "three-puts/raw")
	b.ReportMetric(median(seals)/median(raws), "sealed/raw")
	b.ReportMetric(1000*median(raws), "raw-ms")
}

// BenchmarkSixteenWriters has sixteen goroutines at one desk write, each a record and a head of its own.
func BenchmarkSixteenWriters(b *testing.B) {
	c := start(b, 3)
	backend := open(b, c.config(freshPrefix()))
	value := random(sealedSize)
	var runs atomic.Int64
	const writers, each = 16, 100
	for b.Loop() {
		var group sync.WaitGroup
		for w := range writers {
			group.Go(func() {
				head := fmt.Appendf(nil, "head/%d", w)
				for range each {
					if err := backend.Update(b.Context(), func(tx store.Writer) error {
						runs.Add(1)
						_, err := tx.Get(bucket, head)
						key := fmt.Appendf(nil, "%016x", rand.Uint64())
						return errors.Join(err, tx.Put(bucket, key, value), tx.Put([]byte("log"), key, value[:200]), tx.Put(bucket, head, key))
					}); err != nil {
						b.Error(err)
					}
				}
			})
		}
		group.Wait()
	}
	commits := float64(b.N * writers * each)
	b.ReportMetric(commits/b.Elapsed().Seconds(), "commits/s")
	b.ReportMetric(float64(runs.Load())/commits-1, "retries/commit")
}

// BenchmarkTwoDesks has two desks change one vault as fast as they can. Every change of a vault rewrites the head of its
// audit log, so they get in each other's way.
func BenchmarkTwoDesks(b *testing.B) {
	c := start(b, 3)
	config := c.config(freshPrefix())
	desks := []*store.Vault{found(b, config), unlock(b, config, "judge")}
	var runs, lost atomic.Int64
	const each = 50
	for b.Loop() {
		var group sync.WaitGroup
		for at, v := range desks {
			group.Go(func() {
				for i := range each {
					err := v.Update(b.Context(), func(tx *store.Tx) error {
						runs.Add(1)
						tx.Log("put", nil)
						return notes.Put(tx, shared, fmt.Sprintf("%d/%d", at, i), note{"x", i})
					})
					if errors.Is(err, store.ErrConflict) {
						lost.Add(1)
					} else if err != nil {
						b.Error(err)
					}
				}
			})
		}
		group.Wait()
	}
	commits := float64(b.N*len(desks)*each - int(lost.Load()))
	b.ReportMetric(commits/b.Elapsed().Seconds(), "commits/s")
	b.ReportMetric(float64(runs.Load())/commits-1, "retries/commit")
	b.ReportMetric(float64(lost.Load()), "given-up")
}

func timed(fn func()) time.Duration {
	began := time.Now()
	fn()
	return time.Since(began)
}

// median in seconds.
func median(times []time.Duration) float64 {
	slices.Sort(times)
	return times[len(times)/2].Seconds()
}
