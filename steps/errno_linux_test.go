package steps

import (
	"errors"
	"fmt"
	"syscall"
	"testing"

	"github.com/sockspec/sockspec/specs"
)

func TestErrnoNames(t *testing.T) {
	tests := []struct {
		errno      syscall.Errno
		name, text string
	}{
		{syscall.ECONNREFUSED, "ECONNREFUSED", "Connection refused"},
		{syscall.EAGAIN, "EAGAIN", "Resource temporarily unavailable"},
		{syscall.EPERM, "EPERM", "Operation not permitted"},
		{syscall.EOPNOTSUPP, "EOPNOTSUPP", "Operation not supported"},
		{0, "", "Success"},
		{599, "", "Unknown error 599"},
	}
	for _, test := range tests {
		if name, text := ErrnoName(test.errno), ErrnoText(test.errno); name != test.name || text != test.text {
			t.Errorf("%d: %q, %q, want %q, %q", test.errno, name, text, test.name, test.text)
		}
		if test.name == "" {
			continue
		}
		if errno, ok := ErrnoByName(test.name); !ok || errno != test.errno {
			t.Errorf("%s: %d, %v", test.name, errno, ok)
		}
	}
	for alias, errno := range map[string]syscall.Errno{"EWOULDBLOCK": syscall.EAGAIN, "ENOTSUP": syscall.EOPNOTSUPP} {
		if got, ok := ErrnoByName(alias); !ok || got != errno {
			t.Errorf("%s: %d, %v", alias, got, ok)
		}
	}
	for i := range errnoTable {
		row := errnoTable[i]
		if errno, ok := ErrnoByName(row.name); !ok || errno != row.errno || ErrnoName(errno) != row.name || row.text == "" {
			t.Errorf("row %+v", row)
		}
	}
}

func TestErrnoArg(t *testing.T) {
	tests := []struct {
		yaml string
		want syscall.Errno
	}{{"ECONNREFUSED", syscall.ECONNREFUSED}, {"EWOULDBLOCK", syscall.EAGAIN}, {"111", 111}, {"0x6f", 111}, {"599", 599}}
	for _, test := range tests {
		var e ErrnoArg
		decoded(t, &e, test.yaml)
		if e.Errno() != test.want {
			t.Errorf("%s: %d, want %d", test.yaml, e, test.want)
		}
	}
	mistakes := []struct{ yaml, want string }{
		{"ECONREFUSED", "1: ECONREFUSED is not an errno, nor a number (did you mean ECONNREFUSED?)"},
		{"0", "1: wants an errno such as ECONNREFUSED, or its number from 1 to 4095, got 0"},
		{"-1", "1: wants an errno such as ECONNREFUSED, or its number from 1 to 4095, got -1"},
		{"~", "1: wants an errno such as ECONNREFUSED, got nothing"},
		{"[]", "1: wants an errno such as ECONNREFUSED, got a list"},
	}
	for _, test := range mistakes {
		if got := mistakesOf(t, new(ErrnoArg), test.yaml); got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", test.yaml, got, test.want)
		}
	}
}

func TestErrnoList(t *testing.T) {
	tests := []struct{ yaml, want string }{
		{"EPIPE", "[broken pipe]"}, {"[EPIPE, ENOTSUP]", "[broken pipe operation not supported]"},
	}
	for _, test := range tests {
		var l ErrnoList
		decoded(t, &l, test.yaml)
		if got := fmt.Sprint([]syscall.Errno(l)); got != test.want {
			t.Errorf("%s: %s, want %s", test.yaml, got, test.want)
		}
	}
	if got := mistakesOf(t, new(ErrnoList), "[]"); got != "1: wants an errno, or a list of at least one, got an empty list" {
		t.Error(got)
	}
	var e ErrnoArg
	var errs specs.Errors
	e.DecodeNode(specs.ValueNode(argument(t, "x"), ErrnoConstant(syscall.EPIPE)), &errs)
	if !errors.Is(e.Errno(), syscall.EPIPE) || len(errs) > 0 || e.String() != "EPIPE" {
		t.Errorf("from a result: %v, %v", e, errs)
	}
}
