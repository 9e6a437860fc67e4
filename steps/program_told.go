package steps

import (
	"bytes"
	"unicode/utf8"
)

// Written is some of what a program has written: whole lines where it writes such,
// at most 4096 bytes.
type Written struct {
	Actor   string // whose program it is
	Program string // as a report calls it: server.proc
	Stream  string // stdout or stderr
	Data    []byte // never changed afterwards
}

// mostWritten is how many bytes are told at once.
const mostWritten = 4096

// Announce lets what the program of a handle writes be told of, and takes what there
// is of it.
func (h *Handle) Announce() []Written {
	p := h.program
	p.mu.Lock()
	p.announced = true
	p.mu.Unlock()
	return p.written(p.hasEnded())
}

// Written takes what programs have written that nobody has been told of yet, up to
// this moment, what is in their pipes too. Its order is that of the reading, but
// between streams.
func (w *World) Written() (list []Written) {
	for _, p := range w.startedPrograms() {
		list = append(list, p.written(true)...)
	}
	return list
}

// tell lets the world know that there may be something to be told; no lock is held.
func (p *program) tell() {
	if wrote := p.world.Wrote; wrote != nil {
		wrote(func() []Written { return p.written(p.hasEnded()) })
	}
}

// written takes what was not told yet: all of it, or what has come to an end, which
// is a line, what a step has taken, and all before the stream's end.
func (p *program) written(all bool) (list []Written) {
	p.mu.Lock()
	actor, name, announced := p.actor, p.name, p.announced
	p.mu.Unlock()
	if !announced {
		return nil
	}
	for _, o := range []*output{p.stdout, p.stderr} {
		for _, data := range o.untold(all) {
			list = append(list, Written{actor, name, o.short(), data})
		}
	}
	return list
}

// untold takes what was kept and not told, in pieces.
func (o *output) untold(all bool) (pieces [][]byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if all {
		o.drain()
	}
	for {
		n := o.tellable(all)
		if n == 0 {
			return pieces
		}
		pieces = append(pieces, o.kept[o.told:o.told+n:o.told+n])
		o.told += n
	}
}

// wholeRunes is how many bytes there are before the character that b may end in.
func wholeRunes(b []byte) int {
	for end := len(b) - 1; end > len(b)-utf8.UTFMax; end-- {
		if utf8.RuneStart(b[end]) {
			if utf8.FullRune(b[end:]) {
				break
			}
			return end
		}
	}
	return len(b)
}

// tellable is how many bytes are to be told next; o.mu is held.
func (o *output) tellable(all bool) int {
	rest := o.kept[o.told:]
	if len(rest) > mostWritten {
		if end := bytes.LastIndexByte(rest[:mostWritten], '\n'); end >= 0 {
			return end + 1
		}
		return wholeRunes(rest[:mostWritten])
	}
	if all || o.ended || o.dropped > 0 {
		return len(rest)
	}
	return max(bytes.LastIndexByte(rest, '\n')+1, o.taken-o.told)
}
