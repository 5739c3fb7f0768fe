package theme

import (
	"image/color"
	"math"
	"testing"
)

// Text on its ground has a contrast of at least 4.5:1 (WCAG 2.2, 1.4.3), and of 7:1 (1.4.6) in the high-contrast themes.
func TestTextCanBeRead(t *testing.T) {
	t.Parallel()
	pairs := [][2]Token{{Ink, Paper}, {Ink, Card}, {Ink2, Paper}, {Ink2, Card}, {RailInk, Rail}, {RailInk, RailSelected},
		{Accent, Card}, {Accent, AccentSoft}, {Public, PublicSoft}, {Private, PrivateSoft}, {Closed, ClosedSoft}, {Break, BreakSoft}, {Fault, FaultSoft},
		{Fault, Card}, {OnColour, Accent}, {OnColour, Public}, {OnColour, Private}, {OnColour, Closed}, {OnColour, Break}, {OnColour, Fault}, {Ink, BreakSoft}}
	for _, th := range []Theme{{}, {Dark: true}, {HighContrast: true}, {Dark: true, HighContrast: true}} {
		least := 4.5
		if th.HighContrast {
			least = 7
		}
		for _, p := range pairs {
			if c := contrast(th.Of(p[0]), th.Of(p[1])); c < least {
				t.Errorf("%+v: %s on %s has a contrast of %.2f", th, p[0], p[1], c)
			}
		}
	}
}

func contrast(a, b color.NRGBA) float64 {
	l, m := luminance(a), luminance(b)
	return (math.Max(l, m) + 0.05) / (math.Min(l, m) + 0.05)
}

func luminance(c color.NRGBA) float64 {
	channel := func(v uint8) float64 {
		f := float64(v) / 255
		if f <= 0.04045 {
			return f / 12.92
		}
		return math.Pow((f+0.055)/1.055, 2.4)
	}
	return 0.2126*channel(c.R) + 0.7152*channel(c.G) + 0.0722*channel(c.B)
}
