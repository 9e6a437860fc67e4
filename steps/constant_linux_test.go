package steps

import (
	"fmt"
	"slices"
	"testing"

	"github.com/sockspec/sockspec/specs"
)

// allTables are those whose names a spec may use.
func allTables() map[string]*ConstantTable {
	return map[string]*ConstantTable{
		"domains": &domains, "socketTypes": &socketTypes, "socketFlags": &socketFlags, "protocols": &protocols,
		"messageFlagNames": &messageFlagNames, "pollEvents": &pollEvents, "epollEvents": &epollEvents, "levels": &levels,
		"fcntlCommands": &fcntlCommands, "openFlags": &openFlags, "ioctlRequests": &ioctlRequests, "signals": &signals,
		"shutdownHows": &shutdownHows,
	}
}

func TestConstantTables(t *testing.T) {
	for name, table := range allTables() {
		names := table.Names()
		slices.Sort(names)
		if len(slices.Compact(names)) != len(table.Rows) {
			t.Errorf("%s has a name twice", name)
		}
		for _, row := range table.Rows {
			if v, ok := table.Value(row.Name); !ok || v != row.Value {
				t.Errorf("%s: %s is %d, %v", name, row.Name, v, ok)
			}
			if c := table.Constant(row.Value); c.Value != row.Value || c.Name == "" {
				t.Errorf("%s: %d is %v", name, row.Value, c)
			}
		}
	}
}

func TestConstantLiterals(t *testing.T) {
	type constant interface {
		specs.Decoder
		fmt.Stringer
	}
	tests := []struct {
		into       constant
		yaml, want string
	}{
		{new(Domain), "AF_INET6", "AF_INET6"}, {new(Domain), "2", "AF_INET"}, {new(Domain), "AF_LOCAL", "AF_UNIX"},
		{new(Domain), "-1", "-1"}, {new(Domain), "0x63", "99"}, {new(Domain), "AF_UNSPEC", "AF_UNSPEC"},
		{new(SockType), "SOCK_STREAM", "SOCK_STREAM"}, {new(SockType), "75", "75"},
		{new(SockType), "[SOCK_DGRAM, SOCK_NONBLOCK, SOCK_CLOEXEC]", "SOCK_DGRAM|SOCK_NONBLOCK|SOCK_CLOEXEC"},
		{new(MsgFlags), "MSG_PEEK", "MSG_PEEK"}, {new(MsgFlags), "[MSG_DONTWAIT, MSG_PEEK]", "MSG_PEEK|MSG_DONTWAIT"},
		{new(MsgFlags), "[]", "0"}, {new(MsgFlags), "[MSG_OOB, 0x800000]", "MSG_OOB|0x800000"}, {new(MsgFlags), "0", "0"},
		{new(PollEvents), "[POLLIN, POLLOUT]", "POLLIN|POLLOUT"}, {new(PollEvents), "0x8000", "0x8000"},
		{new(EpollEvents), "[EPOLLIN, EPOLLET]", "EPOLLIN|EPOLLET"},
		{new(FcntlCommand), "F_DUPFD", "F_DUPFD"}, {new(FcntlCommand), "9999", "9999"},
		{new(OpenFlags), "[O_RDWR, O_NONBLOCK]", "O_RDWR|O_NONBLOCK"}, {new(OpenFlags), "O_RDONLY", "O_RDONLY"},
		{new(OpenFlags), "O_SYNC", "O_RDONLY|O_SYNC"}, {new(OpenFlags), "O_CLOEXEC", "O_RDONLY|O_CLOEXEC"},
		{new(IoctlRequest), "FIONREAD", "FIONREAD"}, {new(IoctlRequest), "0x9999", "0x9999"},
		{new(ShutdownHow), "read", "SHUT_RD"}, {new(ShutdownHow), "both", "SHUT_RDWR"}, {new(ShutdownHow), "SHUT_WR", "SHUT_WR"},
		{new(ShutdownHow), "3", "3"}, {new(ShutdownHow), "-1", "-1"},
		{new(Signal), "SIGTERM", "SIGTERM"}, {new(Signal), "9", "SIGKILL"}, {new(Signal), "34", "34"},
		{new(Level), "SOL_SOCKET", "SOL_SOCKET"}, {new(Level), "IPPROTO_TCP", "SOL_TCP"}, {new(Level), "255", "SOL_RAW"},
	}
	for _, test := range tests {
		decoded(t, test.into, test.yaml)
		if got := test.into.String(); got != test.want {
			t.Errorf("%T from %s: %s, want %s", test.into, test.yaml, got, test.want)
		}
	}
}

