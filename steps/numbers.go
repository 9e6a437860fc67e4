package steps

import (
	"math/bits"
	"sync"
	"syscall"
)

// firstNumber is the lowest descriptor that a program gets: 0, 1 and 2 are taken.
const firstNumber = 3

// denseNumbers is below which a bit is kept for each number.
const denseNumbers = 1 << 12

// Numbers hands out descriptor numbers as the kernel does in a process of the
// actor's own: the lowest one that is free, from 3 on.
type Numbers struct {
	mu   sync.Mutex
	used []uint64
	high map[int]bool // from denseNumbers on; nil until there is one
}

// take gives the lowest free number that is not below the given one.
func (n *Numbers) take(lowest int) int {
	lowest = max(lowest, firstNumber)
	n.mu.Lock()
	defer n.mu.Unlock()
	for w := lowest / 64; w < denseNumbers/64; w++ {
		for w >= len(n.used) {
			n.used = append(n.used, 0)
		}
		free := ^n.used[w]
		if w == lowest/64 {
			free &^= 1<<(lowest%64) - 1
		}
		if free != 0 {
			bit := bits.TrailingZeros64(free)
			n.used[w] |= 1 << bit
			return w*64 + bit
		}
	}
	return n.takeHigh(max(lowest, denseNumbers))
}

func (n *Numbers) takeHigh(number int) int {
	if n.high == nil {
		n.high = make(map[int]bool)
	}
	for n.high[number] {
		number++
	}
	n.high[number] = true
	return number
}

func (n *Numbers) give(number int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.high, number)
	if number/64 < len(n.used) {
		n.used[number/64] &^= 1 << (number % 64)
	}
}

// Clone is the table of a child that fork makes: the same numbers are taken.
func (n *Numbers) Clone() *Numbers {
	n.mu.Lock()
	defer n.mu.Unlock()
	c := &Numbers{used: append([]uint64(nil), n.used...)}
	for number := range n.high {
		c.takeHigh(number)
	}
	return c
}

// Fork duplicates handles for a child actor, each under the number that it has
// in the parent, as fork(2) does.
func Fork(handles []*Handle, child *Numbers) (map[*Handle]*Handle, error) {
	copies := make(map[*Handle]*Handle, len(handles))
	for _, h := range handles {
		fd := h.use()
		copied, err := dupFD(fd)
		h.release(fd)
		if err == syscall.EBADF {
			continue // its name is open no more
		}
		if err != nil {
			return copies, err
		}
		c := &Handle{Kind: h.Kind, fd: copied, Description: h.Description, world: h.world, numbers: child, Number: h.Number}
		c.shown, c.cloexec = h.shown, h.isCloexec()
		h.world.link(c)
		copies[h] = c
	}
	return copies, nil
}
