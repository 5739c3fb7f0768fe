package etcd

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	clientv3 "go.etcd.io/etcd/client/v3"

	"paravent/store"
)

// reader reads one tree.
type reader struct{ tree *tree }

// Get implements [store.Reader].
func (r reader) Get(bucket, key []byte) ([]byte, error) {
	found, _ := r.tree.Get(place(bucket, key))
	return found.value, nil
}

// Range implements [store.Reader].
func (r reader) Range(bucket, prefix []byte, fn func(key, value []byte) error) error {
	from, head := place(bucket, prefix), 1+len(bucket)
	var err error
	r.tree.Ascend(from, func(at string, found record) bool {
		if !strings.HasPrefix(at, from) {
			return false
		}
		err = fn([]byte(at[head:]), found.value)
		return err == nil
	})
	return err
}

// transaction is one run of an Update's closure. It works on its own copy of a state and remembers what it read there
// and what it wrote.
type transaction struct {
	reader
	layout layout
	base   *state
	read   map[string]int64  // revision of each record read; 0: there was none
	ranged bool              // a range was read
	writes map[string]change // by place
}

// change is a record's new value, or its end.
type change struct {
	value  []byte
	key    int // bytes of the key
	delete bool
}

func newTransaction(l layout, base *state, own *tree) *transaction {
	return &transaction{reader: reader{own}, layout: l, base: base, read: make(map[string]int64), writes: make(map[string]change)}
}

// Get implements [store.Reader].
func (t *transaction) Get(bucket, key []byte) ([]byte, error) {
	return t.get(place(bucket, key)).value, nil
}

func (t *transaction) get(at string) record {
	found, _ := t.tree.Get(at)
	if _, own := t.writes[at]; !own {
		t.read[at] = found.modified
	}
	return found
}

// Range implements [store.Reader].
func (t *transaction) Range(bucket, prefix []byte, fn func(key, value []byte) error) error {
	t.ranged = true
	return t.reader.Range(bucket, prefix, fn)
}

// Put implements [store.Writer].
func (t *transaction) Put(bucket, key, value []byte) error {
	if err := store.CheckName(bucket, key); err != nil {
		return err
	}
	if value == nil {
		value = []byte{}
	}
	at := place(bucket, key)
	t.writes[at] = change{value: value, key: len(key)}
	t.tree.Set(at, record{value: value})
	return nil
}

// Delete implements [store.Writer]. To find nothing to delete is to have read.
func (t *transaction) Delete(bucket, key []byte) error {
	at := place(bucket, key)
	if t.get(at).value == nil {
		return nil
	}
	t.writes[at] = change{key: len(key), delete: true}
	t.tree.Delete(at)
	return nil
}

// size is what counts against the limits.
func (t *transaction) size() (ops, bytes int) {
	for _, w := range t.writes {
		bytes += w.key + len(w.value)
	}
	return len(t.writes), bytes
}

// conditions are what must still hold for the transaction to be applied: that nobody changed what it read. Where single
// records would be too many, or a range was read, that is that nobody changed anything.
func (t *transaction) conditions(most int) []clientv3.Cmp {
	size := 0
	for at := range t.read {
		size += len(at) + len(t.layout.data) + 32
	}
	if t.ranged || len(t.read) > most || size > maxConditions {
		return []clientv3.Cmp{clientv3.Compare(clientv3.ModRevision(t.layout.generation), "=", t.base.generation)}
	}
	conditions := make([]clientv3.Cmp, 0, len(t.read)+1)
	for at, modified := range t.read {
		conditions = append(conditions, clientv3.Compare(clientv3.ModRevision(t.layout.data+at), "=", modified))
	}
	return conditions
}

// operations are what the transaction writes, in the order of places.
func (t *transaction) operations() []clientv3.Op {
	ops := make([]clientv3.Op, 0, len(t.writes)+ownOps)
	for _, at := range slices.SortedFunc(maps.Keys(t.writes), cmp.Compare) {
		if w := t.writes[at]; w.delete {
			ops = append(ops, clientv3.OpDelete(t.layout.data+at))
		} else {
			ops = append(ops, clientv3.OpPut(t.layout.data+at, string(w.value)))
		}
	}
	return ops
}