func TestConstantMistakes(t *testing.T) {
	tests := []struct {
		into       specs.Decoder
		yaml, want string
	}{
		{new(Domain), "AF_INTE", "1: AF_INTE is not an address family, nor a number (did you mean AF_INET?)"},
		{new(Domain), "tcp", "1: tcp is not an address family, nor a number"},
		{new(Domain), "af_inet", "1: af_inet is not an address family, nor a number (did you mean AF_INET?)"},
		{new(SockType), "stream", "1: stream is not a socket type, nor a number (did you mean SOCK_STREAM?)"},
		{new(Domain), "~", "1: wants an address family such as AF_INET or its number, got nothing"},
		{new(Domain), `""`, `1: wants an address family such as AF_INET or its number, got ""`},
		{new(Domain), "[AF_INET]", "1: wants an address family such as AF_INET or its number, got a list"},
		{new(Domain), "010", "1: wants an address family such as AF_INET or its number, and 010 has a leading zero, which C reads as octal"},
		{new(Domain), "2x", "1: wants an address family such as AF_INET or its number, and 2x is no number"},
		{new(Domain), "99999999999", "1: 99999999999 does not fit into an int of 32 bits"},
		{new(Domain), "99999999999999999999", "1: wants an address family such as AF_INET or its number, and 99999999999999999999 is too large"},
		{new(MsgFlags), "MSG_PEEK|MSG_OOB", "1: wants a flag of send(2) or recv(2) such as MSG_PEEK, got MSG_PEEK|MSG_OOB (write a list: [MSG_PEEK, MSG_OOB])"},
		{new(MsgFlags), "[MSG_PEK, MSG_OOB, {a: 1}]", "2: MSG_PEK is not a flag of send(2) or recv(2), nor a number (did you mean MSG_PEEK?)\n" +
			"20: wants a flag of send(2) or recv(2) such as MSG_PEEK or its number, got a mapping"},
		{new(ShutdownHow), "reed", "1: reed is not a direction, nor a number (did you mean read?)"},
		{new(Signal), "TERM", "1: TERM is not a signal, nor a number (did you mean SIGTERM?)"},
	}
	for _, test := range tests {
		if got := mistakesOf(t, test.into, test.yaml); got != test.want {
			t.Errorf("%T from %s:\n got %s\nwant %s", test.into, test.yaml, got, test.want)
		}
	}
}

func TestConstantValues(t *testing.T) {
	at := argument(t, "x")
	var errs specs.Errors
	var f MsgFlags
	f.DecodeNode(specs.ValueNode(at, Set{"MSG_PEEK", "0x800000"}), &errs)
	var d Domain
	d.DecodeNode(specs.ValueNode(at, Constant{10, "AF_INET6"}), &errs)
	if len(errs) > 0 || f.String() != "MSG_PEEK|0x800000" || d != 10 {
		t.Errorf("%s, %s, %v", f, d, errs)
	}
}

func TestSets(t *testing.T) {
	tests := []struct {
		got  Set
		want string
	}{
		{PollEvents(0).Set(), "[]"},
		{PollEvents(-32768).Set(), "[0x8000]"},
		{EpollEvents(1 << 31).Set(), "[EPOLLET]"},
		{MsgFlags(-1 << 31).Set(), "[0x80000000]"},
		{OpenFlags(2).Set(), "[O_RDWR]"},
	}
	for _, test := range tests {
		if got := fmt.Sprint(test.got); got != test.want {
			t.Errorf("%s, want %s", got, test.want)
		}
	}
	if typ, flags := SockType(1 | sockFlagBits).Split(); typ != 1 || flags != sockFlagBits {
		t.Errorf("%d, %d", typ, flags)
	}
	if c := ProtocolConstant(1, 0); c.Name != "" {
		t.Errorf("protocol 0 of AF_UNIX is %s", c)
	}
}
