package specs

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// load loads a text that has no mistakes.
func load(t *testing.T, src string, vars map[string]string) *File {
	t.Helper()
	f, err := Load("spec.yaml", []byte(src), Options{Vars: vars})
	if err != nil {
		t.Fatalf("%s\n%s", src, err.(Errors).Format())
	}
	return f
}

// arg is a scenario whose only step's argument is text, with vars.
func arg(t *testing.T, vars, text string, over map[string]string) *Node {
	t.Helper()
	f := load(t, "vars: "+vars+"\nscenarios:\n  - name: x\n    actors:\n      z:\n        - send: "+text+"\n", over)
	return f.Scenarios[0].Actors[0].Steps[0].Arg
}

func TestVars(t *testing.T) {
	for _, c := range []struct{ vars, text, want string }{
		{"{n: 3}", "$(n)", `"3"`},
		{"{n: 010}", "$(n)", `"010"`},
		{"{n: 010}", "a$(n)b", `"a010b"`},
		{"{n: 3}", "$(n + 1)", "4"},
		{"{n: 3}", "p$(n + 1)", `"p4"`},
		{"{n: \"3\"}", "$(n == 3)", "false"},
		{"{a: $(b)$(b), b: x$(c), c: 1}", "$(a)", `"x1x1"`},
		{"{m: {k: [1, {z: 2}]}}", "$(m.k[1].z)", `"2"`},
		{"{m: {k: [1, 2]}}", "$(m)", "a mapping"},
		{"{m: {k: [1, 2]}, i: 1}", "$(m.k[i] * 2)", "4"},
		{"{w: $(server.welcome.addr)}", "$(w)", `"$(server.welcome.addr)"<server.welcome.addr>`},
		{"{w: $(server.welcome.addr)}", "$(w.port + 1)", `"$(w.port + 1)"<server.welcome.addr.port>`},
		{"{w: a$(s.t)b}", "$(len(w))", `"$(len(w))"<s.t>`},
		{"{w: {p: $(s.t), q: 1}}", "$(w.p)$(w.q)", `"$(w.p)$(w.q)"<s.t>`},
		{"{i: 2}", "$(server.conn[i].x)", `"$(server.conn[i].x)"<server.conn[i].x>`},
		{"{n: 3}", "'$(n > 2 ? 1 : q.r)'", "1"},
		{"{n: 0}", "'$(n == 0 ? 0 : 1 / n)'", "0"},
		{"{n: 0}", "$(n == 0 or q.r)", "true"},
		{"{n: 3}", "$$(n) $(n)", `"$(n) 3"`},
		{"{n: 3}", "$$(n)", `"$(n)"`},
		{"{n: 3}", "$(tmp)/$(n)", `"$(tmp)/$(n)"<tmp>`},
		{"{n: }", "$(n == nil)", "true"},
		{"{n: 3}", "{$(n): $(n)}", "a mapping"},
	} {
		n := arg(t, c.vars, c.text, nil)
		got := n.Describe()
		for _, e := range n.Exprs() {
			got += dumpShort(e)
		}
		if got != c.want {
			t.Errorf("%s in %s: got %s, want %s", c.text, c.vars, got, c.want)
		}
	}
	if n := arg(t, "{n: 3}", "$(n)", map[string]string{"n": "[4, 5]"}); n.Kind != List || n.Items[1].Text != "5" {
		t.Errorf("--var: got %s", n.Describe())
	}
}

func dumpShort(e *Expr) string {
	var refs []string
	for _, r := range e.Refs {
		refs = append(refs, r.Text)
	}
	return "<" + strings.Join(refs, " ") + ">"
}

func TestVarMistakes(t *testing.T) {
	const src = "vars: {n: 3}\nscenarios:\n  - name: x\n    timeout: $(n)s\n    matrix: {m: [1]}\n    actors: {z: [close]}\n"
	_, err := Load("spec.yaml", []byte(src), Options{Vars: map[string]string{"n": "[", "m": "2", "other": "3"}})
	want := "--var n:1:1: the list or mapping in brackets has no end, or a value is missing in it\n" +
		"spec.yaml:5:14: m is a column of the matrix: --var cannot override it"
	if err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
}

func names(f *File) string {
	var all []string
	for _, s := range f.Scenarios {
		all = append(all, s.Name)
	}
	return strings.Join(all, "|")
}

func TestMatrix(t *testing.T) {
	for _, c := range []struct{ name, matrix, want string }{
		{"$(a)$(b)", "{a: [1, 2], b: [x, y, z]}", "1x|1y|1z|2x|2y|2z"},
		{"$(a)$(b)", "[{a: 1, b: x}, {b: y, a: 2}]", "1x|2y"},
		{"echo", "{a: [\"127.0.0.1:0\", 1], b: [tcp]}", "echo (127.0.0.1:0, tcp)|echo (1, tcp)"},
		{"echo", "{a: [1]}", "echo"},
		{"echo", "{a: [{x: 1}, {x: 2}]}", "echo #1|echo #2"},
		{"$(a.x)", "{a: [{x: 1}, {x: 2}]}", "1|2"},
		{"$(a)", "{a: $(list)}", "7|8"},
		{"$(url)", "{host: [a, b], url: [\"$(host)/$(n)\"]}", "a/3|b/3"},
		{"$(n)", "{n: [1, 2]}", "1|2"},
		{"$(late)", "{n: [1, 2]}", "1!|2!"},
		{"$(n) $(k)", "{n: [1, 2], k: [1]}", "1 1|2 1"},
	} {
		f := load(t, "vars: {n: 3, list: [7, 8], late: $(n)!}\nscenarios:\n  - name: "+c.name+"\n    matrix: "+c.matrix+"\n    actors: {z: [close]}\n", nil)
		if got := names(f); got != c.want {
			t.Errorf("%s over %s: got %s, want %s", c.name, c.matrix, got, c.want)
		}
	}
	f := load(t, "scenarios:\n  - name: x\n    matrix: {steps: [[close, {recv: 3}]], s: [{send: q}]}\n    actors: {z: $(steps), y: [$(s)]}\n", nil)
	if s := f.Scenarios[0]; len(s.Actors[0].Steps) != 2 || s.Actors[1].Steps[0].Verb != "send" || !s.Vars["steps"] {
		t.Error("a whole list of steps is not filled in")
	}
}

