package xwidget

import (
	"strconv"

	"fyne.io/fyne/v2"
)

// Values are what stands in the lines, choices and boxes of a form, in the order in which they are shown. Secrets are left out as empty.
func Values(form fyne.CanvasObject) []string {
	var list []string
	for _, f := range focusables(form) {
		switch f := f.(type) {
		case *Input:
			if f.Password {
				list = append(list, "")
				continue
			}
			list = append(list, f.Text)
		case *Choice:
			list = append(list, strconv.Itoa(f.SelectedIndex()))
		case *Tick:
			list = append(list, strconv.FormatBool(f.Checked))
		}
	}
	return list
}

// SetValues puts values of [Values] back. It reports whether the form is the one that they were taken from, by how many there are; of another one
// nothing is changed.
func SetValues(form fyne.CanvasObject, values []string) bool {
	if len(Values(form)) != len(values) {
		return false
	}
	i := 0
	for _, f := range focusables(form) {
		switch f := f.(type) {
		case *Input:
			f.SetText(values[i])
		case *Choice:
			if at, err := strconv.Atoi(values[i]); err == nil && at >= 0 && at < len(f.Options) {
				f.SetSelectedIndex(at)
			}
		case *Tick:
			f.SetChecked(values[i] == "true")
		default:
			continue
		}
		i++
	}
	return true
}

// OnValues runs fn after each change of a line, choice or box of a form, besides what they do already.
func OnValues(form fyne.CanvasObject, fn func()) {
	for _, f := range focusables(form) {
		switch f := f.(type) {
		case *Input:
			f.OnChanged = also(f.OnChanged, fn)
		case *Choice:
			f.OnChanged = also(f.OnChanged, fn)
		case *Tick:
			f.OnChanged = also(f.OnChanged, fn)
		}
	}
}

func also[T any](before func(T), fn func()) func(T) {
	return func(v T) {
		if before != nil {
			before(v)
		}
		fn()
	}
}
