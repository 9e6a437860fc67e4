package runner

import (
	"maps"
	"slices"

	"github.com/sockspec/sockspec/specs"
	"github.com/sockspec/sockspec/steps"
)

// files checks what is made in $(tmp), as far as it is known before a run.
func (c *compiler) files(s *specs.Scenario) {
	for i := range s.Files {
		if text := s.Files[i].Text; text != nil {
			c.fileText(s, text)
		}
	}
}

func (c *compiler) fileText(s *specs.Scenario, text *specs.Node) {
	data := new(steps.Data)
	c.errs = append(c.errs, specs.Decode(text, data)...)
	c.plan.warnings = append(c.plan.warnings, steps.Warnings(data)...)
	for _, e := range text.Exprs() {
		for _, ref := range e.Refs {
			if ref.Text != "tmp" {
				c.errs = append(c.errs, tooEarly(s, ref))
			}
		}
	}
}

// tooEarly is the mistake of a name in `files` that has no value yet.
func tooEarly(s *specs.Scenario, ref *specs.Ref) *specs.Error {
	if ref.Elems[0].Name == "submission" {
		return specs.NoSubmission(ref)
	}
	err := ref.Errorf("a file is made before the start, when %s has no value: only vars and tmp can stand here", ref.Text)
	if near := specs.Suggest(ref.Text, append(slices.Sorted(maps.Keys(s.Vars)), "tmp")); near != "" {
		err.WithHint("did you mean %s?", near)
	}
	return err
}
