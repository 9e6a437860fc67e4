package steps

import "syscall"

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
func (c Call) String() string { return string(c.AppendTo(nil)) }

// AppendTo appends what String is.
func (c Call) AppendTo(b []byte) []byte {
	if c.Recorded != "" {
		return append(b, c.Recorded...)
	}
	b = append(append(b, c.Name...), '(')
	for i, arg := range c.Args {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = appendArg(b, arg)
	}
	b = appendReturn(append(b, ") = "...), c.Ret, c.Errno)
	if c.Note != "" {
		b = append(append(b, ' '), c.Note...)
	}
	return b
}
