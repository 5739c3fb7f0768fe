package docket

import (
	"context"
	"errors"
	"fmt"
	"time"

	"paravent/protection"
	"paravent/protection/identity"
	"paravent/protection/order"
	"paravent/store"
	"paravent/testimony"
	"paravent/testimony/cooperation"
	"paravent/testimony/schedule"
)

// TrainingPassphrase opens every user of a training vault. Everything in such a vault is invented, its windows say so,
// and the rule of two colleges holds in it as in any other.
const TrainingPassphrase = "training paravent"

// TrainingUsers are the users of a training vault, one for each office; the login is the office's name.
var TrainingUsers = []store.NewUser{
	{Login: testimony.Clerk, DisplayName: "Court clerk (training)", Role: testimony.Clerk},
	{Login: testimony.Judge, DisplayName: "Presiding judge (training)", Role: testimony.Judge},
	{Login: testimony.Registrar, DisplayName: "Registrar (training)", Role: testimony.Registrar},
	{Login: testimony.Advocate, DisplayName: "Victim's advocate (training)", Role: testimony.Advocate},
	{Login: testimony.Auditor, DisplayName: "Auditor (training)", Role: testimony.Auditor},
}

// CreateTraining makes a vault with an invented case and one user for each office, unlocked as the judge.
func CreateTraining(ctx context.Context, path string, opts Options) (*Desk, error) {
	opts = opts.filled()
	if opts.KDF == (store.KDFParams{}) {
		opts.KDF = store.FloorKDF // nothing in it is secret, and five users are enrolled at once
	}
	first := TrainingUsers[0]
	first.Passphrase = []byte(TrainingPassphrase)
	d, err := create(ctx, path, first, opts, vaultTraits{Training: true})
	if err != nil {
		return nil, err
	}
	if err := d.fillTraining(ctx); err != nil {
		d.Lock()
		return nil, errors.Join(fmt.Errorf("fill the training vault: %w", err), discard(ctx, path, d.backend))
	}
	// The clerk set it up; the judge is who opens it, as on any other day.
	if err := d.Close(); err != nil {
		return nil, err
	}
	return Unlock(ctx, path, testimony.Judge, []byte(TrainingPassphrase), opts)
}

func (d *Desk) fillTraining(ctx context.Context) error {
	for _, u := range TrainingUsers[1:] {
		u.Passphrase = []byte(TrainingPassphrase)
		if _, err := d.AddUser(ctx, u); err != nil {
			return err
		}
	}
	done, err := d.Import(ctx, trainingDocket(d.Now()))
	if err != nil {
		return err
	}
	for _, key := range []string{"witness-b", "witness-c"} {
		err := d.SealIdentity(ctx, done.Parties[key], identity.Fields{
			identity.Name: "Invented Person", identity.Nationality: "Invented", identity.Note: "Training: nobody is behind this entry."})
		if err != nil {
			return err
		}
	}
	return d.trainingLeave(ctx, done)
}

// trainingLeave enters that the State where the witness of the first hearing is has agreed. Nobody has said where the witness of the other one is.
func (d *Desk) trainingLeave(ctx context.Context, done Imported) error {
	today := schedule.Date(d.Now().UTC().Format(time.DateOnly))
	asked, err := d.AskCooperation(ctx, cooperation.Request{Case: done.Cases["training-1"], Party: done.Parties["witness-b"], Country: "NG", Instrument: cooperation.UNTOC,
		Reference: "Training 7/2026, art. 18(18)", Authority: "Central authority (training)", Asked: today})
	if err != nil {
		return err
	}
	_, err = d.AnswerCooperation(ctx, asked.ID, 0, cooperation.Answer{Verdict: cooperation.Granted, On: today,
		Conditions: cooperation.Conditions{Present: []cooperation.Attendant{cooperation.AuthorityOfficer}, Oath: cooperation.OathOfCourt, Recording: cooperation.MayRecord}})
	return err
}

