package policy

import (
	"slices"
	"strings"

	"paravent/protection"
	"paravent/protection/order"
)

// Fairness is what the orders that protect a witness leave to the defence, and what makes up for the rest. It says what is so and decides nothing: whether a
// trial is fair, a judge decides.
type Fairness struct {
	Points []FairPoint
	// Narrows says that something of what the defence has without an order is not left to it.
	Narrows bool
	// Weight is the heaviest that was said of the testimony by a measure that narrows the defence.
	Weight order.Weight
	// Warns says that the testimony is the sole or decisive evidence, or that nobody has said that it is not.
	Warns           bool
	Anonymous       bool                   // the identity is withheld from the defence
	Counterbalances []order.Counterbalance // each once, in their order
	// Untrue are counterbalances that were chosen and that the matrix contradicts.
	Untrue []order.Counterbalance
}

// FairPoint is one thing that the defence keeps or not.
type FairPoint struct {
	Kept bool
	Of   FairTerm
	// Why is the cause of what is not kept; Told is what the order says of it, as the barred topics.
	Why  Cause
	Told []string
}

// FairTerm names what a defence has without an order.
type FairTerm string

// The terms.
const (
	CounselSees    FairTerm = "counsel_sees"
	CounselHears   FairTerm = "counsel_hears"
	CounselFollows FairTerm = "counsel_follows" // is connected in the mode in force
	AccusedSees    FairTerm = "accused_sees"
	AccusedHears   FairTerm = "accused_hears"
	AccusedFollows FairTerm = "accused_follows"
	KnowsWho       FairTerm = "knows_who"
	AsksAnything   FairTerm = "asks_anything"
	AsksDirectly   FairTerm = "asks_directly" // and not through the judge
	AsksAtTrial    FairTerm = "asks_at_trial" // and is not shown a recording of it
	JudgesSee      FairTerm = "judges_see"    // whoever decides sees and hears the witness clear: always
	RecordKept     FairTerm = "record_kept"   // the evidence as given, sealed: always
)

// FairTerms lists the terms in the order in which a panel shows them.
var FairTerms = []FairTerm{CounselFollows, CounselSees, CounselHears, AccusedFollows, AccusedSees, AccusedHears, KnowsWho, AsksAnything, AsksDirectly, AsksAtTrial, JudgesSee, RecordKept}

// Fair reads the fairness from a matrix. Audiences other than the defence are none of it.
func (m Matrix) Fair() Fairness {
	var f Fairness
	counsel, accused := m.Cell(protection.DefenceCounsel), m.Cell(protection.Accused)
	point := func(kept bool, of FairTerm, why Cause, told ...string) {
		f.Points = append(f.Points, FairPoint{kept, of, why, told})
		f.Narrows = f.Narrows || !kept
	}
	for _, side := range []struct {
		c                   Cell
		follows, sees, hear FairTerm
	}{{counsel, CounselFollows, CounselSees, CounselHears}, {accused, AccusedFollows, AccusedSees, AccusedHears}} {
		point(side.c.Connected, side.follows, side.c.ConnectedCause)
		point(side.c.Picture == protection.ClearPicture, side.sees, side.c.PictureCause)
		point(side.c.Voice == protection.ClearVoice, side.hear, side.c.VoiceCause)
	}
	find := func(k order.MeasureKind) (Effect, bool) {
		i := slices.IndexFunc(m.Effects, func(e Effect) bool { return e.Kind == k })
		if i < 0 {
			return Effect{}, false
		}
		return m.Effects[i], true
	}
	anonymity, anonymous := find(order.FullAnonymity)
	f.Anonymous = anonymous
	point(!anonymous, KnowsWho, anonymity.Cause)
	barred, some := find(order.Questioning)
	var topics []string
	for _, e := range m.Effects {
		if e.Kind == order.Questioning {
			topics = append(topics, e.Topics...)
		}
	}
	point(!some, AsksAnything, barred.Cause, topics...)
	point(!anonymous, AsksDirectly, anonymity.Cause)
	recorded, before := find(order.PreRecorded)
	point(!before, AsksAtTrial, recorded.Cause)
	bench := m.Cell(protection.Bench)
	point(bench.Picture == protection.ClearPicture && bench.Voice == protection.ClearVoice, JudgesSee, bench.PictureCause)
	master := m.Cell(protection.MasterRecord)
	point(master.Picture == protection.ClearPicture && master.Voice == protection.ClearVoice, RecordKept, master.PictureCause)
	slices.SortStableFunc(f.Points, func(a, b FairPoint) int { return slices.Index(FairTerms, a.Of) - slices.Index(FairTerms, b.Of) })
	f.weigh(m, counsel)
	return f
}

