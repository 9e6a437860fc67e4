package steps

import (
	"encoding/hex"
	"testing"
	"time"

	"github.com/sockspec/sockspec/specs"
)

func TestSetsockoptLiterals(t *testing.T) {
	tests := []struct{ yaml, want string }{
		{"{SO_REUSEADDR: 1}", "SO_REUSEADDR 01000000 1"},
		{"{SO_REUSEADDR: 1, SO_KEEPALIVE: false}", "SO_REUSEADDR 01000000 1; SO_KEEPALIVE 00000000 0"},
		{"{SO_RCVBUF: -1}", "SO_RCVBUF ffffffff -1"},
		{"{SO_RCVBUF: {hex: 01}}", "SO_RCVBUF 01 1"},
		{`{SO_RCVBUF: {hex: ""}}`, `SO_RCVBUF  ""`},
		{"{SO_LINGER: {onoff: 1}}", "SO_LINGER 0100000000000000 {onoff=1, linger=0}"},
		{"{SO_RCVTIMEO: 1500ms}", "SO_RCVTIMEO 010000000000000020a1070000000000 1.5s"},
		{"{SO_RCVTIMEO: {sec: -1, usec: 0}}", "SO_RCVTIMEO ffffffffffffffff0000000000000000 {sec=-1, usec=0}"},
		{"{IP_ADD_MEMBERSHIP: {multiaddr: 224.0.0.1, interface: 127.0.0.1}}", "IP_ADD_MEMBERSHIP e00000017f000001 {multiaddr=224.0.0.1, interface=127.0.0.1}"},
		{"{level: 6, name: 1, value: 1}", "TCP_NODELAY 01000000 1"},
		{"{level: SOL_TCP, name: TCP_NODELAY, value: 1}", "TCP_NODELAY 01000000 1"},
		{"{level: IPPROTO_TCP, name: 199, value: 1}", "level SOL_TCP, name 199 01000000 1"},
		{"{level: 77, name: 99, value: 1}", "level 77, name 99 01000000 1"},
		{"{level: -1, name: -2, value: text}", `level -1, name -2 74657874 1954047348`},
		{"{level: 77, name: 99, value: 'long text'}", `level 77, name 99 6c6f6e672074657874 6c6f6e672074657874`},
		{"{level: 77, name: 99, value: {hex: 0a0b0c}}", "level 77, name 99 0a0b0c 0a0b0c"},
	}
	for _, test := range tests {
		var set SetsockoptArg
		decoded(t, &set, test.yaml)
		got := ""
		for i, o := range set {
			if i > 0 {
				got += "; "
			}
			got += o.Label + " " + hex.EncodeToString(o.Raw) + " " + formatValue(o.Value)
		}
		if got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", test.yaml, got, test.want)
		}
	}
}

// formatValue is formatArg, with quotes where there is nothing to see.
func formatValue(v any) string {
	if v == "" {
		return `""`
	}
	return formatArg(v)
}

