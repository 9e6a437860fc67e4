package report

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/sockspec/sockspec/runner"
	"github.com/sockspec/sockspec/steps"
)

func TestJSON(t *testing.T) {
	seed := int64(7)
	start := Start{At: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Shuffle: &seed, Files: []string{"echo.yaml"}}
	var b bytes.Buffer
	replay(t, NewJSON(&b), start, End{Interrupted: true}, otherData(t), disordered(t), hostile(t, 1), finished(t, 1, 2, runner.Skip, "no ipv6"))
	golden(t, "events.jsonl", b.Bytes())
	for _, bad := range []string{"\x1b", "\r", "\u202e"} {
		if strings.Contains(b.String(), bad) {
			t.Errorf("%q came through", bad)
		}
	}
	again := new(bytes.Buffer)
	enc := json.NewEncoder(again)
	enc.SetEscapeHTML(false)
	for line, err := range ReadEvents(bytes.NewReader(b.Bytes())) {
		if err != nil {
			t.Fatal(err)
		}
		enc.Encode(line)
	}
	if n := strings.Count(again.String(), "\n"); n != strings.Count(b.String(), "\n") {
		t.Errorf("%d lines were read", n)
	}
}

func TestReadEventsMistakes(t *testing.T) {
	for text, want := range map[string]string{
		"nonsense\n":                                 "line 1 is no event",
		`{"event":"step_done"}` + "\n":               "wanted \"run_started\"",
		`{"event":"run_started","version":9}` + "\n": "of version 9, wanted 1",
	} {
		var got error
		for _, err := range ReadEvents(strings.NewReader(text)) {
			got = err
		}
		if got == nil || !strings.Contains(got.Error(), want) {
			t.Errorf("%q: want %q, got %v", text, want, got)
		}
	}
}

func TestValues(t *testing.T) {
	long := steps.NewReceived(bytes.Repeat([]byte("ä"), 3000))
	for _, c := range []struct {
		value any
		want  string
	}{
		{steps.NewReceived([]byte("hi")), `{"text":"hi","length":2}`},
		{steps.NewReceived([]byte{0xff}), `{"base64":"/w==","length":1}`},
		{3 * time.Millisecond, `{"ns":3000000}`},
		{steps.Constant{Value: 111, Name: "ECONNREFUSED"}, `{"name":"ECONNREFUSED","value":111}`},
		{steps.Set{}, `[]`},
		{map[string]steps.Set{"conn": {"POLLIN"}}, `{"conn":["POLLIN"]}`},
		{steps.Struct{{Name: "onoff", Value: int64(1)}}, `{"onoff":1}`},
		{[]any{int64(1), "a"}, `[1,"a"]`},
		{steps.Address{}, `"none"`},
	} {
		got, err := json.Marshal(valueOf(c.value))
		if err != nil || string(got) != c.want {
			t.Errorf("%v: want %s, got %s %v", c.value, c.want, got, err)
		}
	}
	if d := valueOf(long).(Data); !d.Cut || d.Length != 6000 || len(*d.Text) != mostData {
		t.Errorf("%d bytes of %d, cut %v", len(*d.Text), d.Length, d.Cut)
	}
}

// docs/events.md describes every field and every kind of event.
func TestEventsAreDocumented(t *testing.T) {
	page, err := os.ReadFile("../../docs/events.md")
	if err != nil {
		t.Fatal(err)
	}
	names := []string{RunStarted, RunDone}
	for _, k := range []runner.Kind{runner.ScenarioStarted, runner.StepStarted, runner.StepBlocked, runner.StepDone, runner.StepLeftOut,
		runner.StepFailed, runner.StepAborted, runner.ProgramWrote, runner.ActorDone, runner.ScenarioDone} {
		names = append(names, string(k))
	}
	for _, v := range []any{Line{}, Pos{}, Outcome{}, Constant{}, Data{}, Time{}, Failure{}, Mismatch{}, ActorState{}, Order{}, Instant{}, Totals{}} {
		typ := reflect.TypeOf(v)
		for i := range typ.NumField() {
			name, _, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ",")
			names = append(names, name)
		}
	}
	for _, name := range names {
		if !bytes.Contains(page, []byte("`"+name+"`")) {
			t.Errorf("docs/events.md does not tell of `%s`", name)
		}
	}
}