func trainingDocket(now time.Time) Document {
	day := now.UTC().Truncate(24 * time.Hour)
	next := now.UTC().Truncate(15 * time.Minute).Add(15 * time.Minute)
	seats := func(party string) []ParticipantLine {
		return []ParticipantLine{
			{Key: "witness", Role: testimony.RoleWitness, Party: party},
			{Key: "interpreter", Role: testimony.RoleInterpreter, Label: "Interpreter"},
			{Key: "prosecution", Role: testimony.RoleProsecution, Label: "Prosecution"},
			{Key: "defence", Role: testimony.RoleDefence, Label: "Counsel for the defence", Clients: []string{"accused"}},
			{Key: "accused", Role: testimony.RoleAccused, Label: "Accused"},
			{Key: "gallery", Role: testimony.RoleGallery, Label: "Public gallery"},
		}
	}
	return Document{Format: Format,
		Cases: []CaseLine{
			{Key: "training-1", Reference: "TC 12/2026", Court: "Training court", Offence: testimony.Trafficking, Opened: day.AddDate(0, -5, 0)},
			{Key: "training-2", Reference: "TC 31/2026", Court: "Training court", Offence: testimony.Smuggling, Opened: day.AddDate(0, -2, 0)},
		},
		Parties: []PartyLine{
			{Key: "witness-b", Status: protection.VictimWitness, Language: "yo", Appearances: []AppearanceLine{{"training-1", "Witness B"}, {"training-2", "Witness A"}}},
			{Key: "witness-c", Status: protection.Witness, Language: "vi", Appearances: []AppearanceLine{{"training-1", "Witness C"}}},
			{Key: "witness-d", Status: protection.PossibleVictim, Language: "am", Appearances: []AppearanceLine{{"training-2", "Witness D"}}},
		},
		Orders: []OrderLine{
			{Key: "order-114", Case: "training-1", Party: "witness-b", Reference: "2026/114", State: order.InForce, From: day.AddDate(0, -1, 0),
				Measures: []order.Measure{{Kind: order.Pseudonym}, {Kind: order.FaceAlteration}, {Kind: order.InterpreterOnly},
					{Kind: order.ScreenAccused}, {Kind: order.ScreenWitness}, {Kind: order.LiveLink}}},
			{Key: "order-121", Case: "training-1", Party: "witness-c", Reference: "2026/121", State: order.InForce, From: day.AddDate(0, -2, 0), Until: day.AddDate(0, 0, -1),
				Measures: []order.Measure{{Kind: order.Pseudonym}, {Kind: order.FaceAlteration, Audiences: []protection.Audience{protection.Accused}}, {Kind: order.VoiceDisguised}}},
			{Key: "order-130", Case: "training-2", Party: "witness-d", Reference: "2026/130", State: order.Filed, From: day,
				Measures: []order.Measure{{Kind: order.Pseudonym}, {Kind: order.FaceAlteration}, {Kind: order.PrivateSession}}},
		},
		Resources: []ResourceLine{
			{Key: "courtroom-3", Resource: schedule.Resource{Kind: schedule.Courtroom, Name: "Courtroom 3", Country: "FR", Building: "Training court", Zone: "Europe/Paris"}},
			{Key: "lagos", Resource: schedule.Resource{Kind: schedule.RemotePoint, Name: "Consulate, Lagos", Country: "NG", Zone: "Africa/Lagos"}},
		},
		Hearings: []HearingLine{
			{Key: "hearing-1", Case: "training-1", Party: "witness-b", Start: next, Minutes: 90, CourtZone: "Europe/Paris", WitnessZone: "Africa/Lagos",
				Room: "Courtroom 3", Mode: protection.PublicMode, Participants: seats("witness-b"), Uses: []string{"courtroom-3", "lagos"}},
			{Key: "hearing-2", Case: "training-1", Party: "witness-c", Start: day.AddDate(0, 0, 2).Add(8 * time.Hour), Minutes: 60, CourtZone: "Europe/Paris",
				WitnessZone: "Asia/Ho_Chi_Minh", Room: "Courtroom 3", Mode: protection.PublicMode, Participants: seats("witness-c")},
		},
	}
}
