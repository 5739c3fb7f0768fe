// Package theme is how Paravent looks: calm colours, few sizes, light and dark, each also with high contrast.
//
// It draws nothing. Widgets ask it for a [Token]; Fyne's own widgets ask it through [Theme]. Start from [New].
package theme

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// Token names a colour by its use.
type Token string

// The tokens. Each mode and each state of a session has a colour and a soft ground that its text can stand on.
const (
	Paper        Token = "paper"
	Card         Token = "card"
	Line         Token = "line"
	Ink          Token = "ink"
	Ink2         Token = "ink2"
	Rail         Token = "rail"
	RailSelected Token = "rail-selected"
	RailInk      Token = "rail-ink"
	Accent       Token = "accent"
	AccentSoft   Token = "accent-soft"
	Public       Token = "public"
	PublicSoft   Token = "public-soft"
	Private      Token = "private"
	PrivateSoft  Token = "private-soft"
	Closed       Token = "closed"
	ClosedSoft   Token = "closed-soft"
	Break        Token = "break"
	BreakSoft    Token = "break-soft"
	Fault        Token = "fault"
	FaultSoft    Token = "fault-soft"
	OnColour     Token = "on-colour" // text on a full colour, a banner or a primary button
)

var light = map[Token]color.NRGBA{
	Paper: rgb(0xF6F4EF), Card: rgb(0xFFFFFF), Line: rgb(0xDDD9CF), Ink: rgb(0x1C2333), Ink2: rgb(0x5A6378),
	Rail: rgb(0x1E2840), RailSelected: rgb(0x2C3957), RailInk: rgb(0xEEF1F8),
	Accent: rgb(0x1F5FA8), AccentSoft: rgb(0xE3ECF7), Public: rgb(0x1B7A57), PublicSoft: rgb(0xDFF1E9),
	Private: rgb(0x8A5800), PrivateSoft: rgb(0xFBEFD5), Closed: rgb(0x8E1F33), ClosedSoft: rgb(0xF7E1E4),
	Break: rgb(0x4B5872), BreakSoft: rgb(0xE6E9F0), Fault: rgb(0xB3261E), FaultSoft: rgb(0xFBE4E2), OnColour: rgb(0xFFFFFF),
}

var dark = map[Token]color.NRGBA{
	Paper: rgb(0x14171F), Card: rgb(0x1D222D), Line: rgb(0x39404F), Ink: rgb(0xECEFF5), Ink2: rgb(0xA9B2C4),
	Rail: rgb(0x10141E), RailSelected: rgb(0x263149), RailInk: rgb(0xE4E9F4),
	Accent: rgb(0x8DBBF2), AccentSoft: rgb(0x1F3350), Public: rgb(0x7AD3AF), PublicSoft: rgb(0x173B2E),
	Private: rgb(0xF0C36B), PrivateSoft: rgb(0x41310F), Closed: rgb(0xF3A3B0), ClosedSoft: rgb(0x4A1E28),
	Break: rgb(0xB6C1D8), BreakSoft: rgb(0x2C3445), Fault: rgb(0xFF9C92), FaultSoft: rgb(0x4B211D), OnColour: rgb(0x10141E),
}

// The high-contrast themes change what carries text and lines; the other tokens stay as they are.
var lightHigh = map[Token]color.NRGBA{
	Paper: rgb(0xFFFFFF), Line: rgb(0x4A4F5C), Ink: rgb(0x000000), Ink2: rgb(0x2B3242), Rail: rgb(0x0B1020), RailSelected: rgb(0x33415F), RailInk: rgb(0xFFFFFF),
	Accent: rgb(0x0B3D78), Public: rgb(0x0B5239), Private: rgb(0x5F3C00), Closed: rgb(0x6B0F22), Break: rgb(0x2B3650), Fault: rgb(0x8C130C),
}

var darkHigh = map[Token]color.NRGBA{
	Paper: rgb(0x000000), Card: rgb(0x0A0C11), Line: rgb(0x9AA4B8), Ink: rgb(0xFFFFFF), Ink2: rgb(0xD7DDE9), Rail: rgb(0x000000), RailInk: rgb(0xFFFFFF),
	Accent: rgb(0xB9D7FF), Public: rgb(0xA6F0D0), Private: rgb(0xFFDD99), Closed: rgb(0xFFC6CF), Break: rgb(0xDDE4F2), Fault: rgb(0xFFC2BC), OnColour: rgb(0x000000),
}

func rgb(hex uint32) color.NRGBA {
	return color.NRGBA{R: uint8(hex >> 16), G: uint8(hex >> 8), B: uint8(hex), A: 0xFF}
}

