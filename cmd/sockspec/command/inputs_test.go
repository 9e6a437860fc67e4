package command

import "testing"

// A YAML file is a spec file if it has a top-level key scenarios, well formed or not.
func TestHasScenarios(t *testing.T) {
	for text, want := range map[string]bool{
		"scenarios:\n":                        true,
		"vars: {}\nscenarios:\n  - name":      true,
		"\"scenarios\": []":                   true,
		"{scenarios: []}":                     true,
		"# a remark\n{\"scenarios\": []}":     true,
		"\xEF\xBB\xBFscenarios: []\n":         true,
		"scenarios: [\n":                      true,
		"x:\n  scenarios: []\n":               false,
		"services: {web: \"scenarios:\"}\n":   false,
		"# scenarios: none\nservices: none\n": false,
		"scenariosX: []\n":                    false,
		"":                                    false,
	} {
		if got := hasScenarios([]byte(text)); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
