// Package etcdtest holds the tests of store/etcd, and those of a vault on it, which start members of an etcd cluster in this process.
package etcdtest
