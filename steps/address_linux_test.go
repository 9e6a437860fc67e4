package steps

import (
	"bytes"
	"encoding/hex"
	"errors"
	"net/netip"
	"strings"
	"testing"

	"github.com/sockspec/sockspec/specs"
)

// scopes are the interfaces of the tests.
func scopes(name string) (uint32, error) {
	if name == "eth0" {
		return 7, nil
	}
	return 0, errors.New("no interface " + name)
}

const (
	zeros8  = "0000000000000000"
	zeros32 = zeros8 + zeros8 + zeros8 + zeros8
)

func TestAddressLiterals(t *testing.T) {
	tests := []struct {
		yaml, text string
		family     int
		raw        string // hexadecimal
	}{
		{`127.0.0.1:80`, "127.0.0.1:80", 2, "020000507f000001" + zeros8},
		{`127.0.0.1:0`, "127.0.0.1:0", 2, "020000007f000001" + zeros8},
		{`"255.255.255.255:65535"`, "255.255.255.255:65535", 2, "0200ffffffffffff" + zeros8},
		{`"[::1]:80"`, "[::1]:80", 10, "0a00005000000000" + zeros8 + "0000000000000001" + "00000000"},
		{`"[::1%lo]:80"`, "[::1%lo]:80", 10, "0a00005000000000" + zeros8 + "0000000000000001" + "01000000"},
		{`"[::1%1]:80"`, "[::1%lo]:80", 10, "0a00005000000000" + zeros8 + "0000000000000001" + "01000000"},
		{`"[::1%0]:80"`, "[::1]:80", 10, "0a00005000000000" + zeros8 + "0000000000000001" + "00000000"},
		{`"[fe80::1%eth0]:80"`, "[fe80::1%eth0]:80", 10, "0a00005000000000" + "fe80000000000000" + "0000000000000001" + "07000000"},
		{`"[fe80::1%9]:80"`, "[fe80::1%9]:80", 10, "0a00005000000000" + "fe80000000000000" + "0000000000000001" + "09000000"},
		{`"[::ffff:1.2.3.4]:80"`, "[::ffff:1.2.3.4]:80", 2, "0a00005000000000" + zeros8 + "0000ffff01020304" + "00000000"},
		{`":80"`, ":80", 2, "0200005000000000" + zeros8},
		{`":80"`, ":80", 0, "0200005000000000" + zeros8},
		{`":80"`, ":80", 10, "0a000050" + "00000000" + zeros8 + zeros8 + "00000000"},
		{`/s`, "/s", 1, "01002f7300"},
		{`/a b:80`, "/a b:80", 1, "01002f6120623a383000"},
		{`./s`, "./s", 1, "01002f746d702f7300"},
		{`d/s`, "d/s", 1, "01002f746d702f642f7300"},
		{`"@name"`, "@name", 1, "0100006e616d65"},
		{`"@a/b"`, "@a/b", 1, "010000612f62"},
		{`"@a\0b"`, `@a\x00b`, 1, "010000610062"},
		{`"@"`, "@", 1, "0100"},
		{`unspec`, "unspec", 2, "0000" + zeros8 + "000000000000"},
		{`{hex: "0200 0050 7f000001"}`, "127.0.0.1:80", 2, "020000507f000001"},
		{`{hex: ""}`, "none", 2, ""},
		{`{hex: "02"}`, "too short: 02", 2, "02"},
		{`{hex: "1000 0000"}`, "AF_NETLINK 0000", 2, "10000000"},
	}
	for _, test := range tests {
		var a AddressArg
		decoded(t, &a, test.yaml)
		raw, err := a.Encode(test.family, "/tmp", scopes)
		if err != nil || hex.EncodeToString(raw) != test.raw {
			t.Errorf("%s for family %d: %x, %v, want %s", test.yaml, test.family, raw, err, test.raw)
		}
		if a.String() != test.text || !a.Given() {
			t.Errorf("%s: String %q, want %q", test.yaml, a.String(), test.text)
		}
	}
}

