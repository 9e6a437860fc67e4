package steps

// Network is the one that an actor's calls are made in: the namespace of its
// scenario or of its host, or the machine's own.
type Network struct {
	// Machine tells that it is the machine's own, where others are too.
	Machine bool
	// Do runs a function on a thread inside of the network; nil where every
	// thread is there.
	Do func(func() error) error
	// Enter moves the calling thread into the network for good; nil where every
	// thread is there.
	Enter func() error
	// Fd is a descriptor of the network for setns(2), negative for the machine's;
	// nil where the program is.
	Fd func() int
	// SockDiag sends a request of sock_diag(7) and gives the body of each answer;
	// nil where the network has no socket for that.
	SockDiag func(request []byte, dump bool, each func(answer []byte) error) error
	// Destroy ends one end of a TCP connection, as SOCK_DESTROY of sock_diag(7) does.
	Destroy func(FourTuple) error
	// Faults change what becomes of its packets; nil where that is not allowed,
	// because others are there too.
	Faults Faults
}

// inside runs f in the network of the actor, where one without privileges is
// already.
func (e *Env) inside(f func() error) error {
	if e.Net == nil || e.Net.Do == nil || e.unprivileged {
		return f()
	}
	return e.Net.Do(f)
}

// scope is the index of an interface in the network of the actor.
func (e *Env) scope(name string) (index uint32, err error) {
	err = e.inside(func() error {
		index, err = interfaceIndex(name)
		return err
	})
	return index, err
}
