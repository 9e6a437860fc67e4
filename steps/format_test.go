package steps

import (
	"net/netip"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"
)

func TestFormatArg(t *testing.T) {
	tests := []struct {
		arg  any
		want string
	}{
		{nil, "NULL"}, {5, "5"}, {int64(-1), "-1"}, {uint32(7), "7"}, {true, "true"},
		{"MSG_PEEK|MSG_OOB", "MSG_PEEK|MSG_OOB"}, {"a\nb\x1b[2J", `a\nb\x1b[2J`},
		{FD{3, "TCP"}, "3<TCP>"}, {FD{3, ""}, "3"}, {FD{-1, ""}, "-1"},
		{AddressFrom(netip.MustParseAddrPort("127.0.0.1:40123")), "127.0.0.1:40123"},
		{SockaddrBytes{1, 0, '/', 's', 0}, "/s"}, {SockaddrBytes{}, "none"},
		{[]byte("hello\n"), `"hello\n"`}, {[]byte{}, `""`}, {[]byte(nil), `""`},
		{[]byte(strings.Repeat("x", 33)), `"` + strings.Repeat("x", 32) + `"...`},
		{[]byte("\x00\x001\xff\x7f\x1b[2J\"\\\t\v"), `"\0\0001\377\177\33[2J\"\\\t\v"`},
		{NewReceived([]byte("ab")), `"ab"`},
		{Constant{2, "AF_INET"}, "AF_INET"}, {Constant{99, ""}, "99"},
		{MsgFlags(0), "0"}, {MsgFlags(2), "MSG_PEEK"}, {syscall.EPIPE, "EPIPE"},
		{Set{"POLLIN", "POLLOUT"}, "POLLIN|POLLOUT"}, {Set{}, "0"},
		{[]any{3, FD{4, "pipe"}, nil}, "[3, 4<pipe>, NULL]"},
		{Struct{{"onoff", int64(1)}, {"linger", int64(0)}}, "{onoff=1, linger=0}"},
		{Struct{{"events", Set{"POLLIN"}}}, "{events=POLLIN}"},
		{1500 * time.Millisecond, "1.5s"},
	}
	for _, test := range tests {
		if got := formatArg(test.arg); got != test.want {
			t.Errorf("%#v: %s, want %s", test.arg, got, test.want)
		}
	}
}

func TestFormatReturn(t *testing.T) {
	tests := []struct {
		ret   int64
		errno syscall.Errno
		want  string
	}{
		{0, 0, "0"}, {17, 0, "17"}, {-1, syscall.ECONNREFUSED, "-1 ECONNREFUSED (Connection refused)"},
		{-1, 599, "-1 errno 599"}, {5, syscall.EAGAIN, "-1 EAGAIN (Resource temporarily unavailable)"},
	}
	for _, test := range tests {
		if got := formatReturn(test.ret, test.errno); got != test.want {
			t.Errorf("%d, %d: %s, want %s", test.ret, test.errno, got, test.want)
		}
	}
}

func TestCallString(t *testing.T) {
	c := Call{Name: "connect", Args: []any{FD{3, "TCP"}, AddressFrom(netip.MustParseAddrPort("127.0.0.1:40123")), int64(16)}, Ret: -1, Errno: syscall.ECONNREFUSED}
	if got, want := c.String(), "connect(3<TCP>, 127.0.0.1:40123, 16) = -1 ECONNREFUSED (Connection refused)"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestPrintable(t *testing.T) {
	tests := []struct{ text, want string }{
		{"plain text \\ \"", "plain text \\ \""}, {"größe 字", "größe 字"},
		{"a\r\n\tb", `a\r\n\tb`}, {"\x1b[31m", `\x1b[31m`}, {"\x7f\x00", `\x7f\x00`},
		{"\u0085\u009b", `\u0085\u009b`}, {"\u202e\u2066\u200b\ufeff", `\u202e\u2066\u200b\ufeff`},
		{"\xff\xc3", `\xff\xc3`}, {"\u2028", `\u2028`}, {"\U000e0001", `\U000e0001`}, {"'", "'"}, {"é'", "é'"},
	}
	for _, test := range tests {
		if got := Printable(test.text); got != test.want {
			t.Errorf("%q: %s, want %s", test.text, got, test.want)
		}
	}
}

func FuzzPrintable(f *testing.F) {
	f.Add("a\nb\u202e\xff")
	f.Fuzz(func(t *testing.T, text string) {
		for _, got := range []string{Printable(text), quote([]byte(text)), formatArg(text)} {
			if !utf8.ValidString(got) {
				t.Fatalf("%q became %q, which is not UTF-8", text, got)
			}
			for _, r := range got {
				if r < ' ' || r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
					t.Fatalf("%q became %q", text, got)
				}
			}
		}
	})
}
