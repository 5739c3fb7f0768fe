package suspend

import (
	"bufio"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

// logind is what this package asks of the real one.
type logind struct {
	inhibited chan [4]string
	held      chan *os.File // the other end of what was given out
	given     chan int      // what was given out; this end closes its own, as logind does, once the other has it
}

func (l *logind) Inhibit(what, who, why, mode string) (dbus.UnixFD, *dbus.Error) {
	mine, theirs, err := os.Pipe()
	if err != nil {
		return 0, dbus.MakeFailedError(err)
	}
	l.inhibited <- [4]string{what, who, why, mode}
	l.held <- mine
	fd, err := duplicate(theirs)
	if err != nil {
		return 0, dbus.MakeFailedError(err)
	}
	l.given <- fd
	return dbus.UnixFD(fd), nil
}

func (l *logind) GetSessionByPID(uint32) (dbus.ObjectPath, *dbus.Error) {
	return place + "/session/_31", nil
}

// bus starts a message bus of its own and gives connections to it.
func bus(t *testing.T) func() (*dbus.Conn, error) {
	t.Helper()
	config := filepath.Join(t.TempDir(), "bus.conf")
	err := os.WriteFile(config, []byte(`<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><listen>unix:dir=`+filepath.Dir(config)+`</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>`), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	daemon := exec.Command("dbus-daemon", "--config-file="+config, "--nofork", "--print-address")
	out, err := daemon.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := daemon.Start(); err != nil {
		t.Fatalf("no dbus-daemon here, which make installs: %v", err)
	}
	t.Cleanup(func() {
		_ = daemon.Process.Kill()
		_ = daemon.Wait()
	})
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return func() (*dbus.Conn, error) { return dbus.Connect(strings.TrimSpace(address)) }
}

func serve(t *testing.T, connect func() (*dbus.Conn, error)) (*logind, *dbus.Conn) {
	t.Helper()
	conn, err := connect()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	l := &logind{make(chan [4]string, 4), make(chan *os.File, 4), make(chan int, 4)}
	if err := conn.Export(l, place, manager); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.RequestName(service, 0); err != nil {
		t.Fatal(err)
	}
	return l, conn
}

// released waits until nobody keeps the sleep waiting any more.
func released(t *testing.T, f *os.File) {
	t.Helper()
	if err := f.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Read(make([]byte, 1)); err == nil || os.IsTimeout(err) {
		t.Errorf("the sleep is still kept waiting: %v", err)
	}
}

func await[T any](t *testing.T, c <-chan T) (v T) {
	t.Helper()
	select {
	case v = <-c:
	case <-time.After(10 * time.Second):
		t.Fatal("nothing came")
	}
	return v
}

func TestTheSleepWaitsForTheLock(t *testing.T) {
	t.Parallel()
	connect := bus(t)
	l, conn := serve(t, connect)
	ctx, cancel := context.WithCancel(t.Context())
	locking, locked, ended := make(chan bool), make(chan bool), make(chan error, 1)
	go func() {
		ended <- watch(ctx, connect, "Paravent", "locks first", func() {
			locking <- true
			<-locked
		})
	}()
	if got := await(t, l.inhibited); got != [4]string{"sleep", "Paravent", "locks first", "delay"} {
		t.Errorf("asked for %q", got)
	}
	first := await(t, l.held)
	emit := func(path dbus.ObjectPath, name string, body ...any) {
		t.Helper()
		if err := conn.Emit(path, name, body...); err != nil {
			t.Fatal(err)
		}
	}
	emit(place, manager+".PrepareForSleep", true)
	await(t, locking)
	if err := first.SetReadDeadline(time.Now().Add(50 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if _, err := first.Read(make([]byte, 1)); !os.IsTimeout(err) {
		t.Errorf("the sleep did not wait for the lock: %v", err)
	}
	_ = syscall.Close(await(t, l.given))
	locked <- true
	released(t, first)

	emit(place, manager+".PrepareForSleep", false)
	await(t, l.inhibited)
	second := await(t, l.held)

	emit(place+"/session/_31", session+".Lock")
	await(t, locking)
	locked <- true
	emit(place+"/session/_32", session+".Lock") // another's
	emit(place, manager+".PrepareForSleep", "nonsense")
	emit(place, manager+".PrepareForSleep", true)
	await(t, locking)
	_ = syscall.Close(await(t, l.given))
	locked <- true
	released(t, second)

	cancel()
	if err := await(t, ended); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	select {
	case <-locking:
		t.Error("another session's lock was taken for this one's")
	default:
	}
}

func TestWithoutLogindItSaysSo(t *testing.T) {
	t.Parallel()
	if err := watch(t.Context(), bus(t), "", "", func() {}); !errors.Is(err, ErrNoLogind) {
		t.Error(err)
	}
	none := func() (*dbus.Conn, error) { return dbus.Connect("unix:path=/nonexistent") }
	if err := watch(t.Context(), none, "", "", func() {}); !errors.Is(err, ErrNoLogind) {
		t.Error(err)
	}
}

// duplicate gives the file's descriptor away: the message that carries it closes no file of Go's.
func duplicate(f *os.File) (int, error) {
	defer f.Close()
	return syscall.Dup(int(f.Fd()))
}
