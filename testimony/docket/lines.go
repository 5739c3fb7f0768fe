package docket

import (
	"errors"
	"fmt"

	"paravent/protection/order"
	"paravent/testimony"
)

// The longest lines of the docket, in characters.
const (
	maxCaseReference = 120
	maxCourt         = 200
	maxLanguage      = 64 // a tag, or a word for it
)

// checkLine refuses a line that may be empty, and is too long or hides something.
func checkLine(field, text string, most int) error {
	if text == "" {
		return nil
	}
	var breach *order.RuleError
	if err := order.CheckLine(field, text, most); errors.As(err, &breach) {
		return fmt.Errorf("%w: the %s: %s", ErrInvalid, field, breach.Why)
	}
	return nil
}

// checkCaseLines refuses a number that could pass for another one, and what is too long to be a number or a court's name.
func checkCaseLines(c testimony.Case) error {
	if err := errors.Join(checkLine("reference", c.Reference, maxCaseReference), checkLine("court", c.Court, maxCourt)); err != nil {
		return err
	}
	var breach *order.RuleError
	if errors.As(order.CheckScript("reference", c.Reference), &breach) {
		return fmt.Errorf("%w: the reference: %s", ErrInvalid, breach.Why)
	}
	return nil
}