func TestSockoptMistakes(t *testing.T) {
	tests := []struct{ yaml, want string }{
		{"SO_REUSEADDR", "1: wants options with their values such as {SO_REUSEADDR: 1}, got SO_REUSEADDR"},
		{"{}", "1: wants options with their values such as {SO_REUSEADDR: 1}, got an empty mapping"},
		{"{SO_REUSEADR: 1}", "2: unknown socket option SO_REUSEADR (did you mean SO_REUSEADDR?)"},
		{"{FOO: 1}", "2: unknown socket option FOO ({level: …, name: …} takes any number)"},
		{"{SO_REUSEADDR: yes}", "16: wants a number, true or false, got yes"},
		{"{SO_REUSEADDR: [1]}", "16: wants a number, true or false, got a list"},
		{"{SO_REUSEADDR: ~}", "16: wants a number, true or false, got nothing"},
		{"{SO_RCVBUF: 5000000000}", "13: 5000000000 does not fit into an int of 32 bits"},
		{"{SO_LINGER: 1}", "13: wants a mapping of onoff, linger, got 1"},
		{"{SO_LINGER: {onof: 1}}", "14: unknown field onof (did you mean onoff?)"},
		{"{SO_LINGER: {l_onoff: 1}}", "14: unknown field l_onoff (did you mean onoff?)"},
		{"{SO_LINGER: {onoff: x}}", "21: wants a number for onoff, got x"},
		{"{SO_RCVTIMEO: 1}", `15: wants a time with its unit, got "1"; write 1s or 1ms`},
		{"{SO_RCVTIMEO: [1]}", "15: wants a time such as 200ms, or {sec, usec}, got a list"},
		{"{IP_ADD_MEMBERSHIP: {interface: 127.0.0.1}}", "21: wants the field multiaddr"},
		{"{IP_ADD_MEMBERSHIP: {multiaddr: ff02::1, interface: lo}}", "33: wants an IPv4 address for multiaddr, got ff02::1\n53: wants an IPv4 address for interface, got lo (ifindex takes the name or the index of an interface)"},
		{"{IPV6_JOIN_GROUP: {multiaddr: 224.0.0.1}}", "31: wants an IPv6 address for multiaddr, got 224.0.0.1"},
		{"{IP_MULTICAST_IF: lo}", "19: wants an IPv4 address, got lo"},
		{"{IP_MTU_DISCOVER: IP_PMTUDISC_DOO}", "19: IP_PMTUDISC_DOO is not a mode of path MTU discovery, nor a number (did you mean IP_PMTUDISC_DO?)"},
		{"{TCP_CONGESTION: [a]}", "18: wants a text, got a list"},
		{"{level: 6}", "1: wants both level and name"},
		{"{level: 6, name: 1}", "1: wants level, name and value, got no value"},
		{"{level: 6, name: 1, valeu: 1}", "21: unknown key valeu beside level and name (did you mean value?)"},
		{"{level: SOL_TPC, name: 1, value: 1}", "9: SOL_TPC is not a level, nor a number (did you mean SOL_TCP?)"},
		{"{SO_REUSEADR: 1, SO_RCVBUF: x}", "2: unknown socket option SO_REUSEADR (did you mean SO_REUSEADDR?)\n29: wants a number, true or false, got x"},
	}
	for _, test := range tests {
		if got := mistakesOf(t, new(SetsockoptArg), test.yaml); got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", test.yaml, got, test.want)
		}
	}
	for yaml, want := range map[string]string{
		"SO_EROR":                       "1: unknown socket option SO_EROR (did you mean SO_ERROR?)",
		"[a]":                           "1: wants a socket option such as SO_ERROR, or {level, name}, got a list",
		"{level: 6, name: 1, value: 1}": "21: unknown key value beside level and name",
	} {
		if got := mistakesOf(t, new(GetsockoptArg), yaml); got != want {
			t.Errorf("%s:\n got %s\nwant %s", yaml, got, want)
		}
	}
}

// What an option gave may be set again.
func TestSockoptValues(t *testing.T) {
	at := argument(t, "x")
	for _, v := range []struct {
		name  string
		value any
		want  string
	}{
		{"SO_LINGER", Struct{{"onoff", int64(1)}, {"linger", int64(2)}}, "0100000002000000"},
		{"SO_RCVTIMEO", 2 * time.Second, "02000000000000000000000000000000"},
		{"SO_REUSEADDR", true, "01000000"},
		{"SO_TYPE", Constant{1, "SOCK_STREAM"}, "01000000"},
	} {
		var errs specs.Errors
		r := optionReader{errs: &errs}
		raw := r.encode(OptionByName(v.name).value, specs.ValueNode(at, v.value))
		if hex.EncodeToString(raw) != v.want || len(errs) > 0 {
			t.Errorf("%s from %v: %x, %v, want %s", v.name, v.value, raw, errs, v.want)
		}
	}
}

func TestUnknownOption(t *testing.T) {
	o := OptionByNumber(77, 99)
	for raw, want := range map[string]any{"05000000": int64(5), "0500": "0500", "": "", "0500000000000000": "0500000000000000"} {
		b, _ := hex.DecodeString(raw)
		if got := o.DecodeValue(b); got != want {
			t.Errorf("%s: %v, want %v", raw, got, want)
		}
	}
}
