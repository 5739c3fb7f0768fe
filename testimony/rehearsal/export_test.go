package rehearsal

import "os"

// MarkedSound is how many tenths of a second of a recording carry the witness's mark.
func MarkedSound(file *os.File) (int, error) {
	found, err := search(file)
	return found.sound, err
}
