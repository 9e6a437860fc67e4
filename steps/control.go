package steps

import (
	"slices"

	"github.com/sockspec/sockspec/specs"
)

// Control data goes along with a message: a row of control messages, each with a
// struct cmsghdr before it. See cmsg(3) and recvmsg(2).

const (
	// cmsgHeader is sizeof(struct cmsghdr), cmsgAlign what each begins at a
	// multiple of, in bytes, on 64-bit Linux.
	cmsgHeader = 16
	cmsgAlign  = 8
)

// controlItem is one control message that a step sends.
type controlItem struct {
	Sockopt
	rights  bool        // SCM_RIGHTS: the value are the descriptors of handles
	handles []HandleArg // which, where it is so
	length  *int64      // cmsg_len, where it is not to be the true one
}

// controlArg is the control data of one message:
//
//	[{IP_TTL: 64}, {SCM_RIGHTS: [conn]}, {level: 1, type: 99, data: {hex: 00 ff}}, {IP_TOS: 8, len: 3}]
type controlArg []controlItem

// TypeWord names what it takes.
func (controlArg) TypeWord() string { return "list of control messages" }

// DecodeNode reads the list.
func (a *controlArg) DecodeNode(n *specs.Node, errs *specs.Errors) {
	if undecided(n) {
		return
	}
	items := n.Items
	if list, ok := n.Value.([]any); ok {
		for _, v := range list {
			items = append(items, specs.ValueNode(n, v))
		}
	} else if n.Kind != specs.List {
		*errs = append(*errs, n.Errorf("wants a list of control messages such as [{IP_TTL: 64}], got %s", describe(n)))
		return
	}
	for _, item := range items {
		a.decodeItem(item, errs)
	}
}

// decodeItem reads one control message, by its name or by its numbers.
func (a *controlArg) decodeItem(n *specs.Node, errs *specs.Errors) {
	if undecided(n) {
		return
	}
	if v, ok := n.Value.(Struct); ok {
		n = structNode(n, v)
	}
	if n.Kind != specs.Map || len(n.Fields) == 0 {
		*errs = append(*errs, n.Errorf("wants a control message such as {IP_TTL: 64}, or {level, type, data}, got %s", describeEmpty(n)))
		return
	}
	d := controlDecoder{arg: a, errs: errs}
	d.length, d.bad = cmsgLength(n.Get("len"), errs)
	if n.Get("level") != nil || n.Get("type") != nil {
		d.byNumbers(n)
		return
	}
	d.byName(n)
}

// cmsgLength reads `len`, the cmsg_len that the kernel is to be told.
func cmsgLength(n *specs.Node, errs *specs.Errors) (length *int64, bad bool) {
	if n == nil || undecided(n) {
		return nil, false
	}
	r := optionReader{errs: errs, what: "a number of bytes for cmsg_len"}
	v, ok := r.number(n)
	if !ok {
		r.wrong(n)
	}
	return &v, !ok
}

// controlDecoder reads one control message.
type controlDecoder struct {
	arg    *controlArg
	errs   *specs.Errors
	length *int64
	bad    bool
}

// add appends a message that was read without a mistake.
func (d *controlDecoder) add(n *specs.Node, item controlItem) {
	item.length = d.length
	if item.Level == solSocket && item.Name == scmRights {
		if err := item.strangers(n); err != nil {
			*d.errs = append(*d.errs, err)
			return
		}
	}
	*d.arg = append(*d.arg, item)
}

// strangers refuses SCM_RIGHTS that could name descriptors which are no handles
// of the scenario: by their numbers, or by a cmsg_len beyond the last of them.
func (c *controlItem) strangers(n *specs.Node) *specs.Error {
	size := len(c.Raw) + 4*len(c.handles)
	if c.length != nil && *c.length > int64(cmsgHeader+size) {
		return n.Errorf("SCM_RIGHTS with a len of %d reaches beyond its %d bytes", *c.length, cmsgHeader+size)
	}
	for _, fd := range (&cmsg{data: c.Raw}).descriptors() {
		if fd >= 0 && fd < notOpen {
			return n.Errorf("SCM_RIGHTS takes descriptors by their handles, not by a number such as %d", fd).
				WithHint("{SCM_RIGHTS: [handle]}; a closed handle, or data of ff, is a descriptor that is not open")
		}
	}
	return nil
}

// byName reads {IP_TTL: 64}.
func (d *controlDecoder) byName(n *specs.Node) {
	var found *specs.Field
	for i := range n.Fields {
		f := &n.Fields[i]
		switch {
		case f.Key.Text == "len" || undecided(f.Key):
		case found != nil:
			*d.errs = append(*d.errs, f.Key.Errorf("a second control message in one mapping").
				WithHint("each is an item of the list: [{%s: …}, {%s: …}]", excerpt(found.Key.Text), excerpt(f.Key.Text)))
			return
		default:
			found = f
		}
	}
	if found == nil {
		*d.errs = append(*d.errs, n.Errorf("wants a control message such as {IP_TTL: 64} beside len"))
		return
	}
	o := findControl(found.Key, d.errs)
	switch {
	case o == nil:
	case o.value == &rightsValue:
		d.rights(o, found.Value)
	default:
		d.value(o, o.value, found.Value)
	}
}

