package specs

import (
	"reflect"
	"strings"
)

// actorText is an actor that is a mapping.
type actorText struct {
	Steps      *Node `spec:"steps,required"`
	Count      *Node `spec:"count"`
	Host       *Node `spec:"host"`
	Privileges *Node `spec:"privileges"`
	Process    *Node `spec:"process"`
}

func (r *scenarioReader) actors(n *Node, sc *scope) []*Actor {
	if !r.known(n) {
		return nil
	}
	if n = n.expanded(); n.Kind != Map {
		r.fail(n.Errorf("wants a mapping from names to actors, got %s", n.Describe()))
		return nil
	}
	if len(n.Fields) == 0 {
		r.fail(n.Errorf("wants at least one actor, got none"))
	}
	actors := make([]*Actor, 0, len(n.Fields))
	for _, f := range n.Fields {
		if err := CheckName(f.Key, "actor"); err != nil {
			r.fail(err)
		} else if sc.names[f.Key.Text] {
			r.fail(f.Key.Errorf("%s is an actor and a var: a name can be one of them only", f.Key.Text))
		}
		a := &Actor{Pos: f.Key.Pos(), Name: f.Key.Text, Count: 1}
		r.actor(f.Value, a)
		actors = append(actors, a)
	}
	return actors
}

func (r *scenarioReader) actor(n *Node, a *Actor) {
	if !r.known(n) {
		return
	}
	switch n = n.expanded(); n.Kind {
	case List:
		*r.errs = append(*r.errs, Decode(n, &a.Steps)...)
	case Map:
		r.actorMapping(n, a)
	default:
		r.fail(n.Errorf("wants a list of steps, or a mapping with steps, got %s", n.Describe()))
	}
}

func (r *scenarioReader) actorMapping(n *Node, a *Actor) {
	var t actorText
	if _, ok := planFor(reflect.TypeFor[actorText]()).byName[firstKey(n)]; !ok && n.Get("steps") == nil {
		r.fail(n.Errorf("wants a list of steps, or a mapping with steps").WithHint("begin each step with -"))
		return
	}
	*r.errs = append(*r.errs, Decode(n, &t)...)
	if r.known(t.Steps) {
		*r.errs = append(*r.errs, Decode(t.Steps, &a.Steps)...)
	}
	a.Host, a.Privileges, a.Process = t.Host, t.Privileges, t.Process
	if !r.known(t.Count) {
		return
	}
	a.Replicas = true
	errs := Decode(t.Count, &a.Count)
	if len(errs) == 0 && a.Count < 1 {
		errs = Errors{t.Count.Errorf("wants a number from 1 on, got %d", a.Count)}
	}
	if len(errs) > 0 {
		a.Count = 1
	}
	*r.errs = append(*r.errs, errs...)
}

func firstKey(n *Node) string {
	if len(n.Fields) == 0 {
		return ""
	}
	return n.Fields[0].Key.Text
}

// order reads the lines of `order`: a < b < c.
func (r *scenarioReader) order(n *Node) []*OrderLine {
	if !r.known(n) {
		return nil
	}
	n = n.expanded()
	if n.Kind != List {
		r.fail(n.Errorf("wants a list of lines such as server.listen < client.connect, got %s", n.Describe()))
		return nil
	}
	var lines []*OrderLine
	for _, item := range n.Items {
		if line := r.orderLine(item); line != nil {
			lines = append(lines, line)
		}
	}
	return lines
}

func (r *scenarioReader) orderLine(n *Node) *OrderLine {
	const want = "wants a line such as server.listen < client.connect, got %s"
	if n.broken {
		return nil
	}
	at, holes, err := n.refPlace()
	switch {
	case err != nil:
		r.fail(err)
		return nil
	case at.text == "":
		r.fail(n.Errorf(want, n.Describe()))
		return nil
	}
	line := &OrderLine{Pos: n.Pos(), Text: refill(strings.TrimSpace(at.text), holes)}
	if i := strings.IndexAny(at.text, "=>,"); i >= 0 {
		r.fail(at.errorf(i, "a line of order has < between names and nothing else").WithHint("server.listen < client.connect"))
		return nil
	}
	parts := strings.Split(at.text, "<")
	if len(parts) < 2 || len(at.text) > maxExprLength {
		r.fail(n.Errorf(want, n.Describe()))
		return nil
	}
	off := 0
	for _, part := range parts {
		used := strings.Count(part, "\x00")
		ref, err := r.orderRef(n, at.part(off, off+len(part)), holes[:used])
		if err != nil {
			r.fail(err)
			return nil
		}
		line.Refs = append(line.Refs, ref)
		off += len(part) + 1
		holes = holes[used:]
	}
	return line
}

// orderRef reads one element of a line, with messages for what is not allowed between them.
func (r *scenarioReader) orderRef(n *Node, at exprPlace, holes []*Expr) (*Ref, *Error) {
	text := strings.TrimSpace(at.text)
	lead := len(at.text) - len(strings.TrimLeft(at.text, " \t"))
	switch {
	case text == "":
		return nil, at.errorf(lead, "wants a name such as server.listen beside <, got nothing")
	}
	ref, err := parseRefText(at, holes, n)
	if err != nil && err.Pos == n.Pos() {
		err.Pos = at.pos(lead)
	}
	if ref != nil {
		ref.Text = refill(ref.Text, holes)
	}
	return ref, err
}
