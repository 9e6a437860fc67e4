package specs

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// dump is all that Load gave, as a text that two loads can be compared by.
func dump(f *File, err error) string {
	var b strings.Builder
	if err != nil {
		b.WriteString(err.(Errors).Format())
	}
	if f == nil {
		return b.String()
	}
	fmt.Fprintln(&b, f.Vars, dumpNode(f.Grading))
	for _, s := range f.Scenarios {
		dumpScenario(&b, s)
	}
	return b.String()
}

func dumpScenario(b *strings.Builder, s *Scenario) {
	fmt.Fprintf(b, "%s %q %q %v %v %v %v %q %v %v\n", s.Pos, s.Name, s.About, s.Tags, s.Requires, s.Timeout, s.StepTimeout, s.Isolation, s.Sysctls, sortedKeys(s.Vars))
	for _, f := range s.Files {
		fmt.Fprintln(b, f.Pos, f.Path, f.Dir, f.Symlink, f.Mode, dumpNode(f.Text))
	}
	for _, n := range []*Node{s.Hosts, s.Outcomes, s.Interleavings, s.Grading} {
		fmt.Fprintln(b, dumpNode(n))
	}
	for _, a := range s.Actors {
		fmt.Fprintln(b, " ", a.Pos, a.Name, a.Count, a.Replicas, dumpNode(a.Host), dumpNode(a.Privileges), dumpNode(a.Process))
		for _, st := range a.Steps {
			dumpStep(b, st)
		}
	}
	for _, o := range s.Order {
		fmt.Fprintln(b, o.Pos, o.Text, dumpRefs(o.Refs))
	}
}

func dumpStep(b *strings.Builder, s *Step) {
	fmt.Fprintln(b, "   ", s.Pos, s.Verb, dumpNode(s.Arg), s.As, s.Within, s.Timeout, s.About, dumpNode(s.Expect), dumpNode(s.Raw), dumpRefs(s.After))
	if s.ID != nil {
		fmt.Fprintln(b, *s.ID)
	}
	if s.Via != nil {
		fmt.Fprintln(b, dumpRefs([]*Ref{s.Via}))
	}
	if s.When != nil {
		fmt.Fprintln(b, s.When.Pos, s.When.Text, dumpRefs(s.When.Refs))
	}
}

func dumpRefs(refs []*Ref) string {
	var b strings.Builder
	for _, r := range refs {
		fmt.Fprintf(&b, "<%s %s", r.Pos, r.Text)
		for _, e := range r.Elems {
			fmt.Fprintf(&b, " %s %s %d", e.Pos, e.Name, len(e.Index))
		}
		b.WriteString(">")
	}
	return b.String()
}

