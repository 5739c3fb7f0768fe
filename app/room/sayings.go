package room

import (
	"errors"
	"io/fs"
	"os"
	"syscall"

	"paravent/app/i18n"
	"paravent/media/reference"
	"paravent/media/still"
	"paravent/media/whip/endpoint"
	"paravent/protection/care"
	"paravent/protection/identity"
	"paravent/protection/order"
	"paravent/protection/statistics"
	"paravent/store"
	"paravent/store/audit"
	"paravent/store/backup"
	"paravent/store/kit"
	"paravent/store/strength"
	"paravent/testimony"
	"paravent/testimony/certificate"
	"paravent/testimony/cooperation"
	"paravent/testimony/copies"
	"paravent/testimony/docket"
	"paravent/testimony/edit"
	"paravent/testimony/evidence"
	"paravent/testimony/exhibit"
	"paravent/testimony/feed"
	"paravent/testimony/figures"
	"paravent/testimony/groundrules"
	"paravent/testimony/invite"
	"paravent/testimony/live"
	"paravent/testimony/notice"
	"paravent/testimony/readiness"
	"paravent/testimony/relay"
	"paravent/testimony/reminder"
	"paravent/testimony/retention"
	"paravent/testimony/schedule"
	"paravent/testimony/stamp"
	"paravent/testimony/stamp/tsa"
	"paravent/testimony/transcript"
)

// Errors of what was typed into the window.
var (
	ErrDate   = errors.New("the date is not understood")
	ErrFile   = errors.New("the file is not a whole path")
	ErrFolder = errors.New("the folder is not a whole path")
	ErrHours  = errors.New("the number of hours is not understood")
	ErrLogin  = errors.New("a login is needed")
	ErrOther  = errors.New("what was typed is something else")
	// ErrPseudonym is for an act that asks for the pseudonym to be typed.
	ErrPseudonym = errors.New("the pseudonym was typed otherwise")
	ErrNumber    = errors.New("the number is not understood")
	ErrZone      = errors.New("the time zone is not known")
	// ErrPassage is for a stretch of a record that is not written as two moments.
	ErrPassage = errors.New("the passage is not understood")
	ErrDiffer  = errors.New("the two passphrases differ")
)

