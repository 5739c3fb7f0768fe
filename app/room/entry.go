package room

import (
	"slices"
	"strings"

	"paravent/app/i18n"
	"paravent/protection/care"
)

// entryField is the name of a field of a care form. A question is named by its letter and number.
func entryField(field string) string {
	if slices.ContainsFunc(care.Questions, func(q care.Question) bool { return string(q.ID) == field }) {
		return field
	}
	return i18n.T("entry.field." + field)
}

// lacking says what a preparation lacks.
func lacking(e *care.LacksError) string {
	return i18n.T("error.preparation_lacks", map[string]any{"Topics": strings.Join(Words("topic.", e.Topics), "; ")})
}
