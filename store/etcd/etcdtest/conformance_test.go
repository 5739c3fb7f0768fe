package etcdtest

import (
	"testing"

	"paravent/store"
	"paravent/store/storetest"
)

func TestConformanceOnOneMember(t *testing.T) { conform(t, start(t, 1)) }

func TestConformanceOnThreeMembers(t *testing.T) { conform(t, start(t, 3)) }

func conform(t *testing.T, c *cluster) {
	storetest.Run(t, func(t testing.TB) store.Backend { return open(t, c.config(freshPrefix())) })
}

func TestConformanceWithWiderLimits(t *testing.T) {
	c := start(t, 1, func(m *member) { m.MaxTxnOps, m.MaxRequestBytes = 2000, 8<<20 })
	storetest.Run(t, func(t testing.TB) store.Backend {
		config := c.config(freshPrefix())
		config.MaxTxnOps, config.MaxRequestBytes = 2000, 8<<20
		return open(t, config)
	})
}

func TestRandomPrograms(t *testing.T) {
	t.Parallel()
	one, three := start(t, 1), start(t, 3)
	storetest.Programs(t, open(t, one.config(freshPrefix())), 1, 30_000)
	storetest.Programs(t, storetest.Twice(open(t, one.config(freshPrefix()))), 2, 30_000)
	storetest.Programs(t, open(t, three.config(freshPrefix())), 3, 30_000)
	storetest.Programs(t, storetest.Twice(open(t, three.config(freshPrefix()))), 4, 15_000)
}
