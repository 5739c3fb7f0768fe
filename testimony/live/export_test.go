package live

// LockDesk locks the vault under a running session, as a disk that fails would.
func (s *Session) LockDesk() { s.desk.Lock() }
