package steps

import (
	"reflect"
	"syscall"
	"testing"

	"github.com/sockspec/sockspec/specs"
)

func TestInjection(t *testing.T) {
	for _, test := range []struct {
		yaml, text string
		want       Injection
	}{
		{"{call: connect, error: ETIMEDOUT, when: 1}", "", Injection{Call: "connect", Errno: syscall.ETIMEDOUT, From: 1, To: 1}},
		{"{call: write, bytes: 1KiB}", "{call: write, bytes: 1024}", Injection{Call: "write", Bytes: 1024, From: 1}},
		{"{call: read, error: EINTR, when: 2+, on: socket}", "", Injection{Call: "read", Errno: syscall.EINTR, From: 2, On: "socket"}},
		{"{call: sendmsg, bytes: 7, when: 1-3, on: pipe}", "", Injection{Call: "sendmsg", Bytes: 7, From: 1, To: 3, On: "pipe"}},
		{"{call: accept, error: 24, when: 1+}", "{call: accept, error: EMFILE}", Injection{Call: "accept", Errno: 24, From: 1}},
		{"{call: recv, bytes: 4GiB}", "{call: recv, bytes: 2147483647}", Injection{Call: "recv", Bytes: 1<<31 - 1, From: 1}},
	} {
		var got Injection
		var errs specs.Errors
		got.DecodeNode(injectionNode(t, test.yaml), &errs)
		if got != test.want || len(errs) > 0 {
			t.Errorf("%s: got %+v, %v", test.yaml, got, errs)
		}
		if test.text == "" {
			test.text = test.yaml
		}
		if got.String() != test.text {
			t.Errorf("%s: got %s", test.yaml, got)
		}
	}
}

func TestInjectionMistakes(t *testing.T) {
	for _, test := range []struct{ yaml, want string }{
		{"connect", "wants a mapping {call, error, bytes, when, on}, got \"connect\""},
		{"{error: EIO}", "the key call is missing"},
		{"{call: connect}", "wants what becomes of the call: error or bytes, got neither ({call: connect, error: ETIMEDOUT} or {call: write, bytes: 1})"},
		{"{call: conect, error: EIO}", "conect is not a system call that can be made to fail (did you mean connect?)"},
		{"{call: CONNECT, error: EIO}", "CONNECT is not a system call that can be made to fail (did you mean connect?)"},
		{"{call: frobnicate, error: EIO}", "frobnicate is not a system call that can be made to fail (strace shows which calls a program makes)"},
		{"{call: printf, bytes: 1}", "printf is a function of a library, not a system call (the call that it makes is write)"},
		{"{call: clock_gettime, error: EIO}", "clock_gettime cannot be made to fail: a program reads the clock without a system call"},
		{"{call: exit, error: EIO}", "exit cannot be made to fail: it never returns"},
		{"{call: [a], error: EIO}", "wants a system call such as connect, got a list"},
		{"{call: connect, bytes: 1}", "connect cannot be cut short: it moves no bytes"},
		{"{call: sendmmsg, bytes: 1}", "sendmmsg cannot be cut short: it counts messages, not bytes"},
		{"{call: read, bytes: 0}", "wants at least 1 byte, got 0: 0 is what a read gives at the end of a file ({call, error: …} makes it fail)"},
		{"{call: read, bytes: many}", "wants a size such as 64KiB, 1MiB or 100, got \"many\""},
		{"{call: read, bytes: 1, error: EIO}", "wants an error or bytes, got both: a call that fails has moved no bytes (write an injection for each, with other numbers in when)"},
		{"{call: read, error: EIOO}", "EIOO is not an errno, nor a number (did you mean EIO?)"},
		{"{call: read, error: 0}", "wants an errno such as ECONNREFUSED, or its number from 1 to 4095, got 0"},
		{"{call: read, eror: EIO}", "there is no key eror here (did you mean error?)"},
		{"{call: read, error: EIO, when: 0}", "wants which of the calls it is: 1, 2+ or 1-3, got 0"},
		{"{call: read, error: EIO, when: -1}", "wants which of the calls it is: 1, 2+ or 1-3, got -1"},
		{"{call: read, error: EIO, when: 3-1}", "wants the first and the last of the calls, got 3-1"},
		{"{call: read, error: EIO, when: always}", "wants which of the calls it is: 1, 2+ or 1-3, got always"},
		{"{call: read, error: EIO, when: [1, 3]}", "wants 1, 2+ or 1-3, got a list (write an injection for each)"},
		{"{call: read, error: EIO, on: sockt}", "sockt is not a kind of descriptor (did you mean socket?)"},
		{"{call: open, error: EIO, on: file}", "open is not made on a descriptor"},
	} {
		var got Injection
		var errs specs.Errors
		got.DecodeNode(injectionNode(t, test.yaml), &errs)
		if len(errs) != 1 || text(errs[0]) != test.want || !reflect.ValueOf(got).IsZero() {
			t.Errorf("%s:\n got %v\nwant %s", test.yaml, errs, test.want)
		}
	}
}

// injectionNode is an injection where it stands in a file.
func injectionNode(t *testing.T, yaml string) *specs.Node {
	return argument(t, "{inject: ["+yaml+"]}").Get("inject").Items[0]
}

// text is a mistake without its place.
func text(e *specs.Error) string {
	if e.Hint == "" {
		return e.Msg
	}
	return e.Msg + " (" + e.Hint + ")"
}