// rights reads the handles of SCM_RIGHTS.
func (d *controlDecoder) rights(o *Option, n *specs.Node) {
	if undecided(n) {
		return
	}
	items := []*specs.Node{n}
	if n.Kind == specs.List {
		items = n.Items
	}
	item := controlItem{Sockopt: o.controlHeader(), rights: true, handles: make([]HandleArg, len(items))}
	for i := range items {
		item.handles[i].DecodeNode(items[i], d.errs)
	}
	d.add(n, item)
}

// value reads what goes into a control message.
func (d *controlDecoder) value(o *Option, v *optionValue, n *specs.Node) {
	if n.Pending() || n.Broken() {
		return
	}
	r := optionReader{errs: d.errs}
	raw := r.encode(v, n)
	if raw == nil || d.bad {
		return
	}
	item := controlItem{Sockopt: o.controlHeader()}
	item.Raw, item.scopes = raw, r.scopes
	if item.Value = NewReceived(raw); o.Name != "" {
		if shown, ok := o.value.decode(raw); ok {
			item.Value = shown
		}
	}
	d.add(n, item)
}

// controlKeys are those of a control message without a name.
var controlKeys = []string{"level", "type", "data", "len"}

// byNumbers reads {level, type, data}.
func (d *controlDecoder) byNumbers(n *specs.Node) {
	before := len(*d.errs)
	for _, f := range n.Fields {
		if !slices.Contains(controlKeys, f.Key.Text) {
			err := f.Key.Errorf("unknown key %s beside level and type", excerpt(f.Key.Text))
			if near := specs.Suggest(f.Key.Text, controlKeys); near != "" {
				err.WithHint("did you mean %s?", near)
			}
			*d.errs = append(*d.errs, err)
		}
	}
	level, typ := n.Get("level"), n.Get("type")
	if level == nil || typ == nil {
		*d.errs = append(*d.errs, n.Errorf("wants both level and type"))
	}
	if len(*d.errs) > before || undecided(level) || undecided(typ) {
		return
	}
	l, _ := levels.decode(level, d.errs)
	number, ok := controlNumber(typ, d.errs)
	if !ok || len(*d.errs) > before {
		return
	}
	o := &Option{Level: int(int32(l)), Number: number, value: &bytesValue}
	if data := n.Get("data"); data != nil {
		d.value(o, &controlData, data)
		return
	}
	d.add(n, controlItem{Sockopt: o.controlHeader()})
}

// controlData is the data of a control message without a name.
var controlData = optionValue{what: "data such as {hex: 00 ff}", encode: func(r *optionReader, n *specs.Node) []byte {
	before := len(*r.errs)
	b := r.data(n)
	if b == nil && len(*r.errs) == before {
		b = []byte{} // no bytes are data too
	}
	return b
}}

// controlNumber reads the type of a control message, by number or by a name.
func controlNumber(n *specs.Node, errs *specs.Errors) (int, bool) {
	text, ok := literal(n)
	if !ok || text == "" {
		*errs = append(*errs, n.Errorf("wants the type of a control message such as IP_TTL or its number, got %s", describe(n)))
		return 0, false
	}
	if v, err := parseNumber(text); err == nil {
		v, ok := inInt(n, v, errs)
		return int(int32(v)), ok
	}
	o := findControl(n, errs)
	if o == nil {
		return 0, false
	}
	return o.Number, true
}

// findControl is the control message of a name in a spec; nil after a mistake.
func findControl(n *specs.Node, errs *specs.Errors) *Option {
	name, _ := literal(n)
	names := make([]string, len(controls))
	for i := range controls {
		if controls[i].Name == name {
			return &controls[i]
		}
		names[i] = controls[i].Name
	}
	err := n.Errorf("unknown control message %s", excerpt(name))
	if near := specs.Suggest(name, names); near != "" {
		err.WithHint("did you mean %s?", near)
	} else {
		err.WithHint("{level: …, type: …, data: …} takes any number")
	}
	*errs = append(*errs, err)
	return nil
}

// controlByNumber finds a control message; nil where the table has none.
func controlByNumber(level, number int) *Option {
	for i := range controls {
		if controls[i].Level == level && controls[i].Number == number {
			return &controls[i]
		}
	}
	return nil
}

// controlHeader is what the option says of a control message, without its value.
func (o *Option) controlHeader() Sockopt {
	return Sockopt{Level: o.Level, Name: o.Number, Label: o.Name}
}

// handleCount is how many handles the control data names.
func (a controlArg) handleCount() int {
	n := 0
	for i := range a {
		n += len(a[i].handles)
	}
	return n
}
