package specs

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
)

// hostile are small or large inputs that cost a naive reader too much.
func hostile() map[string]string {
	rep := strings.Repeat
	head := "scenarios:\n  - name: x\n    actors: {a: [close]}\n"
	numbered := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	doubling := func(n int, format string) string {
		var b strings.Builder
		b.WriteString("vars:\n")
		for i := range n {
			fmt.Fprintf(&b, "  v%d: "+format+"\n", i, i+1)
		}
		fmt.Fprintf(&b, "  v%d: [lol]\n", n)
		return b.String() + head
	}
	return map[string]string{
		"brackets":            rep("[", 1<<18),
		"brackets closed":     "a: " + rep("[", 9000) + rep("]", 9000),
		"many deep flows":     rep("- "+rep("[", 90)+rep("]", 90)+"\n", 5000),
		"braces":              rep("{a: ", 1<<16),
		"dashes":              rep("- ", 1<<18),
		"question marks":      rep("? ", 1<<18),
		"questions on lines":  rep("?\n", 1<<17),
		"indentation":         numbered(0, "") + stairs(1500),
		"commas":              "a: [" + rep("1,", 7<<20) + "1]",
		"colons":              "a: {" + rep("b: 1, ", 1<<17) + "}",
		"comments":            rep("# x\n", 1<<18),
		"comments in a list":  "a:\n" + rep("  - x # y\n", 1<<15),
		"comments before":     "a:\n" + rep("  # y\n  - x\n", 1<<15),
		"comments and keys":   numbered(1<<14, "# y\nk%d:\n  # z\n\n# w\n"),
		"comments in a flow":  "a: [\n" + rep("  x, # y\n", 1<<15) + "]",
		"blank comments":      "a: x\n" + rep("\n# y\n\n", 1<<16) + "b: z",
		"deep comments":       "a:\n" + rep("  #\n", 1<<17) + "  - b",
		"quotes":              rep(`"a" `, 1<<18),
		"an open quote":       head + "vars: {a: \"" + rep("x y\n ", 1<<18),
		"an open bracket":     head + "vars: {a: [" + rep("x,\n ", 1<<16),
		"an error at the end": head + rep("# x\n", 1<<14) + numbered(100000, "k%d: 1\n") + "  x: [",
		"a long line":         "a: " + rep("x", 8<<20),
		"a long plain text":   "a:\n" + rep("  x y z\n", 1<<18),
		"anchors":             "a: [" + rep("&a 1, ", 1<<16) + "]",
		"anchors and aliases": "a: [" + rep("&a 1, *a, ", 1<<16) + "]",
		"repeated keys":       "vars:\n" + rep("  a: 1\n", 40000) + head,
		"many keys":           "vars:\n" + numbered(100000, "  a%d: 1\n") + head,
		"expressions":         "vars: {a: \"" + rep("$(b)", 1<<16) + "\"}\n" + head,
		"open expressions":    "vars: {a: '" + rep("$(", 1<<17) + "'}\n" + head,
		"dollars":             "vars: {a: '" + rep("$$(", 1<<17) + "'}\n" + head,
		"escaped expressions": "vars: {a: \"\\t" + rep("$(b) ", 1<<14) + "\"}\n" + head,
		"escaped dollars":     "vars: {a: \"\\t" + rep("\\x24(b) ", 1<<14) + "\"}\n" + head,
		"block expressions":   "vars:\n  a: |\n" + rep("    $(b) \n", 1<<14) + head,
		"a line of refs":      "scenarios: [{name: x, actors: {a: [{close: x, after: [" + rep("a.b, ", 1<<15) + "c]}]}}]",
		"a line of exprs":     "vars: {a: [" + rep("$(b), ", 1<<15) + "c]}\n" + head,
		"a line of mistakes":  "vars: {a: [" + rep("$(b c), ", 1<<15) + "c]}\n" + head,
		"a line of addresses": "a: [" + rep("$(b[0]), ", 1<<15) + "c]}\n" + head,
		"many expressions":    "vars:\n  a:\n" + rep("    - $(x.y[0].z)\n", 1<<15) + head,
		"expressions in one":  "vars: {b: x, a: \"" + rep("$(b)", 1<<19) + "\"}\n" + head,
		"an expression chain": doubling(90, "$(v%d)"),
		"vars of lists":       doubling2(40, "[$(v%d), $(v%d)]") + head,
		"vars of texts":       doubling2(40, "\"$(v%d)$(v%d)\"") + head,
		"vars of sums":        doubling2(40, "$(v%d + v%d)") + head,
		"vars of indexes":     doubling2(40, "$(x[v%d].y[v%d])") + head,
		"long chain of vars":  longChain(100000) + head,
		"a matrix":            "scenarios:\n  - name: x\n    matrix: {a: [" + rep("1,", 10) + "], b: [" + rep("1,", 10) + "], c: [" + rep("1,", 10) + "], d: [" + rep("1,", 10) + "], e: [" + rep("1,", 10) + "]}\n    actors: {z: [close]}\n",
		"a large matrix":      "scenarios:\n  - name: x\n    matrix: {a: [" + rep("1,", 9999) + "1]}\n    actors: {z: [" + rep("close, ", 10000) + "]}\n",
		"many columns":        "scenarios:\n  - name: x\n    matrix: {b: [" + rep("1,", 9999) + "1], " + strings.ReplaceAll(numbered(100000, "a%d: [1]\n"), "\n", ", ") + "}\n    actors: {z: [close]}\n",
		"many matrices":       "scenarios:\n" + rep("  - name: x\n    matrix: {a: ["+rep("1,", 500)+"]}\n    actors: {z: [close, close, close, close, close]}\n", 500),
		"wide rows of errors": "scenarios:\n  - name: x\n    matrix: {a: [" + rep("1,", 500) + "]}\n    actors: {z: [" + rep("3x, ", 500) + "]}\n",
		"alias bomb":          bomb(30),
		"one mistake a line":  "scenarios:\n" + rep("  - 1\n", 1<<16),
		"carriage returns":    rep("a\r", 1<<16),
		"line separators":     rep("a\u2028", 1<<16),
		"tags":                rep("- !a b\n", 1<<16),
		"directives":          rep("%YAML 1.1\n", 1<<16),
		"documents":           rep("---\n", 1<<17),
		"documents of a":      "scenarios: []\n" + rep("--- a\n", 1<<16),
		"tabs":                rep("\t", 1<<18),
		"a key without end":   rep("a", 1<<18) + "\n b: c",
		"keys without colons": rep("a\n", 1<<18) + "b: c",
		"empty scenarios":     "scenarios:\n" + rep("  -\n", 1<<16),
	}
}

