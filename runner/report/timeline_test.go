package report

import (
	"strings"
	"testing"
	"time"

	"github.com/sockspec/sockspec/runner"
)

// instants are those of a step; it did not block where that time is 0.
func instants(step string, seq int, at ...time.Duration) (list []runner.Instant) {
	for i, name := range []string{"start", "blocked", "done"} {
		if i < len(at) && (at[i] > 0 || i == 0) {
			list = append(list, runner.Instant{Step: step, Instant: name, At: at[i], Seq: seq + i})
		}
	}
	return list
}

func TestTimeline(t *testing.T) {
	const ms, s = time.Millisecond, time.Second
	for name, c := range map[string]struct {
		list []runner.Instant
		want string
	}{
		"to scale": {append(instants("a.x", 1, ms, 0, 2*ms), instants("b.y", 10, 3*ms, 4*ms, 5*ms)...), `
a.x |├─────────┤
b.y |                     ├─────────┄┄┄┄┄┄┄┄┄┄┄┤`},
		"apart, though at one time": {append(instants("a.x", 1, 0, 0, ms/1000), instants("b.y", 10, ms/1000, ms/1000, 5*s)...), `
a.x |├─┤
b.y |    ├─┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┤`},
		"all at the end": {append(instants("a.x", 1, 0, 0, 5*s-1), instants("b.y", 10, 5*s-1, 5*s-1, 5*s)...), `
a.x |├──────────────────────────┤
b.y |                             ├─┄┄┤`},
		"no time at all": {append(instants("a.x", 1, ms, 0, ms), instants("b.y", 10, ms, 0, ms)...), `
a.x |├─┤
b.y |    ├─┤`},
		"not done": {append(instants("a.x", 1, ms, 2*ms), instants("b.y", 10, 3*ms, 0, 5*ms)...), `
a.x |├─────────────┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄
b.y |                            ├───────────────────────────┤`},
		"one": {instants("a.x", 1, ms), "\na.x |├"},
	} {
		t.Run(name, func(t *testing.T) {
			var got strings.Builder
			for _, r := range newTimeline(c.list).rows {
				got.WriteString("\n" + r.step + " |" + strings.TrimRight(r.bar, " "))
				if columns(r.bar) > widestBars {
					t.Errorf("wider than %d: %q", widestBars, r.bar)
				}
			}
			if got.String() != c.want {
				t.Errorf("want%s\ngot%s", c.want, got.String())
			}
		})
	}
}

// Instants are in their order, and apart where there is room.
func TestScaled(t *testing.T) {
	for n := 1; n < 150; n++ {
		var list []runner.Instant
		for i := range n {
			list = append(list, runner.Instant{Seq: i + 1, At: time.Duration(i*i*i%7) + time.Duration(i)*10})
		}
		place, last := scaled(list, 60), -1
		for i := range n {
			at := place[i+1]
			if at < last || at >= 60 || n <= 60 && at == last {
				t.Fatalf("%d of %d stands at %d, after %d", i, n, at, last)
			}
			last = at
		}
	}
}
