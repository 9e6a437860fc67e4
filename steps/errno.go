package steps

import (
	"syscall"

	"github.com/sockspec/sockspec/specs"
)

// errnoRow is one error of the kernel.
type errnoRow struct {
	errno syscall.Errno
	name  string
	text  string
}

// ErrnoName is the C name of an error, as in errno(3): ECONNREFUSED. EAGAIN and
// EOPNOTSUPP never go by their other names. It is "" for 0 and for a number
// that has no name.
func ErrnoName(e syscall.Errno) string {
	row, _ := errnoOf(e)
	return row.name
}

// ErrnoText is what strerror(3) says of an error: "Connection refused".
func ErrnoText(e syscall.Errno) string {
	if e == 0 {
		return "Success"
	}
	if row, ok := errnoOf(e); ok {
		return row.text
	}
	return "Unknown error " + decimal(int64(e))
}

// ErrnoByName is the number of a C name; EWOULDBLOCK and ENOTSUP are accepted
// too. It reports false for a name that this system does not have.
func ErrnoByName(name string) (syscall.Errno, bool) {
	switch name {
	case "EWOULDBLOCK":
		return syscall.EAGAIN, true
	case "ENOTSUP":
		name = "EOPNOTSUPP"
	}
	for i := range errnoTable {
		if errnoTable[i].name == name {
			return errnoTable[i].errno, true
		}
	}
	return 0, false
}

// ErrnoConstant is an error as a result: SO_ERROR gives 0 where there is none.
func ErrnoConstant(e syscall.Errno) Constant { return Constant{int64(e), ErrnoName(e)} }

// errnoNames are all names, to suggest one.
func errnoNames() []string {
	names := []string{"EWOULDBLOCK", "ENOTSUP"}
	for i := range errnoTable {
		names = append(names, errnoTable[i].name)
	}
	return names
}

// ErrnoArg is an errno in a spec, by name or by number.
type ErrnoArg syscall.Errno

// Errno is the number.
func (e ErrnoArg) Errno() syscall.Errno { return syscall.Errno(e) }

// String is the name, or the number where it has none.
func (e ErrnoArg) String() string { return ErrnoConstant(e.Errno()).String() }

// DecodeNode reads one errno.
func (e *ErrnoArg) DecodeNode(n *specs.Node, errs *specs.Errors) {
	if undecided(n) {
		return
	}
	switch v := n.Value.(type) {
	case Constant:
		n = specs.ValueNode(n, v.Value)
	case syscall.Errno:
		n = specs.ValueNode(n, int64(v))
	}
	text, ok := literal(n)
	if !ok || text == "" {
		*errs = append(*errs, n.Errorf("wants an errno such as ECONNREFUSED, got %s", describe(n)))
		return
	}
	if errno, ok := ErrnoByName(text); ok {
		*e = ErrnoArg(errno)
		return
	}
	number, err := parseNumber(text)
	switch {
	case err == nil && number > 0 && number < 1<<12:
		*e = ErrnoArg(number)
	case err == nil:
		*errs = append(*errs, n.Errorf("wants an errno such as ECONNREFUSED, or its number from 1 to 4095, got %s", excerpt(text)))
	default:
		*errs = append(*errs, misspelt(n, "an errno", text, errnoNames()))
	}
}

// ErrnoList is one errno, or a list of them.
type ErrnoList []syscall.Errno

// DecodeNode reads an errno or a list that is not empty.
func (l *ErrnoList) DecodeNode(n *specs.Node, errs *specs.Errors) {
	items := []*specs.Node{n}
	if n.Kind == specs.List {
		items = n.Items
	}
	if len(items) == 0 {
		*errs = append(*errs, n.Errorf("wants an errno, or a list of at least one, got an empty list"))
	}
	for _, item := range items {
		var e ErrnoArg
		e.DecodeNode(item, errs)
		if e != 0 {
			*l = append(*l, e.Errno())
		}
	}
}
