package xwidget

import (
	"fmt"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"paravent/app/theme"
)

// Icon names a drawing. The session modes have shapes of their own, so that nothing is said by colour alone.
type Icon string

// The icons: one outline family on a 24 pixel grid.
const (
	NoIcon      Icon = ""
	IconPublic  Icon = "public"  // a ring
	IconPrivate Icon = "private" // a ring, half filled
	IconClosed  Icon = "closed"  // a full square
	IconBreak   Icon = "break"   // two bars
	IconLobby   Icon = "lobby"   // a door
	IconScreen  Icon = "screen"  // the folding screen of the house
	IconRecord  Icon = "record"
	IconMark    Icon = "mark"
	IconAlert   Icon = "alert"
	IconMuted   Icon = "muted"
	IconSpeaks  Icon = "speaks"
	IconBack    Icon = "back"
	IconSearch  Icon = "search"
)

// drawings are the inner elements of the SVGs; %[1]s is the colour.
var drawings = map[Icon]string{
	IconPublic:  `<circle cx="12" cy="12" r="8.2" fill="none" stroke="%[1]s" stroke-width="2.4"/>`,
	IconPrivate: `<circle cx="12" cy="12" r="8.2" fill="none" stroke="%[1]s" stroke-width="2.4"/><path d="M12 3.8 A8.2 8.2 0 0 0 12 20.2 Z" fill="%[1]s"/>`,
	IconClosed:  `<rect x="4" y="4" width="16" height="16" rx="1.5" fill="%[1]s"/>`,
	IconBreak:   `<rect x="5" y="4" width="5" height="16" rx="1" fill="%[1]s"/><rect x="14" y="4" width="5" height="16" rx="1" fill="%[1]s"/>`,
	IconLobby:   `<path d="M5 21 V4 H15 V21 M3 21 H21 M15 6 H19 V21" fill="none" stroke="%[1]s" stroke-width="2"/><circle cx="12" cy="13" r="1.2" fill="%[1]s"/>`,
	IconScreen:  `<path d="M3 5 L9 3 L15 5 L21 3 V19 L15 21 L9 19 L3 21 Z M9 3 V19 M15 5 V21" fill="none" stroke="%[1]s" stroke-width="1.8" stroke-linejoin="round"/>`,
	IconRecord:  `<circle cx="12" cy="12" r="7" fill="%[1]s"/>`,
	IconMark:    `<path d="M6 21 V4 H18 L14.5 8.5 L18 13 H6" fill="none" stroke="%[1]s" stroke-width="2" stroke-linejoin="round"/>`,
	IconAlert:   `<path d="M12 3.5 L22 20.5 H2 Z" fill="none" stroke="%[1]s" stroke-width="2" stroke-linejoin="round"/><path d="M12 10 V14.5" stroke="%[1]s" stroke-width="2.2"/><circle cx="12" cy="17.4" r="1.3" fill="%[1]s"/>`,
	IconMuted:   `<path d="M9 6 V11 A3 3 0 0 0 15 11 V6 A3 3 0 0 0 9 6 M5.5 11 A6.5 6.5 0 0 0 18.5 11 M12 17.5 V21 M4 3 L20 21" fill="none" stroke="%[1]s" stroke-width="2"/>`,
	IconSpeaks:  `<path d="M6 9 V15 M10 5 V19 M14 8 V16 M18 10.5 V13.5" fill="none" stroke="%[1]s" stroke-width="2.4" stroke-linecap="round"/>`,
	IconBack:    `<path d="M14.5 5 L7.5 12 L14.5 19" fill="none" stroke="%[1]s" stroke-width="2.4"/>`,
	IconSearch:  `<circle cx="10.5" cy="10.5" r="6.5" fill="none" stroke="%[1]s" stroke-width="2"/><path d="M15.5 15.5 L21 21" stroke="%[1]s" stroke-width="2"/>`,
}

// Drawing is an icon in a colour, side pixels wide and high.
func Drawing(i Icon, c color.NRGBA, side float32) *canvas.Image {
	img := canvas.NewImageFromResource(i.in(c))
	img.FillMode = canvas.ImageFillContain
	img.SetMinSize(fyne.NewSize(side, side))
	return img
}

// Glyph is an icon in a token's colour.
func Glyph(i Icon, k theme.Token, side float32) *canvas.Image {
	return Drawing(i, theme.Colour(k), side)
}

// in draws the icon in a colour, or nil where there is nothing to draw.
func (i Icon) in(c color.NRGBA) fyne.Resource {
	inner, ok := drawings[i]
	if !ok {
		return nil
	}
	return drawn(string(i), inner, c)
}

// drawn is a drawing of the family in a colour, under a name that no other drawing has: Fyne keeps pictures by their names.
func drawn(name, inner string, c color.NRGBA) fyne.Resource {
	hex := fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B)
	svg := `<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24">` + fmt.Sprintf(inner, hex) + `</svg>`
	return fyne.NewStaticResource(name+hex+".svg", []byte(svg))
}
