package store

import (
	"sync"

	"paravent/store/audit"
)

// memory keeps what was made of the vault as it stands at one head of the audit log: every change of the vault is an entry of that log.
type memory struct {
	mu     sync.Mutex
	size   int64
	hash   audit.Hash
	values map[string]any
}

// at makes the memory one of the vault as a head has it; it holds m.mu.
func (m *memory) at(head audit.Head) {
	if m.values == nil || m.size != head.Size || m.hash != head.Root {
		m.size, m.hash, m.values = head.Size, head.Root, map[string]any{}
	}
}

func (m *memory) forget() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.values = nil
}

// Remember returns what was made under a name before, while nothing in the vault has changed since, by whoever; otherwise it makes it anew. A large vault
// is so not opened record by record for every look at it. What it returns is shared by all who ask: nobody may change it. It is forgotten when the vault is locked.
// Within an Update nothing is remembered: what is made there may never come to be.
func Remember[T any](tx Reading, name string, make func() (T, error)) (T, error) {
	view, ok := tx.(*ReadTx)
	if !ok {
		return make()
	}
	head, err := view.readHead()
	if err != nil {
		var none T
		return none, err
	}
	m := &view.v.memory
	m.mu.Lock()
	m.at(head)
	known, found := m.values[name]
	m.mu.Unlock()
	if found {
		return known.(T), nil
	}
	made, err := make()
	if err != nil {
		return made, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.values != nil && m.size == head.Size && m.hash == head.Root { // the vault may have changed meanwhile
		m.values[name] = made
	}
	return made, nil
}
