package specs

import (
	"testing"
	"time"
)

func FuzzLoad(f *testing.F) {
	for _, src := range oddFiles {
		f.Add(src)
	}
	f.Add("a: &a [*a, *a]\nb: [*a]")
	f.Add("? [b]\n: c\n<<: {x: 1}\n")
	f.Fuzz(func(t *testing.T, src string) {
		if len(src) > 1<<16 {
			return
		}
		start := spent()
		whole, chunked := bothWays(src, testOptions)
		if whole != chunked {
			t.Errorf("--- whole\n%s\n--- chunked\n%s", whole, chunked)
		}
		if d := spent() - start; d > 5*time.Second {
			t.Errorf("took %v", d)
		}
	})
}

func FuzzExpr(f *testing.F) {
	for _, s := range []string{"a.b[0].c + 1", "len(x) > 2 and not (y in [1, 2])", "client[$(replica)].x", "a ? b : c", "1 / 3 * 2 ** 10", `"a" matches "(b"`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n := &Node{Kind: Scalar, Style: Plain, line: 1, col: 1, src: newSource("x", s), Text: s}
		e, err := parseExpr(newPlacer(n).whole())
		if err != nil {
			_ = err.Excerpt()
			return
		}
		_, _ = e.Eval(func(*Ref) (any, error) { return int64(3), nil })
		sc := newScope(&Errors{}, &budget{}, []Field{{n.withText("a"), n.withText("7")}})
		sc.expr(e)
	})
}