// sayings are the errors that the window has its own words for.
var sayings = []struct {
	is  error
	key string
}{
	{docket.ErrNoAuthority, "error.no_authority"}, {tsa.ErrNoAnswer, "error.authority_silent"}, {stamp.ErrAuthority, "error.authority"},
	{docket.ErrNoReach, "error.no_relay"}, {relay.ErrReach, "error.relay_file"}, {relay.ErrRefused, "error.relay_refused"}, {relay.ErrFull, "error.relay_full"},
	{relay.ErrCertificate, "error.relay_certificate"}, {relay.ErrMessage, "error.relay_other"}, {relay.ErrUnreachable, "error.relay_unreachable"},
	{statistics.ErrExposed, "error.statistics_exposed"}, {statistics.ErrTooLarge, "error.statistics_large"}, {statistics.ErrThreshold, "error.statistics_threshold"},
	{statistics.ErrDimensions, "error.statistics_dimensions"}, {docket.ErrNobodyCounted, "error.statistics_nobody"}, {figures.ErrName, "error.statistics_file"},
	{docket.ErrCareShut, "error.care_shut"}, {docket.ErrCareStays, "error.care_stays"}, {docket.ErrCareRemains, "error.care_remains"}, {care.ErrComplete, "error.complete"}, {docket.ErrNotCleared, "error.erasure_not_cleared"}, {store.ErrDeparted, "error.departed"}, {docket.ErrRecordingRuns, "error.recording_runs"}, {endpoint.Err, "error.push_target"}, {docket.ErrNoMediaServer, "error.no_media_server"}, {docket.ErrNotRemote, "error.not_remote"}, {docket.ErrRemoteReceived, "error.remote_received"}, {docket.ErrRemoteDiffers, "error.remote_differs"}, {backup.ErrNotPack, "error.not_pack"}, {backup.ErrTornPack, "error.torn_pack"},
	{backup.ErrForeign, "error.backup_foreign"}, {backup.ErrNoCopy, "error.backup_none"}, {backup.ErrTorn, "error.backup_torn"}, {backup.ErrMissing, "error.backup_missing"},
	{backup.ErrAltered, "error.backup_altered"}, {backup.ErrNoManifest, "error.backup_no_manifest"}, {backup.ErrPolicy, "error.backup_policy"}, {docket.ErrNoFolder, "error.backup_folder"}, {docket.ErrAhead, "error.backup_ahead"}, {audit.ErrFork, "error.fork"},
	{audit.ErrShorter, "error.shorter"}, {audit.ErrOtherLog, "error.other_log"}, {audit.ErrNotProof, "error.not_proof"}, {audit.ErrBroken, "error.audit_broken"}, {store.ErrUnvouched, "error.unvouched"},
	{store.ErrWrongPassphrase, "error.passphrase"}, {store.ErrInUse, "error.in_use"}, {store.ErrNotVault, "error.not_vault"},
	{store.ErrOlderFormat, "error.older"}, {store.ErrNoStep, "error.no_step"}, {docket.ErrUpgradePlace, "error.upgrade_place"},
	{store.ErrNewerFormat, "error.newer"}, {store.ErrDamaged, "error.damaged"}, {store.ErrDiskFull, "error.disk_full"}, {syscall.ENOSPC, "error.disk_full"}, {syscall.EROFS, "error.permission"}, {store.ErrUnanswered, "error.unanswered"}, {store.ErrUncertain, "error.uncertain"},
	{store.ErrCutOff, "error.cut_off"}, {store.ErrRefused, "error.refused"}, {store.ErrConflict, "error.faster"}, {docket.ErrPlaceTaken, "error.place_taken"}, {docket.ErrChanged, "error.changed"},
	{store.ErrRolledBack, "error.behind"}, {store.ErrRevoked, "error.revoked"}, {docket.ErrTwoColleges, "error.two_colleges"}, {docket.ErrLastOfCollege, "error.last_of_college"},
	{edit.ErrRequest, "error.edit_request"}, {edit.ErrReasons, "error.edit_reasons"}, {edit.ErrStep, "error.edit_step"}, {docket.ErrForgedEdit, "error.edit_forged"},
	{docket.ErrNotCommitted, "error.not_committed"}, {docket.ErrNotIntact, "error.not_intact"}, {docket.ErrVersion, "error.is_version"}, {docket.ErrCustodyName, "error.custody_name"},
	{docket.ErrTranscriptOfVersion, "error.transcript_version"}, {docket.ErrNoTranscript, "error.transcript_none"}, {docket.ErrNoPublicWords, "error.transcript_public"}, {docket.ErrTranscriptName, "error.transcript_name"},
	{transcript.ErrLabel, "error.transcript_label"}, {transcript.ErrSpeaker, "error.transcript_speaker"}, {transcript.ErrLanguage, "error.transcript_language"}, {transcript.ErrFile, "error.transcript_file"}, {transcript.ErrPassage, "error.transcript_passage"},
	{exhibit.ErrTwo, "error.opening_two"}, {exhibit.ErrCollege, "error.opening_college"}, {exhibit.ErrAsked, "error.opening_asked"}, {exhibit.ErrOpening, "error.opening_terms"}, {exhibit.ErrNotSealed, "error.exhibit_not_sealed"}, {exhibit.ErrWithdrawn, "error.exhibit_withdrawn"}, {exhibit.ErrErased, "error.exhibit_erased"},
	{exhibit.ErrUnknown, "error.exhibit_unknown"}, {exhibit.ErrTorn, "error.exhibit_torn"}, {exhibit.ErrTooBig, "error.exhibit_large"}, {exhibit.ErrEmpty, "error.exhibit_empty"}, {exhibit.ErrNumber, "error.exhibit_number"}, {exhibit.ErrTitle, "error.exhibit_title"},
	{docket.ErrExhibitNumber, "error.exhibit_taken"}, {docket.ErrExhibitChanged, "error.exhibit_changed"}, {docket.ErrExhibitShut, "error.exhibit_shut"}, {still.ErrPicture, "error.exhibit_picture"}, {live.ErrNoPicture, "error.exhibit_not_shown"}, {live.ErrNotShowing, "error.exhibit_not_showing"}, {exhibit.ErrAudience, "error.exhibit_audience"},
	{copies.ErrTerms, "error.copy_terms"}, {copies.ErrMatrix, "error.copy_matrix"}, {copies.ErrJudge, "error.copy_judge"}, {copies.ErrNotOpen, "error.copy_not_open"}, {copies.ErrNotOut, "error.copy_not_out"},
	{evidence.ErrFound, "error.copy_found"}, {evidence.ErrNoPicture, "error.copy_no_picture"}, {docket.ErrRootDiffers, "error.not_intact"},
	{docket.ErrErased, "error.recording_erased"}, {retention.ErrRule, "error.retention_rule"}, {retention.ErrOwn, "error.own_erasure"}, {retention.ErrStep, "error.erasure_decided"}, {retention.ErrReason, "error.reason_needed"},
	{docket.ErrTeamColleges, "error.team_colleges"}, {docket.ErrOtherTeam, "error.other_team"}, {docket.ErrRecordingShut, "error.recording_shut"},
	{store.ErrReadOnly, "error.read_only"}, {store.ErrExists, "error.user_exists"}, {store.ErrNoAccess, "error.no_access"}, {store.ErrLocked, "error.locked"},
	{docket.ErrAfterReview, "error.after_review"}, {docket.ErrNotAllowed, "error.not_allowed"}, {docket.ErrEnrol, "error.enrol"}, {docket.ErrUser, "error.user"}, {order.ErrJudgeOnly, "error.judge_only"}, {order.ErrStep, "error.step"}, {docket.ErrForgedOrder, "error.order_forged"},
	{identity.ErrNoCollege, "error.no_college"}, {identity.ErrEmpty, "error.empty"}, {identity.ErrTooLong, "error.too_long"},
	{identity.ErrTerms, "error.terms"}, {identity.ErrNotPending, "error.not_pending"}, {identity.ErrNotGranted, "error.not_granted"}, {identity.ErrOwn, "error.own"},
	{identity.ErrSameCollege, "error.same_college"}, {identity.ErrNotCollege, "error.not_college"}, {identity.ErrConflict, "error.conflict"},
	{reference.ErrPicture, "error.picture"}, {reference.ErrSound, "error.sound"}, {identity.ErrNotGrantee, "error.not_grantee"}, {identity.ErrReason, "error.reason_needed"},
	{docket.ErrNoPermission, "error.no_permission"}, {docket.ErrNothingLacks, "error.nothing_lacks"}, {testimony.ErrNoWitness, "error.no_witness"}, {testimony.ErrNotCalled, "error.not_called"}, {testimony.ErrRetainer, "error.retainer"}, {testimony.ErrNoTalk, "error.no_talk"}, {live.ErrHeld, "error.held"}, {testimony.ErrTooFar, "error.mark_far"}, {live.ErrCancelled, "error.cancelled"}, {docket.ErrConflict, "error.conflict"}, {docket.ErrTaken, "error.taken"}, {docket.ErrPast, "error.past"}, {live.ErrEnded, "error.ended"}, {live.ErrPresent, "error.not_in_lobby"}, {live.ErrWitness, "error.no_witness"}, {live.ErrNotReady, "error.not_ready"}, {live.ErrNotHeld, "error.not_held"}, {live.ErrAway, "error.away"}, {testimony.ErrTextLength, "error.text_length"}, {testimony.ErrTextSeat, "error.text_seat"}, {docket.ErrRulesLate, "error.rules_late"}, {groundrules.ErrText, "error.rules_text"}, {groundrules.ErrMany, "error.rules_many"}, {groundrules.ErrNone, "error.rules_none"}, {groundrules.ErrAsker, "error.rules_asker"}, {groundrules.ErrDecided, "error.rules_decided"}, {groundrules.ErrReason, "error.rules_reason"}, {groundrules.ErrSettled, "error.rules_settled"}, {groundrules.ErrUndecided, "error.rules_undecided"}, {live.ErrNotHere, "error.not_here"}, {live.ErrNotPlaying, "error.not_playing"}, {live.ErrPlaying, "error.playing"}, {live.ErrNoTestimony, "error.no_testimony"}, {live.ErrVersionUnmade, "error.version_unmade"}, {live.ErrStricterMode, "error.stricter_mode"}, {live.ErrStyle, "error.no_style"}, {live.ErrUntried, "error.untried"}, {reminder.ErrNone, "error.no_reminder"}, {live.ErrTrying, "error.trying"}, {testimony.ErrUnsworn, "error.unsworn"}, {testimony.ErrSworn, "error.sworn"}, {testimony.ErrWhy, "error.no_oath_reason"}, {testimony.ErrObjection, "error.objection"}, {testimony.ErrNoObject, "error.no_objection"}, {testimony.ErrBack, "error.back"}, {testimony.ErrGoingOn, "error.going_on"}, {testimony.ErrTongue, "error.tongue"}, {testimony.ErrInterpreter, "error.interpreter"}, {testimony.ErrChannel, "error.channel"}, {live.ErrNotPassed, "error.not_passed"}, {live.ErrNoReason, "error.no_trial_reason"},
	{docket.ErrWords, "error.words"}, {store.ErrEnrolment, "error.enrolment"}, {store.ErrEnrolmentVault, "error.enrolment_vault"},
	{store.ErrEnrolmentExpired, "error.enrolment_expired"}, {store.ErrEnrolmentUsed, "error.enrolment_used"}, {store.ErrWaitingFull, "error.waiting_full"},
	{store.ErrNoReception, "error.no_reception"}, {store.ErrInvitation, "error.invitation"}, {docket.ErrHolder, "error.holder"}, {docket.ErrWitness, "error.kit_witness"},
	{docket.ErrOtherSide, "error.other_side"}, {store.ErrNoKit, "error.no_kit"}, {store.ErrNoEscrow, "error.no_escrow"}, {store.ErrReviewed, "error.reviewed"},
	{kit.ErrBounds, "error.kit_bounds"}, {kit.ErrFew, "error.kit_few"},
	{feed.ErrListen, "error.feed_listen"}, {feed.ErrPlain, "error.feed_listen"}, {syscall.EADDRINUSE, "error.feed_port"}, {docket.ErrBase, "error.join_base"}, {invite.Used, "error.invitation_used"},
	{docket.ErrOwnProposal, "error.own_proposal"}, {docket.ErrProposed, "error.proposed"}, {docket.ErrNotProposed, "error.not_proposed"}, {docket.ErrSame, "error.catalogue_same"}, {ErrPassage, "error.passage"},
	{ErrDate, "error.date"}, {schedule.ErrNoSuchHour, "error.no_hour"}, {ErrFile, "error.file"}, {ErrNumber, "error.number"}, {ErrLogin, "error.pack_login"}, {ErrOther, "error.typed_other"}, {ErrPseudonym, "error.typed_pseudonym"}, {docket.ErrNewRecord, "error.erasure_new"}, {docket.ErrSignerLeft, "error.erasure_signer"}, {identity.ErrErasure, "error.erasure"}, {certificate.ErrName, "error.pdf"}, {docket.ErrPaperName, "error.pdf"}, {docket.ErrPaperDisclosure, "error.paper_disclosure"}, {docket.ErrNotHeld, "error.paper_not_held"}, {notice.ErrNoOrder, "error.paper_no_order"}, {ErrHours, "error.hours"}, {ErrFolder, "error.folder"}, {ErrZone, "error.zone"}, {ErrDiffer, "error.differ"}, {testimony.ErrReason, "error.reason"}, {testimony.ErrPhase, "error.phase"}, {fs.ErrExist, "error.file_exists"}, {fs.ErrNotExist, "error.no_file"}, {os.ErrPermission, "error.permission"},
}

