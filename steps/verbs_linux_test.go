package steps

import "testing"

// TestExamples runs the example of every verb that is a call.
func TestExamples(t *testing.T) {
	for _, v := range Default() {
		if v.Flow != "" {
			continue
		}
		t.Run(v.Name, func(t *testing.T) {
			if v.Example == "" {
				t.Fatal("no example")
			}
			newKit(t).run("%s", v.Example)
		})
	}
}

// TestVerbsAreDescribed wants a line about every verb and every name of it.
func TestVerbsAreDescribed(t *testing.T) {
	for _, v := range Default() {
		if v.Summary == "" {
			t.Errorf("%s has no summary", v.Name)
		}
		for _, f := range v.ArgFields() {
			if f.Help == "" {
				t.Errorf("%s: %s has no help", v.Name, f.Name)
			}
		}
		for _, r := range v.Results {
			if r.Help == "" {
				t.Errorf("%s: the result %s has no help", v.Name, r.Name)
			}
		}
	}
}

// TestResultsAgree: a verb gives the results that its row lists, in their order.
func TestResultsAgree(t *testing.T) {
	k := newKit(t)
	for _, v := range Default() {
		if v.Flow != "" || v.Name == "tcp_info" {
			continue
		}
		g := k.run("%s", v.Example)
		last := k.table.Find(g.step.Verb)
		if g.outcome.Errno != 0 || g.outcome.GaveUp {
			continue
		}
		for i, r := range g.outcome.Results {
			if i >= len(last.Results) || last.Results[i].Name != r.Name {
				t.Errorf("%s gives %s, which is not result %d of its row", last.Name, r.Name, i)
			}
		}
		if len(g.outcome.Results) != len(last.Results) {
			t.Errorf("%s gives %d results, its row lists %d", last.Name, len(g.outcome.Results), len(last.Results))
		}
	}
}
