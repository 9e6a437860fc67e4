package grade

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sockspec/sockspec/runner"
	"github.com/sockspec/sockspec/specs"
)

// Whatever comes of a hidden scenario, its student sees that it is hidden, its
// points and its hint.
func TestRedaction(t *testing.T) {
	for _, v := range []runner.Verdict{runner.Pass, runner.Fail, runner.Skip, runner.Error, runner.Inconclusive, ""} {
		g := Grade{Failed: "SECRET", Of: 3, Scores: []Score{{
			Scenario: "SECRET", About: "SECRET", Pos: specs.Pos{File: "SECRET", Line: 4711}, Hidden: true, Hint: "look at close", Of: 3,
			Verdict: v, Reason: "SECRET", StudentReason: "SECRET", Failure: "SECRET", Student: "SECRET", Passed: 4711, Runs: 4711, Elapsed: 4711,
		}}}
		sheet := ForStudent(&g)
		text := fmt.Sprintf("%+v", sheet)
		if strings.Contains(text, "SECRET") || strings.Contains(text, "4711") {
			t.Errorf("%s: %s", v, text)
		}
		c := sheet.Checks[0]
		if (c.Hint != "") != (v == runner.Fail) || c.Name != HiddenName || c.Of != 3 {
			t.Errorf("%s: %+v", v, c)
		}
		if c.Verdict != runner.Pass && c.Verdict != runner.Fail && c.Verdict != "" {
			t.Errorf("%s: its student sees that it was %s", v, c.Verdict)
		}
	}
}
