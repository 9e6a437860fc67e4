package grade

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestState(t *testing.T) {
	name := filepath.Join(t.TempDir(), "state")
	open := func(with string) *State {
		t.Helper()
		s, err := OpenState(name, with)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s := open("one")
	must(t, s.add("d1", &Grade{Name: "a", Points: 1.5, Scores: []Score{{Scenario: "x"}}}))
	must(t, s.Close())
	// A line that was being written when the program was ended.
	f, err := os.OpenFile(name, os.O_APPEND|os.O_WRONLY, 0)
	must(t, err)
	f.WriteString(`{"with":"one","subm`)
	f.Close()
	s = open("two")
	if _, ok := s.find("d1"); ok {
		t.Error("a grade of another rubric was found")
	}
	must(t, s.add("d1", &Grade{Name: "b"}))
	must(t, s.Close())
	s = open("one")
	g, ok := s.find("d1")
	if !ok || g.Points != 1.5 || g.Scores[0].Scenario != "x" {
		t.Errorf("%v %+v", ok, g)
	}
	must(t, s.Close())
	if _, ok := (*State)(nil).find("d1"); ok {
		t.Error("a grade was found nowhere")
	}
}

func TestStateOfOthers(t *testing.T) {
	for text, want := range map[string]string{
		"important\n":                           "no file that --resume has made",
		"important":                             "no file that --resume has made",
		stateHead + "\n{}\nnothing\n":           "line 3 is damaged",
		stateHead + "\n" + `{"grade":1}` + "\n": "line 2 is damaged",
	} {
		name := filepath.Join(t.TempDir(), "state")
		must(t, os.WriteFile(name, []byte(text), 0o600))
		if _, err := OpenState(name, "x"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
		if left, _ := os.ReadFile(name); string(left) != text {
			t.Errorf("%q became %q", text, left)
		}
	}
	if _, err := OpenState(os.DevNull, "x"); err == nil {
		t.Error("a device was taken")
	}
}
