package report

import (
	"io"
	"testing"
)

// What each report costs of a scenario that passes.
func BenchmarkReports(b *testing.B) {
	for _, name := range []string{"text", "json", "junit", "tap", "gotest", "github", "markdown", "html"} {
		b.Run(name, func(b *testing.B) {
			list := passing(b)
			r := everyFormat[name](io.Discard)
			r.Start(Start{Selected: b.N, Rounds: 1})
			b.ReportAllocs()
			for i := range b.N {
				for _, e := range list {
					e.Run.Index = i
					r.Event(e)
				}
			}
			r.End(End{})
		})
	}
}
