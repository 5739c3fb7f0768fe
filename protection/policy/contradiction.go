package policy

import (
	"fmt"

	"paravent/protection/order"
)

var againstWords = map[Language]map[order.Against]string{
	English: {
		order.AgainstRefusal: "Order %[1]s orders %[3]s, and order %[2]s refused it. %[1]s stands until a judge decides.",
		order.AgainstLifted:  "Order %[1]s orders %[3]s, and order %[2]s, which ordered it too, was lifted. %[1]s stands until a judge decides.",
		order.AgainstDoubt:   "Order %[2]s is to replace order %[1]s without %[3]s, and is not firm. %[1]s stands beside it until a judge decides.",
		order.AgainstTold:    "Orders %[1]s and %[2]s tell %[3]s different things. What %[1]s says is stricter and stands.",
		order.AgainstMode:    "Order %[1]s asks for a closed session, and order %[2]s for a private one. The session is closed.",
	},
	French: {
		order.AgainstRefusal: "L’ordonnance %[1]s prévoit : %[3]s ; l’ordonnance %[2]s l’a refusé. %[1]s vaut jusqu’à la décision d’un juge.",
		order.AgainstLifted:  "L’ordonnance %[1]s prévoit : %[3]s ; l’ordonnance %[2]s, qui le prévoyait aussi, a été levée. %[1]s vaut jusqu’à la décision d’un juge.",
		order.AgainstDoubt:   "L’ordonnance %[2]s doit remplacer l’ordonnance %[1]s sans : %[3]s ; elle n’est pas définitive. %[1]s vaut à côté d’elle jusqu’à la décision d’un juge.",
		order.AgainstTold:    "Les ordonnances %[1]s et %[2]s ne disent pas la même chose pour : %[3]s. %[1]s est plus stricte et vaut.",
		order.AgainstMode:    "L’ordonnance %[1]s demande le huis clos, et l’ordonnance %[2]s une session privée. La session est à huis clos.",
	},
}

// Contradicted says a contradiction in words: both orders, and what stands.
func Contradicted(c order.Contradiction, l Language) string {
	words, ok := againstWords[l]
	if !ok {
		words, l = againstWords[English], English
	}
	if c.In == order.AgainstMode { // it names both measures itself
		return fmt.Sprintf(words[c.In], c.StandsReference, c.OtherReference)
	}
	return fmt.Sprintf(words[c.In], c.StandsReference, c.OtherReference, MeasureWord(c.Measure, l))
}
