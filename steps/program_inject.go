package steps

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/sockspec/sockspec/specs"
)

// Injection is a fault in a program's own system calls.
type Injection struct {
	Call  string        // the system call, by a name of ProgramCalls: connect
	Errno syscall.Errno // what it gives instead of being made; 0 where it is made
	Bytes int           // it is made with at most so many bytes; 0 for all
	From  int           // the first time that it is so, counted from 1
	To    int           // the last time; 0 for every time after From
	On    string        // only on descriptors of this kind: socket, file, pipe; "" for any
}

// descriptorKinds are what `on` can be.
var descriptorKinds = []string{"socket", "file", "pipe"}

// maxCut is as much as the kernel takes in one call, in bytes.
const maxCut = 1<<31 - 1

// injectionKeys are the keys of an injection, before they are looked at together.
type injectionKeys struct {
	Call  *specs.Node `spec:"call,required" value:"system call" help:"which one, as strace names it: connect, accept, read, …"`
	Error *specs.Node `spec:"error" value:"errno" help:"what it gives instead of being made: ETIMEDOUT, EINTR, …; this or bytes"`
	Bytes *specs.Node `spec:"bytes" value:"size" help:"it is made with at most so many bytes: a short read or write"`
	When  *specs.Node `spec:"when" value:"1, 2+ or 1-3" help:"which of these calls, counted from 1; every one where it is left out"`
	On    *specs.Node `spec:"on" value:"word" help:"only on descriptors of this kind: socket, file or pipe"`
}

// keyed is what the keys of an injection are described in.
func (Injection) keyed() reflect.Type { return reflect.TypeFor[injectionKeys]() }

// TypeWord names what it takes.
func (Injection) TypeWord() string { return "{call, error, bytes, when, on}" }

// JSONSchema is the schema of an injection.
func (Injection) JSONSchema() map[string]any {
	scalar := map[string]any{"type": []string{"integer", "string"}}
	about := func(s map[string]any, help string) map[string]any {
		s["description"] = help
		return s
	}
	return map[string]any{
		"type": "object",
		"properties": map[string]any{
			"call":  about(wordSchema(programCallNames()...), "the system call, as the program's source names it"),
			"error": map[string]any{"type": []string{"integer", "string"}, "description": "the errno that it gives instead of being made"},
			"bytes": map[string]any{"$ref": "#/$defs/size", "description": "it is made with at most so many bytes"},
			"when":  about(scalar, "which of the calls: 1, 2+, 1-3; every one if left out"),
			"on":    about(wordSchema(descriptorKinds...), "only on descriptors of this kind"),
		},
		"required":             []string{"call"},
		"additionalProperties": false,
	}
}

// DecodeNode reads {call: connect, error: ETIMEDOUT, when: 1}.
func (i *Injection) DecodeNode(n *specs.Node, errs *specs.Errors) {
	if undecided(n) {
		return
	}
	var keys injectionKeys
	before := len(*errs)
	wrong := specs.Decode(n, &keys)
	*errs = append(*errs, wrong...)
	*i = Injection{From: 1}
	call := i.decodeCall(keys.Call, errs)
	i.decodeWhen(keys.When, errs)
	i.decodeOn(keys.On, call, errs)
	if keys.Error != nil || keys.Bytes != nil || len(wrong) == 0 { // it may be misspelt
		i.decodeFault(n, &keys, call, errs)
	}
	if len(*errs) > before {
		*i = Injection{}
	}
}

// decodeCall reads the name of a system call; nil where it is not one.
func (i *Injection) decodeCall(n *specs.Node, errs *specs.Errors) *ProgramCall {
	if n == nil || undecided(n) {
		return nil
	}
	word, ok := literal(n)
	if !ok {
		*errs = append(*errs, n.Errorf("wants a system call such as connect, got %s", describe(n)))
		return nil
	}
	if call := FindProgramCall(word); call != nil {
		i.Call = word
		return call
	}
	if reason := notInjectable[word]; reason != "" {
		*errs = append(*errs, n.Errorf("%s cannot be made to fail: %s", word, reason))
		return nil
	}
	err := n.Errorf("%s is not a system call that can be made to fail", excerpt(word))
	if under := libraryFunctions[word]; under != "" {
		err = n.Errorf("%s is a function of a library, not a system call", word).WithHint("the call that it makes is %s", under)
	} else if near := nearest(strings.ToLower(word), programCallNames()); near != "" {
		err = err.WithHint("did you mean %s?", near)
	} else {
		err = err.WithHint("strace shows which calls a program makes")
	}
	*errs = append(*errs, err)
	return nil
}

