package language

import (
	"encoding/json"
	"regexp"
	"testing"

	"github.com/sockspec/sockspec/steps"
)

// onlyGo is what Go's regular expressions have and those of ECMA-262, which editors
// use, have not: classes as \pL, flags, \A and \z, names as (?P<a>).
var onlyGo = regexp.MustCompile(`\\[pP][^{]|\(\?[A-Za-z]|\\[AzQE]`)

// A pattern of the schema is refused, or means something else, where it is not ECMA-262's:
// JSON Schema 2020-12, 6.3.3.
func TestSchemaPatterns(t *testing.T) {
	text, err := Schema(steps.Default())
	if err != nil {
		t.Fatal(err)
	}
	var doc any
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	n := 0
	eachPattern(doc, func(p string) {
		n++
		if bad := onlyGo.FindString(p); bad != "" {
			t.Errorf("%s: %s is no pattern of ECMA-262", p, bad)
		}
	})
	if n == 0 {
		t.Error("the schema has no pattern")
	}
}

// eachPattern tells the patterns in a part of a schema.
func eachPattern(part any, tell func(string)) {
	switch part := part.(type) {
	case []any:
		for _, one := range part {
			eachPattern(one, tell)
		}
	case map[string]any:
		if p, ok := part["pattern"].(string); ok {
			tell(p)
		}
		for _, one := range part {
			eachPattern(one, tell)
		}
	}
}
