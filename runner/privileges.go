package runner

import "github.com/sockspec/sockspec/specs"

// privilegeSets are what `privileges` may say.
var privilegeSets = []string{"all", "none"}

// privileges plans with which of them an actor makes its calls.
func (c *compiler) privileges(a *specs.Actor, plan *actorPlan) {
	n := a.Privileges
	if n == nil {
		return
	}
	text, ok := n.Scalar()
	switch {
	case ok && text == "all":
	case ok && text == "none":
		plan.unprivileged = true
	default:
		err := n.Errorf("privileges wants all or none, got %s", n.Describe())
		if near := specs.Suggest(text, privilegeSets); near != "" {
			err.WithHint("did you mean %q?", near)
		}
		c.errs = append(c.errs, err)
	}
}
