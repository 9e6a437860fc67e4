package report

import (
	"slices"
	"strings"

	"github.com/sockspec/sockspec/runner"
	"github.com/sockspec/sockspec/runner/language"
	"github.com/sockspec/sockspec/steps"
)

// hintFor finds the sentence for a failure.
func hintFor(f *runner.Failure) string {
	if f.Order != nil {
		return ""
	}
	if o := f.Outcome; o != nil && o.Errno != 0 && slices.ContainsFunc(f.Mismatches, aboutError) {
		return language.Hint(f.Verb, steps.ErrnoName(o.Errno))
	}
	if h := hintForOutput(f); h != "" {
		return h
	}
	for i := range f.Mismatches {
		if h := hintForData(f, &f.Mismatches[i]); h != "" {
			return h
		}
	}
	return ""
}

// hintForOutput is for output of a program that did not come in time.
func hintForOutput(f *runner.Failure) string {
	if f.Verb != "stdout" || !strings.Contains(f.What, "was still blocked after") {
		return ""
	}
	return "a program holds back what it writes while its output is no terminal, until there are some KiB: in C fflush(stdout) or setvbuf(stdout, NULL, _IOLBF, 0), in Python print(…, flush=True) or python3 -u"
}

// aboutError tells whether a mismatch is that the call failed, or failed otherwise.
func aboutError(m steps.Mismatch) bool {
	return m.Key == "error" || strings.HasSuffix(m.Key, ".error")
}

// hintForData is for data that came in another length than was wanted.
func hintForData(f *runner.Failure, m *steps.Mismatch) string {
	if f.Outcome == nil || m.Diff == nil || m.Key != "data" || m.Diff.At != min(m.Diff.WantLen, m.Diff.GotLen) {
		return ""
	}
	if keepsBoundaries(f) {
		return "" // what follows is true of streams
	}
	eof, _ := f.Outcome.Results.Get("eof")
	switch {
	case m.Diff.GotLen < m.Diff.WantLen && eof == true:
		return "the peer closed, or shut down its writing side, before all of it was sent"
	case m.Diff.GotLen < m.Diff.WantLen && f.Verb == "recv":
		return "a stream has no boundaries: one call returns what is there. `exactly: N` calls until N bytes came, `until: …` until a text or the end did"
	case m.Diff.GotLen > m.Diff.WantLen:
		return "what is wanted came, and more behind it: several sends may arrive as one piece. `recv: N` takes at most N bytes"
	}
	return ""
}

// keepsBoundaries tells whether the call was made on a socket of datagrams or
// packets, by the name that the log of calls gives it.
func keepsBoundaries(f *runner.Failure) bool {
	for i := range f.Actors {
		if on := f.Actors[i].On; f.Actors[i].Name == f.Actor {
			return strings.Contains(on, "<UDP") || strings.Contains(on, "-DGRAM>") || strings.Contains(on, "-SEQPACKET>")
		}
	}
	return false
}
