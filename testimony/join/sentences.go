package join

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Sentences are the page's sentences in one language, for a guest's side that is no page.
type Sentences map[string]string

// SentencesIn returns the page's sentences in a language that comes with the program; English for any other.
func SentencesIn(lang string) (Sentences, error) {
	if !slices.Contains(builtIn, lang) {
		lang = "en"
	}
	text, err := builtInFile(lang)
	if err != nil {
		return nil, err
	}
	s, err := readSentences(text)
	return s, err
}

// Say is a sentence, its places filled from pairs of name and value.
func (s Sentences) Say(key string, pairs ...string) string {
	text := s[key]
	for i := 0; i+1 < len(pairs); i += 2 {
		text = strings.ReplaceAll(text, "{"+pairs[i]+"}", pairs[i+1])
	}
	return text
}

// BannerOf is which banner a state stands for: public, private, closed, break, interruption, held, identity, lobby or ended. It is what the page's
// bannerOf is.
func (s State) BannerOf() string {
	if s.Banner != "" {
		return s.Banner
	}
	switch s.Phase {
	case "break", "interruption", "identity", "lobby":
		return s.Phase
	case "closed":
		return "ended"
	}
	return s.Mode
}

// audiences in the order in which the page names them.
var audiences = []string{"bench", "assessor", "prosecution", "defence", "interpreter", "support", "coordinator", "accused", "gallery", "press"}

// OthersReceive says what each audience receives of the witness who reads it: one sentence for each group that receives the same. It is
// what the page's whatOthersReceive is.
func (s Sentences) OthersReceive(what map[string]Reception) []string {
	var order []Reception
	groups := map[Reception][]string{}
	for _, a := range audiences {
		cell, ok := what[a]
		if !ok {
			continue
		}
		if groups[cell] == nil {
			order = append(order, cell)
		}
		groups[cell] = append(groups[cell], a)
	}
	var said []string
	for _, cell := range order {
		said = append(said, s.received(s.lawyers(groups[cell]), cell))
	}
	return said
}

// lawyers puts counsel of both sides together where the language has one word for them.
func (s Sentences) lawyers(who []string) []string {
	if s["who.lawyers"] == "" || !slices.Contains(who, "prosecution") || !slices.Contains(who, "defence") {
		return who
	}
	var names []string
	for _, w := range who {
		switch w {
		case "defence":
		case "prosecution":
			names = append(names, "lawyers")
		default:
			names = append(names, w)
		}
	}
	return names
}

func (s Sentences) received(who []string, cell Reception) string {
	many := "one"
	if len(who) > 1 || who[0] == "lawyers" {
		many = "many"
	}
	names := make([]string, len(who))
	for i, w := range who {
		names[i] = s["who."+w]
	}
	subject := capital(s.list(names))
	if cell.Picture == cell.Voice && (cell.Picture == "clear" || cell.Picture == "nothing") {
		return s.Say("list."+cell.Picture+"."+many, "who", subject)
	}
	join := "list.join"
	if (cell.Picture == "nothing") != (cell.Voice == "nothing") {
		join = "list.but"
	}
	return s.Say(join, "who", subject, "picture", s["picture."+cell.Picture+"."+many], "voice", s["voice."+cell.Voice+"."+many])
}

func (s Sentences) list(parts []string) string {
	if len(parts) < 2 {
		return strings.Join(parts, "")
	}
	return s.Say("list.last", "first", strings.Join(parts[:len(parts)-1], s["list.comma"]), "last", parts[len(parts)-1])
}

// YouReceive says what a guest other than the witness receives of the witness.
func (s Sentences) YouReceive(cell Reception) string {
	if cell == (Reception{}) {
		cell = Reception{"nothing", "nothing"}
	}
	return s.Say("you.join", "picture", s["you.picture."+cell.Picture], "voice", s["you.voice."+cell.Voice])
}

func capital(text string) string {
	r, n := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(r)) + text[n:]
}
