package runner

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/sockspec/sockspec/specs"
	"github.com/sockspec/sockspec/steps"
)

// nothing is a sink that drops what it gets.
type nothing struct{}

func (nothing) Event(Event) error { return nil }

func mustLoad(b *testing.B, src string) *Plan {
	b.Helper()
	p, err := compile(src, steps.Default())
	if err != nil {
		b.Fatal(format(err))
	}
	return p
}

func repeatPlan(b *testing.B, lab *Lab, p *Plan, jobs int) {
	b.Helper()
	b.ReportAllocs()
	b.ResetTimer()
	totals, err := RunAll(b.Context(), []*Plan{p}, lab, Options{Jobs: jobs, Repeat: b.N}, nothing{})
	if err != nil || totals.Passed != b.N {
		b.Fatalf("%+v %v", totals, err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "scenarios/s")
}

// BenchmarkEcho runs one plan again and again in namespaces that are used again.
func BenchmarkEcho(b *testing.B) {
	for _, jobs := range []int{1, 4} {
		b.Run(fmt.Sprintf("jobs=%d", jobs), func(b *testing.B) {
			repeatPlan(b, newLab(b), mustLoad(b, echo), jobs)
		})
	}
}

// BenchmarkEchoFresh gives each scenario a namespace of its own.
func BenchmarkEchoFresh(b *testing.B) {
	p := mustLoad(b, strings.Replace(echo, "    actors:", "    sysctls: {net.ipv4.tcp_syn_retries: 3}\n    actors:", 1))
	repeatPlan(b, newLab(b), p, 4)
}

// BenchmarkFork5000 has 5,000 replicas connect at once to one server that forks
// for each: 10,001 actors.
func BenchmarkFork5000(b *testing.B) {
	p := mustLoad(b, scenario(`
timeout: 60s
step_timeout: 30s
sysctls: {net.core.somaxconn: 8192}
actors:
  server:
    - socket: tcp
      as: welcome
    - bind: 127.0.0.1:0
    - listen: 8192
    - repeat:
        times: 5000
        steps:
          - accept
          - fork:
              steps:
                - close: welcome
                - recv:
                  expect: {data: {text: x, times: 100}}
                - send: {text: y, times: 100}
                - close: conn
          - close: conn
  client:
    count: 5000
    steps:
      - socket: tcp
      - connect: $(server.welcome.addr)
        after: server.listen
      - send: {text: x, times: 100}
      - recv:
        id: answer
        expect: {data: {text: y, times: 100}}
      - recv:
        expect: {eof: true}
      - close
`))
	measured(b, func() { repeatPlan(b, newLab(b), p, 1) })
}

// measured reports the most memory and threads that were used meanwhile.
func measured(b *testing.B, f func()) {
	runtime.GC()
	stop := make(chan struct{})
	var watcher sync.WaitGroup
	var peak uint64
	watcher.Go(func() {
		var m runtime.MemStats
		for tick := time.NewTicker(20 * time.Millisecond); ; {
			select {
			case <-stop:
				tick.Stop()
				return
			case <-tick.C:
				runtime.ReadMemStats(&m)
				peak = max(peak, m.Sys-m.HeapReleased)
			}
		}
	})
	f()
	close(stop)
	watcher.Wait()
	b.ReportMetric(float64(peak)/(1<<20), "MiB")
	b.ReportMetric(float64(threads()), "threads")
}

func threads() int {
	entries, _ := os.ReadDir("/proc/self/task")
	return len(entries)
}

const gigabyte = 1 << 30

// BenchmarkGigabyte sends 1 GiB through one connection and compares it by hash.
func BenchmarkGigabyte(b *testing.B) {
	sum := sha256.New()
	chunk := bytes.Repeat([]byte("x"), 1<<20)
	for range gigabyte >> 20 {
		sum.Write(chunk)
	}
	p := mustLoad(b, scenario(fmt.Sprintf(`
timeout: 60s
step_timeout: 60s
actors:
  server:
    - socket: tcp
      as: welcome
    - bind: 127.0.0.1:0
    - listen: 1
    - accept
    - recv: {exactly: 1GiB}
      via: conn
      expect: {data: {sha256: "%x"}}
    - close: conn
  client:
    - socket: tcp
    - connect: $(server.welcome.addr)
      after: server.listen
    - send: {text: x, times: 1073741824}
    - recv:
      expect: {eof: true}
    - close
`, sum.Sum(nil))))
	b.SetBytes(gigabyte)
	measured(b, func() { repeatPlan(b, newLab(b), p, 1) })
}

// BenchmarkGigabyteByHand does the same with two goroutines and a hash.
func BenchmarkGigabyteByHand(b *testing.B) {
	b.SetBytes(gigabyte)
	for b.Loop() {
		if err := gigabyteByHand(); err != nil {
			b.Fatal(err)
		}
	}
}

func gigabyteByHand() error {
	welcome, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(welcome)
	if err := errors.Join(unix.Bind(welcome, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}), unix.Listen(welcome, 1)); err != nil {
		return err
	}
	addr, err := unix.Getsockname(welcome)
	if err != nil {
		return err
	}
	client, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	if err := unix.Connect(client, addr); err != nil {
		return err
	}
	conn, _, err := unix.Accept(welcome)
	if err != nil {
		return err
	}
	unix.SetNonblock(client, true)
	unix.SetNonblock(conn, true)
	from, to := os.NewFile(uintptr(client), "client"), os.NewFile(uintptr(conn), "conn")
	defer to.Close()
	sent := make(chan error, 1)
	go func() {
		chunk := bytes.Repeat([]byte("x"), 256<<10)
		var err error
		for left := gigabyte; left > 0 && err == nil; left -= len(chunk) {
			_, err = from.Write(chunk)
		}
		sent <- errors.Join(err, from.Close())
	}()
	_, err = io.CopyBuffer(sha256.New(), struct{ io.Reader }{to}, make([]byte, 256<<10))
	return errors.Join(err, <-sent)
}

// BenchmarkSteps has one scenario with very many steps, which is read, compiled
// and run; twice as many have to take twice the time.
func BenchmarkSteps(b *testing.B) {
	for _, n := range []int{1000, 2000, 4000, 16000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var text strings.Builder
			text.WriteString("actors:\n  a:\n    - socketpair: unix\n      as: [left, right]\n")
			for i := range n / 2 {
				fmt.Fprintf(&text, "    - send: hello\n      via: left\n      id: s%d\n", i)
				fmt.Fprintf(&text, "    - recv:\n      via: right\n      id: r%d\n      after: s%d\n      expect: hello\n", i, i)
			}
			src := []byte(scenario(text.String()))
			lab := newLab(b)
			b.ResetTimer()
			for b.Loop() {
				f, err := specs.Load("spec.yaml", src, specs.Options{})
				if err != nil {
					b.Fatal(format(err))
				}
				p, err := Compile(f.Scenarios[0], steps.Default())
				if err != nil {
					b.Fatal(format(err))
				}
				if r := lab.Run(b.Context(), Run{Plan: p}, nothing{}); r.Verdict != Pass {
					b.Fatal(describe(r))
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(n), "µs/step")
		})
	}
}
