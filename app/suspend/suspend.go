// Package suspend tells when the machine is about to sleep, or its session is locked, so that a desk can lock first.
//
// It asks logind over the system's D-Bus (org.freedesktop.login1, systemd.io/INHIBITOR_LOCKS) to wait for it: the sleep begins once the desk has
// locked, or after logind's patience, five seconds where nothing else is set. Where there is no logind it says so, and the desk goes by the gap in its
// clocks. Start from [Watch].
package suspend

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"

	"github.com/godbus/dbus/v5"
)

const (
	service = "org.freedesktop.login1"
	manager = "org.freedesktop.login1.Manager"
	session = "org.freedesktop.login1.Session"
	place   = dbus.ObjectPath("/org/freedesktop/login1")
)

// ErrNoLogind says that nobody here tells of a sleep.
var ErrNoLogind = errors.New("logind does not answer")

// Watch calls before whenever the machine is about to sleep or the session is locked, and keeps the sleep waiting until before returns. It
// returns when the context ends or the bus is gone. who and why are shown to administrators ("systemd-inhibit --list"): nothing of a
// vault belongs there.
func Watch(ctx context.Context, who, why string, before func()) error {
	return watch(ctx, func() (*dbus.Conn, error) { return dbus.ConnectSystemBus(dbus.WithContext(ctx)) }, who, why, before)
}

func watch(ctx context.Context, connect func() (*dbus.Conn, error), who, why string, before func()) error {
	bus, err := connect()
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNoLogind, err)
	}
	defer bus.Close()
	w := &watcher{logind: bus.Object(service, place), who: who, why: why, hold: -1}
	defer w.release()
	signs := make(chan *dbus.Signal, 16)
	bus.Signal(signs)
	if err := w.listen(ctx, bus); err != nil {
		return fmt.Errorf("%w: %w", ErrNoLogind, err)
	}
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case s, ok := <-signs:
			if !ok {
				return fmt.Errorf("%w: the bus is gone", ErrNoLogind)
			}
			w.take(ctx, s, before)
		}
	}
}

type watcher struct {
	logind   dbus.BusObject
	who, why string
	hold     int // the file whose being open keeps the sleep waiting; -1: none
}

// listen asks for the signals first and for the delay then, so that no sleep falls between.
func (w *watcher) listen(ctx context.Context, bus *dbus.Conn) error {
	err := bus.AddMatchSignalContext(ctx, dbus.WithMatchSender(service), dbus.WithMatchObjectPath(place), dbus.WithMatchInterface(manager), dbus.WithMatchMember("PrepareForSleep"))
	if err != nil {
		return err
	}
	var mine dbus.ObjectPath // a program that belongs to no session, as a service does, is told of none
	if w.logind.CallWithContext(ctx, manager+".GetSessionByPID", 0, uint32(os.Getpid())).Store(&mine) == nil {
		err := bus.AddMatchSignalContext(ctx, dbus.WithMatchSender(service), dbus.WithMatchObjectPath(mine), dbus.WithMatchInterface(session), dbus.WithMatchMember("Lock"))
		if err != nil {
			return err
		}
	}
	return w.delay(ctx)
}

func (w *watcher) delay(ctx context.Context) error {
	var file dbus.UnixFD
	if err := w.logind.CallWithContext(ctx, manager+".Inhibit", 0, "sleep", w.who, w.why, "delay").Store(&file); err != nil {
		return err
	}
	w.release()
	w.hold = int(file)
	syscall.CloseOnExec(w.hold) // a program started from here must not keep the machine awake
	return nil
}

func (w *watcher) release() {
	if w.hold >= 0 {
		_ = syscall.Close(w.hold)
		w.hold = -1
	}
}

func (w *watcher) take(ctx context.Context, s *dbus.Signal, before func()) {
	switch s.Name {
	case session + ".Lock":
		before()
	case manager + ".PrepareForSleep":
		if len(s.Body) != 1 {
			return
		}
		if begins, ok := s.Body[0].(bool); ok && begins {
			before()
			w.release()
		} else if ok {
			_ = w.delay(ctx) // without it the next sleep is told of and doesn't wait
		}
	}
}
