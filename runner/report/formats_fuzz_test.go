package report

import (
	"bytes"
	"io"
	"os"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/sockspec/sockspec/runner"
	"github.com/sockspec/sockspec/specs"
	"github.com/sockspec/sockspec/steps"
)

// hostileTexts are what a peer, a program or a spec may hold.
func hostileTexts() []string {
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	return []string{
		string(every), "", " ", "`", "``` \n```\n# x", "a\nok 1 - forged", "ok 2 # SKIP", "# TODO x", `\# \\`, "\n  ...\n  ---", "<b>&amp;\"'", "]]>", "<![CDATA[",
		"</system-out></testcase>", "::error::x", "  ::error file=a::x\n::endgroup::", "##[error]x", "##teamcity[testFailed name='x']", "%0A::error::x", "a:b,c::d",
		"--- FAIL: x (0.00s)", "=== RUN   x", "\x1b[2J\x1b]0;x\a", "\u202e\u2066abc\u2069", "\u2028\u2029\u0085\ufeff", "|`|", "end", "%%{init: {}}%%", "a;b#35;c", "\ufffd\uffff\U0010ffff",
		"@all #1 https://x.test ![x](y)", "\r\nok   forged", "{\"Action\":\"fail\"}", "Bail out! x", "\\", "\ud7ff\ue000",
	}
}

// Whatever the names, the data and the reasons are, every report can be read, says
// what came of each scenario, and is the same when it is made of recorded events.
func FuzzFormats(f *testing.F) {
	for _, text := range hostileTexts() {
		f.Add(text, text, uint8(0))
		f.Add("name", text, uint8(3))
	}
	f.Fuzz(func(t *testing.T, name, text string, choice uint8) {
		r := hostileRun(name, text, choice)
		recorded := r.in(t, "json")
		for format := range everyFormat {
			got := r.in(t, format)
			readBack[format](t, r, got)
			if format != "json" && !(utf8.ValidString(name) && utf8.ValidString(text)) {
				continue // JSON has no other texts
			}
			var b bytes.Buffer
			retell(t, recorded, everyFormat[format](&b))
			if !bytes.Equal(got, b.Bytes()) {
				t.Errorf("%s: --- the run gave\n%s\n--- the record gives\n%s", format, got, b.Bytes())
			}
		}
	})
}

// Whatever stands in a file of events, nothing breaks: it is an error, or reported.
func FuzzRecording(f *testing.F) {
	recorded, err := os.ReadFile("testdata/events.jsonl")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(recorded)
	f.Add(hostileRun("a", "b", 0).in(f, "json"))
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, made := range everyFormat {
			rec, err := OpenRecording(bytes.NewReader(text))
			if err != nil {
				return
			}
			var b bytes.Buffer
			to := made(&b)
			to.Start(rec.Start())
			end, _ := rec.Events(to)
			to.End(end)
			rec.Close()
		}
		Merge([]EventsFile{{Name: "a", Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text)), nil }}})
	})
}

// hostileRun is a run in which a text stands wherever one can.
func hostileRun(name, text string, choice uint8) *recordedRun {
	src := specs.NewSource("evil.yaml", text+"\n"+text+"\n"+text)
	at := specs.Pos{File: "evil.yaml", Line: 1, Col: 1}
	spec := &specs.Scenario{Name: name, About: text, Tags: []string{text}, Pos: at, Source: src, Actors: []*specs.Actor{{Name: name}, {Name: "b"}}}
	verdicts := []runner.Verdict{runner.Fail, runner.Error, runner.Inconclusive, runner.Skip, runner.Pass}
	plan := &runner.Plan{Spec: spec}
	call := steps.Call{Name: "recv", Args: []any{tcp(3), []byte(text), text}, Ret: 3}
	o := &steps.Outcome{Calls: []steps.Call{call}, Label: text, Elapsed: time.Millisecond, Results: steps.Results{
		{Name: "addr", Value: text}, {Name: "data", Value: steps.NewReceived([]byte(text))}, {Name: "length", Value: int64(len(text))},
	}}
	fail := &runner.Failure{
		Actor: name, Step: text, Verb: "recv", Pos: at, Src: src, About: text, What: text, Outcome: o,
		Mismatches: []steps.Mismatch{{Key: text, Want: text, Got: text, Pos: at, Src: src}},
		Actors:     []runner.ActorState{{Name: name, State: "blocked", Step: text, Verb: "recv", On: text, For: []string{text}}},
	}
	r := &recordedRun{end: End{Elapsed: time.Second}}
	for i := range 2 {
		run := runner.Run{Plan: plan, Index: i}
		v := verdicts[(int(choice)+i)%len(verdicts)]
		res := &runner.Result{Verdict: v, Reason: text, Elapsed: time.Millisecond}
		if v == runner.Fail {
			res.Failure = fail
		}
		r.events = append(r.events,
			runner.Event{Kind: runner.ScenarioStarted, Seq: 1, Run: run, Pos: at},
			runner.Event{Kind: runner.StepBlocked, Seq: 2, Run: run, Actor: name, Step: text, Verb: "recv", Pos: at},
			runner.Event{Kind: runner.StepDone, Seq: 3, Run: run, Actor: name, Step: text, Verb: "connect", Pos: at, Outcome: o},
			runner.Event{Kind: runner.StepDone, Seq: 4, Run: run, Actor: "b", Step: "accept", Verb: "accept", Pos: at, Outcome: o},
			runner.Event{Kind: runner.ProgramWrote, Seq: 5, Run: run, Actor: name, Wrote: &steps.Written{Actor: name, Program: text, Stream: "stderr", Data: []byte(text)}},
			runner.Event{Kind: runner.ScenarioDone, Seq: 0, Run: run, Pos: at, Result: res, Failure: res.Failure})
	}
	r.start = Start{Program: "v1", At: runBegan, Jobs: 2, Isolation: "none", Selected: 2, Rounds: 1, Files: []string{"evil.yaml"}}
	if choice&8 != 0 {
		r.end.Problem = text
	}
	return r
}
