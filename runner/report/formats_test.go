package report

import (
	"bytes"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/sockspec/sockspec/runner"
)

// Every format of every run, as it was when somebody last looked at it.
func TestFormats(t *testing.T) {
	for name, r := range someRuns(t) {
		for _, format := range []string{"junit", "tap", "gotest", "github", "markdown"} {
			t.Run(name+"/"+format, func(t *testing.T) {
				text := r.in(t, format)
				golden(t, format+"_"+name+".txt", text)
				readBack[format](t, r, text)
			})
		}
	}
}

// What is made of recorded events is, to the byte, what the run itself gave.
func TestReplay(t *testing.T) {
	for name, r := range someRuns(t) {
		recorded := r.in(t, "json")
		for format := range everyFormat {
			t.Run(name+"/"+format, func(t *testing.T) {
				var b bytes.Buffer
				retell(t, recorded, everyFormat[format](&b))
				if want := r.in(t, format); !bytes.Equal(want, b.Bytes()) {
					t.Errorf("--- the run gave\n%s\n--- the record gives\n%s", want, b.Bytes())
				}
			})
		}
	}
}

// retell gives recorded events to a report.
func retell(t testing.TB, recorded []byte, to Report) {
	t.Helper()
	rec, err := OpenRecording(bytes.NewReader(recorded))
	if err != nil {
		t.Fatal(err)
	}
	defer rec.Close()
	to.Start(rec.Start())
	end, err := rec.Events(to)
	if err != nil {
		t.Fatal(err)
	}
	if err := to.End(end); err != nil {
		t.Fatal(err)
	}
}

// Events that end too early, or are none, are an error; what was there is reported.
func TestReplayOfPart(t *testing.T) {
	all := someRuns(t)["everything"].in(t, "json")
	lines := bytes.SplitAfter(all, []byte("\n"))
	for _, c := range []struct{ name, text, want string }{
		{"cut off", string(bytes.Join(lines[:20], nil)), "the events end before the run did"},
		{"in a line", string(all[:len(all)-9]), "is no event"},
		{"index", string(lines[0]) + `{"event":"scenario_done","index":99,"round":0}`, "has the index 99, and there are 9 scenarios"},
		{"negative", string(lines[0]) + `{"event":"scenario_done","index":-1,"round":0}`, "has the index -1"},
	} {
		var b bytes.Buffer
		rec, err := OpenRecording(strings.NewReader(c.text))
		if err != nil {
			t.Fatal(err)
		}
		text := NewCases(NewTAP(&b))
		text.Start(rec.Start())
		end, err := rec.Events(text)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: want %q, got %v", c.name, c.want, err)
		}
		if text.End(end); !strings.Contains(b.String(), "\nBail out! ") {
			t.Errorf("%s: nothing is said in\n%s", c.name, b.String())
		}
		rec.Close()
	}
	if _, err := OpenRecording(strings.NewReader("")); err == nil {
		t.Error("no events are no error")
	}
}

// A report that cannot be written is left out, and the others are whole.
func TestCasesBroken(t *testing.T) {
	r := someRuns(t)["everything"]
	var tap bytes.Buffer
	all := NewCases(NewJUnit(broken{io.ErrShortWrite}), NewTAP(&tap), NewGoTest(broken{io.ErrClosedPipe}))
	if err := all.Start(r.start); err != nil {
		t.Fatal(err)
	}
	for i := range r.events {
		if err := all.Event(r.events[i]); err != nil {
			t.Fatal(err)
		}
	}
	err := all.End(r.end)
	for _, want := range []error{io.ErrShortWrite, io.ErrClosedPipe} {
		if err == nil || !strings.Contains(err.Error(), want.Error()) {
			t.Errorf("want %v, got %v", want, err)
		}
	}
	if !bytes.Equal(tap.Bytes(), r.in(t, "tap")) {
		t.Error("the other report is not whole")
	}
	alone := NewCases(NewTAP(broken{io.ErrShortWrite}))
	if err := alone.Start(r.start); err == nil {
		t.Error("no report is left, and nothing is said")
	}
}

// What a report holds does not grow with the scenarios, failed ones included.
func TestCasesMemory(t *testing.T) {
	heap := func(n int) uint64 {
		c := NewCases(NewJUnit(io.Discard), NewTAP(io.Discard), NewGoTest(io.Discard), NewGitHub(io.Discard), NewMarkdown(io.Discard), NewGitHubSummary(io.Discard, 0))
		c.Start(Start{Selected: n, Rounds: 1})
		list := otherData(t)
		for i := range n {
			for _, e := range list {
				e.Run.Index = i
				c.Event(e)
			}
		}
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		c.End(End{})
		return m.HeapAlloc
	}
	heap(10)
	few, many := heap(500), heap(5000)
	if many > few+2<<20 {
		t.Errorf("%d KiB for 500 scenarios, %d KiB for 5000", few>>10, many>>10)
	}
}

// Of annotations GitHub shows ten of a kind; the last one tells of the others.
func TestGitHubLimits(t *testing.T) {
	for _, n := range []int{9, 10, 11, 40} {
		var streams [][]runner.Event
		for range n {
			streams = append(streams, refused(t, 0))
		}
		text := string(runOf(1, streams...).in(t, "github"))
		if got := strings.Count(text, "\n::error ") + strings.Count(text[:1], ":"); got != min(n, 10) {
			t.Errorf("%d failures: %d annotations", n, got)
		}
		if want := fmt.Sprintf("title=and %d more::", n-9); strings.Contains(text, want) != (n > 10) {
			t.Errorf("%d failures: %s", n, text)
		}
	}
}

// The summary of a step stays below what GitHub takes, also of a file that has
// something in it, and then says what is missing.
func TestGitHubSummaryLimit(t *testing.T) {
	for _, used := range []int64{0, 500 << 10, 1<<20 - 100, 1 << 21} {
		var b bytes.Buffer
		c := NewCases(NewGitHubSummary(&b, used))
		list := otherData(t)
		c.Start(Start{Selected: 2000, Rounds: 1})
		for i := range 2000 {
			for _, e := range list {
				e.Run.Index = i
				c.Event(e)
			}
		}
		c.End(End{})
		if int64(b.Len())+used > summaryLimit && b.Len() > 0 {
			t.Errorf("%d bytes after %d", b.Len(), used)
		}
		if used < 1<<19+1 && !strings.Contains(b.String(), " more scenarios that did not pass") {
			t.Errorf("%d: it does not say what is left out", used)
		}
	}
}

// More than a little is held back in a file.
func TestSpool(t *testing.T) {
	var s spool
	defer s.close()
	var want bytes.Buffer
	for i := range 100_000 {
		line := fmt.Sprintf("line %d\n", i)
		want.WriteString(line)
		if _, err := io.WriteString(&s, line); err != nil {
			t.Fatal(err)
		}
	}
	if s.file == nil {
		t.Error("there is no file")
	}
	for _, part := range [][2]int64{{0, s.n}, {7, 8}, {s.n - 9, s.n}, {spoolMem - 3, spoolMem + 3}} {
		var b bytes.Buffer
		if err := s.copy(&b, part[0], part[1]); err != nil || !bytes.Equal(b.Bytes(), want.Bytes()[part[0]:part[1]]) {
			t.Errorf("%v: %d bytes, %v", part, b.Len(), err)
		}
	}
	t.Setenv("TMPDIR", "/nonexistent")
	var none spool
	if _, err := none.Write(make([]byte, spoolMem)); err == nil || !strings.Contains(err.Error(), "hold a report back") {
		t.Errorf("got %v", err)
	}
}
