package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/sockspec/sockspec/runner"
)

func TestText(t *testing.T) {
	interrupted := End{Interrupted: true}
	for name, c := range map[string]struct {
		o       TextOptions
		end     End
		streams [][]runner.Event
	}{
		"pass":        {streams: [][]runner.Event{passing(t), finished(t, 1, 1, runner.Skip, "requires root: this process is not root")}},
		"data":        {streams: [][]runner.Event{otherData(t)}},
		"color":       {o: TextOptions{Color: true}, streams: [][]runner.Event{otherData(t), passing(t)}},
		"refused":     {streams: [][]runner.Event{passing(t), refused(t, 1)}},
		"quiet":       {o: TextOptions{Quiet: true}, streams: [][]runner.Event{passing(t), refused(t, 1)}},
		"verbose":     {o: TextOptions{Verbose: true}, streams: [][]runner.Event{passing(t), otherData(t)}},
		"timeout":     {streams: [][]runner.Event{timedOut(t)}},
		"order":       {streams: [][]runner.Event{disordered(t)}},
		"hostile":     {streams: [][]runner.Event{hostile(t, 0)}},
		"error":       {end: interrupted, streams: [][]runner.Event{finished(t, 0, 0, runner.Error, "a network namespace: too many open files"), nil}},
		"noskip":      {streams: [][]runner.Event{finished(t, 0, 0, runner.Fail, "skipped, which --no-skip does not allow: requires ipv6")}},
		"grouped":     {o: TextOptions{Grouped: true}, streams: [][]runner.Event{passing(t), refused(t, 1)}},
		"inconclusiv": {streams: [][]runner.Event{finished(t, 0, 0, runner.Inconclusive, "the limit of 5000 interleavings was reached")}},
	} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			replay(t, NewText(&b, c.o), Start{}, c.end, c.streams...)
			golden(t, name+".txt", b.Bytes())
		})
	}
}

// Results come in the order of the spec, whatever order they were ready in.
func TestTextOrder(t *testing.T) {
	var first, second bytes.Buffer
	a, b, c := passing(t), refused(t, 1), finished(t, 2, 2, runner.Pass, "")
	replay(t, NewText(&first, TextOptions{}), Start{}, End{}, a, b, c)
	replay(t, NewText(&second, TextOptions{}), Start{}, End{}, c, b, a)
	if first.String() != second.String() {
		t.Errorf("want %s\ngot %s", first.String(), second.String())
	}
}

// Nothing that comes from a spec or a peer begins a line of the report.
func TestTextForgery(t *testing.T) {
	for _, o := range []TextOptions{{}, {Verbose: true}} {
		var b bytes.Buffer
		replay(t, NewText(&b, o), Start{}, End{}, hostile(t, 0))
		for _, bad := range []string{"\x1b", "\r", "\u202e", "\nok   forged"} {
			if strings.Contains(b.String(), bad) {
				t.Errorf("%q came through in\n%s", bad, b.String())
			}
		}
	}
}

// What is kept of a scenario that runs long is bounded, and says so.
func TestTextLongLog(t *testing.T) {
	s := newStream(t, 1, 0)
	events := refused(t, 0)
	for i := range 5000 {
		s.step(time.Duration(i)*us, "other", "connect", events[2].Outcome.Calls[0])
	}
	s.step(5001*us, "client", "connect", events[2].Outcome.Calls[0])
	var b bytes.Buffer
	replay(t, NewText(&b, TextOptions{}), Start{}, End{}, s.end(6*time.Millisecond, runner.Fail, "", events[len(events)-1].Failure))
	if want := "… 4,941 earlier calls left out"; !strings.Contains(b.String(), want) {
		t.Errorf("want %q in\n%s", want, b.String())
	}
	if n := strings.Count(b.String(), "\n"); n > 100 {
		t.Errorf("%d lines", n)
	}
}

// A round of --repeat that failed fails the scenario, which has one line.
func TestTextRepeat(t *testing.T) {
	var b bytes.Buffer
	text := NewText(&b, TextOptions{})
	text.Start(Start{Selected: 1, Rounds: 3})
	for round := range 3 {
		list := finished(t, 1, 0, runner.Pass, "")
		if round == 1 {
			list = refused(t, 0)
		}
		for _, e := range list {
			e.Run.Round = round
			text.Event(e)
		}
	}
	text.End(End{Elapsed: time.Second})
	golden(t, "repeat.txt", b.Bytes())
}

// A report without -v does not allocate for the events of a step.
func TestTextAllocations(t *testing.T) {
	text := NewText(io.Discard, TextOptions{})
	text.Start(Start{Selected: 1 << 30, Rounds: 1})
	list, index := passing(t), 0
	play := func() {
		for i := range list {
			list[i].Run.Index = index
			text.Event(list[i])
		}
		index++
	}
	play()
	if n := testing.AllocsPerRun(100, play); n > 2 {
		t.Errorf("%v allocations a scenario", n)
	}
}

func BenchmarkTextPass(b *testing.B) {
	list := passing(&testing.T{})
	out := NewOutput("nowhere", io.Discard)
	text := NewText(out, TextOptions{})
	text.Start(Start{Selected: b.N, Rounds: 1})
	for n := range b.N {
		for i := range list {
			list[i].Run.Index = n
			text.Event(list[i])
		}
	}
	out.Close()
}

func BenchmarkJSONPass(b *testing.B) {
	list := passing(&testing.T{})
	j := NewJSON(io.Discard)
	j.Start(Start{Selected: b.N, Rounds: 1})
	for n := range b.N {
		for i := range list {
			list[i].Run.Index = n
			j.Event(list[i])
		}
	}
}

func ExampleNewText() {
	fmt.Println(shortTime(410*us), shortTime(12300*us), shortTime(4900*time.Millisecond), shortTime(123*time.Second))
	// Output: 0.41ms 12.3ms 4.90s 2m03s
}
