package xwidget

import (
	"sync/atomic"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// Progress shows how far long work has come. Set can be called from any goroutine.
type Progress struct {
	widget.ProgressBar
	shown atomic.Int64 // thousandths
}

// NewProgress makes a bar that stands at nothing.
func NewProgress() *Progress {
	p := &Progress{}
	p.Max = 1
	p.ExtendBaseWidget(p)
	return p
}

// Set moves the bar to done of total. What can't be seen is not drawn: work that tells of every record must not keep the window busy.
func (p *Progress) Set(done, total int64) {
	if at := done * 1000 / max(total, 1); p.shown.Swap(at) == at {
		return
	}
	fyne.Do(func() { p.SetValue(float64(done) / float64(max(total, 1))) })
}
