package etcd

import (
	"context"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
	"google.golang.org/grpc/connectivity"

	"paravent/store"
)

// lease is what markers hang on, so that the cluster forgets them by itself.
type lease struct {
	id      clientv3.LeaseID
	granted time.Time
}

const (
	leaseTime  = 2 * time.Minute
	leaseRenew = leaseTime / 3 // a marker lives for the rest at least
)

// renewLease takes a new lease. The old one ends by itself, with its markers.
func (b *Backend) renewLease(ctx context.Context) error {
	granted, err := b.client.Grant(ctx, int64(leaseTime/time.Second))
	if err != nil {
		return err
	}
	b.lease.Store(&lease{granted.ID, time.Now().Round(0)})
	return nil
}

// lookAtLink asks for a look at the link now, because something had no answer.
func (b *Backend) lookAtLink() {
	select {
	case b.check <- struct{}{}:
	default:
	}
}

// watchLink looks again and again whether the cluster answers, and tells when that changes.
func (b *Backend) watchLink(ctx context.Context) {
	for ctx.Err() == nil {
		wait := b.config.Pulse
		if b.cut.Load() {
			wait /= 4
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-b.check:
		case <-ctx.Done():
		}
		timer.Stop()
		answers := b.answers(ctx)
		if !answers {
			answers = b.answers(ctx) // one member's fault is not the cluster's
		}
		if ctx.Err() == nil && b.cut.Swap(!answers) == answers {
			b.tell(store.Event{})
		}
	}
}

// answers reports whether the cluster answers for itself, not one member alone, and the mirror is level with it.
func (b *Backend) answers(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, b.config.Timeout/2)
	defer cancel()
	newest, err := b.client.Get(ctx, b.layout.generation, clientv3.WithKeysOnly())
	if err != nil {
		return false
	}
	for _, kv := range newest.Kvs {
		if b.mirror.reach(ctx, kv.ModRevision) != nil {
			return false
		}
	}
	if age := time.Now().Round(0).Sub(b.lease.Load().granted); age > leaseRenew || age < 0 {
		return b.renewLease(ctx) == nil
	}
	return true
}

// connected fails with [store.ErrCutOff] when there is no connection to send on. What was never sent leaves no doubt.
func (b *Backend) connected() error {
	conn := b.client.ActiveConnection()
	ctx, cancel := context.WithTimeout(context.Background(), b.config.Timeout/4)
	defer cancel()
	for {
		at := conn.GetState()
		if at == connectivity.Ready {
			return nil
		}
		conn.Connect()
		if !conn.WaitForStateChange(ctx, at) {
			b.lookAtLink()
			return store.ErrCutOff
		}
	}
}
