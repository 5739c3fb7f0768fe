package xwidget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// Progress shows how far long work has come. Set can be called from any goroutine.
type Progress struct{ widget.ProgressBar }

// NewProgress makes a bar that stands at nothing.
func NewProgress() *Progress {
	p := &Progress{}
	p.Max = 1
	p.ExtendBaseWidget(p)
	return p
}

// Set moves the bar to done of total.
func (p *Progress) Set(done, total int64) {
	fyne.Do(func() { p.SetValue(float64(done) / float64(max(total, 1))) })
}
