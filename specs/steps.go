package specs

import (
	"strings"
)

// modifiers are the keys of a step that are no verb, the same for every verb.
var modifiers = []string{"via", "as", "id", "after", "when", "within", "expect", "timeout", "raw", "about"}

// Modifiers are the keys that a step may have beside its verb.
func Modifiers() []string { return append([]string(nil), modifiers...) }

// vocabulary is what a message may say about verbs, and nothing else uses.
type vocabulary struct {
	verbs []string
	args  map[string][]string // verb → the keys of its argument
}

func (v *vocabulary) isVerb(word string) bool {
	return v != nil && contains(v.verbs, word)
}

func contains(words []string, word string) bool {
	for _, w := range words {
		if w == word {
			return true
		}
	}
	return false
}

// DecodeNode decodes a list of steps.
func (s *Steps) DecodeNode(n *Node, errs *Errors) {
	n = n.expanded()
	if n.Kind != List {
		*errs = append(*errs, n.Errorf("wants a list of steps, got %s", n.Describe()))
		return
	}
	if len(n.Items) == 0 {
		*errs = append(*errs, n.Errorf("wants at least one step, got an empty list"))
	}
	*s = make(Steps, 0, len(n.Items))
	for _, item := range n.Items {
		if step := decodeStep(item, errs); step != nil {
			*s = append(*s, step)
		}
	}
}

// decodeStep gives nil where no verb can be told.
func decodeStep(n *Node, errs *Errors) *Step {
	n = n.expanded()
	fail := func(err *Error) { *errs = append(*errs, err) }
	switch {
	case n.broken:
		return nil
	case n.Template != nil:
		if err := notBefore(n); err != nil {
			fail(err)
		}
		return nil
	case n.Kind == Scalar || n.Kind == Value:
		return bareStep(n, errs)
	case n.Kind != Map:
		fail(n.Errorf("wants a step, a verb with its argument, got %s", n.Describe()))
		return nil
	}
	d := stepDecoder{n: n, errs: errs, step: &Step{Source: n.src}}
	if !d.verb() {
		return nil
	}
	for i := range n.Fields {
		d.modifier(&n.Fields[i])
	}
	return d.step
}

// modifier reads one key of the step, if it is a modifier.
func (d *stepDecoder) modifier(f *Field) {
	read, before := modifierDecoders[f.Key.Text], len(*d.errs)
	if read == nil {
		return
	}
	if !f.Value.broken {
		read(d, f.Value)
	}
	if f.Value.broken || len(*d.errs) > before {
		d.step.Unread = append(d.step.Unread, f.Key.Text)
	}
}

// bareStep is a verb without an argument: `- close`.
func bareStep(n *Node, errs *Errors) *Step {
	text, _ := n.Scalar()
	if isName(text) {
		return &Step{Pos: n.Pos(), Source: n.src, Verb: text}
	}
	err := n.Errorf("wants a step, a verb with its argument, got %s", n.Describe())
	if word, _, ok := strings.Cut(text, ":"); ok && isName(word) {
		err.WithHint("a space after the colon is missing: %s: …", word)
	} else if word, rest, ok := strings.Cut(text, " "); ok && isName(word) {
		err.WithHint("a colon after the verb is missing: %s: %s", word, shown(rest[:min(len(rest), 40)]))
	}
	*errs = append(*errs, err)
	return nil
}

// stepDecoder decodes one step that is a mapping.
type stepDecoder struct {
	n    *Node
	step *Step
	errs *Errors
}

func (d *stepDecoder) fail(err *Error) {
	if err != nil {
		*d.errs = append(*d.errs, err)
	}
}

// verb finds the one key that is no modifier.
func (d *stepDecoder) verb() bool {
	var verbs []*Field
	for i := range d.n.Fields {
		f := &d.n.Fields[i]
		if f.Key.pending {
			d.fail(notBefore(f.Key))
			return false
		}
		if modifierDecoders[f.Key.Text] == nil {
			verbs = append(verbs, f)
		}
	}
	verbs = d.pick(verbs)
	if len(verbs) != 1 {
		return false
	}
	f := verbs[0]
	d.step.Pos, d.step.Verb = f.Key.Pos(), f.Key.Text
	if f.Value.Kind != Null || f.Value.Text != "" {
		d.step.Arg = f.Value
	}
	d.nested(f)
	return true
}

