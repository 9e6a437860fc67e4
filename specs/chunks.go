package specs

import (
	"strings"
	"sync"
	"sync/atomic"

	"gopkg.in/yaml.v3"
)

// A large file is parsed a few scenarios at a time, because yaml.v3's tree of a
// whole one takes many times the memory of the text. What is between two lines
// that begin with the dash of the list of scenarios is YAML of its own, as long as
// it parses: no quote and no bracket is open at its end then. Whatever cannot be
// told so easily makes chunks give up, and the file is parsed in one go, so that
// nothing but time and memory depends on it.

var (
	chunkFrom  = 64 << 10 // bytes of a file from which on it is worth while
	chunkBytes = 32 << 10 // bytes that are parsed at a time, about
)

// layout is where the scenarios are in the text, in lines counted from 0.
type layout struct {
	key        int // the line of `scenarios:`
	first, end int // the lines after it, up to the next key
	indent     int // of the dashes
	dashes     []int
}

// chunks reads the file in parts and tells whether that was possible.
func (l *loader) chunks() bool {
	if len(l.src.Text) < chunkFrom {
		return false
	}
	lay, ok := l.src.layout()
	if !ok {
		return false
	}
	before := len(l.errs)
	if l.restOf(lay) {
		if all, ok := l.batches(lay); ok {
			l.finish(all)
			return true
		}
	}
	l.errs = l.errs[:before]
	l.file = &File{Source: l.src}
	return false
}

// layout finds the scenarios by the indentation of the lines alone.
func (s *Source) layout() (lay layout, ok bool) {
	lay.key = -1
	if oddBreaks(s.Text) {
		return lay, false
	}
	n := len(s.lines)
	for i := 0; i < n && lay.key < 0; i++ {
		if rest, is := strings.CutPrefix(s.Line(i+1), "scenarios:"); is {
			rest = strings.TrimLeft(rest, " ")
			if rest != "" && rest[0] != '#' {
				return lay, false
			}
			lay.key = i
		}
	}
	if lay.key < 0 {
		return lay, false
	}
	lay.first, lay.end, lay.indent = lay.key+1, n, -1
	for i := lay.first; i < n; i++ {
		kind := lay.classify(s.Line(i + 1))
		switch kind {
		case lineDash:
			lay.dashes = append(lay.dashes, i)
		case lineOutside:
			lay.end = i
		case lineOdd:
			return lay, false
		}
		if kind == lineOutside {
			break
		}
	}
	return lay, len(lay.dashes) > 1
}

type lineKind uint8

const (
	lineInside  lineKind = iota // of a scenario, or nothing
	lineDash                    // begins a scenario
	lineOutside                 // the next key of the file
	lineOdd                     // none of these
)

// classify tells what a line is, by its indentation. The first dash sets that of
// the others.
func (lay *layout) classify(line string) lineKind {
	rest := strings.TrimLeft(line, " ")
	indent := len(line) - len(rest)
	dash := rest == "-" || strings.HasPrefix(rest, "- ")
	switch {
	case rest == "" || rest[0] == '#':
		return lineInside
	case rest[0] == '\t':
		return lineOdd
	case lay.indent < 0 && dash:
		lay.indent = indent
		return lineDash
	case lay.indent < 0:
		return lineOdd
	case indent > lay.indent:
		return lineInside
	case indent == lay.indent && dash:
		return lineDash
	case indent == 0:
		return lineOutside
	}
	return lineOdd
}

// offsetOf is where a line begins, counted from 0.
func (s *Source) offsetOf(line int) int {
	if line >= len(s.lines) {
		return len(s.Text)
	}
	return int(s.lines[line])
}

// restOf reads everything but the scenarios. That it parses with nothing in their
// place shows that the key is one, and not a line of some text.
func (l *loader) restOf(lay layout) bool {
	head, tail := l.src.Text[:l.src.offsetOf(lay.first)], l.src.Text[l.src.offsetOf(lay.end):]
	doc, second, err := parseYAML([]byte(head + tail))
	if err != nil || doc == nil || second != nil {
		return false
	}
	c := newConverter(l.src)
	c.skipAfter, c.skipBy = lay.first, lay.end-lay.first
	root := c.node(doc, 0)
	if root.Kind != Map || c.lastUse > lay.first {
		return false // what the tail's alias means may be in a scenario
	}
	found := false
	for i, f := range root.Fields {
		if f.Key.Text == "scenarios" && int(f.Key.line) == lay.key+1 && f.Key.col == 1 && f.Value.Kind == Null {
			root.Fields[i].Value = &Node{Kind: List, Items: []*Node{{}}, src: l.src, line: int32(lay.key + 1), col: 1}
			found = true
		}
	}
	if !found {
		return false
	}
	l.errs = append(l.errs, c.errs...)
	l.restNodes = c.nodes
	l.top(root)
	return true
}

// batch is a part of the list of scenarios, and what came of it.
type batch struct {
	from, to int // lines
	dashes   int
	scenarios
}

// batches reads the scenarios, in two goroutines: each takes the next batch and
// writes to that alone. What they share (the source, the file's vars and defaults)
// is complete.
func (l *loader) batches(lay layout) ([]madeScenario, bool) {
	work := lay.split(l.src)
	var next, nodes atomic.Int64
	var failed, aliases atomic.Bool
	var wg sync.WaitGroup
	for range min(2, len(work)) {
		wg.Go(func() {
			c := newConverter(l.src)
			for !failed.Load() {
				i := int(next.Add(1)) - 1
				if i >= len(work) {
					break
				}
				if !l.batch(c, &work[i]) || l.budget.over() {
					failed.Store(true)
				}
			}
			nodes.Add(int64(c.nodes))
			if c.lastUse > 0 || l.restNodes > maxExpanded/2 {
				aliases.Store(true)
			}
		})
	}
	wg.Wait()
	if failed.Load() || aliases.Load() && nodes.Load() > maxExpanded/2 {
		return nil, false
	}
	var all []madeScenario
	for i := range work {
		l.errs = append(l.errs, work[i].errs...)
		all = append(all, work[i].made...)
	}
	return all, true
}

// split makes batches of whole scenarios.
func (lay *layout) split(s *Source) []batch {
	var work []batch
	start := 0
	for i := 1; i <= len(lay.dashes); i++ {
		end := lay.end
		if i < len(lay.dashes) {
			end = lay.dashes[i]
			if s.offsetOf(end)-s.offsetOf(lay.dashes[start]) < chunkBytes {
				continue
			}
		}
		work = append(work, batch{from: lay.dashes[start], to: end, dashes: i - start})
		start = i
	}
	return work
}

func (l *loader) batch(c *converter, b *batch) bool {
	text := l.src.Text[l.src.offsetOf(b.from):l.src.offsetOf(b.to)]
	root, second, err := parseYAML([]byte(text))
	if err != nil || root == nil || second != nil || root.Kind != yaml.SequenceNode ||
		root.Style&yaml.FlowStyle != 0 || len(root.Content) != b.dashes {
		return false
	}
	c.line0, c.aliases, c.errs = b.from, nil, nil
	var errs Errors
	for _, item := range root.Content {
		s := l.scenario(c.node(item, 2))
		b.made = append(b.made, s.made...)
		errs = append(errs, s.errs...)
	}
	// As in one go: mistakes of the conversion come before others in the same place.
	b.errs = append(c.errs, errs...)
	return true
}
