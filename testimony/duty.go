package testimony

import "slices"

// Act is something a user of the desk can do that not everyone may.
type Act string

// The acts.
const (
	ActKeepDocket    Act = "keep_docket" // cases, protected parties, hearings
	ActFileOrder     Act = "file_order"
	ActDecideOrder   Act = "decide_order"
	ActServeOrder    Act = "serve_order" // the registry's: an application reaches the other side by the court
	ActEnterIdentity Act = "enter_identity"
	ActHoldHearing   Act = "hold_hearing"
	ActAskDisclosure Act = "ask_disclosure"
	ActFlagConflict  Act = "flag_conflict"
	ActLiftConflict  Act = "lift_conflict"
	ActBackUp        Act = "back_up"
	ActReadAudit     Act = "read_audit"
	ActExportMaster  Act = "export_master"
	ActExportPublic  Act = "export_public"

	ActSeePeople      Act = "see_people" // who has keys, and the state of the kits
	ActMakeKit        Act = "make_kit"
	ActReviewRecovery Act = "review_recovery"
	ActRevokeUser     Act = "revoke_user"
	ActKeepTeam       Act = "keep_team"
	ActSetReach       Act = "set_reach"      // over which relay guests reach a courtroom
	ActSetTimestamps  Act = "set_timestamps" // which authority stamps what is sealed
	ActAskErasure     Act = "ask_erasure"

	ActKeepCare          Act = "keep_care"        // the care files: own words, risk, needs, plans
	ActRiskPhrases       Act = "risk_phrases"     // to keep and to see the words that would tell who a witness is
	ActDecideStatus      Act = "decide_status"    // to enter what was decided of a person's status
	ActMakePaper         Act = "make_paper"       // orders, notices and public minutes on paper
	ActSealedPaper       Act = "sealed_paper"     // the sealed record of a session on paper
	ActEnterStatistics   Act = "enter_statistics" // categories of a party, of closed lists
	ActReleaseStatistics Act = "release_statistics"

	ActAskEdit     Act = "ask_edit" // that a recording be cut or masked
	ActDecideEdit  Act = "decide_edit"
	ActMakeVersion Act = "make_version" // of a recording, as the edits in force say

	ActReviewRelease Act = "review_release" // of a public version that is kept until it was reviewed
	ActDecideRelease Act = "decide_release"

	ActProposeMeasure Act = "propose_measure" // a change of the court's catalogue of measures
	ActApproveMeasure Act = "approve_measure" // one that somebody else has proposed

	ActKeepCooperation Act = "keep_cooperation" // what other States were asked and have answered

	ActSetRetention   Act = "set_retention"   // how long recordings are kept
	ActHoldRecordings Act = "hold_recordings" // against erasure; and to enter the day of the final judgment
	ActProposeErasure Act = "propose_erasure" // of a recording whose time is over
	ActDecideErasure  Act = "decide_erasure"  // of one that somebody else proposed; and to lift a hold

	ActKeepExhibit      Act = "keep_exhibit"      // to receive what parties hand in
	ActWithdrawExhibit  Act = "withdraw_exhibit"  // so that it is neither shown nor opened any more
	ActOpenExhibit      Act = "open_exhibit"      // one of the class open
	ActOpenConfidential Act = "open_confidential" // an exhibit of that class
	ActOpenSealed       Act = "open_sealed"       // an exhibit of that class

	ActKeepRules Act = "keep_rules" // the ground rules of a hearing: topics, advice, questions; a judge decides on them

	ActAskCopy   Act = "ask_copy"   // of a recording, for somebody to take away; colleges approve
	ActMakeCopy  Act = "make_copy"  // one that was approved; and to note that it came back
	ActTraceCopy Act = "trace_copy" // to find out which copy a picture is of
)

// The desk's offices, as their names stand in the vault.
const (
	Clerk     = "clerk"
	Advocate  = "advocate"
	Judge     = "judge"
	Registrar = "registrar"
	Auditor   = "auditor"
)

// Offices lists the offices in the order in which a form offers them.
var Offices = []string{Clerk, Advocate, Judge, Registrar, Auditor}

var duties = map[Act][]string{
	ActKeepDocket:    {Clerk, Registrar, Judge, Advocate},
	ActFileOrder:     {Clerk, Registrar, Judge, Advocate},
	ActDecideOrder:   {Judge},
	ActServeOrder:    {Clerk, Registrar, Judge},
	ActEnterIdentity: {Advocate, Clerk, Registrar, Judge},
	ActHoldHearing:   {Judge, Clerk},
	ActKeepRules:     {Clerk, Registrar, Judge},
	ActAskDisclosure: {Clerk, Registrar, Judge, Advocate},
	ActFlagConflict:  {Registrar, Judge, Advocate},
	ActLiftConflict:  {Registrar, Judge},
	ActBackUp:        {Clerk, Registrar, Judge},
	ActReadAudit:     {Auditor, Judge, Registrar},
	ActExportMaster:  {Judge, Registrar},
	ActExportPublic:  {Judge, Registrar, Clerk},

	ActSeePeople:      {Clerk, Registrar, Judge, Advocate, Auditor},
	ActMakeKit:        {Clerk, Registrar, Judge},
	ActReviewRecovery: {Clerk, Registrar, Judge},
	ActRevokeUser:     {Registrar, Judge},
	ActKeepTeam:       {Registrar, Judge},
	ActSetReach:       {Registrar, Judge},
	ActSetTimestamps:  {Registrar, Judge},
	ActAskErasure:     {Advocate, Clerk, Registrar, Judge},

	ActKeepCare:          {Advocate},
	ActRiskPhrases:       {Advocate, Clerk, Registrar, Judge},
	ActDecideStatus:      {Advocate, Registrar, Judge},
	ActMakePaper:         {Clerk, Registrar, Judge, Advocate},
	ActSealedPaper:       {Clerk, Registrar, Judge},
	ActEnterStatistics:   {Advocate, Clerk, Registrar, Judge},
	ActReleaseStatistics: {Registrar, Judge},

	ActAskEdit:     {Clerk, Registrar, Judge, Advocate},
	ActDecideEdit:  {Judge},
	ActMakeVersion: {Registrar, Judge},

	ActReviewRelease: {Clerk, Registrar},
	ActDecideRelease: {Judge},

	ActProposeMeasure: {Registrar, Judge},
	ActApproveMeasure: {Judge},

	ActKeepCooperation: {Clerk, Registrar, Judge},

	ActSetRetention:   {Registrar, Judge},
	ActHoldRecordings: {Clerk, Registrar, Judge},
	ActProposeErasure: {Clerk, Registrar},
	ActDecideErasure:  {Judge},

	ActKeepExhibit:      {Clerk, Registrar, Judge},
	ActWithdrawExhibit:  {Registrar, Judge},
	ActOpenExhibit:      {Clerk, Registrar, Judge, Advocate},
	ActOpenConfidential: {Clerk, Registrar, Judge},
	ActOpenSealed:       {Registrar, Judge},

	ActAskCopy:   {Clerk, Registrar, Judge, Advocate},
	ActMakeCopy:  {Clerk, Registrar, Judge},
	ActTraceCopy: {Registrar, Judge},
}

// May reports whether an office may do something. An unknown office may do nothing.
func May(office string, act Act) bool { return slices.Contains(duties[act], office) }

// Court and bench are the two colleges that hold the halves of an identity (A/CONF.213/7 §13, §20: no single official).
var (
	CourtCollege = []string{Clerk, Registrar}
	BenchCollege = []string{Judge}
)
