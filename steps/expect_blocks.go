package steps

import (
	"strings"
	"time"

	"github.com/sockspec/sockspec/specs"
)

// blocksCondition is what `blocks` asks for, and where.
type blocksCondition struct {
	at *specs.Node
	Blocks
}

// blocks reads the value of `blocks`.
func (c *compiler) blocks(n *specs.Node) *blocksCondition {
	b := &blocksCondition{at: n}
	switch {
	case n.Kind == specs.Map:
		c.blocksUntil(n, b)
	case n.Template != nil:
		c.fail(n.Errorf("blocks must be known before the call"))
	default:
		c.blocksScalar(n, b)
	}
	if c.label != "" {
		c.blocksInLabel(n, b)
	}
	if b.Kind == BlocksUnsaid {
		return nil
	}
	return b
}

// blocksInLabel refuses what has to be known before the call, whichever label
// will hold: until when it ought to block, and a second time.
func (c *compiler) blocksInLabel(n *specs.Node, b *blocksCondition) {
	switch {
	case b.Kind == BlocksUntil:
		c.fail(n.Errorf("a label of any may say blocks: true, false or a time").
			WithHint("until must be known before the call: write it beside any"))
	case b.Kind == BlocksFor && c.timed:
		c.fail(n.Errorf("only one label of any may say after which time the call is given up"))
	case b.Kind == BlocksFor:
		c.timed = true
	}
}

// blocksScalar reads `blocks: true` and `blocks: 200ms`.
func (c *compiler) blocksScalar(n *specs.Node, b *blocksCondition) {
	text, _ := n.Scalar()
	switch text {
	case "true":
		b.Kind = BlocksTrue
		return
	case "false":
		b.Kind = BlocksFalse
		return
	}
	d, err := readTime(text)
	if err == nil && d > 0 {
		b.Kind, b.For = BlocksFor, time.Duration(d)
		return
	}
	wrong := n.Errorf("blocks wants true, false, a time or {until: actor.step}, got %s", describe(n))
	if err != nil && strings.Trim(text, "0123456789") == "" && text != "" {
		wrong.WithHint("a time has a unit: %sms, %ss", text, text)
	}
	c.fail(wrong)
}

// blocksUntil reads `blocks: {until: actor.id}`.
func (c *compiler) blocksUntil(n *specs.Node, b *blocksCondition) {
	until := n.Get("until")
	for _, f := range n.Fields {
		if f.Key.Text != "until" {
			c.fail(f.Key.Errorf("blocks has no key %s", f.Key.Text).WithHint("blocks: {until: actor.step}"))
		}
	}
	if until == nil {
		if len(n.Fields) == 0 {
			c.fail(n.Errorf("blocks wants {until: actor.step}, got an empty mapping"))
		}
		return
	}
	ref, err := specs.ParseRef(until)
	if err != nil {
		c.fail(err)
	}
	if ref != nil {
		b.Kind, b.Until = BlocksUntil, ref
	}
}

// check holds the outcome against `blocks`.
func (b *blocksCondition) check(o *Outcome, f *findings) bool {
	want, got := "", ""
	switch {
	case b.Kind == BlocksTrue && !o.Blocked:
		want, got = "that it blocks", "done at once: "
	case b.Kind == BlocksFalse && o.Blocked:
		want, got = "that it does not block", "it had to wait: "
	case b.Kind == BlocksFor && o.Blocked:
		want, got = "still blocked after "+b.For.String(), "done after "+roughly(o.Elapsed)+": "
	case b.Kind == BlocksFor:
		want, got = "still blocked after "+b.For.String(), "it never blocked: "
	case b.Kind == BlocksUntil && !o.Blocked:
		want, got = "still blocked when "+b.Until.Text+" starts", "it never blocked: "
	case b.Kind == BlocksUntil && !o.StillBlocked:
		want, got = "still blocked when "+b.Until.Text+" starts", "it blocked, but was done before that: "
	default:
		return true
	}
	old := f.enter(".", "blocks")
	f.miss(b.at, func() (string, string) { return want, got + spellOutcome(o) })
	f.leave(old)
	return false
}