func TestAddressMistakes(t *testing.T) {
	tests := []struct{ yaml, want string }{
		{`127.0.0.1`, "1: wants a port: 127.0.0.1:80"},
		{`"::1"`, "1: wants brackets around an IPv6 address, and a port: [::1]:80"},
		{`"[::1]"`, "1: wants a port: [::1]:80"},
		{`"::1:80"`, "1: wants brackets around an IPv6 address: [::1]:80"},
		{`"fe80::1:8080"`, "1: wants brackets around an IPv6 address: [fe80::1]:8080"},
		{`"a:b:c"`, "1: wants an address such as 127.0.0.1:80 or [::1]:80, got a:b:c"},
		{`"[127.0.0.1]:80"`, "1: brackets are for IPv6; write 127.0.0.1:80"},
		{`"[::1:80"`, "1: wants an IPv6 address in the brackets, as in [::1]:80, got [::1"},
		{`"[]:80"`, "1: wants an IPv6 address in the brackets, as in [::1]:80, got []"},
		{`127.0.0.1:65536`, "1: wants a port from 0 to 65535, got 65536"},
		{`127.0.0.1:-1`, "1: wants a port from 0 to 65535, got -1"},
		{`127.0.0.1:http`, "1: wants a port from 0 to 65535, got http"},
		{`127.0.0.1:080`, "1: a port has no leading zero, got 080"},
		{`"127.0.0.1:"`, "1: wants a port behind the colon, from 0 to 65535"},
		{`127.0.0.01:80`, "1: wants an IPv4 address, got 127.0.0.01: IPv4 field has octet with leading zero"},
		{`127.0.1:80`, "1: wants an IPv4 address, got 127.0.1: IPv4 address too short"},
		{`256.0.0.1:80`, "1: wants an IPv4 address, got 256.0.0.1: IPv4 field has value >255"},
		{`example.com:80`, "1: wants an IP address or a name of hosts before the port, got example.com"},
		{`"*:80"`, "1: any address is :80, not *"},
		{`localhost`, "1: wants an address such as 127.0.0.1:80, [::1]:80, ./path or @name, got localhost"},
		{`80`, "1: wants an address such as 127.0.0.1:80, or :80 for any, got 80"},
		{`""`, `1: wants an address such as 127.0.0.1:80, got ""`},
		{`~`, "1: wants an address such as 127.0.0.1:80, got nothing"},
		{`[a]`, "1: wants an address such as 127.0.0.1:80, got a list"},
		{`{ip: 127.0.0.1}`, "1: wants an address such as 127.0.0.1:80, {ifindex: lo} or {hex: 0200 0050 …} alone, got a mapping"},
		{`{hex: "0"}`, "7: wants two hexadecimal digits for each byte, got 1 in all"},
		{`{hex: "0g"}`, "7: wants hexadecimal digits, got g as character 2"},
		{`http://127.0.0.1:80/`, "1: wants an address without a scheme, such as 127.0.0.1:80, got http://127.0.0.1:80/"},
		{`"/a\0b"`, "1: a path has no NUL; an abstract name begins with @, and {hex: …} is any sockaddr"},
		{`"\e[2J"`, `1: wants an address such as 127.0.0.1:80, [::1]:80, ./path or @name, got \x1b[2J`},
	}
	for _, test := range tests {
		if got := mistakesOf(t, new(AddressArg), test.yaml); got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", test.yaml, got, test.want)
		}
	}
}

func TestAddressHosts(t *testing.T) {
	var a AddressArg
	decoded(t, &a, "bob:80")
	if name, ok := a.Host(); name != "bob" || !ok || a.String() != "bob:80" {
		t.Errorf("Host %q, %v; String %q", name, ok, a.String())
	}
	if _, err := a.Encode(2, "", nil); err == nil {
		t.Error("a host that was not resolved was encoded")
	}
	bob := a.WithHost(netip.MustParseAddr("10.0.0.2"))
	if got, ok := bob.Address(); !ok || got.String() != "10.0.0.2:80" {
		t.Errorf("with its IP %v, %v", got, ok)
	}
	if _, ok := bob.Host(); ok {
		t.Error("still a host's name")
	}
}