// weigh gathers what the measures that narrow the defence say of the testimony's weight and of what makes up for them.
func (f *Fairness) weigh(m Matrix, counsel Cell) {
	unsaid := false
	var chosen []order.Counterbalance
	for _, o := range m.Orders {
		for _, one := range o.Measures {
			e, _ := order.Find(one.Kind)
			if !slices.Contains(e.Takes, order.TakesWeight) {
				continue
			}
			chosen = append(chosen, one.Counterbalances...)
			if one.Kind != order.PreRecorded && !one.Covers(protection.DefenceCounsel) && !one.Covers(protection.Accused) {
				continue // it narrows the public alone
			}
			switch one.Weight {
			case order.SoleOrDecisive:
				f.Weight = order.SoleOrDecisive
			case order.WeightUnsaid:
				unsaid = true
			}
		}
	}
	if f.Weight == order.WeightUnsaid && !unsaid && f.Narrows {
		f.Weight = order.NotDecisive
	}
	asked := false // topics that are barred say nothing of a weight
	for _, p := range f.Points {
		asked = asked || !p.Kept && p.Of != AsksAnything
	}
	f.Warns = f.Weight == order.SoleOrDecisive || unsaid && asked
	for _, c := range order.Counterbalances {
		if slices.Contains(chosen, c) {
			f.Counterbalances = append(f.Counterbalances, c)
		}
	}
	clear := counsel.Connected && counsel.Picture == protection.ClearPicture && counsel.Voice == protection.ClearVoice
	if !clear && slices.Contains(chosen, order.CounselStillSees) {
		f.Untrue = append(f.Untrue, order.CounselStillSees)
	}
}

// fairWords says of each term that the defence keeps it, and that it does not.
var fairWords = map[Language]map[FairTerm][2]string{
	English: {
		CounselFollows: {"Counsel for the defence follows the testimony", "Counsel for the defence is sent out"},
		CounselSees:    {"Counsel for the defence sees the witness clear", "Counsel for the defence does not see the witness clear"},
		CounselHears:   {"Counsel for the defence hears the witness clear", "Counsel for the defence does not hear the witness's own voice"},
		AccusedFollows: {"The accused follows the testimony", "The accused is sent out"},
		AccusedSees:    {"The accused sees the witness clear", "The accused does not see the witness clear"},
		AccusedHears:   {"The accused hears the witness clear", "The accused does not hear the witness's own voice"},
		KnowsWho:       {"No order withholds from the defence who the witness is", "The defence is not told who the witness is"},
		AsksAnything:   {"The defence may ask about everything", "The defence may not ask about some topics"},
		AsksDirectly:   {"The defence asks its questions itself", "Questions of the defence go through the judge"},
		AsksAtTrial:    {"All of the questioning is at the trial", "Part of the questioning is recorded before the trial"},
		JudgesSee:      {"Whoever decides sees and hears the witness clear", "Whoever decides does not see and hear the witness clear"},
		RecordKept:     {"The evidence is kept as it was given, sealed", "The evidence is not kept as it was given"},
	},
	French: {
		CounselFollows: {"L’avocat de la défense suit la déposition", "L’avocat de la défense est exclu"},
		CounselSees:    {"L’avocat de la défense voit le témoin en clair", "L’avocat de la défense ne voit pas le témoin en clair"},
		CounselHears:   {"L’avocat de la défense entend le témoin en clair", "L’avocat de la défense n’entend pas la voix du témoin"},
		AccusedFollows: {"L’accusé suit la déposition", "L’accusé est exclu"},
		AccusedSees:    {"L’accusé voit le témoin en clair", "L’accusé ne voit pas le témoin en clair"},
		AccusedHears:   {"L’accusé entend le témoin en clair", "L’accusé n’entend pas la voix du témoin"},
		KnowsWho:       {"Aucune ordonnance ne cache à la défense qui est le témoin", "La défense ne sait pas qui est le témoin"},
		AsksAnything:   {"La défense peut interroger sur tout", "La défense ne peut pas aborder certains sujets"},
		AsksDirectly:   {"La défense pose elle-même ses questions", "Les questions de la défense passent par le juge"},
		AsksAtTrial:    {"Tout l’interrogatoire a lieu au procès", "Une partie de l’interrogatoire est enregistrée avant le procès"},
		JudgesSee:      {"Qui juge voit et entend le témoin en clair", "Qui juge ne voit et n’entend pas le témoin en clair"},
		RecordKept:     {"La déposition est conservée telle quelle, sous scellés", "La déposition n’est pas conservée telle quelle"},
	},
}

// Summary says a point in one sentence, with the order behind what is not kept.
func (p FairPoint) Summary(l Language) string {
	words, ok := fairWords[l]
	if !ok {
		words = fairWords[English]
	}
	if p.Kept {
		return words[p.Of][0] + "."
	}
	return words[p.Of][1] + list(l, strings.Join(p.Told, "; ")) + " (" + p.Why.Because(l) + ")."
}
