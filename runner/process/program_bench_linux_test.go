package process

import (
	"strconv"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/sockspec/sockspec/steps"
)

func BenchmarkProgram(b *testing.B) {
	ps := newPrograms(b)
	for b.Loop() {
		p := start(b, ps, steps.ProgramSetup{Argv: []string{"true"}, Dir: "/"})
		p.wait()
		p.Kill()
		p.close()
	}
}

func BenchmarkProgramAlone(b *testing.B) {
	s := newStarter(b)
	for b.Loop() {
		alone(b, s)
	}
}

func BenchmarkProgramsAtOnce(b *testing.B) {
	s := newStarter(b)
	b.SetParallelism(4)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			alone(b, s)
		}
	})
}

func alone(b *testing.B, s *Starter) {
	ps := s.Programs()
	p := start(b, ps, steps.ProgramSetup{Argv: []string{"true"}, Dir: "/"})
	p.wait()
	ps.End()
	p.close()
}

// BenchmarkEnd tells how long it takes until a scenario's programs are gone.
func BenchmarkEnd(b *testing.B) {
	s := newStarter(b)
	var spent time.Duration
	for b.Loop() {
		ps := s.Programs()
		p := start(b, ps, shell("sleep 1000 & setsid sleep 1000 & read x"))
		began := time.Now()
		ps.End()
		spent += time.Since(began)
		p.close()
	}
	b.ReportMetric(float64(spent.Microseconds())/float64(b.N), "µs/end")
}

// BenchmarkBuffers looks at what sockets hold: a few, and many of others.
func BenchmarkBuffers(b *testing.B) {
	proc, err := unix.Open("/proc", unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		b.Fatal(err)
	}
	defer unix.Close(proc)
	k := &keeper{proc: proc}
	m := &monitor{keeper: k, diag: newDiag()}
	defer unix.Close(m.diag.fd)
	for _, pairs := range []int{0, 1000} {
		b.Run(strconv.Itoa(pairs), func(b *testing.B) {
			for range pairs {
				pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
				if err != nil {
					b.Fatal(err)
				}
				defer unix.Close(pair[0])
				defer unix.Close(pair[1])
				unix.Write(pair[0], []byte("x"))
			}
			for b.Loop() {
				m.buffers(nil, 1<<40)
				m.nextBuffers = time.Time{}
			}
		})
	}
}
