package room

import (
	"paravent/app/i18n"
	"paravent/testimony/schedule"
)

// LanguageName names a language (BCP 47) in the window's own.
func LanguageName(tag string) string { return schedule.LanguageWord(tag, i18n.Policy()) }
