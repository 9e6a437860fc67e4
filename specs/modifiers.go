package specs

import "time"

// modifierDecoders read the modifiers of a step.
var modifierDecoders = map[string]func(*stepDecoder, *Node){
	"via":     (*stepDecoder).via,
	"as":      (*stepDecoder).as,
	"id":      (*stepDecoder).id,
	"after":   (*stepDecoder).after,
	"when":    (*stepDecoder).when,
	"within":  func(d *stepDecoder, n *Node) { d.step.Within = d.duration(n) },
	"timeout": func(d *stepDecoder, n *Node) { d.step.Timeout = d.duration(n) },
	"expect":  (*stepDecoder).expect,
	"raw":     (*stepDecoder).raw,
	"about":   func(d *stepDecoder, n *Node) { d.step.About = d.text(n) },
}

// known reports a value that only a run can know.
func (d *stepDecoder) known(n *Node) bool {
	if n.pending {
		d.fail(notBefore(n))
	}
	return !n.pending
}

func (d *stepDecoder) via(n *Node) {
	ref, err := ParseRef(n)
	d.fail(err)
	d.step.Via = ref
}

func (d *stepDecoder) as(n *Node) {
	if n = n.expanded(); n.Kind != List {
		d.name(n)
		return
	}
	for _, item := range n.Items {
		d.name(item)
	}
	for i, a := range d.step.As {
		for _, b := range d.step.As[:i] {
			if a.Text == b.Text {
				d.fail(errorAt(n.src, a.Pos, "the name %s is given twice", a.Text))
			}
		}
	}
}

func (d *stepDecoder) name(n *Node) {
	if err := CheckName(n, "handle"); err != nil {
		d.fail(err)
		return
	}
	if text, ok := n.Scalar(); ok {
		d.step.As = append(d.step.As, Name{n.Pos(), text})
	}
}

func (d *stepDecoder) id(n *Node) {
	if err := CheckName(n, "step"); err != nil {
		d.fail(err)
		return
	}
	if text, ok := n.Scalar(); ok {
		d.step.ID = &Name{n.Pos(), text}
	}
}

func (d *stepDecoder) after(n *Node) {
	n = n.expanded()
	items := n.Items
	if n.Kind != List {
		items = []*Node{n}
	}
	for _, item := range items {
		if item.broken {
			continue
		}
		ref, err := ParseRef(item)
		d.fail(err)
		if ref != nil {
			d.step.After = append(d.step.After, ref)
		}
	}
}

func (d *stepDecoder) when(n *Node) {
	if n.Template == nil && n.Kind == Scalar {
		c := *n
		wrapCondition(&c, d.errs)
		n = &c
	}
	switch e := n.Template.Whole(); {
	case e != nil:
		if !e.broken() {
			d.step.When = e
		}
	case n.Kind == Value:
		if _, ok := n.Value.(bool); !ok {
			d.fail(n.Errorf("a condition is true or false, got %s", n.Describe()))
			return
		}
		root := &term{op: opConst, val: n.Value, line: n.line, col: n.col}
		d.step.When = newExpr(n.src, n.Pos(), describe(n.Value), root)
	default:
		d.fail(n.Errorf("wants a condition such as connect.outcome == \"refused\", got %s", n.Describe()))
	}
}

func (d *stepDecoder) duration(n *Node) time.Duration {
	var v time.Duration
	if d.known(n) {
		errs := Decode(n, &v)
		*d.errs = append(*d.errs, errs...)
		if len(errs) == 0 && v == 0 {
			d.fail(n.Errorf("wants a time that is not 0"))
		}
	}
	return v
}

func (d *stepDecoder) text(n *Node) string {
	var v string
	if d.known(n) {
		*d.errs = append(*d.errs, Decode(n, &v)...)
	}
	return v
}

func (d *stepDecoder) expect(n *Node) {
	if n.Kind == Null && n.Text == "" {
		d.fail(n.Errorf("wants what to expect, got nothing"))
		return
	}
	d.step.Expect = n
}

func (d *stepDecoder) raw(n *Node) {
	if n.Template == nil && n.expanded().Kind != Map {
		d.fail(n.Errorf("wants a mapping from arguments of the call to values, got %s", n.Describe()))
		return
	}
	d.step.Raw = n.expanded()
}
