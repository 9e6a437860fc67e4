//go:build linux

package steps

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/sockspec/sockspec/specs"
)

// decodeControlSpec reads control data as a step writes it.
func decodeControlSpec(t *testing.T, text string) (controlArg, specs.Errors) {
	t.Helper()
	var a controlArg
	var errs specs.Errors
	a.DecodeNode(expectNode(t, text, nil), &errs)
	return a, errs
}

// control messages as they go to the kernel, and as they are shown that come so.
func TestControlRoundTrip(t *testing.T) {
	for _, c := range []struct{ spec, hex, value string }{
		{"[{IP_TTL: 9}]", "1400000000000000 00000000 02000000 09000000 00000000", "[{IP_TTL=9}]"},
		{"[{IP_TOS: 8, len: 17}]", "1100000000000000 00000000 01000000 08000000 00000000", "[{IP_TOS=8}]"},
		{"[{IPV6_HOPLIMIT: 64}]", "1400000000000000 29000000 34000000 40000000 00000000", "[{IPV6_HOPLIMIT=64}]"},
		{"[{UDP_SEGMENT: 65535}]", "1200000000000000 11000000 67000000 ffff 000000000000", "[{UDP_SEGMENT=65535}]"},
		{"[{IP_PKTINFO: {ifindex: 2, spec_dst: 1.2.3.4, addr: 5.6.7.8}}]",
			"1c00000000000000 00000000 08000000 02000000 01020304 05060708 00000000", "[{IP_PKTINFO={ifindex=2, spec_dst=1.2.3.4, addr=5.6.7.8}}]"},
		{"[{SCM_TIMESTAMP: {sec: 1, usec: 2}}]", "2000000000000000 01000000 1d000000 0100000000000000 0200000000000000", "[{SCM_TIMESTAMP={sec=1, usec=2}}]"},
		{"[{SCM_CREDENTIALS: {pid: 1, uid: 2, gid: 3}}]", "1c00000000000000 01000000 02000000 01000000 02000000 03000000 00000000", "[{SCM_CREDENTIALS={pid=1, uid=2, gid=3}}]"},
		{"[{level: 1, type: 99, data: abc}]", "1300000000000000 01000000 63000000 6162630000000000", `[{level=SOL_SOCKET, type=99, data="abc"}]`},
		{"[{level: -1, type: -2}]", "1000000000000000 ffffffff feffffff", `[{level=-1, type=-2, data=""}]`},
		{"[{IP_TTL: {hex: 01}}, {IP_TTL: 1}]", "1100000000000000 00000000 02000000 01 00000000000000 1400000000000000 00000000 02000000 01000000 00000000", "[{IP_TTL=1}, {IP_TTL=1}]"},
	} {
		a, errs := decodeControlSpec(t, c.spec)
		if len(errs) > 0 {
			t.Errorf("%s: %v", c.spec, errs)
			continue
		}
		raw, _, err := new(Env).controlBytes(a, nil)
		if got := hex.EncodeToString(raw); err != nil || got != strings.ReplaceAll(c.hex, " ", "") {
			t.Errorf("%s: got %s, want %s", c.spec, got, c.hex)
		}
		var values []any
		for _, m := range parseControl(raw) {
			values = append(values, m.value())
		}
		if got := formatList(values); got != c.value {
			t.Errorf("%s: came as %s, want %s", c.spec, got, c.value)
		}
	}
}

func TestControlMistakes(t *testing.T) {
	for _, c := range []struct{ spec, want string }{
		{"x", "1: wants a list of control messages such as [{IP_TTL: 64}], got x"},
		{"[x]", "2: wants a control message such as {IP_TTL: 64}, or {level, type, data}, got x"},
		{"[{}]", "2: wants a control message such as {IP_TTL: 64}, or {level, type, data}, got an empty mapping"},
		{"[{len: 3}]", "2: wants a control message such as {IP_TTL: 64} beside len"},
		{"[{IP_TTL: 1, len: x}]", "19: wants a number of bytes for cmsg_len, got x"},
		{"[{level: 1, type: IP_TTTL}]", "19: unknown control message IP_TTTL (did you mean IP_TTL?)"},
		{"[{level: 1, type: 2, data: [1, {hex: x}]}]", "38: wants hexadecimal digits, got x"},
		{"[{IP_RECVERR: {errno: 1}}]", "15: wants data: a text, or one of {text, times}, {hex}, {base64}, {random, seed} and {file}, got a mapping without any of these"},
		{"[{level: 1, type: SCM_RIGHTS, data: {hex: 03000000}}]", "37: SCM_RIGHTS takes descriptors by their handles, not by a number such as 3"},
		{"[{SCM_RIGHTS: [a], len: 24}]", "15: SCM_RIGHTS with a len of 24 reaches beyond its 20 bytes"},
		{"[{SCM_RIGHTS: [1, {}]}]", "16: wants a name"},
	} {
		if _, errs := decodeControlSpec(t, c.spec); !strings.HasPrefix(mistakes(errs), c.want) {
			t.Errorf("%s\n got %s\nwant %s", c.spec, mistakes(errs), c.want)
		}
	}
}

// An extended error is shown as far as it came.
func TestExtendedError(t *testing.T) {
	raw := binary.NativeEndian.AppendUint32(nil, 111)
	raw = append(raw, 2, 3, 1, 0, 4, 0, 0, 0, 5, 0, 0, 0)
	for _, c := range []struct {
		raw  []byte
		want string
	}{
		{raw, "{errno=ECONNREFUSED, origin=SO_EE_ORIGIN_ICMP, type=3, code=1, info=4, data=5}"},
		{append(raw, 2, 0, 0, 0, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0), "{errno=ECONNREFUSED, origin=SO_EE_ORIGIN_ICMP, type=3, code=1, info=4, data=5, offender=127.0.0.1:0}"},
		{raw[:4], "111"},
	} {
		v, _ := decodeExtendedError(c.raw)
		if got := formatArg(v); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
}

// Whatever bytes come, each is in one control message at most, and they can be shown.
func FuzzControl(f *testing.F) {
	for _, seed := range []string{
		"", "00", "14000000000000000000000002000000090000000000000014000000000000000000000001000000",
		"ffffffffffffffff0100000001000000030000000400000005", "0f000000000000000100000001000000", "11000000000000000100000001000000030000",
		"300000000000000000000000 0b000000 6f000000020301000000000000000000020000007f000001", "1000000000000000010000000200000010000000000000000100000004000000",
	} {
		b, _ := hex.DecodeString(strings.ReplaceAll(seed, " ", ""))
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		total := 0
		for _, c := range parseControl(b) {
			total += cmsgHeader + len(c.data)
			if n := len(c.descriptors()); n != len(c.data)/4 {
				t.Fatalf("%d descriptors of %d bytes", n, len(c.data))
			}
			if v := c.value(); formatStruct(v) == "" || len(fmt.Sprint(v)) == 0 {
				t.Fatal("not shown")
			}
		}
		if total > len(b) {
			t.Fatalf("%d bytes of %d", total, len(b))
		}
	})
}
