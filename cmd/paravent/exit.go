package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"syscall"

	"paravent/media/still"
	"paravent/media/whip/endpoint"
	"paravent/protection/care"
	"paravent/protection/identity"
	"paravent/protection/order"
	"paravent/protection/statistics"
	"paravent/store"
	"paravent/store/audit"
	"paravent/store/backup"
	"paravent/store/blob"
	"paravent/store/etcd"
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
	"paravent/testimony/join"
	"paravent/testimony/live"
	"paravent/testimony/notice"
	"paravent/testimony/readiness"
	"paravent/testimony/redaction"
	"paravent/testimony/relay"
	"paravent/testimony/release"
	"paravent/testimony/reminder"
	"paravent/testimony/retention"
	"paravent/testimony/stamp"
	"paravent/testimony/stamp/tsa"
	"paravent/testimony/transcript"
)

// Exit codes. They are documented in docs/command-line.md and do not change their meaning.
const (
	exitOK         = 0
	exitFailure    = 1  // something else went wrong
	exitUsage      = 2  // the command line is not understood
	exitNotFound   = 3  // no such file, case, party, hearing or recording
	exitPassphrase = 4  // wrong login or passphrase
	exitInUse      = 5  // another program has the vault open
	exitDamaged    = 6  // not a vault, or a damaged one
	exitRefused    = 7  // the entry, the order or the document is refused; nothing was written
	exitNotAllowed = 8  // the user's office, or the medium, does not allow this
	exitEvidence   = 9  // a recording is torn, was altered or cut, or its file is missing
	exitLawBroken  = 10 // the rehearsal found that a protection does not hold
	exitExists     = 11 // the file exists already
	exitDiskFull   = 12
	exitNotAll     = 15 // nothing wrong was found, but not everything could be checked
	exitCutOff     = 14 // the vault's server can't be reached, refuses this desk, or others were faster again and again
	exitWait       = 16 // too many wrong passphrases: the next try is taken later
	exitBehind     = 17 // the vault is an older copy than the one that this desk remembers, and is only read
	exitBench      = 13 // the bench's camera, microphone, or the file in their place cannot be used
)

var (
	errEvidence  = errors.New("the recording is not intact")
	errFindings  = errors.New("the check of the recording has findings")
	errUnread    = errors.New("not every entry could be read")
	errNotAll    = errors.New("not everything could be checked")
	errLawBroken = errors.New("a protection does not hold on this machine; do not hold a hearing with it")
)

// sentence is how an error is told: what happened, and what to do. Errors never carry an identity.
type sentence struct {
	is   error
	code int
	text string
}

