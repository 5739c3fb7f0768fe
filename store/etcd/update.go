package etcd

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"time"

	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	clientv3 "go.etcd.io/etcd/client/v3"

	"paravent/store"
)

const (
	maxTries = 40
	maxPause = 100 * time.Millisecond // between two tries, before it is jittered
)

// errAgain says that a transaction was certainly not applied, and may be tried again.
var errAgain = errors.New("not applied")

// Update implements [store.Backend].
func (b *Backend) Update(ctx context.Context, fn func(store.Writer) error) error {
	if err := b.enter(ctx); err != nil {
		return err
	}
	defer b.life.RUnlock()
	if b.cut.Load() {
		return store.ErrCutOff
	}
	if err := b.settleDoubts(); err != nil {
		return err
	}
	for try := range maxTries {
		base := b.mirror.now()
		t := newTransaction(b.layout, base, b.mirror.copy(base))
		if err := fn(t); err != nil {
			return err
		}
		if err := b.config.limits().Check(t.size()); err != nil {
			return err
		}
		if len(t.writes) == 0 && len(t.read) == 0 && !t.ranged {
			return nil
		}
		err := b.commit(t)
		if !errors.Is(err, errAgain) {
			return err
		}
		pause(ctx, min(maxPause, time.Millisecond<<min(try, 10)))
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return store.ErrConflict
}

// jitter is a time between none and twice d.
func jitter(d time.Duration) time.Duration { return time.Duration(mathrand.Int64N(2*int64(d) + 1)) }

// commit sends a transaction and waits until the mirror shows it. errAgain: others were faster, and the mirror shows that.
func (b *Backend) commit(t *transaction) error {
	if err := b.connected(); err != nil {
		return err
	}
	id, err := b.newMarker()
	if err != nil {
		return err
	}
	marker := b.layout.marker(id)
	conditions, ops := t.conditions(b.config.MaxTxnOps-1), t.operations()
	if len(ops) > 0 {
		conditions = append(conditions, clientv3.Compare(clientv3.CreateRevision(marker), "=", 0))
		ops = append(ops, clientv3.OpPut(b.layout.generation, id), clientv3.OpPut(marker, "", clientv3.WithLease(b.lease.Load().id)))
	}
	began := time.Now().Round(0)
	ctx, cancel := context.WithTimeout(context.Background(), b.config.Timeout)
	defer cancel()
	answer, err := b.client.Txn(ctx).If(conditions...).Then(ops...).
		Else(clientv3.OpGet(b.layout.generation), clientv3.OpGet(marker)).Commit()
	switch {
	case err == nil && answer.Succeeded:
		return b.kept(answer.Header.Revision, len(ops))
	case err == nil:
		return b.lost(answer)
	case errors.Is(err, rpctypes.ErrLeaseNotFound):
		if err := b.renewLease(ctx); err != nil {
			return mapError(err)
		}
		return errAgain
	case refusal(err):
		return mapError(err)
	case len(ops) == 0: // nothing could be kept
		b.lookAtLink()
		return mapError(err)
	}
	b.lookAtLink()
	return b.settle(id, began)
}

// kept waits for the mirror to show what was committed. That it can take long, when the link is lost just now, makes it no less kept.
func (b *Backend) kept(revision int64, ops int) error {
	if ops == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), b.config.Timeout)
	defer cancel()
	_ = b.mirror.reach(ctx, revision)
	return nil
}

// lost looks at why the conditions did not hold, and waits for the mirror to show it.
func (b *Backend) lost(answer *clientv3.TxnResponse) error {
	for _, kv := range answer.Responses[1].GetResponseRange().Kvs {
		return b.kept(kv.ModRevision, 1) // this very transaction had been applied: it was sent twice on the way
	}
	ctx, cancel := context.WithTimeout(context.Background(), b.config.Timeout)
	defer cancel()
	for _, kv := range answer.Responses[0].GetResponseRange().Kvs {
		if b.mirror.reach(ctx, kv.ModRevision) != nil {
			return store.ErrCutOff
		}
	}
	return errAgain
}

// settle finds out what became of a transaction that had no answer. If it was not applied yet it never will be: settle
// writes its marker, whose absence is one of its conditions. A marker ends with its lease, so what is found later than that
// proves nothing; began is by the wall clock, which goes on when a machine sleeps.
func (b *Backend) settle(id string, began time.Time) error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*b.config.Timeout)
	defer cancel()
	for ctx.Err() == nil {
		applied, revision, err := b.giveUp(ctx, id)
		switch {
		case err == nil && applied:
			return b.kept(revision, 1)
		case err == nil && time.Now().Round(0).Sub(began) < leaseTime/2:
			return errAgain
		case err == nil:
			return store.ErrUnanswered
		case refusal(err):
			return fmt.Errorf("%w: %w", store.ErrUnanswered, err)
		}
		pause(ctx, maxPause)
	}
	b.doubt.Lock()
	defer b.doubt.Unlock()
	b.unsettled = append(b.unsettled, id)
	return store.ErrUnanswered
}

// giveUp writes a transaction's marker in its place, unless it was applied.
func (b *Backend) giveUp(ctx context.Context, id string) (applied bool, revision int64, err error) {
	ctx, cancel := context.WithTimeout(ctx, b.config.Timeout/2)
	defer cancel()
	marker := b.layout.marker(id)
	answer, err := b.client.Txn(ctx).If(clientv3.Compare(clientv3.CreateRevision(marker), "=", 0)).
		Then(clientv3.OpPut(marker, "x", clientv3.WithLease(b.lease.Load().id))).
		Else(clientv3.OpGet(marker)).Commit()
	switch {
	case errors.Is(err, rpctypes.ErrLeaseNotFound):
		return false, 0, errors.Join(errAgain, b.renewLease(ctx))
	case err != nil || answer.Succeeded:
		return false, 0, err
	}
	for _, kv := range answer.Responses[0].GetResponseRange().Kvs {
		return len(kv.Value) == 0, kv.ModRevision, nil
	}
	return false, 0, errAgain
}

// settleDoubts sees to it that no earlier transaction of this backend can still be applied unnoticed. Who was told that its end is
// uncertain looks whether it was kept, and may do it again.
func (b *Backend) settleDoubts() error {
	b.doubt.Lock()
	defer b.doubt.Unlock()
	for len(b.unsettled) > 0 {
		_, revision, err := b.giveUp(context.Background(), b.unsettled[0])
		if err != nil {
			return mapError(err)
		}
		_ = b.kept(revision, 1)
		b.unsettled = b.unsettled[1:]
	}
	return nil
}

func (b *Backend) newMarker() (string, error) {
	id := make([]byte, markerSize)
	copy(id, b.desk[:])
	if _, err := rand.Read(id[deskSize:]); err != nil {
		return "", fmt.Errorf("read randomness: %w", err)
	}
	return string(id), nil
}

// isOwn reports whether a generation was written by this backend.
func (b *Backend) isOwn(generation []byte) bool {
	return len(generation) == markerSize && [deskSize]byte(generation) == b.desk
}

// Discard deletes everything below the prefix. It is for a vault that was made a moment ago and could not be completed.
func (b *Backend) Discard(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, b.config.Timeout)
	defer cancel()
	if _, err := b.client.Delete(ctx, b.layout.data, clientv3.WithRange(b.layout.end)); err != nil {
		return mapError(err)
	}
	return nil
}
