package steps

import "github.com/sockspec/sockspec/specs"

// wireNode is a part of a spec file as it goes to another process: its values
// filled in, and without what only a run can tell.
type wireNode struct {
	Kind   specs.Kind  `json:"k"`
	Style  specs.Style `json:"s,omitempty"`
	Line   int         `json:"l"`
	Col    int         `json:"c"`
	Text   []byte      `json:"t,omitempty"`
	Items  []wireNode  `json:"i,omitempty"`
	Fields []wireNode  `json:"f,omitempty"` // key, value, key, value, …
	Value  *wireValue  `json:"v,omitempty"`
}

// nodeToWire is the node as it is sent; nil for none, and for one that is not known.
func nodeToWire(n *specs.Node) (*wireNode, error) {
	if n == nil || n.Template != nil {
		return nil, nil
	}
	at := n.Pos()
	w := &wireNode{Kind: n.Kind, Style: n.Style, Line: at.Line, Col: at.Col, Text: []byte(n.Text)}
	if n.Kind == specs.Value {
		v, err := toWire(n.Value)
		w.Value = &v
		return w, err
	}
	for _, item := range n.Items {
		one, err := nodeToWire(item)
		if err != nil {
			return nil, err
		}
		if one == nil {
			return nil, nil // a list with a part that is not known is not known
		}
		w.Items = append(w.Items, *one)
	}
	for _, f := range n.Fields {
		key, err := nodeToWire(f.Key)
		if err != nil {
			return nil, err
		}
		value, err := nodeToWire(f.Value)
		if err != nil {
			return nil, err
		}
		if key != nil && value != nil {
			w.Fields = append(w.Fields, *key, *value)
		}
	}
	return w, nil
}

// node is what was sent.
func (w *wireNode) node(file string) (*specs.Node, error) {
	if w == nil {
		return nil, nil
	}
	n := specs.NodeAt(specs.Pos{File: file, Line: w.Line, Col: w.Col})
	if w.Kind == specs.Value && w.Value != nil {
		v, err := w.Value.value()
		return specs.ValueNode(n, v), err
	}
	n.Kind, n.Style, n.Text = w.Kind, w.Style, string(w.Text)
	for i := range w.Items {
		item, err := w.Items[i].node(file)
		if err != nil {
			return nil, err
		}
		n.Items = append(n.Items, item)
	}
	for i := 0; i+1 < len(w.Fields); i += 2 {
		key, err := w.Fields[i].node(file)
		if err != nil {
			return nil, err
		}
		value, err := w.Fields[i+1].node(file)
		if err != nil {
			return nil, err
		}
		n.Fields = append(n.Fields, specs.Field{Key: key, Value: value})
	}
	return n, nil
}
