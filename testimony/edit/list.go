package edit

import (
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"paravent/testimony"
)

// List is everything that is to be missing from the versions of one recording: the approved items of all its requests. A judge signs it as a
// whole with every decision, so that nobody can leave one item out of it. The next list has the next number; none is overwritten.
type List struct {
	Recording testimony.RecordingID `json:"recording"`
	Root      []byte                `json:"root"`   // of the recording's head: what the judge decided on
	Number    int                   `json:"number"` // from 1
	At        time.Time             `json:"at"`
	By        string                `json:"by"` // opaque id of the judge
	Items     []Ordered             `json:"items"`
	Signature []byte                `json:"signature,omitempty"`
}

// Ordered is an approved item. The reason is not in it: it can name what is to be withheld.
type Ordered struct {
	Request RequestID `json:"request"`
	Item    int       `json:"item"`
	Passage
}

// Name is how an item is named to others: request and number.
func (o Ordered) Name() string { return string(o.Request) + "/" + strconv.Itoa(o.Item) }

// InForce gathers the approved items of requests, in the order of their times.
func InForce(requests []Request) []Ordered {
	items := []Ordered{}
	for _, r := range requests {
		for _, x := range r.Items {
			if x.State == Approved {
				items = append(items, Ordered{r.ID, x.Number, x.Passage})
			}
		}
	}
	slices.SortFunc(items, func(a, b Ordered) int {
		if a.From != b.From {
			return int(a.From/time.Millisecond) - int(b.From/time.Millisecond)
		}
		return strings.Compare(a.Name(), b.Name())
	})
	return items
}

const listForm = "paravent edit list 1"

// Statement is what the judge signs: lines of text, each ended by a line feed, times in milliseconds. docs/evidence-format.md has them.
func (l List) Statement() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\nrecording %s\nroot %x\nnumber %d\nat %s\nitems %d\n", listForm, l.Recording, l.Root, l.Number, l.At.UTC().Format(time.RFC3339), len(l.Items))
	for _, o := range l.Items {
		fmt.Fprintf(&b, "item %s %s %s %d %d %d\n", o.Name(), o.Kind, o.Channels, o.From.Milliseconds(), o.Until.Milliseconds(), o.PictureUntil.Milliseconds())
	}
	return []byte(b.String())
}

// ErrList says that a text is not the statement of a list.
var ErrList = errors.New("not a list of edits")

// ParseList reads a statement. What it accepts is written back by [List.Statement] to the byte.
func ParseList(text []byte) (List, error) {
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	var l List
	var count int
	if len(lines) < 6 || lines[0] != listForm {
		return l, ErrList
	}
	values := make([]string, 6)
	for i, key := range []string{"", "recording ", "root ", "number ", "at ", "items "} {
		var ok bool
		if values[i], ok = strings.CutPrefix(lines[i], key); !ok {
			return l, ErrList
		}
	}
	l.Recording = testimony.RecordingID(values[1])
	var errs [4]error
	l.Root, errs[0] = hex.DecodeString(values[2])
	l.Number, errs[1] = strconv.Atoi(values[3])
	l.At, errs[2] = time.Parse(time.RFC3339, values[4])
	count, errs[3] = strconv.Atoi(values[5])
	if errors.Join(errs[:]...) != nil || count != len(lines)-6 {
		return l, ErrList
	}
	for _, line := range lines[6:] {
		o, err := parseOrdered(line)
		if err != nil {
			return l, err
		}
		l.Items = append(l.Items, o)
	}
	if string(l.Statement()) != string(text) {
		return l, ErrList
	}
	return l, nil
}

func parseOrdered(line string) (Ordered, error) {
	f := strings.Split(line, " ")
	if len(f) != 7 || f[0] != "item" {
		return Ordered{}, ErrList
	}
	request, number, ok := strings.Cut(f[1], "/")
	item, err := strconv.Atoi(number)
	o := Ordered{RequestID(request), item, Passage{Kind: Kind(f[2]), Channels: Channels(f[3])}}
	for i, at := range []*time.Duration{&o.From, &o.Until, &o.PictureUntil} {
		ms, bad := strconv.ParseInt(f[4+i], 10, 41)
		*at = time.Duration(ms) * time.Millisecond
		err = errors.Join(err, bad)
	}
	sane := ok && err == nil && (o.Kind == Cut || o.Kind == Mask) && (o.Channels.picture() || o.Channels.voice()) && (o.Kind != Cut || o.Channels == Both)
	if !sane || o.From < 0 || o.Until <= o.From || o.PictureUntil < o.Until {
		return Ordered{}, ErrList
	}
	return o, nil
}
