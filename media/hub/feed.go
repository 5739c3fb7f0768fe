package hub

import "sync/atomic"

// feed is one publisher's picture or voice in one form, with those who receive it. The list is replaced, never
// changed, so forwarding takes no lock and a forwarding that has begun never reaches a subscription made after it.
type feed[P packet] struct {
	subscriptions atomic.Pointer[[]*subscription[P]]
}

func (f *feed[P]) each(visit func(*subscription[P])) {
	if list := f.subscriptions.Load(); list != nil {
		for _, s := range *list {
			visit(s)
		}
	}
}

func (f *feed[P]) forward(p P) {
	f.each(func(s *subscription[P]) { s.push(p) })
}

func (f *feed[P]) restart() {
	f.each(func(s *subscription[P]) { s.restart() })
}

func (f *feed[P]) wanted() bool {
	list := f.subscriptions.Load()
	return list != nil && len(*list) > 0
}

// add and remove are called under the router's lock.
func (f *feed[P]) add(s *subscription[P]) {
	var list []*subscription[P]
	f.each(func(other *subscription[P]) { list = append(list, other) })
	list = append(list, s)
	f.subscriptions.Store(&list)
}

func (f *feed[P]) remove(gone revocable) {
	var list []*subscription[P]
	f.each(func(s *subscription[P]) {
		if revocable(s) != gone {
			list = append(list, s)
		}
	})
	f.subscriptions.Store(&list)
}
