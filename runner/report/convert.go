package report

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"syscall"
	"time"
	"unicode/utf8"

	"github.com/sockspec/sockspec/runner"
	"github.com/sockspec/sockspec/specs"
	"github.com/sockspec/sockspec/steps"
)

func posOf(p specs.Pos) *Pos {
	if p.Line == 0 {
		return nil
	}
	return &Pos{p.File, p.Line, p.Col}
}

func totalsOf(t Tally) *Totals {
	return &Totals{t.Passed, t.Failed, t.Skipped, t.Errors, t.Inconclusive, t.NotRun}
}

func outcomeOf(o *steps.Outcome) *Outcome {
	if o == nil {
		return nil
	}
	out := &Outcome{Blocked: o.Blocked, GaveUp: o.GaveUp, StillBlocked: o.StillBlocked, Label: o.Label, ElapsedNS: int64(o.Elapsed)}
	if o.Errno != 0 {
		out.Errno = errnoOf(o.Errno)
	}
	if len(o.Results) > 0 {
		out.Results = make(Values, len(o.Results))
		for _, r := range o.Results {
			out.Results[r.Name] = valueOf(r.Value)
		}
	}
	for _, c := range o.Calls {
		out.Calls = append(out.Calls, callText(c))
	}
	return out
}

func errnoOf(e syscall.Errno) *Constant {
	return &Constant{steps.ErrnoName(e), int64(e)}
}

// valueOf is a result as JSON has it.
func valueOf(v any) any {
	switch v := v.(type) {
	case nil, bool, int64, int, string, json.RawMessage:
		return v
	case *steps.Received:
		if v == nil {
			return nil
		}
		return dataOf(v.Head(), v.Len())
	case time.Duration:
		return Time{int64(v)}
	case steps.Constant:
		return Constant{v.Name, v.Value}
	case steps.Set:
		return append([]string{}, v...)
	case map[string]steps.Set:
		m := make(map[string]any, len(v))
		for name, set := range v {
			m[name] = valueOf(set)
		}
		return m
	case steps.Struct:
		m := make(map[string]any, len(v))
		for _, f := range v {
			m[f.Name] = valueOf(f.Value)
		}
		return m
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = valueOf(v[i])
		}
		return list
	}
	return fmt.Sprint(v)
}

// mostData is how many bytes of some data an event has.
const mostData = 4096

// dataOf is the head of some data. A cut never falls inside a character.
func dataOf(head []byte, length int64) Data {
	d := Data{Length: length, Cut: length > mostData || length > int64(len(head))}
	if len(head) > mostData {
		end := mostData
		for end > mostData-utf8.UTFMax && !utf8.RuneStart(head[end]) {
			end--
		}
		if utf8.Valid(head[:end]) {
			head = head[:end]
		} else {
			head = head[:mostData]
		}
	}
	if utf8.Valid(head) {
		text := string(head)
		d.Text = &text
		return d
	}
	text := base64.StdEncoding.EncodeToString(head)
	d.Base64 = &text
	return d
}

func failureOf(f *runner.Failure) *Failure {
	if f == nil {
		return nil
	}
	out := &Failure{
		Actor: f.Actor, Step: f.Step, Verb: f.Verb, Pos: posOf(f.Pos), Excerpt: f.Src.Excerpt(f.Pos),
		About: f.About, What: f.What, Hint: hintFor(f), Outcome: outcomeOf(f.Outcome), Order: orderOf(f.Order),
		Outcomes: outcomesOf(f.Outcomes), Schedule: f.Schedule,
	}
	for i := range f.Mismatches {
		out.Mismatches = append(out.Mismatches, mismatchOf(&f.Mismatches[i]))
	}
	out.Programs = programsOf(f.Programs)
	out.Sockets, out.More = socketsOf(f.Sockets), f.SocketsMore
	for _, a := range f.Actors {
		out.Actors = append(out.Actors, ActorState{
			Name: a.Name, State: a.State, Step: a.Step, Verb: a.Verb, Pos: posOf(a.Pos), SinceNS: int64(a.Since), On: a.On, For: a.For,
		})
	}
	return out
}

func mismatchOf(m *steps.Mismatch) Mismatch {
	out := Mismatch{Key: m.Key, Pos: posOf(m.Pos), Excerpt: m.Src.Excerpt(m.Pos), Want: m.Want, Got: m.Got}
	if m.Diff != nil {
		out.At, out.WantLen, out.GotLen = &m.Diff.At, m.Diff.WantLen, m.Diff.GotLen
		for _, l := range m.Diff.Lines() {
			out.Diff = append(out.Diff, l.Text)
		}
	}
	return out
}

func orderOf(o *runner.OrderFailure) *Order {
	if o == nil {
		return nil
	}
	out := &Order{Line: o.Line, Circle: o.Circle, Missing: o.Missing}
	for _, i := range o.Instants {
		out.Instants = append(out.Instants, Instant{i.Step, i.Instant, int64(i.At), i.Seq})
	}
	return out
}
