package etcd

import "strings"

// The keys below a vault's prefix:
//
//	d | length of bucket (1) | bucket | key    a record
//	g                                          generation: the marker of the newest transaction that wrote
//	t | marker (16)                            a transaction that was applied (empty) or given up ("x"), for two minutes
//
// Every transaction that writes also writes g. One that has read a range has g as its condition: a comparison over the
// range itself would not notice that something was deleted from it.
type layout struct{ prefix, data, end, generation, markers string }

const (
	deskSize   = 8
	markerSize = deskSize + 8
)

func newLayout(prefix string) layout {
	return layout{prefix: prefix, data: prefix + "d", end: prefix + "h", generation: prefix + "g", markers: prefix + "t"}
}

// place is a record's name in the mirror. Bucket and key can't run into each other.
func place(bucket, key []byte) string {
	var b strings.Builder
	b.Grow(1 + len(bucket) + len(key))
	b.WriteByte(byte(len(bucket)))
	b.Write(bucket)
	b.Write(key)
	return b.String()
}

func (l layout) marker(id string) string { return l.markers + id }
