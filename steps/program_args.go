package steps

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/sockspec/sockspec/specs"
)

// argvArg is a program with its arguments.
type argvArg []string

// TypeWord names what it takes.
func (argvArg) TypeWord() string { return "list of texts" }

// JSONSchema is a list of texts and numbers.
func (argvArg) JSONSchema() map[string]any {
	return map[string]any{"anyOf": []any{
		map[string]any{"type": "array", "minItems": 1, "items": map[string]any{"type": []string{"string", "number", "boolean", "null"}}},
		map[string]any{"$ref": "#/$defs/expression"},
	}}
}

// DecodeNode reads [program, argument, …].
func (a *argvArg) DecodeNode(n *specs.Node, errs *specs.Errors) {
	if undecided(n) {
		return
	}
	var items []*specs.Node
	if wrong := specs.Decode(n, &items); len(wrong) > 0 {
		err := n.Errorf("wants a list, the program and its arguments, got %s", describe(n))
		if text, ok := literal(n); ok && text != "" {
			err = err.WithHint("%s", insteadOf(text))
		}
		*errs = append(*errs, err)
		return
	}
	if len(items) == 0 {
		*errs = append(*errs, n.Errorf("wants a program, got an empty list"))
		return
	}
	*a = make([]string, len(items))
	for i, item := range items {
		(*a)[i] = decodeWord(item, errs)
	}
	if !undecided(items[0]) && !items[0].Pending() && (*a)[0] == "" {
		*errs = append(*errs, items[0].Errorf("wants a program, got nothing"))
	}
}

// insteadOf says how a command that was written as one text is meant to be written.
func insteadOf(text string) string {
	if strings.ContainsAny(text, "|&;<>()$`\\\"'*?#~\n") {
		return `did you mean [sh, -c, "…"]?`
	}
	return "did you mean [" + strings.Join(strings.Fields(text), ", ") + "]?"
}

// decodeWord reads a text that a program is given: a scalar as it is written.
func decodeWord(n *specs.Node, errs *specs.Errors) (text string) {
	if undecided(n) {
		return ""
	}
	if n.Kind == specs.Null {
		return n.Text
	}
	*errs = append(*errs, specs.Decode(n, &text)...)
	if strings.IndexByte(text, 0) >= 0 {
		*errs = append(*errs, n.Errorf("what a program is given as a text has no NUL"))
	}
	return text
}

// envArg is what is added to the environment of a program, by name.
type envArg []variable

type variable struct{ name, value string }

// TypeWord names what it takes.
func (envArg) TypeWord() string { return "mapping" }

// JSONSchema is a mapping from names to texts.
func (envArg) JSONSchema() map[string]any {
	return map[string]any{"type": "object", "additionalProperties": map[string]any{"type": []string{"string", "number", "boolean", "null"}}}
}

// DecodeNode reads {NAME: value}.
func (a *envArg) DecodeNode(n *specs.Node, errs *specs.Errors) {
	if undecided(n) {
		return
	}
	var values map[string]*specs.Node
	if wrong := specs.Decode(n, &values); len(wrong) > 0 {
		*errs = append(*errs, n.Errorf("wants a mapping such as {PORT: 8080}, got %s", describe(n)))
		return
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if name == "" || strings.ContainsAny(name, "=\x00") {
			*errs = append(*errs, values[name].Errorf("the name of a variable is not empty and has no = and no NUL, got %s", excerpt(name)))
			continue
		}
		*a = append(*a, variable{name, decodeWord(values[name], errs)})
	}
}

// programLimits are the limits of a program as a step has them.
type programLimits struct {
	CPU       *time.Duration `spec:"cpu" help:"processor time, such as 1s"`
	Memory    *specs.Size    `spec:"memory" help:"resident memory, such as 64MiB"`
	Output    *specs.Size    `spec:"output" help:"bytes that are kept of standard output and of standard error; 8MiB where it is left out"`
	Files     *int64         `spec:"files" help:"descriptors that each process may have open"`
	Processes *int64         `spec:"processes" help:"processes and threads at once"`
	Disk      *specs.Size    `spec:"disk" help:"bytes in files that it may write"`
}

// check refuses a limit of nothing.
func (l *programLimits) check(n *specs.Node) (errs specs.Errors) {
	given := l.limits()
	for name, nothing := range map[string]bool{
		"cpu": l.CPU != nil && given.CPU <= 0, "memory": l.Memory != nil && given.Memory <= 0,
		"output": l.Output != nil && given.Output <= 0, "files": l.Files != nil && given.Files <= 0,
		"processes": l.Processes != nil && given.Processes <= 0, "disk": l.Disk != nil && given.Disk <= 0,
	} {
		if nothing {
			errs = append(errs, n.Get(name).Errorf("the limit %s wants more than nothing, got %s", name, describe(n.Get(name))))
		}
	}
	return errs
}

// limits are those that were given; zero for the others.
func (l *programLimits) limits() (p ProgramLimits) {
	if l.CPU != nil {
		p.CPU = *l.CPU
	}
	set := func(to *int64, size *specs.Size) {
		if size != nil {
			*to = int64(*size)
		}
	}
	set(&p.Memory, l.Memory)
	set(&p.Output, l.Output)
	set(&p.Disk, l.Disk)
	if l.Files != nil {
		p.Files = int(*l.Files)
	}
	if l.Processes != nil {
		p.Processes = int(*l.Processes)
	}
	return p
}
