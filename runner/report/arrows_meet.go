package report

import "strings"

// meet finds who made a connection: the connect whose own address the accept was
// given; of sockets without a name the first one to that address.
func (m *meetings) meet() {
	for _, a := range m.accepts {
		made := m.opener(func(o *opening) bool {
			return o.end.local != "" && o.end.local != "unnamed" && o.end.local == a.from
		})
		if made == nil {
			made = m.opener(func(o *opening) bool {
				return o.end.to != "" && o.end.to == a.at && (a.from == "unnamed" || o.end.local == "")
			})
		}
		if made == nil {
			continue
		}
		made.met = true
		made.end.mate, a.end.mate = a.end, made.end
		m.add(connectArrow, made.step, a.step, 0)
	}
}

func (m *meetings) opener(is func(*opening) bool) *opening {
	for i := range m.connects {
		if o := &m.connects[i]; !o.met && is(o) {
			return o
		}
	}
	return nil
}

// streams: the n-th byte that one end sent is the n-th that the other receives.
func (m *meetings) streams() {
	for _, e := range m.all {
		if e.mate == nil {
			continue
		}
		sends, used := e.mate.sends, int64(0)
		for _, r := range e.recvs {
			for left := r.n; left > 0 && len(sends) > 0; {
				n := min(left, sends[0].n-used)
				if n > 0 {
					m.add(dataArrow, sends[0].step, r.step, n)
				}
				left, used = left-n, used+n
				if used >= sends[0].n {
					sends, used = sends[1:], 0
				}
			}
			if r.eof && len(e.mate.ends) > 0 {
				m.add(endArrow, e.mate.ends[0], r.step, 0)
			}
		}
	}
}

// packets come in order, and whole or cut. Where some may be lost, one is known only
// by what is in it.
func (m *meetings) packets() {
	if len(m.taken) == 0 {
		return
	}
	loss := false
	for i := range m.acted {
		loss = loss || lossyVerbs[m.acted[i].verb]
	}
	for i := range m.taken {
		t := &m.taken[i]
		var like *packet
		n := 0
		for k := range m.packed {
			if p := &m.packed[k]; !p.met && p.canBe(t) {
				if n++; n == 1 {
					like = p
				}
			}
		}
		if like == nil || loss && n > 1 {
			continue
		}
		like.met = true
		m.add(datagramArrow, like.step, t.step, t.n)
	}
}

// canBe tells whether a datagram that was sent can be the one that came.
func (p *packet) canBe(t *packet) bool {
	if p.n < t.n || p.text != "" && t.text != "" && !strings.HasPrefix(p.text, t.text) {
		return false
	}
	if p.end.mate != nil {
		return p.end.mate == t.end
	}
	return sameAddress(p.to, t.end.local) && (t.from == "" || p.end.local == "" || t.from == "none" || sameAddress(t.from, p.end.local))
}

// signals lead from an interrupt to the call that it hit.
func (m *meetings) signals() {
	for i := range m.acted {
		s := &m.acted[i]
		if s.verb != "interrupt" || !s.done || len(s.calls) == 0 {
			continue
		}
		target := signalled(s.calls[0])
		for k := range m.acted {
			if t := &m.acted[k]; target != "" && t.actor+"."+t.step == target {
				m.add(interruptArrow, i, k, 0)
				break
			}
		}
	}
}
