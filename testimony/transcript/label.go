package transcript

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"paravent/testimony"
)

// The longest label that a line is taken to begin with.
const (
	maxLabel      = 48 // characters
	maxLabelWords = 6
)

// cutLabel takes from a line of text who speaks, as transcripts write it: NAME: or [Name], behind a dash or >> or alone. The label is empty where the line begins
// with none. What could be a label is one: a line of speech that is refused can be typed otherwise, a name that was let in cannot be taken back.
func cutLabel(line string) (label, rest string) {
	line = strings.TrimLeft(line, "-–—>* \u00a0")
	for _, pair := range []string{"[]", "()", "{}", "<>"} {
		if inside, ok := strings.CutPrefix(line, pair[:1]); ok {
			name, after, closed := strings.Cut(inside, pair[1:])
			after = strings.TrimLeft(after, ": \u00a0")
			if closed && after != "" && named(strings.TrimSpace(name)) {
				return strings.TrimSpace(name), after
			}
		}
	}
	for at, r := range line {
		if at > maxLabel*utf8.UTFMax {
			break
		}
		if !strings.ContainsRune(colons, r) {
			continue
		}
		after := line[at+utf8.RuneLen(r):]
		if first, _ := utf8.DecodeRuneInString(after); unicode.IsDigit(first) || first == '/' {
			continue // a time of day, an address
		}
		if name := strings.TrimSpace(line[:at]); named(name) {
			return name, strings.TrimSpace(after)
		}
		break
	}
	return "", line
}

const colons = ":：﹕∶꞉"

// particles stand in names without a capital.
var particles = map[string]bool{"de": true, "du": true, "des": true, "la": true, "le": true, "van": true, "von": true, "der": true, "den": true, "bin": true, "ibn": true,
	"al": true, "el": true, "da": true, "di": true, "dos": true, "of": true, "the": true, "for": true, "and": true, "et": true, "à": true}

// named reports whether words could be a name or the name of an office: one word, or few, each with a capital, of a script without capitals, or a number.
func named(words string) bool {
	if words == "" || utf8.RuneCountInString(words) > maxLabel {
		return false
	}
	if _, known := offices[strings.ToLower(words)]; known {
		return true
	}
	fields := strings.Fields(words)
	if len(fields) > maxLabelWords {
		return false
	}
	if len(fields) == 1 {
		return strings.IndexFunc(words, unicode.IsLetter) >= 0
	}
	any := false
	for _, w := range fields {
		w = strings.TrimLeft(w, "(['’\"«“")
		first, _ := utf8.DecodeRuneInString(w)
		switch {
		case unicode.IsUpper(first), unicode.IsTitle(first), unicode.Is(unicode.Lo, first):
			any = true
		case unicode.IsDigit(first), particles[strings.ToLower(w)], !unicode.IsLetter(first):
		default:
			return false
		}
	}
	return any
}

// offices are words by which transcripts in English and French name a role.
var offices = map[string]testimony.Role{
	"judge": testimony.RoleBench, "the judge": testimony.RoleBench, "the court": testimony.RoleBench, "court": testimony.RoleBench, "presiding judge": testimony.RoleBench,
	"juge": testimony.RoleBench, "le juge": testimony.RoleBench, "la juge": testimony.RoleBench, "le président": testimony.RoleBench, "la présidente": testimony.RoleBench, "tribunal": testimony.RoleBench, "la cour": testimony.RoleBench,
	"the witness": testimony.RoleWitness, "témoin": testimony.RoleWitness, "le témoin": testimony.RoleWitness,
	"the interpreter": testimony.RoleInterpreter, "interprète": testimony.RoleInterpreter, "l’interprète": testimony.RoleInterpreter, "l'interprète": testimony.RoleInterpreter,
	"prosecutor": testimony.RoleProsecution, "the prosecutor": testimony.RoleProsecution, "procureur": testimony.RoleProsecution, "le procureur": testimony.RoleProsecution, "ministère public": testimony.RoleProsecution,
	"defense": testimony.RoleDefence, "défense": testimony.RoleDefence, "counsel for the defence": testimony.RoleDefence, "defence counsel": testimony.RoleDefence,
	"the accused": testimony.RoleAccused, "defendant": testimony.RoleAccused, "accusé": testimony.RoleAccused, "prévenu": testimony.RoleAccused,
}

// Labels say which speaker a file's labels stand for, by the label in lower case. Roles and their usual names need no entry.
type Labels map[string]Speaker

// speaker says who a label is. What is not known is refused, and not told: it can be a name. The form in which speakers are written here goes before the
// words that others use: "judge" is a judge who takes part from elsewhere, "Judge" is the bench.
func (l Labels) speaker(label string) (Speaker, error) {
	written := strings.TrimSpace(label)
	label = strings.ToLower(written)
	if s, ok := l[label]; ok {
		return s, nil
	}
	if s, err := ParseSpeaker(written); err == nil {
		return s, nil
	}
	if role, ok := offices[label]; ok {
		return Speaker{Role: role}, nil
	}
	return ParseSpeaker(label)
}
