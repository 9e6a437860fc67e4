package report

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sockspec/sockspec/runner"
	"github.com/sockspec/sockspec/runner/language"
	"github.com/sockspec/sockspec/specs"
)

// alike are actors that were doing the same: replicas, children.
type alike struct {
	first     runner.ActorState
	base      string   // their name without indexes
	names     []string // where they have no indexes in common
	indexes   []int    // of names with one index
	n         int
	low, high time.Duration // how long it had been so
}

// mostGroups is how many groups of actors a failure shows.
const mostGroups = 16

// actors says what the others were doing when the failure came.
func (x *explanation) actors() {
	if x.f.Order != nil {
		return
	}
	waited := len(x.f.Mismatches) == 0
	groups := group(x.inOrder(x.f.Actors), func(a *runner.ActorState) bool { return waited || a.Name != x.f.Actor })
	if len(groups) == 0 {
		return
	}
	if waited {
		x.heading("who waits for whom")
	} else {
		x.heading("the other actors at that moment")
	}
	width := 0
	shown := groups[:min(len(groups), mostGroups)]
	for _, g := range shown {
		width = max(width, columns(g.name()))
	}
	for _, g := range shown {
		name := g.name() + strings.Repeat(" ", width-columns(g.name()))
		text := "  " + name + "  " + g.doing()
		if g.first.Pos.Line > 0 && g.first.Step != "" {
			text += "  " + x.p.dim.of(x.near(g.first.Pos))
		}
		x.line("%s", text)
	}
	if more := len(groups) - len(shown); more > 0 {
		x.line("  … and %s", count(more, "more", "more"))
	}
	if waited && len(x.f.Actors) > 1 && !slices.ContainsFunc(x.f.Actors, isFree) {
		x.line("  nobody was left who could go on")
	}
	x.gap()
}

// isFree tells whether an actor was waiting for nothing but its turn.
func isFree(a runner.ActorState) bool {
	return a.State == "running" && a.Step != "" || slices.Contains(a.For, runner.ItsTurn)
}

// inOrder sorts actors as the spec has them, replicas and children by number.
func (x *explanation) inOrder(actors []runner.ActorState) []runner.ActorState {
	rank := make(map[string]int, len(x.spec.Actors))
	for i, a := range x.spec.Actors {
		rank[a.Name] = i - len(x.spec.Actors) // before those that are none of them
	}
	actors = slices.Clone(actors)
	slices.SortStableFunc(actors, func(a, b runner.ActorState) int {
		first, indexesA := splitIndexes(a.Name)
		second, indexesB := splitIndexes(b.Name)
		rootA, _, _ := strings.Cut(strings.ReplaceAll(first, "[…]", ""), ".")
		rootB, _, _ := strings.Cut(strings.ReplaceAll(second, "[…]", ""), ".")
		return cmp.Or(cmp.Compare(rank[rootA], rank[rootB]), cmp.Compare(first, second), slices.Compare(indexesA, indexesB))
	})
	return actors
}

// near is a place in the file of the scenario, without its name.
func (x *explanation) near(p specs.Pos) string {
	if p.File == x.spec.Pos.File {
		return "line " + strconv.Itoa(p.Line)
	}
	return place(p)
}

// group puts actors together that were doing the same, in the order of the
// first of each.
func group(actors []runner.ActorState, wanted func(*runner.ActorState) bool) []*alike {
	type key struct {
		base, state, step, on, waits string
		pos                          specs.Pos
	}
	groups := make(map[key]*alike)
	var list []*alike
	for i := range actors {
		a := &actors[i]
		if !wanted(a) {
			continue
		}
		base, indexes := splitIndexes(a.Name)
		k := key{state: a.State}
		if a.State != "done" {
			k = key{base, a.State, withoutIndexes(a.Step), a.On, withoutIndexes(strings.Join(a.For, " ")), a.Pos}
		}
		g := groups[k]
		if g == nil {
			g = &alike{first: *a, base: base, low: a.Since, high: a.Since}
			groups[k], list = g, append(list, g)
		}
		g.add(a, base, indexes)
	}
	return list
}