func stairs(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}

func doubling2(n int, format string) string {
	var b strings.Builder
	b.WriteString("vars:\n")
	for i := range n {
		fmt.Fprintf(&b, "  v%d: "+format+"\n", i, i+1, i+1)
	}
	fmt.Fprintf(&b, "  v%d: $(z.w)\n", n)
	return b.String()
}

func longChain(n int) string {
	var b strings.Builder
	b.WriteString("vars:\n")
	for i := range n {
		fmt.Fprintf(&b, "  v%d: $(v%d)\n", i, i+1)
	}
	return b.String()
}

func bomb(n int) string {
	var b strings.Builder
	b.WriteString("vars:\n  v0: &v0 [lol, lol]\n")
	for i := range n {
		fmt.Fprintf(&b, "  v%d: &v%d [*v%d, *v%d]\n", i+1, i+1, i, i)
	}
	return b.String() + "scenarios:\n  - name: x\n    actors: {a: [close]}\n"
}

func TestHostileInputs(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	for name, src := range hostile() {
		runtime.GC()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		start := spent()
		_, err := Load("spec.yaml", []byte(src), Options{})
		d := spent() - start
		runtime.ReadMemStats(&after)
		if errs, ok := err.(Errors); ok {
			if len(errs) > maxMistakes+1 {
				t.Errorf("%s: %d mistakes", name, len(errs))
			}
			_ = errs.Format()
		}
		first, _, _ := strings.Cut(fmt.Sprint(err), "\n")
		t.Logf("%-20s %8d bytes %8v %6d MiB allocated: %.100s", name, len(src), d.Round(time.Millisecond), (after.TotalAlloc-before.TotalAlloc)>>20, first)
		// Generous, for slow machines and the race detector: what is quadratic takes minutes.
		if limit := 10*time.Second + time.Duration(len(src))*20*time.Microsecond; d > limit {
			t.Errorf("%s took %v", name, d)
		}
	}
}