// pick reports a step that has no verb or several, and leaves the one that was
// most probably meant, so that its own mistakes are found too.
func (d *stepDecoder) pick(verbs []*Field) []*Field {
	switch len(verbs) {
	case 0:
		d.fail(d.n.Errorf("the step has no verb").WithHint("%s", d.noVerbHint()))
		return nil
	case 1:
		return verbs
	}
	words := d.n.src.words
	var known []*Field
	for _, f := range verbs {
		if words.isVerb(f.Key.Text) {
			known = append(known, f)
		}
	}
	if len(known) <= 1 {
		return d.strangers(verbs, known)
	}
	d.fail(known[1].Key.Errorf("a step has one verb, this one has %s", listFields(known)).WithHint("begin another step with -"))
	return nil
}

// strangers reports the keys beside the verb that are no modifiers.
func (d *stepDecoder) strangers(verbs, known []*Field) []*Field {
	var strange, rest []*Field
	for i, f := range verbs {
		last := i == len(verbs)-1 && len(rest) == 0
		switch {
		case len(known) == 1 && f != known[0], len(known) == 0 && !last && Suggest(f.Key.Text, modifiers) != "":
			strange = append(strange, f)
		default:
			rest = append(rest, f)
		}
	}
	for _, f := range strange {
		d.fail(d.stranger(f, rest))
	}
	if len(rest) == 1 {
		return rest
	}
	d.fail(rest[1].Key.Errorf("a step has one verb, this one has %s", listFields(rest)).WithHint("begin another step with -"))
	return nil
}

// stranger is the mistake of a key that is neither verb nor modifier.
func (d *stepDecoder) stranger(f *Field, verb []*Field) *Error {
	err := f.Key.Errorf("%s is no modifier of a step", quoteUnlessPlain(f.Key.Text))
	if near := Suggest(f.Key.Text, modifiers); near != "" {
		return err.WithHint("did you mean %s?", near)
	}
	if len(verb) == 1 {
		name := verb[0].Key.Text
		if words := d.n.src.words; words != nil && contains(words.args[name], f.Key.Text) {
			return err.WithHint("it belongs to %s: indent more", name)
		}
	}
	return err.WithHint("%s", didYouMean(f.Key.Text, modifiers))
}

func listFields(fields []*Field) string {
	names := make([]string, 0, 10)
	for i, f := range fields {
		if i == 9 {
			names = append(names, "others")
			break
		}
		names = append(names, quoteUnlessPlain(f.Key.Text))
	}
	return listWords(names, "and")
}

func (d *stepDecoder) noVerbHint() string {
	if len(d.n.Fields) == 0 {
		return "write a verb, such as socket: tcp"
	}
	return listFieldNames(d.n.Fields) + " is a modifier: it stands beside a verb, in the same step"
}

func listFieldNames(fields []Field) string { return quoteUnlessPlain(fields[0].Key.Text) }

// nested finds modifiers that were indented too far, under the verb.
func (d *stepDecoder) nested(f *Field) {
	words := d.n.src.words
	if words == nil || f.Value.Kind != Map || !words.isVerb(f.Key.Text) {
		return
	}
	own := words.args[f.Key.Text]
	if len(own) == 0 && !f.Value.onlyModifiers() {
		return // its keys are free, as the options of setsockopt
	}
	for i := range f.Value.Fields {
		key := f.Value.Fields[i].Key
		if modifierDecoders[key.Text] != nil && !contains(own, key.Text) {
			err := key.Errorf("%s is a modifier of the step, not part of %s", key.Text, f.Key.Text).WithHint("indent less")
			if key.Text == "timeout" && contains(own, "wait") {
				err.WithHint("how long %s itself waits is wait; for the limit of the step indent less", f.Key.Text)
			}
			d.fail(err)
			// What follows from it is no mistake of its own.
			d.step.Arg = d.step.Arg.without(key)
		}
	}
}

func (n *Node) onlyModifiers() bool {
	for i := range n.Fields {
		if modifierDecoders[n.Fields[i].Key.Text] == nil {
			return false
		}
	}
	return len(n.Fields) > 0
}

// without is the mapping without one of its keys; nil where nothing is left.
func (n *Node) without(key *Node) *Node {
	if len(n.Fields) == 1 {
		return nil
	}
	c := *n
	c.Fields = nil
	for _, f := range n.Fields {
		if f.Key != key {
			c.Fields = append(c.Fields, f)
		}
	}
	return &c
}
