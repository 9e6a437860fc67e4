package command

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// BenchmarkEveryReport runs the program with the text report alone and with all of
// them at once, in turns, and tells how much longer all of them take: x-time by the
// clock, x-cpu in the time of processors, medians both.
//
//	go test ./cmd/sockspec/command -run '^$' -bench EveryReport -benchtime 9x
func BenchmarkEveryReport(b *testing.B) {
	for _, n := range []int{1000, 10_000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) { everyReport(b, n, 0) })
		b.Run(fmt.Sprintf("%d of which one in twenty fails", n), func(b *testing.B) { everyReport(b, n, n/20) })
	}
}

func everyReport(b *testing.B, n, failing int) {
	dir := b.TempDir()
	spec := filepath.Join(dir, "spec.yaml")
	if err := os.WriteFile(spec, []byte(manyScenarios(n, failing)), 0o666); err != nil {
		b.Fatal(err)
	}
	var clock, cpu []float64
	var memory [2]int64
	for b.Loop() {
		alone := runMeasured(b, dir, spec, []string{"text"})
		all := runMeasured(b, dir, spec, runFormats)
		clock = append(clock, float64(all.clock)/float64(alone.clock))
		cpu = append(cpu, float64(all.cpu)/float64(alone.cpu))
		memory[0], memory[1] = max(memory[0], alone.memory), max(memory[1], all.memory)
	}
	b.ReportMetric(median(clock), "x-time")
	b.ReportMetric(median(cpu), "x-cpu")
	b.ReportMetric(float64(memory[0])/1024, "MiB-text")
	b.ReportMetric(float64(memory[1])/1024, "MiB-all")
}

func median(list []float64) float64 {
	slices.Sort(list)
	return list[len(list)/2]
}

// measured is what a run of the program took; memory is the most of it, in KiB.
type measured struct {
	clock, cpu time.Duration
	memory     int64
}

func runMeasured(b *testing.B, dir, spec string, formats []string) measured {
	b.Helper()
	args := []string{"run", spec}
	for _, format := range formats {
		args = append(args, "--report", format+"="+filepath.Join(dir, "report."+format))
	}
	cmd := exec.Command("sockspec", args...)
	began := time.Now()
	out, err := cmd.CombinedOutput()
	took := time.Since(began)
	if code := cmd.ProcessState.ExitCode(); code != exitPassed && code != exitFailed {
		b.Fatalf("%v\n%s", err, out)
	}
	usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	return measured{took, cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), int64(usage.Maxrss)}
}

// manyScenarios are half TCP, half AF_UNIX, made by matrices; so many of them fail.
func manyScenarios(n, failing int) string {
	var b strings.Builder
	b.WriteString("scenarios:\n")
	for _, kind := range []string{overTCP, overPair} {
		addScenarios(&b, kind, "passes", "HELLO", (n-failing)/2)
		addScenarios(&b, kind, "fails", "OTHER", failing/2)
	}
	return b.String()
}

const mostRows = 10_000 // of one matrix

// addScenarios adds a scenario with a matrix of two lists: the first has ten values.
func addScenarios(b *strings.Builder, kind, name, want string, n int) {
	for first := 0; first < n; first += mostRows {
		var list []string
		for i := range min(n-first, mostRows) / 10 {
			list = append(list, strconv.Itoa(first/10+i))
		}
		if len(list) > 0 {
			fmt.Fprintf(b, kind, name, strings.Join(list, ", "), want)
		}
	}
}

const overTCP = `  - name: TCP $(n).$(k) %s
    about: What one end sends comes to the other.
    tags: [tcp]
    matrix: {n: [%s], k: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]}
    actors:
      server:
        - socket: tcp
          as: welcome
        - bind: 127.0.0.1:0
        - listen: 1
        - accept
        - recv:
          via: conn
          expect: hello
        - send: HELLO
          via: conn
        - close: conn
        - close: welcome
      client:
        - socket: tcp
        - connect: $(server.welcome.addr)
          after: server.listen
        - send: hello
        - recv:
          id: answer
          expect: %s
        - recv:
          id: end
          expect: {eof: true}
        - close
`

const overPair = `  - name: AF_UNIX $(n).$(k) %s
    about: What one end sends comes to the other.
    tags: [unix]
    matrix: {n: [%s], k: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]}
    actors:
      one:
        - socketpair: unix
        - send: HELLO
          via: a
        - recv:
          via: b
          expect: %s
        - close: a
        - recv:
          id: end
          via: b
          expect: {eof: true}
        - close: b
`
