package steps

import (
	"fmt"
	"strings"
	"sync"
	"testing"
)

// hearer is told what programs write, in the way of the runner: with its lock.
type hearer struct {
	mu   sync.Mutex
	told []string
	over bool
}

func hear(k *kit) *hearer {
	l := new(hearer)
	k.world.Wrote = func(take func() []Written) {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.note(take)
	}
	return l
}

func (l *hearer) note(take func() []Written) {
	if l.over {
		return
	}
	for _, w := range take() {
		l.told = append(l.told, fmt.Sprintf("%s %s %q", w.Program, w.Stream, w.Data))
	}
}

func (l *hearer) all() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.told, ", ")
}

// announced is a program that is listened to.
func announced(t *testing.T, run string) (*kit, *fakeProgram, *hearer) {
	k := newKit(t)
	p, l := k.fakes(), hear(k)
	k.run("- run: %s", run)
	h := k.handle("proc")
	h.NameProgram("server", "proc")
	l.mu.Lock()
	l.note(h.Announce)
	l.mu.Unlock()
	return k, p, l
}

// What a step has taken was told before it is done, whoever has read it.
func TestToldBeforeDone(t *testing.T) {
	k, p, l := announced(t, "[x]")
	want := ""
	for i := range 200 {
		line := fmt.Sprintf("line %d", i)
		g := k.start("- stdout")
		p.say(line + "\n")
		g.wait()
		want = fmt.Sprintf("server.proc stdout %q", line+"\n")
		if got := l.all(); !strings.HasSuffix(got, want) {
			t.Fatalf("got %s, want %s at the end", got, want)
		}
	}
}

// A part of a line is told when a step has had it, or when no more comes.
func TestToldInLines(t *testing.T) {
	k, p, l := announced(t, "[x]")
	p.say("one\ntwo> thr")
	k.run("- stdout:\n  expect: one")
	k.run("- stdout: {until: '> '}\n  expect: 'two> '")
	const before = `server.proc stdout "one\n", server.proc stdout "two> "`
	if got := l.all(); got != before {
		t.Errorf("got  %s\nwant %s", got, before)
	}
	p.exit(ProgramEnd{})
	k.run("- stdout:\n  expect: thr")
	if got, want := l.all(), before+`, server.proc stdout "thr"`; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// What is told is bounded: each piece, and all of them by the limit of the output.
func TestToldIsBounded(t *testing.T) {
	k, p, l := announced(t, "{argv: [x], limits: {output: 10000}}")
	p.say(strings.Repeat("a", mostWritten-1) + "é" + strings.Repeat("b\n", 5000))
	p.exit(ProgramEnd{})
	k.run("- wait")
	l.mu.Lock()
	defer l.mu.Unlock()
	const around = len(`server.proc stdout ""`)
	sizes := []int{mostWritten - 1, 0, 0}
	if len(l.told) != len(sizes) || len(l.told[0]) != around+sizes[0] || !strings.HasPrefix(l.told[1], `server.proc stdout "éb\nb`) {
		t.Errorf("got %d pieces: %.200s", len(l.told), l.told)
	}
}

// Before the program's step is over, nothing is told of it, and the failure that has
// the lock may look at its output while that is read.
func TestToldAfterItsStep(t *testing.T) {
	k := newKit(t)
	p, l := k.fakes(), hear(k)
	k.run("- run: [x]")
	p.say("early\n")
	k.run("- stdout")
	if got := l.all(); got != "" {
		t.Errorf("told %s", got)
	}
	h := k.handle("proc")
	h.NameProgram("server", "proc")
	l.mu.Lock()
	l.note(h.Announce)
	p.say("late\nrest")
	k.world.ProgramStates(t.Context(), 0)
	l.note(k.world.Written)
	l.over = true
	l.mu.Unlock()
	p.say("never\n")
	k.run("- stdout\n- stdout")
	if got, want := l.all(), `server.proc stdout "early\n", server.proc stdout "late\n", server.proc stdout "rest"`; got != want && got != strings.Replace(want, `late\n", server.proc stdout "rest`, `late\nrest`, 1) {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