// Sizes of text in device-independent pixels, beyond Fyne's own names.
const (
	SizeTitle     = 22
	SizeHeading   = 16
	SizeText      = 14
	SizeSecondary = 13
	SizeBanner    = 24
)

// Measures of the grid in device-independent pixels.
const (
	Radius = 10
	Gap    = 16 // between panels
	Margin = 24 // of a page
	Target = 38 // the least height of something to press
)

// Theme is the Fyne theme. The zero Theme is the light one, with calm contrast.
type Theme struct{ Dark, HighContrast bool }

// Of returns a token's colour.
func (t *Theme) Of(k Token) color.NRGBA {
	calm, high := light, lightHigh
	if t.Dark {
		calm, high = dark, darkHigh
	}
	if c, ok := high[k]; ok && t.HighContrast {
		return c
	}
	return calm[k]
}

// Current is the theme in use; a screen that is built now takes its colours from it.
func Current() *Theme {
	if app := fyne.CurrentApp(); app != nil {
		if t, ok := app.Settings().Theme().(*Theme); ok {
			return t
		}
	}
	return &Theme{}
}

// Colour returns a token's colour in the theme in use.
func Colour(k Token) color.NRGBA { return Current().Of(k) }

var fyneColours = map[fyne.ThemeColorName]Token{
	theme.ColorNameBackground: Paper, theme.ColorNameForeground: Ink, theme.ColorNamePlaceHolder: Ink2, theme.ColorNameDisabled: Ink2,
	theme.ColorNamePrimary: Accent, theme.ColorNameHyperlink: Accent, theme.ColorNameFocus: AccentSoft, theme.ColorNameSelection: AccentSoft,
	theme.ColorNameButton: Card, theme.ColorNameDisabledButton: BreakSoft, theme.ColorNameInputBackground: Card, theme.ColorNameInputBorder: Ink2,
	theme.ColorNameSeparator: Line, theme.ColorNameHover: BreakSoft, theme.ColorNamePressed: AccentSoft, theme.ColorNameScrollBar: Ink2,
	theme.ColorNameMenuBackground: Card, theme.ColorNameOverlayBackground: Card, theme.ColorNameHeaderBackground: Card,
	theme.ColorNameError: Fault, theme.ColorNameWarning: Private, theme.ColorNameSuccess: Public,
	theme.ColorNameForegroundOnPrimary: OnColour, theme.ColorNameForegroundOnError: OnColour,
	theme.ColorNameForegroundOnSuccess: OnColour, theme.ColorNameForegroundOnWarning: OnColour,
}

// Color implements fyne.Theme.
func (t *Theme) Color(name fyne.ThemeColorName, _ fyne.ThemeVariant) color.Color {
	if k, ok := fyneColours[name]; ok {
		return t.Of(k)
	}
	switch name {
	case theme.ColorNameShadow:
		return color.NRGBA{A: 0x30}
	}
	variant := theme.VariantLight
	if t.Dark {
		variant = theme.VariantDark
	}
	return theme.DefaultTheme().Color(name, variant)
}

// Font implements fyne.Theme.
func (t *Theme) Font(style fyne.TextStyle) fyne.Resource { return theme.DefaultTheme().Font(style) }

// Icon implements fyne.Theme.
func (t *Theme) Icon(name fyne.ThemeIconName) fyne.Resource { return theme.DefaultTheme().Icon(name) }

// Size names for labels.
const (
	SizeNameTitle     fyne.ThemeSizeName = "paravent-title"
	SizeNameHeading   fyne.ThemeSizeName = "paravent-heading"
	SizeNameSecondary fyne.ThemeSizeName = "paravent-secondary"
)

// Size implements fyne.Theme.
func (t *Theme) Size(name fyne.ThemeSizeName) float32 {
	switch name {
	case theme.SizeNameText:
		return SizeText
	case SizeNameTitle:
		return SizeTitle
	case SizeNameHeading, theme.SizeNameSubHeadingText:
		return SizeHeading
	case theme.SizeNameHeadingText:
		return SizeTitle
	case SizeNameSecondary, theme.SizeNameCaptionText:
		return SizeSecondary
	case theme.SizeNameInputRadius, theme.SizeNameSelectionRadius:
		return 6
	case theme.SizeNameInputBorder:
		return 1
	case theme.SizeNamePadding:
		return 4
	case theme.SizeNameInnerPadding:
		return 8
	case theme.SizeNameScrollBar:
		return 10
	}
	return theme.DefaultTheme().Size(name)
}
