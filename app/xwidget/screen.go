package xwidget

import (
	"image"
	"sync"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// Screen shows moving pictures. Pictures are handed in ready, from any goroutine; the newest is shown and none is queued, so
// that a slow window never holds up the one who makes them.
type Screen struct {
	Image *canvas.Image

	mu      sync.Mutex
	back    *image.RGBA // being drawn by the maker
	pending bool        // a refresh is on its way
	cleared int         // counts Clear, so that a picture made before it is not shown after it
}

// NewScreen makes a screen that keeps the pictures' proportions.
func NewScreen() *Screen {
	s := &Screen{Image: &canvas.Image{FillMode: canvas.ImageFillContain, ScaleMode: canvas.ImageScaleFastest}}
	return s
}

// Paint asks draw for the next picture, of the given size in pixels, and shows it. While the one before waits to be shown, the
// next is left out.
func (s *Screen) Paint(width, height int, draw func(*image.RGBA)) {
	cleared, drawn := s.draw(width, height, draw)
	if !drawn {
		return
	}
	fyne.Do(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.cleared != cleared {
			return
		}
		front, _ := s.Image.Image.(*image.RGBA)
		s.Image.Image, s.back, s.pending = s.back, front, false
		s.Image.Refresh()
	})
}

// draw makes the next picture, unless the one before still waits.
func (s *Screen) draw(width, height int, draw func(*image.RGBA)) (cleared int, drawn bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pending {
		return 0, false
	}
	if s.back == nil || s.back.Rect.Dx() != width || s.back.Rect.Dy() != height {
		s.back = image.NewRGBA(image.Rect(0, 0, width, height))
	}
	draw(s.back)
	s.pending = true
	return s.cleared, true
}

// Clear takes the picture away at once: what is no longer sent is no longer seen. It runs on Fyne's goroutine.
func (s *Screen) Clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cleared++
	s.pending = false
	if s.Image.Image == nil {
		return
	}
	s.Image.Image = nil
	s.Image.Refresh()
}
