package runner

import (
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/sockspec/sockspec/steps"
)

// Two actors with five steps each over a pair of sockets that the scenario's
// first step makes: 126 orders.
const pairOrders = `
scenarios:
  - name: x
    actors:
      a:
        - socketpair: unix
          as: [left, right]
        - send: x
          via: left
        - getsockname:
          via: left
        - send: {data: y, flags: MSG_DONTWAIT}
          id: again
          via: left
        - shutdown: SHUT_WR
          via: left
      b:
        - getpeername:
          via: a.right
          after: a.socketpair
        - send: {data: z, flags: MSG_DONTWAIT}
          via: a.right
        - recv: {flags: MSG_DONTWAIT}
          via: a.right
          expect: {any: {came: {}, nothing: {error: EAGAIN}}}
        - recv: {flags: MSG_DONTWAIT}
          id: second
          via: a.right
          expect: {any: {came: {}, nothing: {error: EAGAIN}}}
        - shutdown: SHUT_WR
          via: a.right
`

// The same over TCP, a connection that is made while the other actor waits.
const tcpOrders = `
scenarios:
  - name: x
    actors:
      server:
        - socket: tcp
        - bind: 127.0.0.1:0
        - listen: 1
        - accept:
          expect: {any: {came: {}, nobody: {blocks: 1us}}}
        - close: sock
      client:
        - socket: tcp
        - connect: $(server.sock.addr)
          expect: {any: {refused: {error: ECONNREFUSED}, connected: {}}}
        - send: hi
          when: connect.outcome == "connected"
        - getsockname
        - close
`

func mustPlan(t testing.TB, text string) *Plan {
	t.Helper()
	p, err := compile(text, steps.Default())
	if err != nil {
		t.Fatal(format(err))
	}
	return p
}

// BenchmarkExplore counts the orders that are carried out in a second, none of
// them left out.
func BenchmarkExplore(b *testing.B) {
	for _, c := range []struct{ name, text string }{{"pair", pairOrders}, {"tcp", tcpOrders}} {
		b.Run(c.name, func(b *testing.B) {
			lab, p, orders := newLab(b), mustPlan(b, c.text), 0
			began := cpuTime(b)
			for b.Loop() {
				e := lab.Explore(b.Context(), p, Exploring{Full: true, Jobs: 2})
				if !e.Complete || e.Verdict != Pass {
					b.Fatal(e.text())
				}
				orders += e.Orders
			}
			b.ReportMetric(float64(orders)/float64(b.N), "orders")
			b.ReportMetric(float64(orders)/b.Elapsed().Seconds(), "orders/s")
			// What a machine shared with others can tell.
			b.ReportMetric(float64((cpuTime(b)-began).Microseconds())/float64(orders), "cpu-µs/order")
		})
	}
}

// cpuTime is what the program has used.
func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
