package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sockspec/sockspec/runner"
	"github.com/sockspec/sockspec/specs"
)

const (
	drawnLanes  = 8   // actors
	drawnCalls  = 40  // the last ones
	drawnText   = 100 // characters of one of them
	drawnWidest = 30  // characters of an actor's name
)

// drawing is a failure as a sequenceDiagram of Mermaid: a lane for each actor,
// what each did, and what failed; "" where nothing had happened. A call that got
// something from another actor is an arrow from there: see [arrows].
func drawing(s *specs.Scenario, f *runner.Failure, r *record) string {
	entries := r.entries()
	if len(entries) == 0 {
		return ""
	}
	d := &mermaid{lane: make(map[string]int)}
	for _, a := range s.Actors {
		for i := range entries {
			if entries[i].actor == a.Name {
				d.add(a.Name)
				break
			}
		}
	}
	for i := range entries {
		d.add(entries[i].actor)
	}
	d.add(f.Actor)
	if left := r.lost + max(len(entries)-drawnCalls, 0); left > 0 {
		d.line("Note over a0: %s", mermaidText("… "+count(left, "earlier call", "earlier calls")+" left out"))
	}
	came := incoming(entries)
	for i := max(len(entries)-drawnCalls, 0); i < len(entries); i++ {
		d.entry(&entries[i], came[i])
	}
	d.failure(f)
	return d.head() + strings.TrimSuffix(d.b.String(), "\n")
}

// mermaid is a diagram on its way.
type mermaid struct {
	names []string
	lane  map[string]int
	b     strings.Builder
}

// comes is what an entry got from another actor.
type comes struct {
	kind  arrowKind
	actor string
	bytes int64
}

// incoming are the arrows that end at each entry.
func incoming(entries []entry) map[int][]comes {
	var acted []actedStep
	var returned []int
	open := make(map[htmlStepKey]int)
	at := make(map[int]int) // the entry in which a step was done
	for i := range entries {
		e := &entries[i]
		key := htmlStepKey{e.actor, e.step}
		k, begun := open[key]
		if !begun {
			k = len(acted)
			acted = append(acted, actedStep{actor: e.actor, step: e.step, verb: e.verb})
			open[key] = k
		}
		if e.kind == runner.StepDone {
			delete(open, key)
			acted[k].outcome, acted[k].done = e.outcome, true
			if e.outcome != nil {
				acted[k].calls = callTexts(e.outcome.Calls)
			}
			returned, at[k] = append(returned, k), i
		}
	}
	came := make(map[int][]comes)
	for _, a := range arrows(acted, returned) {
		if i, done := at[a.to]; done && a.kind != forkArrow {
			came[i] = append(came[i], comes{a.kind, acted[a.from].actor, a.bytes})
		}
	}
	return came
}

// arrowSigns are the arrows of Mermaid.
var arrowSigns = map[arrowKind]string{connectArrow: "->>", dataArrow: "->>", datagramArrow: "-)", endArrow: "--x", interruptArrow: "-x"}

func (d *mermaid) add(actor string) {
	if _, there := d.lane[actor]; !there && actor != "" && len(d.names) < drawnLanes {
		d.lane[actor] = len(d.names)
		d.names = append(d.names, actor)
	}
}

func (d *mermaid) line(format string, args ...any) { fmt.Fprintf(&d.b, "    "+format+"\n", args...) }

// head names the lanes.
func (d *mermaid) head() string {
	var b strings.Builder
	b.WriteString("sequenceDiagram\n")
	for i, name := range d.names {
		fmt.Fprintf(&b, "    participant a%d as %s\n", i, mermaidText(clippedTo(safe(name), drawnWidest)))
	}
	return b.String()
}

// entry draws one thing that a step did. An arrow has the text of the call that it ends
// at; of several the first one has.
func (d *mermaid) entry(e *entry, came []comes) {
	lane, ok := d.lane[e.actor]
	if !ok {
		return
	}
	texts := e.texts()
	if e.kind != runner.StepDone {
		d.line("Note over a%d: %s", lane, mermaidText(texts[0]))
		return
	}
	came = slices.DeleteFunc(came, func(c comes) bool {
		from, known := d.lane[c.actor]
		return !known || from == lane
	})
	for i, text := range texts {
		text = mermaidText(shortCall(text))
		shown := false
		for len(came) > 0 && (came[0].kind != endArrow || i == len(texts)-1) {
			c := came[0]
			came = came[1:]
			if shown {
				text = c.words()
			}
			d.line("a%d%sa%d: %s", d.lane[c.actor], arrowSigns[c.kind], lane, text)
			shown = true
		}
		if !shown {
			d.line("a%d->>a%d: %s", lane, lane, text)
		}
	}
}

// words are for an arrow that has no call of its own.
func (c comes) words() string {
	switch {
	case c.kind == endArrow:
		return "end of stream"
	case c.bytes > 0:
		return count(int(c.bytes), "byte", "bytes")
	}
	return string(c.kind)
}

// addressText is an address, of a call or read back, as the language has it.
func addressText(v any) string {
	text, _ := valueOf(v).(string)
	return text
}

// failure marks what failed.
func (d *mermaid) failure(f *runner.Failure) {
	lanes := "a0"
	if lane, ok := d.lane[f.Actor]; ok {
		lanes = fmt.Sprintf("a%d", lane)
	} else if n := len(d.names); n > 1 {
		lanes = fmt.Sprintf("a0,a%d", n-1)
	}
	d.line("rect rgb(255, 205, 205)")
	d.line("Note over %s: %s", lanes, mermaidText("failed: "+safe(f.What)))
	for i := range f.Mismatches {
		if i == 3 {
			break
		}
		m := &f.Mismatches[i]
		d.line("Note over %s: %s", lanes, mermaidText(safe(m.Key)+": want "+safe(m.Want)+", got "+safe(m.Got)))
	}
	d.line("end")
}

// mermaidText is a text in a line of a diagram. What is not a plain character is
// written as its number, so that nothing of it is a part of the diagram.
func mermaidText(text string) string {
	var b strings.Builder
	for _, r := range clippedTo(text, drawnText) {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r > 0x7f, strings.ContainsRune(" _.,()=+-/…", r):
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, "#%d;", r)
		}
	}
	if b.Len() == 0 {
		return "#32;"
	}
	return b.String()
}
