package shell

import (
	"context"
	"errors"
	"time"

	"fyne.io/fyne/v2"

	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/store"
	"paravent/testimony/docket"
)

// askEvery is how often the desk is asked for a backup and for upkeep that are due while a vault is open.
const askEvery = 2 * time.Minute

// keeper makes the backups that are due while a vault is open, finishes what revoking users began, and asks for the timestamps of recordings. It has one goroutine, for which
// stop waits.
type keeper struct {
	cancel context.CancelFunc
	done   chan struct{}
	sealed chan struct{} // something may have been sealed: do not wait for the next tick
}

// keep begins to ask the desk for what is due. Nothing is begun while a courtroom is open: the recorder has the disk to itself.
func (s *Shell) keep(d *docket.Desk, every time.Duration) *keeper {
	ctx, cancel := context.WithCancel(context.Background())
	ask := s.ask
	k := &keeper{cancel: cancel, done: make(chan struct{}), sealed: make(chan struct{}, 1)}
	go func() {
		defer close(k.done)
		tick := time.NewTicker(every)
		defer tick.Stop()
		s.stamp(ctx, d, ask) // what was not given when the desk was open last
		for {
			select {
			case <-ctx.Done():
				return
			case <-k.sealed:
				if !s.inCourt.Load() {
					s.stamp(ctx, d, ask)
				}
				continue
			case <-tick.C:
			}
			if s.inCourt.Load() {
				continue
			}
			s.tend(ctx, d)
			s.stamp(ctx, d, ask)
			if _, err := d.DueBackup(ctx, nil); !errors.Is(err, docket.ErrNotDue) && !errors.Is(err, store.ErrLocked) && ctx.Err() == nil {
				fyne.Do(func() { s.backedUp(d) })
			}
		}
	}()
	return k
}

// tend finishes what revoking users and ended terms began, and shows how far it is. What fails is tried again at the next tick.
func (s *Shell) tend(ctx context.Context, d *docket.Desk) {
	show := func(done, total int) {
		fyne.Do(func() {
			if s.desk == d {
				s.link.sealed, s.link.toSeal = done, total
				s.drawBar()
			}
		})
	}
	began := false
	_ = d.Upkeep(ctx, func(done, total int) {
		began = true
		show(done, total)
	})
	if began {
		show(0, 0)
	}
}

// stamp asks the authority outside the court for the timestamps that are missing, and shows what it gave. What it did not give is in the log and on the list of the day.
func (s *Shell) stamp(ctx context.Context, d *docket.Desk, ask docket.AskAuthority) {
	given, err := d.StampDue(ctx, ask)
	if ctx.Err() != nil || len(given) == 0 && err == nil {
		return
	}
	fyne.Do(func() {
		if s.desk == d && (s.at == room.Today || s.at == room.Evidence && s.selected == "") && !xwidget.HasSheet(s.window.Canvas()) {
			s.Refresh()
		}
	})
}

// wake has the keeper ask for timestamps now.
func (k *keeper) wake() {
	if k == nil {
		return
	}
	select {
	case k.sealed <- struct{}{}:
	default: // it is about to
	}
}

// stop ends a backup under way, which leaves nothing behind, and waits for it.
func (k *keeper) stop() {
	if k != nil {
		k.cancel()
		<-k.done
	}
}

// backedUp draws the screens anew that speak of backups. What failed is on the list of the day.
func (s *Shell) backedUp(d *docket.Desk) {
	if s.desk == d && (s.at == room.Today || s.at == room.Backups) && !xwidget.HasSheet(s.window.Canvas()) {
		s.Refresh()
	}
}
