// Package conceal makes what an outer audience receives in place of a protected person: a drawn figure, a plain field, a
// disguised voice, silence.
//
// What it draws is built from nothing. Nothing here is ever handed a clear picture, so nothing can let one through. A
// [Picture] and a [Voice] can be made in this package only; whoever holds one holds something concealed. It encodes nothing
// and sends nothing. The types to start from are [Silhouette] and [VoiceDisguise].
package conceal

import "paravent/media"

// Picture is a concealed picture. The zero Picture holds none.
type Picture struct{ frame *media.Frame }

// Frame returns the picture's planes, which must not be changed; nil for the zero Picture.
func (p Picture) Frame() *media.Frame { return p.frame }

// Voice is concealed sound: mono samples at 48 kHz. The zero Voice holds none.
type Voice struct{ pcm []int16 }

// PCM returns the samples, which must not be changed.
func (v Voice) PCM() []int16 { return v.pcm }

// Silence makes n samples of silence.
func Silence(n int) Voice { return Voice{make([]int16, n)} }
