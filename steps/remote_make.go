package steps

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/sockspec/sockspec/specs"
)

// make makes a call, and tells what came of it.
func (s *Server) make(j *job) *wireAnswer {
	c, e := j.call, &s.env
	e.Reset()
	e.Own, e.Interruptible, e.Raw, e.ViaName, e.Keep = &j.own, true, c.Raw, c.ViaName, c.Keep
	e.Deadline, e.GiveUp = moment(c.Left), moment(c.GiveUp)
	if c.Strangers {
		s.world.strangers.Store(true)
	}
	verb, arg, err := s.prepare(c)
	var results Results
	if err == nil {
		results, err = verb.Run(j.ctx, e, arg)
	}
	j.own.End()
	a := &wireAnswer{Error: errorToWire(err), Blocked: e.Blocked, Tainted: s.world.Tainted()}
	for _, r := range results {
		v, err := toWire(r.Value)
		if err != nil {
			a.Error = errorToWire(err)
			break
		}
		a.Results = append(a.Results, wireResult{r.Name, v})
	}
	for i := range e.Calls {
		a.Calls = append(a.Calls, loggedToWire(&e.Calls[i]))
	}
	s.tellHandles(a)
	return a
}

// moment is when a time will be over; never for none.
func moment(left *time.Duration) time.Time {
	if left == nil {
		return time.Time{}
	}
	return time.Now().Add(*left)
}

// prepare decodes a call as the runner has done before.
func (s *Server) prepare(c *wireCall) (*Verb, any, error) {
	verb := s.table.Find(c.Verb)
	if verb == nil {
		return nil, nil, fmt.Errorf("unknown verb %q", c.Verb)
	}
	s.env.Via = s.handles[c.Via]
	for _, id := range c.Handles {
		s.env.Handles = append(s.env.Handles, s.handles[id])
	}
	if slices.Contains(s.env.Handles, nil) || c.Via != 0 && s.env.Via == nil {
		return nil, nil, errors.New("a handle that was never made here")
	}
	n, err := c.Arg.node(c.File)
	if err != nil {
		return nil, nil, err
	}
	arg, errs := verb.Decode(&specs.Step{Pos: specs.Pos{File: c.File, Line: c.Line, Col: c.Col}}, n)
	if len(errs) > 0 {
		return nil, nil, errs
	}
	expect, err := c.Expect.node(c.File)
	if err != nil {
		return nil, nil, err
	}
	if expect != nil {
		compiled, errs := CompileExpectAt(expect, verb.ResultsOf(arg, c.ViaName), s.place())
		if len(errs) > 0 {
			return nil, nil, errs
		}
		s.env.Expect = compiled
	}
	return verb, arg, nil
}

// place is what an expectation may name.
func (s *Server) place() Place {
	family := 0
	if s.env.Via != nil {
		family = s.env.Via.Domain
	}
	return Place{Tmp: s.world.Tmp, Own: s.world.Own(), Host: func(name string) (netip.Addr, bool) { return s.world.HostAddress(name, family) }}
}

func loggedToWire(c *Call) wireLogged {
	l := wireLogged{Name: c.Name, Ret: c.Ret, Errno: int(c.Errno), Note: c.Note}
	for _, arg := range c.Args {
		l.Args = append(l.Args, []byte(formatArg(arg)))
	}
	return l
}

// tellHandles says what has become of the handles that the call made or used.
func (s *Server) tellHandles(a *wireAnswer) {
	e := &s.env
	used := slices.Clone(e.Made)
	if e.Via != nil {
		used = append(used, e.Via)
	}
	for _, h := range e.Made {
		id := int64(len(s.handles) + 1)
		s.handles[id], s.numbers[h] = h, id
		a.Made = append(a.Made, id)
	}
	for _, h := range append(used, e.Handles...) {
		a.Handles = append(a.Handles, s.handleToWire(h))
		h.Description.mu.Lock()
		t := FourTuple{h.local, h.peer}
		h.Description.mu.Unlock()
		if t.Remote.IsValid() {
			a.Tuples = append(a.Tuples, tupleToWire(t))
		}
	}
}

func (s *Server) handleToWire(h *Handle) wireHandle {
	w := wireHandle{
		ID: s.numbers[h], Kind: h.Kind, Number: h.Number, Open: h.Open(),
		Domain: h.Domain, Type: h.Type, Protocol: h.Protocol, Name: []byte(h.Name),
	}
	if h.Kind != SocketHandle || !w.Open {
		return w
	}
	if addr, ok := h.Address(); ok {
		v := addr.toWire()
		w.Addr = &v
	}
	if peer, ok := h.Peer(); ok {
		v := peer.toWire()
		w.Peer = &v
	}
	return w
}
