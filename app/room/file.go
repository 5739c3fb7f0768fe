package room

// NewFile is a place that a form offers for a new file: in the user's own folder, under a name that no file there has.
func NewFile(name string) string { return free(Suggested(name)) }
