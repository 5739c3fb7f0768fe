package room

import (
	"paravent/app/i18n"
	"paravent/testimony/docket"
)

// ItemWords are the values of the sentences that say what an item of the day is, and what is to be done about it.
func ItemWords(i docket.Item) map[string]any {
	switch i.Kind {
	case docket.FailedTries, docket.FollowUpDue, docket.NotReady, docket.RemindersDue, docket.RecordingUnstamped:
		return map[string]any{"Count": i.Count}
	case docket.OpeningAsked, docket.OpeningGranted, docket.ExhibitErasure, docket.ExhibitUncleared, docket.ExhibitDue:
		return map[string]any{"Number": i.Number}
	case docket.RiskReview:
		return map[string]any{"Why": i18n.T("trigger." + i.Why)}
	case docket.BackupFailed:
		since := i.When.Local()
		return map[string]any{"Since": Day(since) + ", " + Clock(since), "Why": i18n.T("backup.why." + i.Why)}
	}
	return nil
}
