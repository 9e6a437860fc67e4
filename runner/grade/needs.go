package grade

import (
	"maps"
	"slices"
	"strings"

	"github.com/sockspec/sockspec/specs"
)

// mostNeeds is how many needs the scenarios of a file may have together: a matrix
// that needs a matrix has its rows times the other's.
const mostNeeds = 1_000_000

// needs are the scenarios that a scenario names: one, or a list.
func (r *reader) needs(i int, name string, n *specs.Node) (needs []int) {
	var wanted []string
	if text, ok := n.Scalar(); ok {
		wanted = []string{text}
	} else {
		r.errs = append(r.errs, specs.Decode(n, &wanted)...)
	}
	for k, want := range wanted {
		at := n
		if k < len(n.Items) {
			at = n.Items[k]
		}
		found := r.names[want]
		switch {
		case len(found) == 0:
			err := at.Errorf("needs wants the name of a scenario of this file, got %s", at.Describe())
			if near := specs.Suggest(want, slices.Sorted(maps.Keys(r.names))); near != "" {
				err.WithHint("did you mean %q?", near)
			}
			r.fail(err)
		case slices.Contains(found, i):
			r.fail(at.Errorf("%s needs itself", name))
		}
		if r.needed += len(found); r.needed > mostNeeds {
			if r.needed-len(found) <= mostNeeds {
				r.fail(at.Errorf("the scenarios of the file need more than %d others in all", mostNeeds))
			}
			return nil
		}
		needs = append(needs, found...)
	}
	slices.Sort(needs)
	return slices.Compact(needs)
}

// circles refuses scenarios that need each other.
func (r *reader) circles(f *specs.File) {
	const (
		unseen = iota
		open
		closed
	)
	checks := r.rubric.Checks
	state := make([]int, len(checks))
	var trail []int
	var visit func(i int) bool
	visit = func(i int) bool {
		state[i] = open
		trail = append(trail, i)
		for _, n := range checks[i].Needs {
			if state[n] == open && n != i {
				r.circle(f, trail[slices.Index(trail, n):])
				return false
			}
			if state[n] == unseen && !visit(n) {
				return false
			}
		}
		state[i] = closed
		trail = trail[:len(trail)-1]
		return true
	}
	for i := range checks {
		if state[i] == unseen && !visit(i) {
			return
		}
	}
}

// circle is the mistake, at the first of the scenarios in the file.
func (r *reader) circle(f *specs.File, around []int) {
	first := slices.Index(around, slices.Min(around))
	around = slices.Concat(around[first:], around[:first])
	var names []string
	for _, i := range append(around, around[0]) {
		names = append(names, f.Scenarios[i].Name)
	}
	r.fail(under(f.Scenarios[around[0]].Grading, "needs").Errorf("scenarios that need each other: %s", strings.Join(names, " → ")))
}
