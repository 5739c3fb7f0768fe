package etcdtest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"paravent/store"
)

// step is one Update on one of a few records: it reads the record and, unless it only reads, puts its own mark there.
type step struct {
	key, mark string // mark "": only read
}

// seen is what a step found; unknown when it could not say whether it was done.
type seen struct {
	found   string
	unknown bool
}

var registers = porcupine.Model{
	Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
		parts := map[string][]porcupine.Operation{}
		for _, o := range history {
			key := o.Input.(step).key
			parts[key] = append(parts[key], o)
		}
		var list [][]porcupine.Operation
		for _, p := range parts {
			list = append(list, p)
		}
		return list
	},
	Init: func() any { return "" },
	Step: func(state, input, output any) (bool, any) {
		s, o := input.(step), output.(seen)
		if !o.unknown && o.found != state.(string) {
			return false, state
		}
		if s.mark == "" {
			return true, state
		}
		return true, s.mark
	},
}

// TestUpdatesAreLinearizable records what five desks did to four records while members died, and looks for an order of it all
// that agrees with the clock.
func TestUpdatesAreLinearizable(t *testing.T) {
	t.Parallel()
	c := start(t, 3)
	prefix := freshPrefix()
	began := time.Now()
	end := began.Add(8 * time.Second)
	var mu sync.Mutex
	var history []porcupine.Operation
	var group sync.WaitGroup
	for desk := range 5 {
		b := open(t, c.config(prefix))
		group.Go(func() {
			rnd := rand.New(rand.NewPCG(3, uint64(desk)))
			for n := 0; time.Now().Before(end); n++ {
				s := step{key: strconv.Itoa(rnd.IntN(4))}
				if rnd.IntN(3) > 0 {
					s.mark = fmt.Sprintf("%d/%d", desk, n)
				}
				var o seen
				from := time.Since(began)
				err := b.Update(t.Context(), func(w store.Writer) error {
					v, err := w.Get(bucket, []byte(s.key))
					o.found = string(v)
					if err != nil || s.mark == "" {
						return err
					}
					return w.Put(bucket, []byte(s.key), []byte(s.mark))
				})
				to := time.Since(began)
				switch {
				case errors.Is(err, store.ErrUncertain):
					o.unknown = true
					to = time.Hour // it may be applied at any time, or never
				case errors.Is(err, store.ErrCutOff), errors.Is(err, store.ErrConflict):
					waitFor(t.Context(), 50*time.Millisecond)
					continue // nothing was done
				case err != nil:
					t.Error(err)
				}
				mu.Lock()
				history = append(history, porcupine.Operation{ClientId: desk, Input: s, Call: int64(from), Output: o, Return: int64(to)})
				mu.Unlock()
				if o.unknown {
					return // this desk's later steps would overlap it
				}
			}
		})
	}
	for _, m := range c.members {
		waitFor(t.Context(), time.Second)
		c.kill(m)
		waitFor(t.Context(), 500*time.Millisecond)
		c.run(m)
	}
	group.Wait()
	result := porcupine.CheckOperationsTimeout(registers, history, time.Minute)
	t.Logf("%d steps: %s", len(history), result)
	if result != porcupine.Ok || len(history) < 500 {
		t.Errorf("%d steps are not linearizable: %s", len(history), result)
	}
}
