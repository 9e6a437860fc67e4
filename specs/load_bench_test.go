package specs

import (
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// ordinary is a file of n ordinary scenarios, of about 700 bytes each.
func ordinary(n int) []byte {
	var b strings.Builder
	b.WriteString("vars: {greeting: hello}\nscenarios:\n")
	for i := range n {
		fmt.Fprintf(&b, `  - name: echo over TCP, number %d
    tags: [tcp, echo]
    actors:
      server:
        - socket: tcp
          as: welcome
        - bind: 127.0.0.1:0
        - listen: 1
        - accept
        - recv:
          via: conn
          expect: $(greeting)
        - send: HELLO
          via: conn
        - close: conn
        - close: welcome
      client:
        - socket: tcp
        - connect: $(server.welcome.addr)
          after: server.listen
        - send: $(greeting)
          id: greet
        - recv:
          expect: HELLO
          id: answer
        - recv:
          expect: {eof: true}
          id: end
        - close
    order:
      - server.listen < client.connect < server.accept
`, i)
	}
	return []byte(b.String())
}

func benchmarkLoad(b *testing.B, n int) {
	src := ordinary(n)
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		f, err := Load("bench.yaml", src, Options{})
		if err != nil || len(f.Scenarios) != n {
			b.Fatal(err)
		}
	}
}

func BenchmarkLoad1000(b *testing.B)  { benchmarkLoad(b, 1000) }
func BenchmarkLoad10000(b *testing.B) { benchmarkLoad(b, 10000) }

// BenchmarkLoadPeak reports how far the heap grows while a file is read.
func BenchmarkLoadPeak(b *testing.B) {
	for _, n := range []int{1000, 10000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			src := ordinary(n)
			for b.Loop() {
				runtime.GC()
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				start := m.HeapAlloc
				var peak atomic.Uint64
				stop, done := make(chan bool), make(chan bool)
				go func() {
					defer close(done)
					tick := time.NewTicker(2 * time.Millisecond)
					defer tick.Stop()
					for {
						runtime.ReadMemStats(&m)
						peak.Store(max(peak.Load(), m.HeapAlloc-min(start, m.HeapAlloc)))
						select {
						case <-stop:
							return
						case <-tick.C:
						}
					}
				}()
				f, err := Load("bench.yaml", src, Options{})
				close(stop)
				<-done
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(peak.Load())/(1<<20), "peakMiB")
				runtime.KeepAlive(f)
			}
		})
	}
}
