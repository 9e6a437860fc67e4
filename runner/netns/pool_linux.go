package netns

import (
	"context"
	"sync"
)

// Pool lends namespaces, and lends again those that are proved clean.
type Pool struct {
	home   *home
	makers chan struct{} // full while as many are being made as is of use

	mu     sync.Mutex
	idle   []*Namespace // the last one used is the next one lent: its memory is warm
	closed bool
}

// makersAtOnce bounds the threads that are in unshare(2) at once. The kernel
// makes namespaces one after the other: 1,800 in a second with one maker, 1,950
// with two, no more with 64.
const makersAtOnce = 4

// NewPool makes a pool, or says in one line why there can be no namespaces.
func NewPool() (*Pool, error) {
	if err := tryUnshare(); err != nil {
		return nil, err
	}
	h, err := findHome()
	if err != nil {
		return nil, err
	}
	return &Pool{home: h, makers: make(chan struct{}, makersAtOnce)}, nil
}

// Get lends a namespace; fresh asks for one that nobody had before, and that
// nobody has after.
func (p *Pool) Get(ctx context.Context, fresh bool) (*Namespace, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	n, err := p.take(fresh)
	if n != nil || err != nil {
		return n, err
	}
	select {
	case p.makers <- struct{}{}:
		defer func() { <-p.makers }()
		return p.home.make(!fresh)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// take is the idle namespace that was used last, or nil.
func (p *Pool) take(fresh bool) (*Namespace, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, ErrClosed
	}
	last := len(p.idle) - 1
	if last < 0 || fresh {
		return nil, nil
	}
	n := p.idle[last]
	p.idle[last], p.idle = nil, p.idle[:last]
	n.idle = false
	return n, nil
}

// Put takes a namespace back when all of its sockets are closed; nobody may use
// it afterwards. left are the TCP connections that may still be there
// (TIME_WAIT, or closed and not yet ended), seen from either end; they are
// destroyed. dirty says that something was done that cannot be proved undone:
// links, routes, packet filters, raw sockets, TCP Fast Open (whose cookies
// stay). A sysctl set by Sysctl is known.
func (p *Pool) Put(n *Namespace, left []FourTuple, dirty bool) {
	if dirty || !n.scrub(left) || !p.keep(n) {
		n.close()
	}
}

// worthDestroying is how many connections are destroyed at most: at 0.7
// microseconds an end, more than that costs as much as a fresh namespace.
const worthDestroying = 500

// scrub makes the namespace clean, and says whether it proved to be. It never
// waits, and looks again only after having changed something; usage says why
// that is enough.
func (n *Namespace) scrub(left []FourTuple) bool {
	if n.usage == nil || n.tainted.Load() {
		return false
	}
	if n.usage.clean() {
		return true
	}
	if len(left) == 0 || len(left) > worthDestroying {
		return false
	}
	for _, end := range []func(FourTuple) FourTuple{FourTuple.asIs, FourTuple.mirrored} {
		if n.diag.destroyAll(left, end) == nil && n.usage.clean() {
			return true
		}
	}
	return false
}

func (p *Pool) keep(n *Namespace) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return false
	}
	if n.idle {
		panic("netns: a namespace was put back twice")
	}
	n.idle = true
	p.idle = append(p.idle, n)
	return true
}

// Close ends the idle namespaces; those that are lent end at Put.
func (p *Pool) Close() {
	p.mu.Lock()
	idle := p.idle
	p.idle, p.closed = nil, true
	p.mu.Unlock()
	for _, n := range idle {
		n.close()
	}
}