// StampFault says what is wrong with a timestamp.
func StampFault(f stamp.Fault) string { return i18n.T("stampfault." + string(f)) }

// Say is an error in the words of the window's language. What the window has no words for is told as the domain tells it.
func Say(err error) string {
	var said Said
	if errors.As(err, &said) {
		return string(said)
	}
	var fault stamp.Fault
	if errors.As(err, &fault) {
		return i18n.T("error.stamp") + " " + StampFault(fault)
	}
	var rule *order.RuleError
	if errors.As(err, &rule) {
		return i18n.T("error.rule", map[string]any{"Why": rule.Why, "Rule": rule.Rule})
	}
	var limit *store.LimitError
	if errors.As(err, &limit) {
		return i18n.T("error.limit", map[string]any{"Ops": limit.Ops, "Most": limit.Limits.Ops})
	}
	var weak *strength.WeakError
	if errors.As(err, &weak) {
		return i18n.T("error.weak", map[string]any{"Why": why(weak.Verdict)})
	}
	var early *store.WaitError
	if errors.As(err, &early) && !errors.Is(err, store.ErrWrongPassphrase) {
		return i18n.T("error.wait", map[string]any{"Time": Short(early.Remaining)})
	}
	var lacks *care.LacksError
	if errors.As(err, &lacks) {
		return lacking(lacks)
	}
	var entry *care.EntryError
	if errors.As(err, &entry) {
		return i18n.T("error.entry", map[string]any{"Field": entryField(entry.Field), "Why": i18n.T("entry.why." + entry.Why)})
	}
	var needed *retention.NeededError
	if errors.As(err, &needed) {
		words := i18n.T("error.still_needed")
		for _, o := range needed.Against {
			words += " " + i18n.T("obstacle."+string(o))
		}
		return words
	}
	var unready *readiness.EntryError
	if errors.As(err, &unready) {
		return i18n.T("ready.why." + unready.Why)
	}
	var request *cooperation.EntryError
	if errors.As(err, &request) {
		return i18n.T("error.entry", map[string]any{"Field": i18n.T("cooperation.field." + request.Field), "Why": i18n.T("entry.why." + request.Why)})
	}
	if paper := sayPaper(err); paper != "" {
		return paper
	}
	for _, s := range sayings {
		if errors.Is(err, s.is) {
			return i18n.T(s.key)
		}
	}
	return i18n.T("error.other", map[string]any{"Text": err.Error()})
}
