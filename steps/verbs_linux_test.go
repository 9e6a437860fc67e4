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
