package steps

import (
	"strings"
	"syscall"
)

// Call is one system call, kept to be shown as strace would write it. Its text
// is made only when somebody reads it.
type Call struct {
	Name  string
	Args  []any // see formatArg
	Ret   int64 // what it returned
	Errno syscall.Errno
	Note  string // what followed it: "3 more calls", "resumed", …
	// Recorded is the whole text of a call that was read back; "" for one that was made.
	Recorded string
}

// String is the call as strace writes it:
//
//	connect(3<TCP>, 127.0.0.1:40123) = -1 ECONNREFUSED (Connection refused)
func (c Call) String() string {
	if c.Recorded != "" {
		return c.Recorded
	}
	var b strings.Builder
	b.WriteString(c.Name)
	b.WriteByte('(')
	for i, arg := range c.Args {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(formatArg(arg))
	}
	b.WriteString(") = ")
	b.WriteString(formatReturn(c.Ret, c.Errno))
	if c.Note != "" {
		b.WriteString(" " + c.Note)
	}
	return b.String()
}
