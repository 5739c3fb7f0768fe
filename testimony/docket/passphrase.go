package docket

import (
	"context"
	"path/filepath"
	"strings"

	"paravent/store/strength"
	"paravent/testimony/invite"
)

// Passphrases are judged wherever one is chosen: at a vault's creation, enrolment, change and recovery. The training vault takes its own,
// which every manual names, and no other weak one.

// checkPassphrase refuses one that is too easy to guess with a [*strength.WeakError].
func checkPassphrase(passphrase []byte, training bool, surroundings []string) error {
	if training && string(passphrase) == TrainingPassphrase {
		return nil
	}
	return strength.Check(passphrase, surroundings)
}

// mostCases bounds how many cases are looked at in a passphrase, and how many parties.
const mostCases = 500

// Surroundings are what an enemy may know of somebody who chooses a passphrase for the vault at path, where nobody has unlocked it. texts are
// what is known of the person: their login, their name.
func Surroundings(path string, texts ...string) []string {
	where, _, _ := strings.Cut(path, "?") // of a cluster's address
	base := filepath.Base(where)
	return append(texts, base, strings.TrimSuffix(base, filepath.Ext(base)))
}

// Surroundings are what an enemy may know of somebody who chooses a passphrase for this vault: its cases and pseudonyms, as far as this
// user reads them, beside the texts that are known of the person.
func (d *Desk) Surroundings(ctx context.Context, texts ...string) []string {
	known := Surroundings(d.path, texts...)
	cases, err := d.Cases(ctx)
	if err != nil { // an auditor's, who reads none
		return known
	}
	for _, c := range cases[:min(len(cases), mostCases)] {
		known = append(known, c.Reference)
	}
	parties, err := d.Parties(ctx)
	if err != nil {
		return known
	}
	for _, p := range parties[:min(len(parties), mostCases)] {
		for _, a := range p.Appearances {
			known = append(known, string(a.Pseudonym))
		}
	}
	return known
}

// SuggestPassphrase draws a passphrase of six words in a language, from those that are read aloud elsewhere: they are short, clear and
// easy to tell apart.
func SuggestPassphrase(opts Options, language string) (string, error) {
	return strength.Suggest(opts.filled().Rand, invite.WordList(language))
}
