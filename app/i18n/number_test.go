package i18n

import "testing"

func TestNumbersAreWrittenAsTheLanguageDoes(t *testing.T) {
	for language, want := range map[string]map[int]string{
		"en": {0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567", -4321: "−4,321"},
		"fr": {0: "0", 999: "999", 1000: "1\u00a0000", 1234567: "1\u00a0234\u00a0567", -4321: "−4\u00a0321"},
	} {
		if err := Use(language); err != nil {
			t.Fatal(err)
		}
		for n, words := range want {
			if got := Number(n); got != words {
				t.Errorf("%s: %d is written %q", language, n, got)
			}
		}
	}
}