func TestAddressEncodeErrors(t *testing.T) {
	tests := []struct {
		yaml   string
		family int
		want   string
	}{
		{`":80"`, 1, "an address without an IP wants a socket of AF_INET or AF_INET6, got one of AF_UNIX"},
		{`"[fe80::1%eth9]:80"`, 10, "no interface eth9"},
	}
	for _, test := range tests {
		var a AddressArg
		decoded(t, &a, test.yaml)
		if _, err := a.Encode(test.family, "/tmp", scopes); err == nil || err.Error() != test.want {
			t.Errorf("%s: %v, want %s", test.yaml, err, test.want)
		}
	}
}

// A path that does not fit goes to the kernel as it is: 108 bytes without their
// NUL do, more are EINVAL.
func TestAddressLongPaths(t *testing.T) {
	for _, length := range []int{107, 108, 109, 5000} {
		var a AddressArg
		decoded(t, &a, "/"+strings.Repeat("x", length-1))
		raw, err := a.Encode(1, "", nil)
		want := 2 + length + 1
		if length == 108 {
			want = 2 + 108
		}
		if err != nil || len(raw) != want {
			t.Errorf("path of %d bytes: sockaddr of %d, %v, want %d", length, len(raw), err, want)
		}
	}
}

func TestAddressValues(t *testing.T) {
	addr := AddressFrom(netip.MustParseAddrPort("127.0.0.1:80"))
	at := argument(t, "x")
	for _, v := range []any{addr, "127.0.0.1:80", NewReceived([]byte("127.0.0.1:80"))} {
		var a AddressArg
		var errs specs.Errors
		a.DecodeNode(specs.ValueNode(at, v), &errs)
		if got, ok := a.Address(); len(errs) > 0 || !ok || got != addr {
			t.Errorf("%v: %v, %v", v, got, errs)
		}
	}
	var a AddressArg
	var errs specs.Errors
	a.DecodeNode(specs.ValueNode(at, 3.5), &errs)
	a.DecodeNode(specs.ValueNode(at, Address{}), &errs)
	if len(errs) != 2 || errs[0].Msg != "wants an address such as 127.0.0.1:80, got 3.5" ||
		errs[1].Msg != "wants an address such as 127.0.0.1:80, got none: the call had none to tell" {
		t.Errorf("values that are no addresses: %v", errs)
	}
}

func TestDecodeSockaddr(t *testing.T) {
	tests := []struct {
		raw, want string
		family    int
		bound     bool
	}{
		{"", "none", 0, false},
		{"02", "too short: 02", -1, true},
		{"0200", "AF_INET", 2, true},
		{"020000507f000001" + zeros8, "127.0.0.1:80", 2, true},
		{"020000007f000001" + zeros8, "127.0.0.1:0", 2, false},
		{"0a00005000000000" + zeros8 + "0000000000000001" + "00000000", "[::1]:80", 10, true},
		{"0a00005000000000" + zeros8 + "0000000000000001" + "02000000", "[::1%2]:80", 10, true},
		{"0a00005000000000" + zeros8 + "0000000000000001", "[::1]:80", 10, true},
		{"0100", "unnamed", 1, false},
		{"01002f7300", "/s", 1, true},
		{"01002f730000000000", "/s", 1, true},
		{"01000061620a", `@ab\n`, 1, true},
		{"0000", "unspec", 0, false},
		{"0000" + zeros32, "unspec", 0, false},
		{"000001", "AF_UNSPEC 01", 0, true},
		{"110000030100000001000300", "{ifindex=lo, protocol=ETH_P_ALL, pkttype=PACKET_OTHERHOST}", 17, true},
		{"fe0001", "254 01", 254, true},
	}
	for _, test := range tests {
		raw, _ := hex.DecodeString(test.raw)
		a := DecodeSockaddr(raw)
		if a.String() != test.want || a.Family() != test.family || a.Bound() != test.bound {
			t.Errorf("%s: %s of family %d, bound %v, want %s of %d, %v", test.raw, a, a.Family(), a.Bound(), test.want, test.family, test.bound)
		}
		if again := DecodeSockaddr(a.Sockaddr()); again != a {
			t.Errorf("%s: %s became %s", test.raw, a, again)
		}
	}
}

