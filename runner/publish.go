package runner

import "github.com/sockspec/sockspec/steps"

// keepMade puts the handles that the call has made under their names.
func (a *actor) keepMade(s *stepPlan, f *frame) {
	for i, h := range a.env.Made {
		if i < len(s.makes) {
			f.handles[s.makes[i].index] = h
			h.Call(a.name, s.makes[i].name, f.coords[len(a.root.coords):])
			if h.Kind == steps.ProcessHandle {
				h.NameProgram(a.name, indexedName(s.makes[i].name, f.coords[len(a.root.coords):]...))
			}
		}
	}
	a.keep(a.env.Made...)
}

// publish lets others use the handles that were made; r.mu is held.
func (a *actor) publish(s *stepPlan, f *frame, o *steps.Outcome) {
	r := a.run
	for i, sl := range s.makes {
		if i < len(a.env.Made) {
			r.heed(a.env.Made[i])
			r.occur(sl.exists, f.coords, ready, a.env.Made[i], "")
			r.renew(sl.addr, f.coords)
			r.renew(sl.peer, f.coords)
			continue
		}
		if !s.last[i] {
			continue // a later step may make it
		}
		for _, p := range sl.points() {
			r.occur(p, f.coords, dead, nil, s.name+" "+fate(o))
		}
	}
}

// fate says why a call has not given what was wanted of it.
func fate(o *steps.Outcome) string {
	switch {
	case o.Errno != 0:
		return "got " + steps.ErrnoName(o.Errno)
	case o.GaveUp:
		return "was given up while it was blocked"
	}
	return "gave none"
}

// known is a point that has occurred, found out before the lock is taken.
type known struct {
	point  *point
	coords []int
	value  any
}

// addresses asks for the addresses that somebody waits for and that the call
// may have given.
func (a *actor) addresses(s *stepPlan, f *frame) []known {
	var list []known
	ask := func(sl *slot, h *steps.Handle, coords []int) {
		if sl.addr != nil {
			if addr, ok := h.Address(); ok {
				list = append(list, known{sl.addr, coords, addr})
			}
		}
		if sl.peer != nil {
			if addr, ok := h.Peer(); ok {
				list = append(list, known{sl.peer, coords, addr})
			}
		}
	}
	for i, h := range a.env.Made {
		if i < len(s.makes) {
			ask(s.makes[i], h, f.coords)
		}
	}
	if sl := a.viaSlot(s); sl != nil && (sl.addr != nil || sl.peer != nil) {
		if coords, ok := a.coordsOf(s, f); ok {
			ask(sl, a.env.Via, coords)
		}
	}
	return list
}

// viaSlot is the handle that the call may have given an address; accept gives
// one to what it makes.
func (a *actor) viaSlot(s *stepPlan) *slot {
	if s.via == nil || !s.verb.Binds || len(s.makes) > 0 {
		return nil
	}
	return s.via.slot
}

// coordsOf are the coordinates of the instance whose handle the step uses.
func (a *actor) coordsOf(s *stepPlan, f *frame) ([]int, bool) {
	if s.via.local {
		return f.around(s.via.slot.block).coords, true
	}
	coords := make([]int, len(s.via.need.sel))
	for i, part := range s.via.need.sel {
		at, err := part.at(f, s.via.slot.block.dims[i])
		if err != nil {
			return nil, false
		}
		coords[i] = at
	}
	return coords, true
}
