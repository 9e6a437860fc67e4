package report

import (
	"fmt"
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
// what each did, and what failed; "" where nothing had happened. A call whose
// partner is known, by the addresses of both, is an arrow between them.
func drawing(s *specs.Scenario, f *runner.Failure, r *record) string {
	entries := r.entries()
	if len(entries) == 0 {
		return ""
	}
	d := &mermaid{lane: make(map[string]int), opened: make(map[string]string)}
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
	for i := range entries {
		d.entry(&entries[i], i >= len(entries)-drawnCalls)
	}
	d.failure(f)
	return d.head() + strings.TrimSuffix(d.b.String(), "\n")
}

// mermaid is a diagram on its way.
type mermaid struct {
	names  []string
	lane   map[string]int
	opened map[string]string // local address of a connection → the actor that opened it
	b      strings.Builder
}

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

// entry draws one thing that a step did, or notes only who has which address.
func (d *mermaid) entry(e *entry, drawn bool) {
	lane, ok := d.lane[e.actor]
	partner := d.partner(e)
	if !ok || !drawn {
		return
	}
	if e.kind != runner.StepDone {
		d.line("Note over a%d: %s", lane, mermaidText(e.texts()[0]))
		return
	}
	for i, text := range e.texts() {
		if from, known := d.lane[partner]; known && i == 0 {
			d.line("a%d->>a%d: %s", from, lane, mermaidText(shortCall(text)))
			continue
		}
		d.line("a%d->>a%d: %s", lane, lane, mermaidText(shortCall(text)))
	}
}

// partner is the actor whose connection is accepted; "" where that is not known.
func (d *mermaid) partner(e *entry) string {
	if e.outcome == nil {
		return ""
	}
	if local, ok := e.outcome.Results.Get("addr"); ok && e.verb == "connect" {
		d.opened[addressText(local)] = e.actor
	}
	if peer, ok := e.outcome.Results.Get("from"); ok && strings.HasPrefix(e.verb, "accept") {
		return d.opened[addressText(peer)]
	}
	return ""
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