func TestAddressMembers(t *testing.T) {
	inet, unix := AddressFrom(netip.MustParseAddrPort("[fe80::1%3]:80")), UnixAddress("\x00name")
	tests := []struct {
		a    Address
		name string
		want any
	}{
		{inet, "ip", "fe80::1%3"}, {inet, "port", int64(80)}, {inet, "path", nil}, {inet, "Port", nil},
		{unix, "path", "@name"}, {UnixAddress("/s"), "path", "/s"}, {unix, "port", nil}, {UnixAddress(""), "path", nil},
	}
	for _, test := range tests {
		if got, ok := test.a.Member(test.name); got != test.want || ok != (test.want != nil) {
			t.Errorf("%s of %s: %v, %v, want %v", test.name, test.a, got, ok, test.want)
		}
	}
}

func TestAddressEqual(t *testing.T) {
	local := AddressFrom(netip.MustParseAddrPort("127.0.0.1:80"))
	tests := []struct {
		a     Address
		other any
		want  bool
	}{
		{local, "127.0.0.1:80", true}, {local, "127.0.0.1:81", false}, {local, local, true},
		{local, "[::ffff:127.0.0.1]:80", false}, {local, ":80", false}, {local, 80, false}, {local, "bob:80", false},
		{AddressFrom(netip.MustParseAddrPort("0.0.0.0:80")), ":80", true},
		{AddressFrom(netip.MustParseAddrPort("[::]:80")), ":80", true},
		{AddressFrom(netip.MustParseAddrPort("[::1%lo]:80")), "[::1%1]:80", true},
		{UnixAddress("/s"), "/s", true}, {UnixAddress("\x00s"), "@s", true}, {UnixAddress("\x00s"), "@", true},
		{UnixAddress("/s"), "./s", false}, {Address{}, "", false}, {local, (*AddressArg)(nil), false},
	}
	for _, test := range tests {
		if got := test.a.EqualTo(test.other); got != test.want {
			t.Errorf("%s equal to %v: %v", test.a, test.other, got)
		}
	}
	var relative AddressArg
	decoded(t, &relative, "d/s")
	if !relative.Matches(UnixAddress("/tmp/x/d/s"), "/tmp/x") {
		t.Error("a relative path does not match the one below tmp")
	}
}

func FuzzAddress(f *testing.F) {
	for _, s := range []string{"127.0.0.1:80", "[::1%lo]:80", "[fe80::1%00000000000000000001]:1", ":80", "bob:1", "/x", "./x", "@", "@x", "unspec", "::1:80", "1:"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a, err := parseAddress(text)
		if err != nil {
			return
		}
		if _, host := a.Host(); host {
			return
		}
		raw, err := a.Encode(2, "/tmp", scopes)
		if err != nil {
			return
		}
		if len(raw) > len(text)+64 {
			t.Fatalf("%q took %d bytes", text, len(raw))
		}
		got := DecodeSockaddr(raw)
		if again := DecodeSockaddr(got.Sockaddr()); again != got {
			t.Fatalf("%q: %s became %s", text, got, again)
		}
		_ = a.String() + got.String()
	})
}

func FuzzSockaddr(f *testing.F) {
	f.Add([]byte{2, 0, 0, 80, 127, 0, 0, 1})
	f.Add(bytes.Repeat([]byte{10, 0}, 14))
	f.Add([]byte{1, 0, 'x'})
	f.Fuzz(func(t *testing.T, raw []byte) {
		a := DecodeSockaddr(raw)
		if again := DecodeSockaddr(a.Sockaddr()); again != a {
			t.Fatalf("%x: %s became %s", raw, a, again)
		}
	})
}

func BenchmarkDecodeAddress(b *testing.B) {
	n := argument(b, "127.0.0.1:0")
	b.ReportAllocs()
	for b.Loop() {
		var a AddressArg
		var errs specs.Errors
		a.DecodeNode(n, &errs)
	}
}