var sentences = []sentence{
	{order.ErrStep, exitRefused, ""},
	{order.ErrJudgeOnly, exitNotAllowed, "Only a judge decides an order. Nothing was changed."},
	{docket.ErrForgedOrder, exitDamaged, "A signature of this order is false or missing, so that every measure it ever had stands. Nothing was changed; find out who changed it, and apply anew."},
	{docket.ErrOwnProposal, exitNotAllowed, "You proposed this change yourself: another judge decides on it. Nothing was changed."},
	{docket.ErrProposed, exitRefused, "A change of this measure waits for its decision already. Nothing was changed."},
	{docket.ErrNotProposed, exitRefused, "This change was decided already, or taken back. Nothing was changed."},
	{docket.ErrSame, exitRefused, "The catalogue says this already. Nothing was changed."},
	{docket.ErrNotCleared, exitRefused, "The erasure is not at its end: the vault's file was not written anew without what was deleted, for want of room on the disk or another reason. Carry it out again; on a server, its administrator compacts and defragments it."},
	{errSilenced, exitFailure, "Standard output cannot be written, so the session was ended. Its recordings are sealed, and the hearing can be opened again."},
	{store.ErrDeparted, exitRefused, "This vault was moved to another machine and is used there; nothing is written to it here. If it did not arrive, 'paravent vault stay' goes on with it."},
	{statistics.ErrExposed, exitRefused, "A small group could be derived from this table together with earlier releases, whatever is suppressed. Nothing was released. Choose fewer dimensions, or wait until more people are counted."},
	{statistics.ErrTooLarge, exitRefused, "This table can't be audited exactly together with earlier releases. Nothing was released. Choose one table over all of the dimensions, or fewer."},
	{statistics.ErrThreshold, exitUsage, "The threshold is between 3 and 50."},
	{statistics.ErrDimensions, exitUsage, "A table is broken down by one to three different dimensions: form, sex, age_band, region, status, measures, outcome, year."},
	{docket.ErrNobodyCounted, exitRefused, "Nobody can be counted: consent to statistics is recorded of nobody. Nothing was released."},
	{figures.ErrName, exitUsage, "The file's name ends in .csv, .json or .pdf."},
	{endpoint.Err, exitUsage, "A token is one word. Nothing was changed."},
	{docket.ErrNoMediaServer, exitNotFound, "'paravent broadcast use' names one."},
	{docket.ErrNotRemote, exitRefused, "This file is none of the second records that this vault's hearings had, or it is not sealed to you. Nothing was taken in."},
	{docket.ErrRemoteReceived, exitExists, "This record was taken in already. Nothing was changed."},
	{docket.ErrRemoteDiffers, exitEvidence, "This file is not the one that the court was told of while it was made: it was altered, or it ends too early. Nothing was taken in; ask for it once more."},
	{docket.ErrRecordingRuns, exitRefused, "A recording is still running. End the hearing first; nothing was changed."},
	{backup.ErrNotPack, exitDamaged, "This file is not a packed vault. Nothing was written."},
	{backup.ErrTornPack, exitDamaged, "The packed vault is incomplete or was changed on its way. Nothing was written; carry it over once more."},
	{errTwoVaults, exitRefused, ""},
	{backup.ErrForeign, exitRefused, "This is a backup of another vault. Nothing was written."},
	{backup.ErrNoCopy, exitNotFound, "There is no backup of this name, or its copy of the vault is missing. Nothing was written."},
	{backup.ErrMissing, exitDamaged, "The backup is incomplete: a recording is missing. Nothing was written; take another backup."},
	{backup.ErrTorn, exitDamaged, "The backup is damaged: its copy of the vault is not what was written. Nothing was written; take another backup."},
	{backup.ErrAltered, exitDamaged, "The backup is damaged: a recording is not what was written. Nothing was written; take another backup."},
	{backup.ErrNoManifest, exitDamaged, ""},
	{errNoneWhole, exitDamaged, "No backup in this folder is whole. Make one now; the list says what is wrong with those that are there."},
	{backup.ErrPolicy, exitRefused, ""},
	{docket.ErrNoPolicy, exitNotFound, "There is no backup policy. Decide on one with 'paravent vault schedule'."},
	{docket.ErrNoFolder, exitNotFound, "The folder for backups is not there. Connect its volume, or choose another folder with 'paravent vault schedule'."},
	{errUnread, exitNotAll, "Nothing was forged, but the entries named above can't be read by anybody: whoever wrote them sealed something else than the log's readers can open."},
	{errNotAll, exitNotAll, "Nothing wrong was found, but the signatures named above could not be checked: open the vault once with this version, as the users who enrolled others."},
	{audit.ErrShorter, exitDamaged, "The audit log is shorter than a head that was kept: entries are missing. This is an older copy of the vault, or somebody cut it."},
	{audit.ErrFork, exitDamaged, "The audit log does not continue the head that was kept. One of the two was forged, or the vault went on from an older copy. If the head was typed from paper, compare it sign by sign first."},
	{audit.ErrOtherLog, exitRefused, "The head that was kept is of another vault."},
	{audit.ErrNotProof, exitRefused, ""},
	{store.ErrUnvouched, exitRefused, "Nobody has vouched yet for the user who signed this head. Let those who enrolled users open the vault once with this version."},
	{store.ErrRolledBack, exitBehind, "This is an older copy of the vault than the one that was last used here, or what remembers it can't be read. It can be read; nothing was written. See 'paravent vault status'; to go on with it takes two signatures: 'paravent vault accept'."},
	{docket.ErrTwoColleges, exitRefused, "A member of the court and one of the bench have to sign together. Nothing was written."},
	{care.ErrEntry, exitRefused, ""},
	{cooperation.ErrEntry, exitRefused, ""},
	{readiness.ErrEntry, exitRefused, ""},
	{docket.ErrNoPermission, exitRefused, "Another State's permission is lacking, and no judge has decided to hear the witness without it. The courtroom stays shut; 'paravent cooperation hearing' says what is lacking."},
	{docket.ErrNothingLacks, exitRefused, "No State's permission is lacking for this hearing. There is nothing to decide."},
	{docket.ErrCareShut, exitRefused, "You have no key of the care files yet: another advocate has to open the vault once. Nothing was changed."},
	{docket.ErrCareStays, exitRefused, "There is a care file in this case and no advocate who keeps it where the case is to go: take that advocate in first. Nothing was moved."},
	{docket.ErrCareRemains, exitRefused, "The care file of this person is still there: an advocate destroys it first. Nothing was erased."},
	{docket.ErrTeamColleges, exitRefused, "A team needs a member of the court and one of the bench who stay. Nothing was changed."},
	{docket.ErrOtherTeam, exitRefused, "This case is kept for another team. Move one of the two first. Nothing was changed."},
	{docket.ErrRecordingShut, exitNotAllowed, "There is a recording of this case that you can't open. Somebody who can has to move it. Nothing was changed."},
	{docket.ErrLastOfCollege, exitRefused, "This is the only member of their college. Enrol another one first, or no identity could ever be opened again. Nothing was changed."},
	{store.ErrRevoked, exitNotAllowed, "This user's access was taken away."},
	{store.ErrWrongPassphrase, exitPassphrase, "The login or the passphrase is wrong. Nothing was changed."},
	{store.ErrInUse, exitInUse, "The vault is open in another program. Close it there and try again; nothing was changed."},
	{store.ErrOlderFormat, exitRefused, "This vault has an older format. 'paravent vault upgrade' brings it to the newest and keeps a copy of it as it is."},
	{store.ErrUpToDate, exitRefused, "The vault has the newest format already. Nothing was changed."},
	{store.ErrNoStep, exitDamaged, "This program cannot upgrade a vault of so old a format. Nothing was changed; an earlier version of Paravent can."},
	{docket.ErrUpgradePlace, exitRefused, ""},
	{store.ErrNewerFormat, exitDamaged, "This vault was written by a newer version of Paravent. Use that version; nothing was changed."},
	{store.ErrNotVault, exitDamaged, "This file is not a vault. Nothing was changed."},
	{store.ErrDamaged, exitDamaged, "The vault is damaged. Nothing was changed; work on with a copy from your backup."},
	{audit.ErrBroken, exitDamaged, ""}, // of a proof or an export: nothing of the vault
	{exhibit.ErrAudience, exitNotAllowed, "The class of this exhibit keeps it from somebody who was named. It is not shown."},
	{live.ErrOtherCase, exitRefused, "This exhibit is of another case. It is not shown."},
	{live.ErrNoPicture, exitRefused, "Only pictures are shown in the hearing: receive the pages of a document as pictures."},
	{live.ErrNotShowing, exitRefused, "No exhibit is shown."},
	{docket.ErrRulesLate, exitRefused, "This hearing was held or cancelled; its ground rules stay as they were."},
	{groundrules.ErrText, exitUsage, "A topic, a piece of advice, a question and a reason are one to 500 characters on one line. Nothing was kept."},
	{groundrules.ErrMany, exitRefused, "There are 300 of them already. Nothing was kept."},
	{groundrules.ErrNone, exitNotFound, "There is no topic, advice or question of this number."},
	{groundrules.ErrAsker, exitRefused, "This seat puts no questions. Nothing was kept."},
	{groundrules.ErrDecided, exitRefused, "This question was decided or withdrawn already."},
	{groundrules.ErrReason, exitUsage, "To refuse a question needs a reason. Nothing was changed."},
	{groundrules.ErrSettled, exitRefused, "The ground rules are settled. A judge opens them again with 'paravent rules reopen'."},
	{groundrules.ErrOpen, exitRefused, "The ground rules are not settled."},
	{groundrules.ErrUndecided, exitRefused, "A question waits for its decision. Decide on it first; nothing was settled."},
	{live.ErrNotHere, exitRefused, "The witness does not sit in this room: they answer on their own page."},
	{live.ErrNotPlaying, exitRefused, "No recorded testimony is open."},
	{live.ErrPlaying, exitRefused, "A recorded testimony is open already. Close it first."},
	{live.ErrNoTestimony, exitRefused, "That hearing has no recorded testimony that can be played here: it is of another case, was not closed in good order, or went on in a second recording."},
	{live.ErrVersionUnmade, exitRefused, "Passages are to be missing from this recording, and no version without them was made yet: 'paravent evidence derive' makes it. Nothing was opened."},
	{live.ErrStricterMode, exitRefused, "An order asks for a private or closed session while this testimony is heard. Change the mode first; nothing was opened."},
	{still.ErrPicture, exitRefused, "This picture can't be read. It is not shown."},
	{exhibit.ErrUnknown, exitRefused, "This file is none of those that are received: PDF, PNG, JPEG, MP4, MOV, WebM or WAV. What counts is what is in it, not its name. Nothing was received."},
	{exhibit.ErrTorn, exitRefused, "This file is torn, was altered, or is not what it says it is. Nothing was received; ask for it once more."},
	{exhibit.ErrTooBig, exitRefused, "This file is larger than is received: a document may have 256 MiB, a picture 64 MiB and 64 million pixels, a recording 32 GiB. Nothing was received."},
	{exhibit.ErrEmpty, exitRefused, "This file is empty. Nothing was received."},
	{exhibit.ErrNumber, exitUsage, "An exhibit's number is one line of at most 20 letters, digits, spaces, points, dashes and strokes. Nothing was received."},
	{exhibit.ErrTitle, exitUsage, "An exhibit's title is one line of at most 80 characters that names nobody, and not the name of a file. Nothing was received."},
	{exhibit.ErrClass, exitUsage, "An exhibit is open, confidential or sealed."},
	{exhibit.ErrWhy, exitUsage, "To withdraw an exhibit takes a reason."},
	{exhibit.ErrWithdrawn, exitRefused, "This exhibit was withdrawn: it is neither opened nor shown."},
	{exhibit.ErrOpening, exitRefused, ""},
	{exhibit.ErrNotSealed, exitRefused, "Only a sealed exhibit takes a request: this one is opened by those whom its class allows. Nothing was asked for."},
	{exhibit.ErrAsked, exitExists, "You have asked already that this exhibit be opened, and that stands. Nothing was asked for."},
	{exhibit.ErrCollege, exitNotAllowed, "Somebody of the other college than whoever asked approves this. The refusal is in the audit log."},
	{exhibit.ErrTwo, exitNotAllowed, "A sealed exhibit is opened by two: ask with 'paravent exhibit opening request', and somebody of the other college approves. Nothing was opened; the refusal is in the audit log."},
	{docket.ErrExhibitNumber, exitExists, "This case has an exhibit of this number already. Nothing was received."},
	{docket.ErrExhibitChanged, exitRefused, "The file changed while it was received. Nothing was received; take it in once more when nobody writes to it."},
	{docket.ErrExhibitShut, exitNotAllowed, "There is an exhibit of this case that you can't open. Somebody who can has to move it. Nothing was changed."},
	{docket.ErrTranscriptOfVersion, exitRefused, "A version has the transcript of its recording. Name the recording. Nothing was written."},
	{docket.ErrNoTranscript, exitNotFound, "This recording has no transcript. 'paravent evidence transcript import' takes one in."},
	{docket.ErrNoPublicWords, exitNotAllowed, "The orders give the public nothing that the witness says, so that there is no public transcript. The refusal is in the audit log."},
	{docket.ErrTranscriptName, exitUsage, "A transcript's file ends in .vtt, .srt or .pdf."},
	{transcript.ErrFile, exitRefused, ""},
	{transcript.ErrPassage, exitRefused, ""},
	{transcript.ErrSpeaker, exitUsage, "A speaker is a function: bench, witness, interpreter, prosecution, defence, accused, support, coordinator, gallery, with a number as in defence-2, or unnamed."},
	{transcript.ErrLabel, exitRefused, "The text begins with who speaks. Leave that out and give --speaker: a transcript names functions, never people. Nothing was kept."},
	{transcript.ErrLanguage, exitUsage, "A language is written as en, fr or pt-BR."},
	{docket.ErrAfterReview, exitNotAllowed, "An order in force, or a late mark, keeps this recording until it was reviewed and a judge has released it: see 'paravent release list'. The refusal is in the audit log."},
	{docket.ErrNoReview, exitRefused, "'paravent release review ID --begin' begins the review."},
	{release.ErrState, exitRefused, "See 'paravent release review ID' for how far it is. Nothing was changed."},
	{release.ErrPassage, exitRefused, ""},
	{release.ErrNarrower, exitRefused, "Add the passage that you mean, or name one that is larger on a side."},
	{release.ErrUnconfirmed, exitRefused, "'paravent release confirm ID N' confirms a passage."},
	{release.ErrSamePerson, exitRefused, "Another judge has to decide."},
	{release.ErrReasons, exitRefused, ""},
	{release.ErrUncut, exitRefused, "Nothing went out. Review it again."},
	{docket.ErrNotAllowed, exitNotAllowed, "Your office does not allow this. The refusal is in the audit log where the act itself would have been."},
	{store.ErrNoAccess, exitNotAllowed, "You are not among those to whom this is sealed."},
	{docket.ErrEnrol, exitNotAllowed, "A member of the court or of the bench is enrolled by a member of the same college. Nothing was changed."},
	{store.ErrCutOff, exitCutOff, "The office's server can't be reached. Nothing was changed; try again when it is back."},
	{store.ErrRefused, exitCutOff, "The office's server refuses this desk: its certificate or its rights on the server are not in order. Nothing was changed."},
	{store.ErrConflict, exitCutOff, "Others changed the same at the same moment, again and again. Nothing was changed; try again."},
	{store.ErrUnanswered, exitCutOff, "The office's server fell silent while this was being kept. Look whether it was kept when the server is back."},
	{docket.ErrPlaceTaken, exitExists, "There is a vault under this name on the server already. It was not touched; choose another name."},
	{docket.ErrChanged, exitRefused, "Somebody else has changed this meanwhile. Nothing was changed; look at it again."},
	{etcd.ErrURL, exitUsage, ""},
	{store.ErrUncertain, exitDiskFull, "The disk failed while the vault was written. Open it again to see whether the last change was kept."},
	{store.ErrReadOnly, exitNotAllowed, "This vault can only be read here: the file or its folder is write-protected. Nothing was changed."},
	{store.ErrExists, exitExists, "This login is in use, or somebody asks for it already. Nothing was changed."},
	{docket.ErrWords, exitRefused, "These are not the words of the request: it may have been exchanged on its way. Nobody was enrolled, and it is in the audit log. Ask for the words again."},
	{store.ErrEnrolment, exitRefused, "This is no request to be enrolled, or it was altered. Nothing was changed."},
	{store.ErrEnrolmentVault, exitRefused, "This request is for another vault. Nothing was changed."},
	{store.ErrEnrolmentExpired, exitRefused, "The request is older than fourteen days. Whoever left it asks again."},
	{store.ErrEnrolmentUsed, exitRefused, "This request was taken in before. Nothing was changed."},
	{store.ErrWaitingFull, exitRefused, "Too many requests wait already. Somebody at the desk has to look at them first."},
	{store.ErrNoReception, exitRefused, "The vault takes no requests until one of its users has opened it with this version."},
	{docket.ErrHolder, exitRefused, ""},
	{docket.ErrWitness, exitNotAllowed, "Another member of your college has to confirm the kit: one who saw the sheets handed out. Nothing was changed."},
	{docket.ErrOtherSide, exitNotAllowed, "A recovery is reviewed by a member of the other college. The refusal is in the audit log."},
	{store.ErrNoKit, exitNotFound, "There is no such recovery kit."},
	{store.ErrNoEscrow, exitNotFound, "Nothing of this user was sealed to a recovery kit, or there is no such user. Sheets cannot bring them back."},
	{store.ErrReviewed, exitRefused, "This recovery was reviewed before."},
	{kit.ErrBounds, exitRefused, "A kit has two to twelve sheets, of which at least two are needed. Nothing was changed."},
	{kit.ErrTypo, exitRefused, ""},
	{kit.ErrVault, exitRefused, ""},
	{kit.ErrKit, exitRefused, ""},
	{kit.ErrFalse, exitRefused, ""},
	{kit.ErrTwice, exitRefused, ""},
	{kit.ErrFew, exitRefused, "More sheets are needed. Nothing was changed."},
	{store.ErrInvitation, exitRefused, "This is no invitation, or it was altered."},
	{store.ErrDiskFull, exitDiskFull, "The disk is full. Nothing of this step was written."},
	{blob.ErrDiskFull, exitDiskFull, "The disk is full. What was recorded before is kept."},
	{syscall.EROFS, exitNotAllowed, "That volume can only be read. Nothing was changed; choose another one."},
	{syscall.ENOSPC, exitDiskFull, "The disk is full. Nothing of this step was written."},
	{errBench, exitBench, ""},
	{errEvidence, exitEvidence, ""},
	{errFindings, exitEvidence, ""},
	{edit.ErrRequest, exitRefused, ""},
	{edit.ErrStep, exitRefused, ""},
	{docket.ErrErased, exitNotFound, "This recording was erased by a judge's decision. Nobody can open it; its hashes, its custody and the audit log stay."},
	{exhibit.ErrErased, exitNotFound, "This exhibit was erased by a judge's decision. Nobody can open it; its hash, its custody and the audit log stay."},
	{retention.ErrRule, exitUsage, "A rule needs a kind of recording, or exhibits, a basis, and either a day or a time after the final judgment. Nothing was set."},
	{retention.ErrOwn, exitNotAllowed, "You proposed this erasure yourself: a judge who did not decides on it. Nothing was erased; the refusal is in the audit log."},
	{retention.ErrStep, exitRefused, "This was proposed or decided already. Nothing was changed."},
	{retention.ErrReason, exitUsage, "This needs a reason, of at most 500 characters. Nothing was changed."},
	{copies.ErrTerms, exitRefused, ""},
	{copies.ErrMatrix, exitNotAllowed, "An order in force gives this person less than the copy would show. Nothing was asked for or made; only an order changes that."},
	{copies.ErrJudge, exitNotAllowed, "Only a judge approves this copy: its picture is altered. The refusal is in the audit log."},
	{copies.ErrNotOpen, exitRefused, "This copy is not approved by all who have to, its date is over, or it was made already. Nothing was written."},
	{copies.ErrNotOut, exitRefused, "This copy is not out: it was never made, or it came back already. Nothing was changed."},
	{evidence.ErrNoPicture, exitRefused, "No picture of this recording can be shown, so that a copy of it can't be marked. Nothing was written."},
	{evidence.ErrFound, exitUsage, "This is neither a WebM with pictures in VP8 nor a PNG or JPEG picture. Make one of it first, such as with ffmpeg. Nothing was compared."},
	{docket.ErrCustodyName, exitUsage, "A custody report's file ends in .pdf or .json. Nothing was written."},
	{edit.ErrReasons, exitRefused, "To refuse or to lift an edit needs reasons. Nothing was changed."},
	{docket.ErrForgedEdit, exitDamaged, "A signature under the edits of this recording is false or missing. Nothing was decided or made; find out who changed them."},
	{docket.ErrNotCommitted, exitRefused, "This recording's blocks are not sealed yet. Somebody who can open it runs 'paravent evidence check' first."},
	{docket.ErrVersion, exitRefused, "This is a version that was made of a recording. Ask for edits of the recording itself."},
	{docket.ErrNotIntact, exitEvidence, "The recording is not intact, so that nothing is made of it. 'paravent evidence verify' says where it was altered."},
	{redaction.ErrNotMaster, exitEvidence, "This is not the recording that was sealed to its blocks. Nothing was made of it."},
	{errLawBroken, exitLawBroken, ""},
	{blob.ErrDamaged, exitEvidence, "The recording's file was altered or is unreadable."},
	{blob.ErrNotBlob, exitEvidence, "The recording's file is not a sealed recording."},
	{live.ErrCancelled, exitRefused, "This hearing was cancelled. Plan another one."},
	{live.ErrNotReady, exitRefused, "The witness's side has not said yet that it can go on. Wait for it, or speak with the coordinator by telephone."},
	{live.ErrNotHeld, exitRefused, "The witness's picture and sound are not stopped."},
	{live.ErrAway, exitRefused, "This participant is not connected. Nothing was said to them."},
	{testimony.ErrTextLength, exitUsage, "A message has from 1 to 280 characters, on one line."},
	{testimony.ErrTextPhrase, exitUsage, "There is no such ready-made answer. Say /seen, /wait, /call or /aloud."},
	{testimony.ErrTextSeat, exitRefused, "The gallery and the press have no text line."},
	{live.ErrStyle, exitUsage, "There is no such drawing. Say bust, contour, folded or rings."},
	{live.ErrUntried, exitRefused, "The concealment has not been tried in this sitting. Say 'try' and 'confirm' during the identity check, or 'untried REASON' as the judge."},
	{testimony.ErrNoWitness, exitRefused, "Only a witness is called or dismissed."},
	{testimony.ErrNotCalled, exitRefused, "This witness has not been called."},
	{testimony.ErrRetainer, exitUsage, "Only counsel for the defence can act for an accused, and only counsel on the prosecution's side for a witness. Nothing was changed."},
	{testimony.ErrNoTalk, exitRefused, "This participant is in no private talk."},
	{testimony.ErrUnsworn, exitRefused, "The witness has not been sworn. Say 'oath FORM' and 'sworn', or 'unsworn REASON' as the judge."},
	{testimony.ErrSworn, exitRefused, "The witness is sworn already, or is heard without an oath."},
	{testimony.ErrWhy, exitUsage, "Say why the witness is heard without an oath."},
	{testimony.ErrForm, exitUsage, "There is no such form. Say oath, affirmation or promise."},
	{testimony.ErrStage, exitUsage, "There is no such stage. Say chief, cross, reexamination or bench."},
	{testimony.ErrGround, exitUsage, "There is no such ground. 'paravent host --help' lists them."},
	{testimony.ErrRuling, exitUsage, "There is no such ruling. Say sustained, overruled, rephrase, withdrawn or reserved."},
	{testimony.ErrObjection, exitRefused, "An objection waits for its ruling. Rule on it first."},
	{testimony.ErrNoObject, exitRefused, "No objection waits for a ruling."},
	{testimony.ErrBack, exitUsage, "That time does not lie ahead, within a day."},
	{testimony.ErrTongue, exitUsage, "That is no language tag, such as fr or zh-Hant."},
	{testimony.ErrInterpreter, exitUsage, "Only an interpreter's seat interprets into a language."},
	{testimony.ErrChannel, exitUsage, "Nobody interprets into that language."},
	{testimony.ErrGoingOn, exitRefused, "Nobody waits: the session is public, and is not interrupted."},
	{reminder.ErrNone, exitUsage, "Nobody has to be told that for this hearing. 'paravent reminders list' says who and what."},
	{reminder.ErrHow, exitUsage, "There is no such way of telling somebody. Say telephone, person, letter or mail."},
	{live.ErrTrying, exitRefused, "The concealment is being tried. Wait until the trial has ended."},
	{live.ErrNotPassed, exitRefused, "The trial of the concealment has not passed, so there is nothing to confirm. Try again."},
	{live.ErrNoReason, exitUsage, "Say why the witness is heard without the trial."},
	{live.ErrHeld, exitRefused, "This hearing was held and closed. Plan another one."},
	{join.ErrPlain, exitUsage, "The join page is served without encryption only on this machine itself. Use https, or a loopback address such as 127.0.0.1."},
	{join.ErrListen, exitUsage, "The address to listen on must be host:port."},
	{docket.ErrNoAuthority, exitNotFound, "No timestamp authority is named. 'paravent timestamps use URL ROOTS.pem' names one."},
	{tsa.ErrNoAnswer, exitFailure, "The timestamp authority gives no answer that can be used. The recording is sealed all the same; ask again later."},
	{stamp.ErrAuthority, exitRefused, ""},
	{docket.ErrNoReach, exitNotFound, "Guests come over no relay: none is set. 'paravent relay use FILE' sets one."},
	{relay.ErrReach, exitUsage, ""},
	{relay.ErrRefused, exitCutOff, "The relay does not know this court's key. Ask its administrator for a new file. No courtroom was opened."},
	{relay.ErrFull, exitCutOff, "The relay takes no more of this court: close a courtroom that is open elsewhere. No courtroom was opened."},
	{relay.ErrCertificate, exitCutOff, "What answers in the relay's place has another certificate. No courtroom was opened; ask the relay's administrator."},
	{relay.ErrMessage, exitCutOff, "What answers in the relay's place is no relay of this version. No courtroom was opened."},
	{relay.ErrUnreachable, exitCutOff, "The relay does not answer. No courtroom was opened; look whether this machine reaches it, or open the courtroom on the court's network."},
	{docket.ErrSignerLeft, exitRefused, "The access of somebody who signed this was taken away meanwhile. Nothing was destroyed; ask again."},
	{docket.ErrNewRecord, exitRefused, "More was sealed of this person since the erasure was asked for. Nothing was destroyed; ask again."},
	{identity.ErrErasure, exitRefused, ""},
	{feed.ErrListen, exitUsage, "The address to listen on must be host:port."},
	{feed.ErrPlain, exitUsage, "Calendars are served without encryption only on this machine itself. Give a certificate and its key, or a loopback address such as 127.0.0.1:8795."},
	{docket.ErrBase, exitUsage, "The address of the join page begins with https://, as https://court.example, and has nothing behind the port or the path. Without encryption it can only be this machine. Nothing was written."},
	{invite.Used, exitRefused, "A device has used this invitation already, and it opens on no other. Add --new for a new link; the one before then opens nothing any more."},
	{docket.ErrPaperName, exitUsage, "A paper's file ends in .pdf. Nothing was written."},
	{docket.ErrPaperDisclosure, exitRefused, "This disclosure is not of this witness in this case, or this paper takes none. Nothing was written; the refusal is in the audit log."},
	{docket.ErrNotHeld, exitNotFound, "This hearing has no minutes yet: they are kept when it is closed. Nothing was written."},
	{notice.ErrNoOrder, exitRefused, "No order in force protects this witness at the time of the hearing, so there is nothing to give notice of. Nothing was written."},
	{certificate.ErrName, exitUsage, "The certificate's file ends in .pdf."},
	{identity.ErrNoCollege, exitRefused, ""},
	{identity.ErrTerms, exitRefused, ""},
	{identity.ErrNotPending, exitRefused, "The request is no longer open. Nothing was changed."},
	{identity.ErrNotGranted, exitRefused, "The disclosure is not granted, or has ended."},
	{identity.ErrOwn, exitNotAllowed, "Nobody approves or reviews a disclosure or a copy that they asked for, approved or are to receive. The refusal is in the audit log."},
	{identity.ErrSameCollege, exitNotAllowed, "Your college has approved already; the other one must. The refusal is in the audit log."},
	{identity.ErrNotCollege, exitNotAllowed, "Only a member of the court or of the bench does this. The refusal is in the audit log."},
	{identity.ErrConflict, exitNotAllowed, "A conflict of interest is noted in this case. The refusal is in the audit log."},
	{identity.ErrNotGrantee, exitNotAllowed, "A disclosure is shown to the one to whom it was granted, and to nobody else."},
	{identity.ErrReason, exitUsage, "A reason is needed."},
	{docket.ErrConflict, exitRefused, "Something stands against this hearing. Nothing was planned; give it another time, or a reason with --accept where that is allowed."},
	{errAgainst, exitRefused, ""},
	{docket.ErrPast, exitRefused, "That time is past. Nothing was planned."},
	{docket.ErrTaken, exitRefused, "A planned hearing takes it. Nothing was removed."},
	{docket.ErrInvalid, exitRefused, ""},
	{docket.ErrUser, exitRefused, ""},
	{docket.ErrNotFound, exitNotFound, ""},
	{fs.ErrExist, exitExists, "There is a file with this name already. It was not touched; choose another name."},
	{fs.ErrNotExist, exitNotFound, ""},
}

