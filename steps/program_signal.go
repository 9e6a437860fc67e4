package steps

import (
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/sockspec/sockspec/specs"
)

// signalArg is a signal in a spec, by name or by number.
type signalArg syscall.Signal

// TypeWord names what it takes.
func (signalArg) TypeWord() string { return "signal" }

// JSONSchema is the name or the number of a signal.
func (signalArg) JSONSchema() map[string]any {
	return map[string]any{"anyOf": []any{
		map[string]any{"enum": signalNames()}, map[string]any{"type": "integer"}, map[string]any{"$ref": "#/$defs/expression"},
	}}
}

// lastSignal is the greatest number that a signal has.
const lastSignal = 64

// SignalName is a signal by its name, or by its number where it has none.
func SignalName(s syscall.Signal) string {
	if name := unix.SignalName(s); name != "" {
		return name
	}
	return decimal(int64(s))
}

func signalNames() []string {
	var names []string
	for s := syscall.Signal(1); s <= lastSignal; s++ {
		if name := unix.SignalName(s); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// DecodeNode reads SIGTERM, or 15. The kernel is left to refuse a number.
func (s *signalArg) DecodeNode(n *specs.Node, errs *specs.Errors) {
	if undecided(n) {
		return
	}
	text, ok := literal(n)
	if !ok || text == "" {
		*errs = append(*errs, n.Errorf("wants a signal such as SIGTERM, got %s", describe(n)))
		return
	}
	if number := unix.SignalNum(text); number != 0 {
		*s = signalArg(number)
		return
	}
	if v, err := parseNumber(text); err == nil {
		if _, ok := inInt(n, v, errs); ok {
			*s = signalArg(v)
		}
		return
	}
	err := n.Errorf("%s is not a signal", excerpt(text))
	if unix.SignalNum("SIG"+strings.ToUpper(text)) != 0 {
		err = err.WithHint("did you mean SIG%s?", strings.ToUpper(text))
	} else if near := nearest(strings.ToUpper(text), signalNames()); near != "" {
		err = err.WithHint("did you mean %s?", near)
	}
	*errs = append(*errs, err)
}