// decodeWhen reads 1, 2+ or 1-3.
func (i *Injection) decodeWhen(n *specs.Node, errs *specs.Errors) {
	if n == nil || undecided(n) {
		return
	}
	text, _ := literal(n)
	switch from, to, ok := parseTimes(text); {
	case n.Kind == specs.List:
		*errs = append(*errs, n.Errorf("wants 1, 2+ or 1-3, got %s", describe(n)).WithHint("write an injection for each"))
	case !ok:
		*errs = append(*errs, n.Errorf("wants which of the calls it is: 1, 2+ or 1-3, got %s", describe(n)))
	case to != 0 && to < from:
		*errs = append(*errs, n.Errorf("wants the first and the last of the calls, got %s", excerpt(text)))
	default:
		i.From, i.To = from, to
	}
}

// parseTimes reads which calls are meant; to is 0 where there is no last one.
func parseTimes(text string) (from, to int, ok bool) {
	first, last, isRange := strings.Cut(text, "-")
	first, open := strings.CutSuffix(first, "+")
	from, ok = parseCount(first)
	switch {
	case isRange && !open:
		var fine bool
		to, fine = parseCount(last)
		return from, to, ok && fine
	case open:
		return from, 0, ok && !isRange
	}
	return from, from, ok
}

// parseCount reads a number from 1 on, in decimal digits only.
func parseCount(text string) (int, bool) {
	n, err := strconv.Atoi(text)
	return n, err == nil && n > 0 && n <= 1<<31-1 && text[0] != '+'
}

// decodeOn reads socket, file or pipe.
func (i *Injection) decodeOn(n *specs.Node, call *ProgramCall, errs *specs.Errors) {
	if n == nil || undecided(n) {
		return
	}
	switch word, _ := literal(n); {
	case !slices.Contains(descriptorKinds, word):
		*errs = append(*errs, unknownWord(n, "a kind of descriptor", word, descriptorKinds))
	case call != nil && !call.Descriptor:
		*errs = append(*errs, n.Errorf("%s is not made on a descriptor", call.Name))
	default:
		i.On = word
	}
}

// decodeFault reads what becomes of the call: an error, or fewer bytes.
func (i *Injection) decodeFault(n *specs.Node, keys *injectionKeys, call *ProgramCall, errs *specs.Errors) {
	switch {
	case keys.Error == nil && keys.Bytes == nil:
		*errs = append(*errs, n.Errorf("wants what becomes of the call: error or bytes, got neither").
			WithHint("{call: connect, error: ETIMEDOUT} or {call: write, bytes: 1}"))
	case keys.Error != nil && keys.Bytes != nil:
		*errs = append(*errs, keys.Bytes.Errorf("wants an error or bytes, got both: a call that fails has moved no bytes").
			WithHint("write an injection for each, with other numbers in when"))
	case keys.Error != nil:
		(*ErrnoArg)(&i.Errno).DecodeNode(keys.Error, errs)
	case call != nil && !call.CountsBytes():
		*errs = append(*errs, keys.Bytes.Errorf("%s cannot be cut short: it %s", call.Name, call.bytes))
	default:
		i.decodeBytes(keys.Bytes, errs)
	}
}

// decodeBytes reads how many bytes there are at most.
func (i *Injection) decodeBytes(n *specs.Node, errs *specs.Errors) {
	if undecided(n) {
		return
	}
	var size specs.Size
	wrong := specs.Decode(n, &size)
	if *errs = append(*errs, wrong...); len(wrong) > 0 {
		return
	}
	if size < 1 {
		*errs = append(*errs, n.Errorf("wants at least 1 byte, got %d: 0 is what a read gives at the end of a file", size).
			WithHint("{call, error: …} makes it fail"))
		return
	}
	i.Bytes = int(min(size, maxCut))
}

// String is the injection as a spec has it.
func (i Injection) String() string {
	var b strings.Builder
	b.WriteString("{call: " + i.Call)
	if i.Errno != 0 {
		b.WriteString(", error: " + ErrnoArg(i.Errno).String())
	}
	if i.Bytes != 0 {
		b.WriteString(", bytes: " + strconv.Itoa(i.Bytes))
	}
	switch {
	case i.To == i.From && i.To > 0:
		b.WriteString(", when: " + strconv.Itoa(i.From))
	case i.To > 0:
		b.WriteString(", when: " + strconv.Itoa(i.From) + "-" + strconv.Itoa(i.To))
	case i.From > 1:
		b.WriteString(", when: " + strconv.Itoa(i.From) + "+")
	}
	if i.On != "" {
		b.WriteString(", on: " + i.On)
	}
	return b.String() + "}"
}