// askedForJSON reports whether --json stands in a command line that could not be parsed.
func askedForJSON(args []string) bool {
	if end := slices.Index(args, "--"); end >= 0 {
		args = args[:end]
	}
	return slices.Contains(args, "--json")
}

// usageError is a mistake in what was typed.
type usageError struct{ text string }

func (e usageError) Error() string { return e.text }

// tell finds the sentence and the exit code of an error.
func tell(err error) (string, int) {
	var entry *docket.EntryError
	if errors.As(err, &entry) {
		return err.Error() + "\nNothing was written.", exitRefused
	}
	var rule *order.RuleError
	if errors.As(err, &rule) {
		return err.Error() + "\nNothing was changed.", exitRefused
	}
	var usage usageError
	if errors.As(err, &usage) {
		return usage.text, exitUsage
	}
	var needed *retention.NeededError
	if errors.As(err, &needed) {
		return neededWords(needed), exitRefused
	}
	var fault stamp.Fault
	if errors.As(err, &fault) {
		return err.Error() + ". It was not kept; the recording is sealed all the same.", exitRefused
	}
	var limit *store.LimitError
	if errors.As(err, &limit) {
		return fmt.Sprintf("This would write %d entries (%d bytes) at once, and the office's server takes %d (%d bytes). Nothing was written. "+
			"Start its members with a higher --max-txn-ops and --max-request-bytes, and name both in the address: docs/backends.md.",
			limit.Ops, limit.Bytes, limit.Limits.Ops, limit.Limits.Bytes), exitRefused
	}
	var weak *strength.WeakError
	if errors.As(err, &weak) {
		_, why, _ := strings.Cut(weak.Error(), ": ")
		return "This passphrase is too easy to guess: " + why + ". Take several words that have nothing to do with each other, or those of 'paravent user suggest'. Nothing was changed.", exitRefused
	}
	var early *store.WaitError
	if errors.As(err, &early) {
		next := fmt.Sprintf("The next try is taken in %d seconds.", early.Seconds())
		if errors.Is(err, store.ErrWrongPassphrase) {
			return "The login or the passphrase is wrong. Nothing was changed. " + next, exitPassphrase
		}
		return "There were too many wrong passphrases. This one was not looked at. " + next, exitWait
	}
	for _, s := range sentences {
		if errors.Is(err, s.is) {
			if s.text == "" {
				return err.Error(), s.code
			}
			return s.text, s.code
		}
	}
	var path *fs.PathError
	if errors.As(err, &path) && os.IsPermission(err) {
		return "This file may not be read or written by you: " + path.Path, exitNotAllowed
	}
	return err.Error(), exitFailure
}

func (c *console) fail(err error) int {
	text, code := tell(err)
	if c.json {
		_ = json.NewEncoder(c.errors).Encode(map[string]any{"error": text, "code": code})
	} else {
		fmt.Fprintln(c.errors, "paravent: "+text)
	}
	return code
}

// print writes a result: v as JSON where it was asked for, else the words.
func (c *console) print(v any, words string) error {
	if !c.json {
		_, err := fmt.Fprint(c.out, words)
		return err
	}
	enc := json.NewEncoder(c.out)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
