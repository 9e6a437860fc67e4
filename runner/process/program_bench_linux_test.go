package process

import (
	"testing"
	"time"

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