func dumpNode(n *Node) string {
	if n == nil {
		return "-"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %d %d %q %v", n.Pos(), n.Kind, n.Style, n.Text, n.Value)
	for _, e := range n.Exprs() {
		b.WriteString(dumpRefs(e.Refs))
	}
	for _, item := range n.Items {
		b.WriteString("[" + dumpNode(item) + "]")
	}
	for _, f := range n.Fields {
		b.WriteString("{" + dumpNode(f.Key) + ": " + dumpNode(f.Value) + "}")
	}
	return b.String()
}

// bothWays loads a text in one go and in chunks as small as can be.
func bothWays(src string, o Options) (whole, chunked string) {
	from, size := chunkFrom, chunkBytes
	defer func() { chunkFrom, chunkBytes = from, size }()
	chunkFrom = maxBytes + 1
	whole = dump(Load("spec.yaml", []byte(src), o))
	chunkFrom, chunkBytes = 0, 1
	return whole, dump(Load("spec.yaml", []byte(src), o))
}

// two is a file of two scenarios around which the odd cases are built.
const two = `vars: {n: 3}
scenarios:
  - name: a
    actors: {x: [{send: $(n)}, close]}
  # a remark

  - name: b
    about: |
      - name: no
        text
    actors:
      x:
      - send: "a
        b"
      - close
defaults: {tags: [t]}
`

var oddFiles = []string{
	two,
	strings.ReplaceAll(two, "\n", "\r\n"),
	strings.Replace(two, "a\n        b", "a\n  - b", 1),
	strings.Replace(two, "- close\ndef", "- close: |\n  - name: c\ndef", 1),
	strings.Replace(two, "scenarios:\n", "scenarios: # all\n", 1),
	strings.Replace(two, "scenarios:\n", "scenarios: ~\n", 1),
	strings.Replace(two, "scenarios:\n", "scenarios: |\n", 1),
	strings.Replace(two, "scenarios:\n", "text: \"\nscenarios:\n", 1),
	strings.Replace(two, "scenarios:\n", "text: |\n scenarios:\nscenarios:\n", 1),
	strings.Replace(two, "defaults", "---\ndefaults", 1),
	strings.Replace(two, "defaults", "...\ndefaults", 1),
	strings.Replace(two, "defaults", " defaults", 1),
	strings.Replace(two, "defaults", "scenarios", 1),
	strings.Replace(two, "defaults", "  ? defaults", 1),
	strings.Replace(two, "{n: 3}", "&v {n: 3}", 1) + "grading: *v\n",
	strings.Replace(two, "{n: 3}", "{n: &v 3}", 1) + "grading: [*v]\n",
	strings.Replace(strings.Replace(two, "{n: 3}", "{n: &v 3}", 1), "name: b", "name: *v", 1),
	strings.Replace(strings.Replace(two, "{n: 3}", "{n: &v 3}", 1), "name: a", "name: &v a", 1) + "grading: [*v]\n",
	strings.Replace(strings.Replace(two, "name: a", "name: &v a", 1), "about: |", "about: *v\n    x: |", 1),
	strings.Replace(strings.Replace(two, "name: a", "name: &v a", 1), "tags: [t]", "tags: [*v]", 1),
	strings.Replace(two, "name: a", "name: b", 1),
	strings.Replace(two, "  - name: b", "  - [1, 2]\n  - *x\n  - name: b", 1),
	strings.Replace(two, "  - name: b", " - name: b", 1),
	strings.Replace(two, "  - name: b", "\t- name: b", 1),
	strings.Replace(two, "  - name: b", "  -\n    name: b", 1),
	strings.Replace(two, "  - name: b", "  - - name: b", 1),
	strings.Replace(two, "# a remark", "- {", 1),
	strings.Replace(two, "# a remark", "- 'x", 1),
	strings.Replace(two, "# a remark", "- |2", 1),
	strings.Replace(two, "# a remark", "- >\n  # x\n   y", 1),
	strings.Replace(two, "a\n        b", "a\u2028        b", 1),
	"scenarios:\n- name: a\n  actors: {x: [close]}\n- name: b\n  actors: {x: [close]}\nvars: {a: 1}\n",
	"scenarios:\n- name: a\n  actors: {x: [close]}\n- name: b\n  actors: {x: [close]}\n---\na: 1\n",
	"scenarios:\n- name: a\n  actors: {x: [close]}\n- name: b\n  actors: {x: [close]}\n%TAG\n",
	"---\nscenarios:\n- name: $(z)\n  matrix: {z: [1, 2]}\n  actors: {x: [{send: $(q.r[0].s)}]}\n- name: b\n  vars: {q: {r: [{s: $(t.u)}]}}\n  actors: {x: [{send: $(q.r[0].s.v)}]}\n",
	"scenarios:\n  - name: a\n    actors: {x: [close]}\n  - name: b\n    matrix: [{a: 1}, {a: 2}]\n    actors: {x: [{send: $(1/(a-1))}]}\n",
}

func TestChunksAreTheWhole(t *testing.T) {
	check := func(name, src string) {
		t.Helper()
		whole, chunked := bothWays(src, testOptions)
		if whole != chunked {
			t.Errorf("%s:\n%s\n--- whole\n%s\n--- chunked\n%s", name, src, whole, chunked)
		}
	}
	for i, src := range oddFiles {
		check(fmt.Sprint("odd ", i), src)
	}
	files, _ := filepath.Glob("testdata/*.mistakes")
	for _, file := range files {
		text, _ := os.ReadFile(file)
		for _, c := range strings.Split("\n"+string(text), "\n=== ")[1:] {
			title, rest, _ := strings.Cut(c, "\n")
			spec, _, _ := strings.Cut(rest, "\n>>>\n")
			check(title, spec)
		}
	}
	check("ordinary", string(ordinary(20)))
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 3000 {
		check(fmt.Sprint("changed ", i), changed(r, oddFiles[r.IntN(len(oddFiles))]))
	}
}

// changed is a text with a few places changed at random.
func changed(r *rand.Rand, src string) string {
	bits := []string{"\n", "  ", "- ", "-", ":", ": ", "\"", "'", "{", "}", "[", "]", "#", " #", "|\n", "&a ", "*a", "\t", "$(", ")", "? ", "!", ",", "scenarios:\n", "  - name: c\n", "---\n", "\n  "}
	for range 1 + r.IntN(3) {
		i := r.IntN(len(src))
		k := min(len(src), i+r.IntN(4))
		src = src[:i] + bits[r.IntN(len(bits))] + src[k:]
		if src == "" {
			return "x"
		}
	}
	return src
}

func TestChunksAreUsed(t *testing.T) {
	l := &loader{src: newSource("spec.yaml", string(ordinary(200)))}
	l.file = &File{}
	if !l.chunks() || len(l.file.Scenarios) != 200 {
		t.Error("a large ordinary file is not read in chunks")
	}
}
