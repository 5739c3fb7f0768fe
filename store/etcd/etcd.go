// Package etcd keeps a vault's records in a court's etcd cluster, for several desks at once. It is the [store.Backend] that
// is shared.
//
// It seals nothing: what it is handed is ciphertext already. Each desk holds a mirror of the whole ciphertext in memory,
// read at one revision and kept up by a watch, so that reading is quick, always of one state, and goes on when the cluster can't
// be reached. An Update runs on that mirror and becomes one transaction of the cluster, whose conditions are what
// it read. docs/backends.md has the layout, the limits and what to set on the cluster. Start from [ParseURL] and [Open].
package etcd

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
	"go.uber.org/zap"

	"paravent/store"
)

// Backend is a vault's place in an etcd cluster. It is safe for concurrent use.
type Backend struct {
	config Config
	layout layout
	client *clientv3.Client
	mirror *mirror
	desk   [deskSize]byte // tells this backend's transactions from those of others
	lease  atomic.Pointer[lease]

	life   sync.RWMutex // held for reading by each transaction
	closed bool

	telling sync.Mutex // orders the events
	events  store.Broadcast
	cut     atomic.Bool
	check   chan struct{} // asks for a look at the link now

	doubt     sync.Mutex
	unsettled []string // markers of transactions that nobody could say the end of

	stop context.CancelFunc
	work sync.WaitGroup
}

// Open reaches the cluster and reads what is there. It fails with [store.ErrCutOff] when no member that has a leader
// answers, and with [store.ErrRefused] when the cluster or this desk doesn't take the other's certificate.
func Open(ctx context.Context, config Config) (*Backend, error) {
	config, err := config.filled()
	if err != nil {
		return nil, fmt.Errorf("open etcd: %w", err)
	}
	b := &Backend{config: config, layout: newLayout(config.Prefix), check: make(chan struct{}, 1)}
	if _, err := rand.Read(b.desk[:]); err != nil {
		return nil, fmt.Errorf("read randomness: %w", err)
	}
	b.client, err = clientv3.New(clientv3.Config{
		Endpoints: config.addresses(), TLS: config.TLS, Logger: zap.NewNop(), DialTimeout: config.Timeout,
		DialKeepAliveTime: keepAlive, DialKeepAliveTimeout: config.Timeout, PermitWithoutStream: true,
		MaxCallSendMsgSize: config.MaxRequestBytes + sendOverhead,
	})
	if err != nil {
		return nil, fmt.Errorf("open etcd: %w", err)
	}
	b.mirror = newMirror(b)
	if err := b.begin(ctx); err != nil {
		_ = b.client.Close()
		if errors.Is(err, store.ErrCutOff) && config.certificateRefused(ctx) {
			err = store.ErrRefused
		}
		return nil, fmt.Errorf("open etcd: %w", err)
	}
	return b, nil
}

const (
	keepAlive    = 6 * time.Second // the servers' own bound is 5 s
	sendOverhead = 512 << 10       // what a server takes beyond --max-request-bytes
)

func (b *Backend) begin(ctx context.Context) error {
	first, cancel := context.WithTimeout(ctx, 2*b.config.Timeout)
	defer cancel()
	if err := b.mirror.load(first); err != nil {
		return mapError(err)
	}
	if err := b.renewLease(first); err != nil {
		return mapError(err)
	}
	background, stop := context.WithCancel(context.Background())
	b.stop = stop
	b.work.Go(func() { b.mirror.follow(background) })
	b.work.Go(func() { b.watchLink(background) })
	return nil
}

// View implements [store.Backend]. It asks nobody: it shows the mirror as it is.
func (b *Backend) View(ctx context.Context, fn func(store.Reader) error) error {
	if err := b.enter(ctx); err != nil {
		return err
	}
	defer b.life.RUnlock()
	return fn(reader{b.mirror.now().tree})
}

// enter keeps Close waiting until b.life is released.
func (b *Backend) enter(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	b.life.RLock()
	if b.closed {
		b.life.RUnlock()
		return store.ErrClosed
	}
	return nil
}

// Watch implements [store.Backend]. Events of other desks are Foreign; losing the cluster and reaching it again are events, too.
func (b *Backend) Watch(ctx context.Context) <-chan store.Event { return b.events.Watch(ctx) }

// Limits implements [store.Backend]: what the cluster takes, less what each transaction needs for itself.
func (b *Backend) Limits() store.Limits { return b.config.limits() }

// Close waits for transactions under way, which takes some seconds when the cluster has just fallen silent, and lets go of the cluster.
func (b *Backend) Close() error {
	b.life.Lock()
	defer b.life.Unlock()
	if b.closed {
		return nil
	}
	b.closed = true
	b.stop()
	b.work.Wait()
	b.events.Close()
	return b.client.Close()
}

// tell publishes what has become of the contents or the link.
func (b *Backend) tell(e store.Event) {
	b.telling.Lock()
	defer b.telling.Unlock()
	e.CutOff = b.cut.Load()
	b.events.Publish(e)
}
