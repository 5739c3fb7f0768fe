package kit

import (
	"crypto/sha256"
	"fmt"
	"strings"
)

// A sheet's code is 50 bytes: version, index, vault, kit, share, and the first four bytes of their SHA-256. It is written in base 32, in
// twenty groups of four signs with a fifth that checks its group and the group's place, so that a mistake in typing is found where it
// is.
const (
	version    = 1
	codeSize   = 50
	sumSize    = 4
	groupData  = 4
	groupSize  = groupData + 1
	groups     = codeSize * 8 / 5 / groupData
	codeSigns  = groups * groupSize
	signs      = "0123456789ABCDEFGHJKMNPQRSTVWXYZ" // Crockford's: no I, L, O, U
	lineMark   = "="
	maxSheetIn = 64 << 10 // bytes of a text that a sheet is looked for in
)

// How a sheet's code is printed: lines, and groups on each.
const (
	PrintedLines = groups / LineGroups
	LineGroups   = 5
)

// TypoError says in which group of five signs, counted from 1, a mistake is. It is an [ErrTypo]. Group 0: the length is wrong, or each group
// is right and the whole is not.
type TypoError struct{ Group int }

func (e *TypoError) Error() string {
	if e.Group == 0 {
		return "the sheet is not whole"
	}
	return fmt.Sprintf("there is a mistake in group %d of the sheet", e.Group)
}

// Is makes it an ErrTypo.
func (e *TypoError) Is(target error) bool { return target == ErrTypo }

// Code is the sheet as one hundred signs without spaces, as a QR code holds it.
func (s Sheet) Code() string {
	b := s.encode()
	defer clear(b)
	digits := make([]byte, 0, codeSize*8/5)
	for i := 0; i < len(b); i += 5 { // five bytes are eight signs
		v := uint64(b[i])<<32 | uint64(b[i+1])<<24 | uint64(b[i+2])<<16 | uint64(b[i+3])<<8 | uint64(b[i+4])
		for shift := 35; shift >= 0; shift -= 5 {
			digits = append(digits, byte(v>>shift)&31)
		}
	}
	var out strings.Builder
	for g := range groups {
		group := digits[g*groupData : (g+1)*groupData]
		for _, d := range append(group[:groupData:groupData], check(g, group)) {
			out.WriteByte(signs[d])
		}
	}
	return out.String()
}

// Lines are the code as it is printed: four lines of five groups.
func (s Sheet) Lines() []string {
	code := s.Code()
	var lines []string
	for at := 0; at < len(code); at += LineGroups * groupSize {
		var parts []string
		for g := range LineGroups {
			parts = append(parts, code[at+g*groupSize:at+(g+1)*groupSize])
		}
		lines = append(lines, strings.Join(parts, " "))
	}
	return lines
}

// Text is the lines as a file has them among other words: each begins with an equals sign.
func (s Sheet) Text() string {
	return lineMark + " " + strings.Join(s.Lines(), "\n"+lineMark+" ") + "\n"
}

func (s Sheet) encode() []byte {
	b := make([]byte, 0, codeSize)
	b = append(b, version, s.Index)
	b = append(b, s.Vault[:]...)
	b = append(b, s.Kit[:]...)
	b = append(b, s.Share[:]...)
	sum := sha256.Sum256(b)
	return append(b, sum[:sumSize]...)
}

// Parse reads a sheet from what was typed, scanned, or written to a file by Text. Letter case, spaces, line ends and hyphens don't count, O
// is 0 and I and L are 1. Where lines begin with an equals sign, they alone are read. The error is a [*TypoError].
func Parse(text string) (Sheet, error) {
	if len(text) > maxSheetIn {
		return Sheet{}, &TypoError{}
	}
	digits, err := digitsOf(marked(text))
	if err != nil {
		return Sheet{}, err
	}
	defer clear(digits)
	b := make([]byte, 0, codeSize)
	defer clear(b[:codeSize])
	var held uint64
	bits := 0
	for g := range groups {
		group := digits[g*groupSize : (g+1)*groupSize]
		if check(g, group[:groupData]) != group[groupData] {
			return Sheet{}, &TypoError{g + 1}
		}
		for _, d := range group[:groupData] {
			held, bits = held<<5|uint64(d), bits+5
			if bits >= 8 {
				bits -= 8
				b = append(b, byte(held>>bits))
			}
		}
	}
	sum := sha256.Sum256(b[:codeSize-sumSize])
	if b[0] != version || b[1] == 0 || [sumSize]byte(b[codeSize-sumSize:]) != [sumSize]byte(sum[:]) {
		return Sheet{}, &TypoError{}
	}
	s := Sheet{Index: b[1], Vault: [4]byte(b[2:]), Kit: ID(b[6:]), Share: [32]byte(b[14:])}
	return s, nil
}

// marked keeps the lines that begin with an equals sign, where there are any.
func marked(text string) string {
	var kept []string
	for line := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(strings.TrimSpace(line), lineMark); ok {
			kept = append(kept, rest)
		}
	}
	if kept == nil {
		return text
	}
	return strings.Join(kept, "\n")
}

// digitsOf reads the signs. A wrong length is blamed on the first group that doesn't hold.
func digitsOf(text string) ([]byte, error) {
	digits := make([]byte, 0, codeSigns+1)
	for _, r := range strings.ToUpper(text) {
		switch r {
		case ' ', '\t', '\n', '\r', '-', '\u00a0':
			continue
		case 'O':
			r = '0'
		case 'I', 'L':
			r = '1'
		}
		d := strings.IndexRune(signs, r)
		if d < 0 || len(digits) == codeSigns {
			return nil, &TypoError{min(len(digits)/groupSize+1, groups)}
		}
		digits = append(digits, byte(d))
	}
	if len(digits) == codeSigns {
		return digits, nil
	}
	for g := range len(digits) / groupSize {
		if group := digits[g*groupSize : (g+1)*groupSize]; check(g, group[:groupData]) != group[groupData] {
			return nil, &TypoError{g + 1}
		}
	}
	return nil, &TypoError{len(digits)/groupSize + 1}
}

// check is the fifth sign of a group: a polynomial over GF(32) that changes with any one sign, with two that change places, and with the
// group's own place.
func check(group int, data []byte) byte {
	c := byte(group & 31)
	for _, d := range data {
		c = double(c) ^ d
	}
	return double(c)
}

// double multiplies by x in GF(32) modulo x^5 + x^2 + 1.
func double(c byte) byte {
	c <<= 1
	if c&32 != 0 {
		c ^= 0b100101
	}
	return c
}