func (g *alike) add(a *runner.ActorState, base string, indexes []int) {
	g.n++
	g.low, g.high = min(g.low, a.Since), max(g.high, a.Since)
	switch {
	case len(indexes) == 1 && base == g.base:
		g.indexes = append(g.indexes, indexes[0])
	case len(indexes) == 0 && len(g.names) < 8:
		g.names = append(g.names, a.Name)
	case base != g.base && !slices.Contains(g.names, base) && len(g.names) < 8:
		g.names = append(g.names, base)
	}
}

// name is what a group is called: server, client[0…4999], a and b.
func (g *alike) name() string {
	if g.n == 1 {
		return safe(g.first.Name)
	}
	names := make([]string, 0, len(g.names)+1)
	switch {
	case len(g.indexes) > 0:
		names = append(names, strings.Replace(g.base, "[…]", "["+ranges(g.indexes)+"]", 1))
	case strings.Contains(g.base, "[…]"):
		names = append(names, fmt.Sprintf("%s (%s)", g.base, grouped(g.n)))
	}
	return safe(strings.Join(append(names, g.names...), ", "))
}

// doing says what the actors of a group were doing.
func (g *alike) doing() string {
	a := &g.first
	step := a.Verb
	if name, _ := splitIndexes(a.Step); name != "" && strings.TrimSuffix(name, "[…]") != a.Verb {
		step = a.Step + " (" + a.Verb + ")"
	}
	step = safe(step)
	switch a.State {
	case "blocked":
		text := "blocked in " + step
		if a.On != "" {
			text += " on " + safe(a.On)
		}
		return text + " for " + g.since() + g.until()
	case "waiting":
		return "waiting " + g.since() + " for " + safe(g.waitsFor()) + g.before(step)
	case "running":
		if step == "" {
			return "running"
		}
		return "in " + step
	case "unstarted":
		return "did not start " + step
	case "failed":
		if a.On != "" {
			return "was in " + step + " on " + safe(a.On) + " for " + g.since() + g.until()
		}
		return "was in " + step + " for " + g.since()
	}
	return safe(a.State)
}

// until says what would let the call go on.
func (g *alike) until() string {
	if until := language.Unblocks(g.first.Verb); until != "" {
		return ", until " + until
	}
	return ""
}

func (g *alike) before(step string) string {
	if step == "" {
		return ""
	}
	return ", before " + step
}

func (g *alike) waitsFor() string {
	if len(g.first.For) == 0 {
		return "its turn"
	}
	const most = 4
	list := g.first.For
	if len(list) > most {
		return strings.Join(list[:most], ", ") + fmt.Sprintf(" and %d more", len(list)-most)
	}
	text := strings.Join(list, ", ")
	if g.n > 1 {
		return withoutIndexes(text)
	}
	return text
}

func (g *alike) since() string {
	low, high := shortTime(g.low), shortTime(g.high)
	if low == high {
		return high
	}
	return low + " to " + high
}

// splitIndexes takes a name apart: client[12] is client[…] and 12.
func splitIndexes(name string) (base string, indexes []int) {
	if !strings.Contains(name, "[") {
		return name, nil
	}
	var b strings.Builder
	for name != "" {
		open := strings.IndexByte(name, '[')
		end := strings.IndexByte(name, ']')
		if open < 0 || end < open {
			break
		}
		if n, err := strconv.Atoi(name[open+1 : end]); err == nil {
			indexes = append(indexes, n)
		}
		b.WriteString(name[:open])
		b.WriteString("[…]")
		name = name[end+1:]
	}
	return b.String() + name, indexes
}

func withoutIndexes(name string) string {
	base, _ := splitIndexes(name)
	return base
}

// ranges is a set of numbers in short: 0…4999, or 0, 3, 7…9.
func ranges(list []int) string {
	list = slices.Compact(slices.SortedFunc(slices.Values(list), cmp.Compare[int]))
	const most = 6
	var parts []string
	for i := 0; i < len(list); {
		j := i
		for j+1 < len(list) && list[j+1] == list[j]+1 {
			j++
		}
		if len(parts) == most {
			parts = append(parts, fmt.Sprintf("… %d in all", len(list)))
			break
		}
		switch {
		case j == i:
			parts = append(parts, strconv.Itoa(list[i]))
		case j == i+1:
			parts = append(parts, strconv.Itoa(list[i]), strconv.Itoa(list[j]))
		default:
			parts = append(parts, fmt.Sprintf("%d…%d", list[i], list[j]))
		}
		i = j + 1
	}
	return strings.Join(parts, ", ")
}
