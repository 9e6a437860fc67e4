//go:build amd64 || arm64

package inject

import (
	"flag"
	"fmt"
	"net"
	"os/exec"
	"runtime"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/sockspec/sockspec/steps"
)

var runs = flag.Int("inject.runs", 20, "how often TestThreads runs its program")

// threads is a program of twenty threads that make calls, connect, start
// processes and end, all at once.
func threads() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				room := make([]byte, 64)
				for {
					n, err := conn.Read(room)
					if err != nil {
						return
					}
					conn.Write(room[:n])
				}
			}()
		}
	}()
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			runtime.LockOSThread() // a thread each, which ends with it
			if i%5 == 0 {
				if err := exec.Command("/bin/true").Run(); err != nil {
					panic(err)
				}
			}
			converse(listener.Addr().String())
		})
	}
	all.Wait()
	fmt.Println("all")
}

// converse sends something through an echo, and wants it back whole.
func converse(addr string) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		panic(err)
	}
	defer conn.Close()
	for range 10 {
		const text = "some words that are sent"
		if _, err := conn.Write([]byte(text)); err != nil {
			panic(err)
		}
		for got := 0; got < len(text); {
			n, err := conn.Read(make([]byte, 64))
			if err != nil {
				panic(err)
			}
			got += n
		}
	}
}

// TestThreads: none of many threads is lost, whatever they do at once.
func TestThreads(t *testing.T) {
	for range *runs {
		got := kept{TB: t, injections: []steps.Injection{
			{Call: "write", Bytes: 5, On: "socket"},
			{Call: "read", Bytes: 7, On: "socket"},
		}}.run("threads")
		if got.output != "all\n" || got.status != 0 {
			t.Fatalf("got %q, %#x", got.output, got.status)
		}
		// 20 × 10 texts of 24 bytes, there and back, 5 bytes a call: the last one of
		// each is not cut. What comes back may come in larger pieces.
		if got.counts[0] < 20*10*4 {
			t.Fatalf("writes cut: %d", got.counts[0])
		}
	}
}

// caller makes calls that cost nothing else.
func caller() {
	for range 100_000 {
		unix.Getppid()
	}
}

// BenchmarkCall is what a call costs that no injection is about.
func BenchmarkCall(b *testing.B) {
	for _, test := range []struct {
		name       string
		injections []steps.Injection
	}{{"none", nil}, {"other", []steps.Injection{quiet}}} {
		b.Run(test.name, func(b *testing.B) {
			for range b.N {
				start := time.Now()
				kept{TB: b, injections: test.injections}.run("caller")
				b.ReportMetric(float64(time.Since(start).Nanoseconds())/100_000, "ns/call")
			}
		})
	}
}

// TestNoInjectionNoCost: a program without one is not traced.
func TestNoInjectionNoCost(t *testing.T) {
	if got := (kept{TB: t}).run("/bin/true"); got.stops != 0 || got.status != 0 {
		t.Errorf("got %d stops, %#x", got.stops, got.status)
	}
}

// TestTable: each call that can be named has a number, and each that can be cut
// short something that cuts it.
func TestTable(t *testing.T) {
	for _, c := range steps.ProgramCalls() {
		r := newRule(steps.Injection{Call: c.Name})
		if len(r.numbers()) == 0 {
			t.Errorf("%s has no number", c.Name)
		}
		for _, number := range r.numbers() {
			if has := cutters[number] != nil; has != c.CountsBytes() {
				t.Errorf("%s: counts bytes: %v, can be cut: %v", c.Name, c.CountsBytes(), has)
			}
		}
		for _, name := range c.Kernel {
			if _, ok := numberOf(name); !ok && runtime.GOARCH == "amd64" {
				t.Errorf("%s has no number", name)
			}
		}
	}
}
