package runner

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sockspec/sockspec/steps"
)

// TestScale runs scenarios that are large in one way or another: none may cost
// more than its size.
func TestScale(t *testing.T) {
	lines := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(strings.ReplaceAll(strings.ReplaceAll(format, "NEXT", fmt.Sprint(i+1)), "THIS", fmt.Sprint(i)))
		}
		return b.String()
	}
	lab := newLab(t)
	for name, text := range map[string]string{
		"a chain of actors": "actors:\n  a0: [{sleep: 1us}]\n" + lines(5000, "  aNEXT: [{sleep: 1us, after: aTHIS.sleep}]\n"),
		"all wait for all": `
actors:
  a: {count: 5000, steps: [{sleep: 1us, id: x}, {sleep: 1us, id: y, after: b.x}]}
  b: {count: 5000, steps: [{sleep: 1us, id: x}, {sleep: 1us, id: y, after: a.x}]}
order: [a.x < b.y, b.x < a.y]
`,
		"many children": "actors:\n  a:\n    - socket: udp\n" + lines(2000, "    - {fork: {steps: [{close: sock, after: b.sleep}]}, as: cTHIS}\n") + "  b: [{sleep: 1us}]\n",
		"many barriers": "actors:\n  a:\n" + lines(5000, "    - barrier: xTHIS\n") + "  b:\n" + lines(5000, "    - barrier: xTHIS\n"),
		"many handles":  "actors:\n  a:\n" + lines(5000, "    - {socket: udp, as: sTHIS}\n") + lines(5000, "    - close: sTHIS\n"),
		"deep repeats":  "actors:\n  a:\n    - " + strings.Repeat("repeat: {times: 1, steps: [{", 28) + "sleep: 1us" + strings.Repeat("}]}", 28) + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			p := mustCompile(t, text, steps.Default())
			raiseDescriptorLimit(uint64(p.Descriptors() + spareDescriptors))
			if result := lab.Run(t.Context(), Run{Plan: p}, nothing{}); result.Verdict != Pass {
				t.Error(describe(result))
			}
		})
	}
}
