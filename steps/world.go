package steps

import (
	"net/netip"
	"sync"
	"sync/atomic"
)

// World is what the steps of one scenario share: its network, its folder, and
// every handle that is open.
type World struct {
	// Tmp is the path of the scenario's own folder, known from the start.
	Tmp string
	// MakeTmp makes that folder. It is called once, by the first step that needs
	// it; nil where the folder is there already.
	MakeTmp func() error
	// Networks are those that actors can be in: the scenario's own, then those of
	// its hosts. Without any the calls are made where the program is.
	Networks []*Network
	// StartProcess starts the process of an actor in the network of that number;
	// nil where there can be none.
	StartProcess func(network int, setup ProcessSetup) (*Remote, error)
	// StartProgram starts a program under test there; nil where there can be none.
	StartProgram func(network int, setup ProgramSetup) (Program, error)
	// Sandbox is what the programs may reach; nil where they are trusted. It is
	// their own folders beside Tmp.
	Sandbox *Sandbox
	// Limits are those of each program that has none of that kind itself.
	Limits ProgramLimits
	// Wrote is called when a program may have written something that nobody has been
	// told of, without any lock; take gives it, once. nil where nobody wants to know.
	Wrote func(take func() []Written)
	// Runs is how many programs the scenario may start in all; some may be left out.
	Runs int
	// Hosts are the addresses of the scenario's hosts, by name, in the order in
	// which it gives them.
	Hosts map[string][]netip.Addr
	// HostNames are the names of the hosts, in the order of their Networks.
	HostNames []string

	tainted   atomic.Bool
	strangers atomic.Bool // a program was started in a sandbox
	tmpOnce   sync.Once
	tmpErr    error

	mu     sync.Mutex
	open   *Handle // newest first, linked through Handle.older
	tuples map[FourTuple]struct{}
	faults []*fault // the newest last

	programs []*program                // under test, in the order in which they were started
	begun    int                       // how often one was to be started
	sent     map[fileID][]*Description // in messages, by what they are
}

// NeedTmp makes the scenario's folder, unless that is done.
func (w *World) NeedTmp() error {
	w.tmpOnce.Do(func() {
		if w.MakeTmp != nil {
			w.tmpErr = w.MakeTmp()
		}
	})
	return w.tmpErr
}

// Network is the one with that number; nil where there is none.
func (w *World) Network(number int) *Network {
	if number >= len(w.Networks) {
		return nil
	}
	return w.Networks[number]
}

// FourTuple are the addresses of a TCP connection.
type FourTuple struct{ Local, Remote netip.AddrPort }

// Tuples are the connections that were made: what may be left of them in the
// namespace when everything is closed.
func (w *World) Tuples() []FourTuple {
	w.mu.Lock()
	defer w.mu.Unlock()
	list := make([]FourTuple, 0, len(w.tuples))
	for t := range w.tuples {
		list = append(list, t)
	}
	return list
}

// Taint notes that the namespace cannot be proved clean any more.
func (w *World) Taint() { w.tainted.Store(true) }

// Tainted tells whether something was done that cannot be proved gone.
func (w *World) Tainted() bool { return w.tainted.Load() }

// CloseAll closes what is left open, newest first. Nobody may be using it.
func (w *World) CloseAll() {
	for {
		w.mu.Lock()
		h := w.open
		w.mu.Unlock()
		if h == nil {
			return
		}
		h.abandon()
	}
}
