package i18n

import "strconv"

// Number writes a whole number with its thousands apart: 12,345 in English, 12 345 in French, where the space is one that no line breaks at.
func Number(n int) string {
	apart := ","
	if Language() == "fr" {
		apart = "\u00a0"
	}
	digits, sign := strconv.Itoa(n), ""
	if n < 0 {
		digits, sign = digits[1:], "−"
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + apart + digits[i:]
	}
	return sign + digits
}
