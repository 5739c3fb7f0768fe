package docket

import (
	"context"
	"errors"
	"fmt"

	"paravent/protection/catalogue"
)

// MeasureLine is a measure of the court's catalogue in a document: one of its own, or one whose shipped entry the court has changed. Taken in, it is a
// proposal, which a judge approves.
type MeasureLine struct {
	catalogue.Entry
	Reasons string `json:"reasons"`
}

// exportMeasures are the measures that are not as they are shipped.
func (d *Desk) exportMeasures(ctx context.Context) ([]MeasureLine, error) {
	list, err := d.MeasureVersions(ctx)
	if err != nil {
		return nil, err
	}
	var lines []MeasureLine
	for _, e := range catalogue.Court(list, d.Now()).Measures {
		for _, v := range list {
			if v.Entry.Kind == e.Kind && v.State == catalogue.InForce && v.N == MeasureVersion(list, e.Kind) {
				lines = append(lines, MeasureLine{e, v.Reasons})
			}
		}
	}
	return lines, nil
}

// measures proposes the measures of a document. One that says what the catalogue says already is passed over.
func (im *importer) measures(doc Document) error {
	for i, line := range doc.Measures {
		path := fmt.Sprintf("measures[%d]", i)
		list, err := versionsIn(im.tx)
		if err != nil {
			return err
		}
		e := line.Entry
		now := catalogue.Court(list, im.desk.Now())
		seen := -1
		if before, there := now.Find(e.Kind); there {
			seen = MeasureVersion(list, e.Kind)
			if !e.Own() {
				e.Effect = before.Effect
			}
		}
		if !im.desk.mayPropose() {
			im.fail(path, "your office does not propose measures")
			continue
		}
		if _, err := im.desk.propose(im.tx, e, seen, line.Reasons); !errors.Is(err, ErrSame) {
			im.check(path, err)
		}
	}
	return nil
}
