package edit

import (
	"encoding/json"
	"time"

	"paravent/testimony"
)

// Signing is what the judges' signatures say of a request.
type Signing string

// What signatures say.
const (
	Undecided     Signing = ""       // no judge has decided anything
	Signed        Signing = "signed" // every decision of a judge is signed, and every item stands as it was decided
	FalselySigned Signing = "falsely_signed"
)

// statement is what a judge signs of one decision, in the order of its fields. Times are in UTC.
type statement struct {
	Form      string                `json:"form"`
	Request   RequestID             `json:"request"`
	Recording testimony.RecordingID `json:"recording"`
	Hearing   testimony.HearingID   `json:"hearing"`
	Asked     time.Time             `json:"asked"`
	Stance    Stance                `json:"stance"`
	Opposes   string                `json:"opposes"`
	Item      int                   `json:"item"`
	Passage   Passage               `json:"passage"`
	Reason    string                `json:"reason"`
	Place     int                   `json:"place"` // in the item's history
	Step      Step                  `json:"step"`
	By        string                `json:"by"`
	At        time.Time             `json:"at"`
	Reasons   string                `json:"reasons"`
}

// Statement is the canonical form of a decision on an item: JSON without spaces, the fields in a fixed order. It binds the decision to the
// request, the recording, the passage and the reason as they were asked, and to its place in the item's history.
func (r Request) Statement(number, place int) ([]byte, error) {
	x := r.Items[number-1]
	d := x.History[place]
	passage := x.Passage
	passage.PictureUntil = d.PictureUntil
	return json.Marshal(statement{"paravent edit decision 1", r.ID, r.Recording, r.Hearing, r.At.UTC(), r.Stance, r.Opposes, number, passage, x.Reason, place, d.Step, d.By,
		d.At.UTC(), d.Reasons})
}

// Verify finds out what the signatures say. genuine checks one signature over a statement: that it is of a judge who had that office at the time.
func (r Request) Verify(genuine func(d Decision, statement []byte) bool) Signing {
	decided := Undecided
	for i, x := range r.Items {
		state, picture := Asked, time.Duration(0)
		for place, d := range x.History {
			move, known := moves[d.Step]
			if !known || move.from != state {
				return FalselySigned
			}
			state, picture = move.to, d.PictureUntil
			if !JudgeTakes(d.Step) {
				continue
			}
			text, err := r.Statement(i+1, place)
			if err != nil || !genuine(d, text) {
				return FalselySigned
			}
			decided = Signed
		}
		if x.State != state || x.Number != i+1 || x.PictureUntil != picture {
			return FalselySigned
		}
	}
	return decided
}