// What a row takes does not depend on how many rows there are.
func TestLongMatrix(t *testing.T) {
	rows := func(n int) (allocs float64) {
		src := []byte("scenarios:\n  - name: $(n)\n    matrix: {n: [" + strings.Repeat("1, ", n) + "]}\n    actors: {z: [close]}\n")
		return testing.AllocsPerRun(1, func() {
			if f, err := Load("spec.yaml", src, Options{}); err != nil || len(f.Scenarios) != n {
				t.Fatalf("%d rows: %v", n, err)
			}
		})
	}
	if few, many := rows(1000), rows(10_000); many > 11*few {
		t.Errorf("1,000 rows took %v allocations, 10,000 took %v", few, many)
	}
}

func TestScenario(t *testing.T) {
	f := load(t, `defaults: {timeout: 10s, step_timeout: 200ms, isolation: none, tags: [a, b], requires: linux}
scenarios:
  - name: x
    about: >
      two
      lines
    tags: [b, c]
    requires: [kernel>=6.1, "program:python3"]
    timeout: 1m30s
    files: {note.txt: text, locked/: {mode: "0500"}, loop: {symlink: loop}, b: {hex: "00"}, e: {text: x, mode: 0755}, d/: , z: {mode: "4755"}}
    sysctls: {net.ipv4.tcp_syn_retries: 1}
    actors:
      a: {steps: [close], count: 3, host: h}
      b: [{close: , when: '$(a[0].close.outcome == "x")'}]
    order: ["a[1].close.blocked < b.close < a[0].close"]
`, nil)
	s := f.Scenarios[0]
	got := fmt.Sprint(s.Tags, s.Requires, s.Timeout, s.StepTimeout, s.Isolation, s.About, s.Sysctls, len(s.Files), s.Actors[0].Count, s.Actors[0].Replicas, s.Actors[1].Replicas, s.Order[0].Refs[2].Text, s.Actors[1].Steps[0].Arg == nil)
	want := `[a b c] [{spec.yaml:1:88 linux } {spec.yaml:8:16 kernel 6.1} {spec.yaml:8:29 program python3}] 1m30s 200msnonetwo lines
[{spec.yaml:11:15 net.ipv4.tcp_syn_retries 1}] 7 3 true falsea[0].closetrue`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	for i, want := range []string{"note.txt false  0 \"text\"", "locked true  320 -", "loop false loop 0 -", "b false  0 a mapping", "e false  493 a mapping", "d true  0 -", "z false  2541 -"} {
		file, text := s.Files[i], "-"
		if file.Text != nil {
			text = file.Text.Describe()
		}
		if got := fmt.Sprintf("%s %v %s %d %s", file.Path, file.Dir, file.Symlink, file.Mode, text); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if f.Scenarios[0].Timeout != 90*time.Second {
		t.Error(f.Scenarios[0].Timeout)
	}
}

// TestPlaces shows the place of every reference in scalars of all styles.
func TestPlaces(t *testing.T) {
	src := "scenarios:\n  - name: x\n    actors:\n      a:\n" +
		"        - send: é $(b.c) $(d.e)\n" +
		"        - send: \"\\té\\\"$(b.c)\\u00e9$( d.e )\"\n" +
		"        - send: 'it''s $(b.c)'\n" +
		"        - send: |\n            $(b.c)\n            x $(d.e)\n" +
		"        - send: >-\n            x\n            $(b.c +\n              d.e)\n" +
		"        - send: x\n            y $(b.c)\n" +
		"        - send: {k: [$(b.c), \"$(d.e)\"]}\n" +
		"        - send: $$(x) $(b.c)\n"
	f := load(t, src, nil)
	lines := strings.Split(src, "\n")
	for _, st := range f.Scenarios[0].Actors[0].Steps {
		for _, e := range st.Arg.Exprs() {
			for _, r := range e.Refs {
				line := []rune(lines[r.Pos.Line-1])
				if got := string(line[r.Pos.Col-1 : min(len(line), r.Pos.Col+2)]); got != r.Text {
					t.Errorf("%s is said to be at %s, where %q is", r.Text, r.Pos, got)
				}
			}
		}
	}
}

func TestResolve(t *testing.T) {
	n := arg(t, "{}", "{a: $(b.c), d: [\"x$(b.c)y\", 1], $(tmp): 2, e: {f: 3}}", nil)
	r, err := n.Resolve(func(e *Expr) (any, error) { return int64(7), nil })
	if err != nil || r.Pending() || !n.Pending() {
		t.Fatal(err)
	}
	if got := fmt.Sprint(r.Get("a").Value, r.Get("d").Items[0].Value, r.Get("7").Text, r.Get("e") == n.Get("e")); got != "7x7y2true" {
		t.Error(got)
	}
}
