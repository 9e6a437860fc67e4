package steps

import (
	"fmt"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unicode/utf8"
)

// FD is a descriptor in the log of calls: 3<TCP>, or 3 where Kind is "".
type FD struct {
	Num  int
	Kind string // TCP, UDPv6, UNIX-STREAM, pipe, …
}

// String is the descriptor as `strace -yy` would show it, without the addresses.
func (f FD) String() string { return string(f.appendTo(nil)) }

func (f FD) appendTo(b []byte) []byte {
	b = strconv.AppendInt(b, int64(f.Num), 10)
	if f.Kind == "" {
		return b
	}
	return append(append(append(b, '<'), Printable(f.Kind)...), '>')
}

// SockaddrBytes is a sockaddr as it is given to the kernel; the log shows it
// as an address.
type SockaddrBytes []byte

// String is the address.
func (b SockaddrBytes) String() string { return DecodeSockaddr(b).String() }

// shownBytes is how much of some data the log of calls shows, as strace does.
const shownBytes = 32

// formatArg is an argument of a call as strace writes it. A string is shown as
// it is (the flags of a call, say); data are []byte.
func formatArg(arg any) string { return string(appendArg(nil, arg)) }

// appendArg appends what formatArg is. The arguments of most calls need no memory
// for it: reports write hundreds of thousands of them.
func appendArg(b []byte, arg any) []byte {
	switch v := arg.(type) {
	case nil:
		return append(b, "NULL"...)
	case string:
		return append(b, Printable(v)...)
	case []byte:
		return appendQuotedShort(b, v)
	case bool:
		return strconv.AppendBool(b, v)
	case int:
		return strconv.AppendInt(b, int64(v), 10)
	case int64:
		return strconv.AppendInt(b, v, 10)
	case FD:
		return v.appendTo(b)
	case Address:
		return v.appendTo(b)
	case SockaddrBytes:
		return DecodeSockaddr(v).appendTo(b)
	case *Received:
		return appendQuotedShort(b, v.Head())
	}
	return append(b, formatOther(arg)...)
}

// formatOther is formatArg for what is rare.
func formatOther(arg any) string {
	switch v := arg.(type) {
	case time.Duration:
		return v.String()
	case syscall.Errno:
		return ErrnoConstant(v).String()
	case Set:
		return formatSet(v)
	case Struct:
		return formatStruct(v)
	case []any:
		return formatList(v)
	case fmt.Stringer:
		return Printable(v.String())
	}
	return Printable(fmt.Sprint(arg))
}

// formatSet is flags as C writes them.
func formatSet(s Set) string {
	if len(s) == 0 {
		return "0"
	}
	return Printable(strings.Join(s, "|"))
}

// formatStruct is {onoff=1, linger=0}.
func formatStruct(s Struct) string {
	fields := make([]string, len(s))
	for i, f := range s {
		fields[i] = f.Name + "=" + formatArg(f.Value)
	}
	return "{" + strings.Join(fields, ", ") + "}"
}

// formatList is [3, 4].
func formatList(list []any) string {
	items := make([]string, len(list))
	for i, v := range list {
		items[i] = formatArg(v)
	}
	return "[" + strings.Join(items, ", ") + "]"
}

// formatReturn is what a call returned as strace writes it: a number, or
//
//	-1 ECONNREFUSED (Connection refused)
func formatReturn(ret int64, errno syscall.Errno) string {
	return string(appendReturn(nil, ret, errno))
}

func appendReturn(b []byte, ret int64, errno syscall.Errno) []byte {
	if errno == 0 {
		return strconv.AppendInt(b, ret, 10)
	}
	name := ErrnoName(errno)
	if name == "" {
		return strconv.AppendInt(append(b, "-1 errno "...), int64(errno), 10)
	}
	b = append(append(append(b, "-1 "...), name...), " ("...)
	return append(append(b, ErrnoText(errno)...), ')')
}

// quoteShort is data in C's quotes, cut after 32 bytes: "abc"... .
func quoteShort(b []byte) string { return string(appendQuotedShort(nil, b)) }

func appendQuotedShort(out, b []byte) []byte {
	if len(b) > shownBytes {
		return append(appendQuoted(out, b[:shownBytes]), "..."...)
	}
	return appendQuoted(out, b)
}

// quote is data as a string of C, the way strace writes it: what is not
// printable ASCII is an octal number, as short as the next byte allows.
func quote(b []byte) string { return string(appendQuoted(make([]byte, 0, len(b)+2), b)) }

func appendQuoted(out, b []byte) []byte {
	out = append(out, '"')
	for i, c := range b {
		switch {
		case c == '"' || c == '\\':
			out = append(out, '\\', c)
		case c >= ' ' && c < 0x7f:
			out = append(out, c)
		case c >= '\t' && c <= '\r':
			out = append(out, '\\', "tnvfr"[c-'\t'])
		case i+1 < len(b) && b[i+1] >= '0' && b[i+1] <= '9':
			out = append(out, '\\', '0'+c>>6, '0'+c>>3&7, '0'+c&7)
		default:
			out = append(out, '\\')
			out = strconv.AppendUint(out, uint64(c), 8)
		}
	}
	return append(out, '"')
}

// Printable is text that may stand in one line of a report whatever it came
// from: control characters (newlines, the escape sequences of a terminal),
// marks that change the direction of writing, invisible characters and invalid
// UTF-8 are written as Go's escapes: \n, \x1b, \u202e, \xff. Anything else, a
// backslash too, stays as it is.
func Printable(text string) string {
	for i := range len(text) {
		if text[i] < ' ' || text[i] >= 0x7f {
			return escape(text)
		}
	}
	return text
}

// escape does the work of [Printable].
func escape(text string) string {
	out := make([]byte, 0, len(text)+len(text)/2)
	for len(text) > 0 {
		r, size := utf8.DecodeRuneInString(text)
		switch {
		case r == utf8.RuneError && size == 1:
			out = append(out, '\\', 'x', hexDigits[text[0]>>4], hexDigits[text[0]&15])
		case strconv.IsPrint(r):
			out = append(out, text[:size]...)
		default:
			quoted := strconv.QuoteRune(r)
			out = append(out, quoted[1:len(quoted)-1]...)
		}
		text = text[size:]
	}
	return string(out)
}

const hexDigits = "0123456789abcdef"
