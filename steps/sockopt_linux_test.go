package steps

import (
	"errors"
	"syscall"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/sockspec/sockspec/specs"
)

// testSocket makes a socket such as `tcp`, and skips the test where it cannot.
func testSocket(t *testing.T, kind string) int {
	t.Helper()
	kinds := map[string][3]int{
		"tcp": {unix.AF_INET, unix.SOCK_STREAM, 0}, "udp": {unix.AF_INET, unix.SOCK_DGRAM, 0},
		"tcp6": {unix.AF_INET6, unix.SOCK_STREAM, 0}, "udp6": {unix.AF_INET6, unix.SOCK_DGRAM, 0},
		"unix": {unix.AF_UNIX, unix.SOCK_STREAM, 0}, "raw": {unix.AF_INET, unix.SOCK_RAW, unix.IPPROTO_ICMP},
		"raw6":   {unix.AF_INET6, unix.SOCK_RAW, unix.IPPROTO_ICMPV6},
		"packet": {unix.AF_PACKET, unix.SOCK_DGRAM, 0}, "netlink": {unix.AF_NETLINK, unix.SOCK_RAW, 0},
	}
	k := kinds[kind]
	fd, err := unix.Socket(k[0], k[1]|unix.SOCK_CLOEXEC, k[2])
	if err != nil {
		t.Skipf("socket %s: %v", kind, err)
	}
	t.Cleanup(func() { unix.Close(fd) })
	return fd
}

func setRaw(fd, level, name int, raw []byte) syscall.Errno {
	var p unsafe.Pointer
	if len(raw) > 0 {
		p = unsafe.Pointer(&raw[0])
	}
	_, _, errno := syscall.Syscall6(unix.SYS_SETSOCKOPT, uintptr(fd), uintptr(level), uintptr(name), uintptr(p), uintptr(len(raw)), 0)
	return errno
}

func getRaw(fd int, o *Option) ([]byte, syscall.Errno) {
	raw := make([]byte, o.Size())
	n := uint32(len(raw))
	_, _, errno := syscall.Syscall6(unix.SYS_GETSOCKOPT, uintptr(fd), uintptr(o.Level), uintptr(o.Number), uintptr(unsafe.Pointer(&raw[0])), uintptr(unsafe.Pointer(&n)), 0)
	return raw[:n], errno
}

// What is set comes back: the spec's spelling, what the kernel was told, and what it
// said afterwards.
func TestSockoptRoundTrip(t *testing.T) {
	tests := []struct{ socket, name, value, want string }{
		{"tcp", "SO_DEBUG", "1", "1"},
		{"tcp", "SO_REUSEADDR", "1", "1"},
		{"tcp", "SO_REUSEADDR", "true", "1"},
		{"tcp", "SO_REUSEADDR", "false", "0"},
		{"tcp", "SO_REUSEPORT", "1", "1"},
		{"tcp", "SO_KEEPALIVE", "1", "1"},
		{"udp", "SO_BROADCAST", "1", "1"},
		{"tcp", "SO_OOBINLINE", "1", "1"},
		{"udp", "SO_DONTROUTE", "1", "1"},
		{"udp", "SO_SNDBUF", "8KiB", "16384"},
		{"udp", "SO_RCVBUF", "8192", "16384"},
		{"tcp", "SO_RCVLOWAT", "3", "3"},
		{"udp", "SO_PRIORITY", "3", "3"},
		{"udp", "SO_MARK", "0x10", "16"},
		{"udp", "SO_NO_CHECK", "1", "1"},
		{"unix", "SO_PASSCRED", "1", "1"},
		{"unix", "SO_PASSSEC", "1", "1"},
		{"unix", "SO_PASSPIDFD", "1", "1"},
		{"unix", "SO_PASSRIGHTS", "0", "0"},
		{"unix", "SO_PEEK_OFF", "5", "5"},
		{"udp", "SO_BUSY_POLL", "50", "50"},
		{"udp", "SO_PREFER_BUSY_POLL", "1", "1"},
		{"udp", "SO_INCOMING_CPU", "0", "0"},
		{"udp", "SO_RXQ_OVFL", "1", "1"},
		{"udp", "SO_RCVMARK", "1", "1"},
		{"udp", "SO_RCVPRIORITY", "1", "1"},
		{"tcp", "SO_ZEROCOPY", "1", "1"},
		{"tcp", "SO_TXREHASH", "1", "1"},
		{"tcp", "SO_BUF_LOCK", "3", "3"},
		{"udp", "SO_SELECT_ERR_QUEUE", "1", "1"},
		{"udp", "SO_WIFI_STATUS", "1", "1"},
		{"udp", "SO_LOCK_FILTER", "1", "1"},
		{"udp", "SO_TIMESTAMP", "1", "1"},
		{"udp", "SO_TIMESTAMPNS", "1", "1"},
		{"udp", "SO_TIMESTAMP_NEW", "1", "1"},
		{"udp", "SO_TIMESTAMPNS_NEW", "1", "1"},
		{"udp", "SO_TIMESTAMPING", "[SOF_TIMESTAMPING_RX_SOFTWARE, SOF_TIMESTAMPING_SOFTWARE]", "24"},
		{"udp", "SO_TIMESTAMPING_NEW", "SOF_TIMESTAMPING_SOFTWARE", "16"},
		{"tcp", "SO_LINGER", "{onoff: 1, linger: 7}", "{onoff=1, linger=7}"},
		{"tcp", "SO_LINGER", "{onoff: true, linger: 0}", "{onoff=1, linger=0}"},
		{"tcp", "SO_RCVTIMEO", "200ms", "200ms"},
		{"tcp", "SO_SNDTIMEO", "{sec: 1, usec: 500000}", "1.5s"},
		{"tcp", "SO_SNDTIMEO", "0s", "0s"},
		{"tcp", "SO_RCVTIMEO_NEW", "3s", "3s"},
		{"tcp", "SO_SNDTIMEO_NEW", "3s", "3s"},
		{"udp", "SO_BINDTODEVICE", "lo", "lo"},
		{"udp", "SO_BINDTOIFINDEX", "lo", "1"},
		{"udp", "SO_BINDTOIFINDEX", "1", "1"},
		{"tcp", "SO_MAX_PACING_RATE", "1000000", "1000000"},
		{"udp", "SO_TXTIME", "{clockid: 1, flags: 2}", "{clockid=1, flags=2}"},
		{"udp", "IP_TOS", "16", "16"},
		{"udp", "IP_TTL", "5", "5"},
		{"udp", "IP_MINTTL", "5", "5"},
		{"raw", "IP_HDRINCL", "1", "1"},
		{"raw", "IP_NODEFRAG", "1", "1"},
		{"raw", "ICMP_FILTER", "5", "5"},
		{"raw6", "ICMPV6_FILTER", "{hex: ff, times: 32}", "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"},
		{"raw6", "IPV6_HDRINCL", "1", "1"},
		{"udp", "IP_RECVERR", "1", "1"},
		{"udp", "IP_RECVERR_RFC4884", "1", "1"},
		{"udp", "IP_RECVTTL", "1", "1"},
		{"udp", "IP_RECVTOS", "1", "1"},
		{"udp", "IP_RECVOPTS", "1", "1"},
		{"udp", "IP_RETOPTS", "1", "1"},
		{"udp", "IP_PKTINFO", "1", "1"},
		{"udp", "IP_RECVORIGDSTADDR", "1", "1"},
		{"udp", "IP_RECVFRAGSIZE", "1", "1"},
		{"udp", "IP_CHECKSUM", "1", "1"},
		{"udp", "IP_PASSSEC", "1", "1"},
		{"udp", "IP_FREEBIND", "1", "1"},
		{"udp", "IP_TRANSPARENT", "1", "1"},
		{"udp", "IP_BIND_ADDRESS_NO_PORT", "1", "1"},
		{"udp", "IP_LOCAL_PORT_RANGE", "0x80008000", "-2147450880"},
		{"udp", "IP_MULTICAST_TTL", "3", "3"},
		{"udp", "IP_MULTICAST_LOOP", "0", "0"},
		{"udp", "IP_MULTICAST_ALL", "0", "0"},
		{"udp", "IP_MTU_DISCOVER", "IP_PMTUDISC_DO", "IP_PMTUDISC_DO"},
		{"udp", "IP_MTU_DISCOVER", "3", "IP_PMTUDISC_PROBE"},
		{"udp", "IP_MULTICAST_IF", "127.0.0.1", "127.0.0.1"},
		{"udp", "IP_MULTICAST_IF", "{address: 127.0.0.1, ifindex: lo}", "127.0.0.1"},
		{"udp", "IP_UNICAST_IF", "1", "1"},
		{"udp", "IP_OPTIONS", `{hex: "01010101"}`, "01010101"},
		{"udp6", "IPV6_V6ONLY", "1", "1"},
		{"udp6", "IPV6_UNICAST_HOPS", "7", "7"},
		{"udp6", "IPV6_MULTICAST_HOPS", "7", "7"},
		{"udp6", "IPV6_MULTICAST_LOOP", "0", "0"},
		{"udp6", "IPV6_MULTICAST_ALL", "0", "0"},
		{"udp6", "IPV6_MULTICAST_IF", "lo", "1"},
		{"udp6", "IPV6_UNICAST_IF", "1", "1"},
		{"udp6", "IPV6_TCLASS", "8", "8"},
		{"udp6", "IPV6_MTU_DISCOVER", "IPV6_PMTUDISC_DONT", "IPV6_PMTUDISC_DONT"},
		{"udp6", "IPV6_RECVERR", "1", "1"},
		{"udp6", "IPV6_RECVERR_RFC4884", "1", "1"},
		{"udp6", "IPV6_RECVPKTINFO", "1", "1"},
		{"udp6", "IPV6_RECVHOPLIMIT", "1", "1"},
		{"udp6", "IPV6_RECVTCLASS", "1", "1"},
		{"udp6", "IPV6_RECVRTHDR", "1", "1"},
		{"udp6", "IPV6_RECVHOPOPTS", "1", "1"},
		{"udp6", "IPV6_RECVDSTOPTS", "1", "1"},
		{"udp6", "IPV6_RECVPATHMTU", "1", "1"},
		{"udp6", "IPV6_RECVORIGDSTADDR", "1", "1"},
		{"udp6", "IPV6_RECVFRAGSIZE", "1", "1"},
		{"udp6", "IPV6_2292PKTINFO", "1", "1"},
		{"udp6", "IPV6_2292HOPLIMIT", "1", "1"},
		{"udp6", "IPV6_2292RTHDR", "1", "1"},
		{"udp6", "IPV6_2292HOPOPTS", "1", "1"},
		{"udp6", "IPV6_2292DSTOPTS", "1", "1"},
		{"udp6", "IPV6_DONTFRAG", "1", "1"},
		{"udp6", "IPV6_FREEBIND", "1", "1"},
		{"udp6", "IPV6_TRANSPARENT", "1", "1"},
		{"udp6", "IPV6_AUTOFLOWLABEL", "1", "1"},
		{"udp6", "IPV6_FLOWINFO", "1", "1"},
		{"udp6", "IPV6_FLOWINFO_SEND", "1", "1"},
		{"udp6", "IPV6_MINHOPCOUNT", "1", "1"},
		{"udp6", "IPV6_ADDR_PREFERENCES", "[IPV6_PREFER_SRC_PUBLIC, 0x400]", "1026"},
		{"raw6", "IPV6_ROUTER_ALERT_ISOLATE", "1", "1"},
		{"tcp", "TCP_NODELAY", "1", "1"},
		{"tcp", "TCP_CORK", "1", "1"},
		{"tcp", "TCP_QUICKACK", "0", "0"},
		{"tcp", "TCP_MAXSEG", "1000", "1000"},
		{"tcp", "TCP_KEEPIDLE", "7", "7"},
		{"tcp", "TCP_KEEPINTVL", "7", "7"},
		{"tcp", "TCP_KEEPCNT", "7", "7"},
		{"tcp", "TCP_SYNCNT", "1", "1"},
		{"tcp", "TCP_LINGER2", "7", "7"},
		{"tcp", "TCP_DEFER_ACCEPT", "1", "1"},
		{"tcp", "TCP_WINDOW_CLAMP", "70000", "70000"},
		{"tcp", "TCP_USER_TIMEOUT", "500", "500"},
		{"tcp", "TCP_FASTOPEN", "5", "5"},
		{"tcp", "TCP_FASTOPEN_CONNECT", "1", "1"},
		{"tcp", "TCP_FASTOPEN_NO_COOKIE", "1", "1"},
		{"tcp", "TCP_FASTOPEN_KEY", "{hex: 000102030405060708090a0b0c0d0e0f}", "000102030405060708090a0b0c0d0e0f"},
		{"tcp", "TCP_NOTSENT_LOWAT", "1000", "1000"},
		{"tcp", "TCP_SAVE_SYN", "1", "1"},
		{"tcp", "TCP_INQ", "1", "1"},
		{"tcp", "TCP_TX_DELAY", "1000", "1000"},
		{"tcp", "TCP_THIN_LINEAR_TIMEOUTS", "1", "1"},
		{"tcp", "TCP_REPAIR", "1", "1"},
		{"tcp", "TCP_RTO_MAX_MS", "5000", "5000"},
		{"tcp", "TCP_RTO_MIN_US", "100000", "100000"},
		{"tcp", "TCP_DELACK_MAX_US", "12000", "12000"},
		{"tcp", "TCP_CONGESTION", "reno", "reno"},
		{"udp", "UDP_CORK", "1", "1"},
		{"udp", "UDP_SEGMENT", "1000", "1000"},
		{"udp", "UDP_GRO", "1", "1"},
		{"udp", "UDP_NO_CHECK6_TX", "1", "1"},
		{"udp", "UDP_NO_CHECK6_RX", "1", "1"},
		{"packet", "PACKET_AUXDATA", "1", "1"},
		{"packet", "PACKET_VERSION", "TPACKET_V2", "TPACKET_V2"},
		{"packet", "PACKET_ORIGDEV", "1", "1"},
		{"packet", "PACKET_LOSS", "1", "1"},
		{"packet", "PACKET_RESERVE", "8", "8"},
		{"packet", "PACKET_QDISC_BYPASS", "1", "1"},
		{"packet", "PACKET_IGNORE_OUTGOING", "1", "1"},
		{"netlink", "NETLINK_PKTINFO", "1", "1"},
		{"netlink", "NETLINK_NO_ENOBUFS", "1", "1"},
		{"netlink", "NETLINK_BROADCAST_ERROR", "1", "1"},
		{"netlink", "NETLINK_CAP_ACK", "1", "1"},
		{"netlink", "NETLINK_EXT_ACK", "1", "1"},
		{"netlink", "NETLINK_GET_STRICT_CHK", "1", "1"},
	}
	for _, test := range tests {
		t.Run(test.name+"="+test.value, func(t *testing.T) {
			fd := testSocket(t, test.socket)
			var set SetsockoptArg
			decoded(t, &set, "{"+test.name+": "+test.value+"}")
			raw, err := set[0].Bytes(scopes)
			if err != nil {
				t.Fatal(err)
			}
			switch errno := setRaw(fd, set[0].Level, set[0].Name, raw); errno {
			case 0:
			case unix.EPERM, unix.EACCES, unix.ENOPROTOOPT:
				t.Skipf("this kernel or user: %v", errno)
			default:
				t.Fatalf("set to %x: %v", raw, errno)
			}
			var get GetsockoptArg
			decoded(t, &get, test.name)
			raw, errno := getRaw(fd, get.Option)
			if got := formatArg(get.DecodeValue(raw)); errno != 0 || got != test.want {
				t.Errorf("got %s (%x), %v, want %s", got, raw, errno, test.want)
			}
		})
	}
}

// Groups are joined, which the kernel confirms by refusing to do it again.
func TestSockoptMembership(t *testing.T) {
	tests := []struct{ socket, yaml string }{
		{"udp", "{IP_ADD_MEMBERSHIP: {multiaddr: 224.1.2.3, interface: 127.0.0.1}}"},
		{"udp", "{IP_ADD_MEMBERSHIP: {multiaddr: 224.1.2.3, address: 127.0.0.1, ifindex: 0}}"},
		{"udp", "{IP_ADD_MEMBERSHIP: {multiaddr: 224.1.2.3, ifindex: lo}}"},
		{"udp", "{IP_ADD_SOURCE_MEMBERSHIP: {multiaddr: 224.1.2.3, interface: 127.0.0.1, sourceaddr: 127.0.0.2}}"},
		{"udp", "{MCAST_JOIN_GROUP: {interface: lo, group: 224.1.2.3}}"},
		{"udp", "{MCAST_JOIN_SOURCE_GROUP: {interface: lo, group: 224.1.2.3, source: 127.0.0.2}}"},
		{"udp6", "{IPV6_ADD_MEMBERSHIP: {multiaddr: ff02::1:2, interface: lo}}"},
		{"udp6", "{IPV6_JOIN_GROUP: {multiaddr: ff02::1:2, interface: 1}}"},
		{"udp6", `{level: SOL_IPV6, name: MCAST_JOIN_GROUP, value: {interface: lo, group: "ff02::1:2"}}`},
	}
	for _, test := range tests {
		fd := testSocket(t, test.socket)
		var set SetsockoptArg
		decoded(t, &set, test.yaml)
		raw, err := set[0].Bytes(scopes)
		if err != nil {
			t.Fatal(err)
		}
		if errno := setRaw(fd, set[0].Level, set[0].Name, raw); errno != 0 {
			t.Errorf("%s: %v", test.yaml, errno)
		}
		if errno := setRaw(fd, set[0].Level, set[0].Name, raw); errno != unix.EADDRINUSE && errno != unix.EADDRNOTAVAIL {
			t.Errorf("%s again: %v", test.yaml, errno)
		}
	}
}

// Options that the kernel only tells.
func TestSockoptOnlyRead(t *testing.T) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(pair[0])
	defer unix.Close(pair[1])
	tcp := testSocket(t, "tcp")
	tests := []struct {
		fd         int
		name, want string
	}{
		{tcp, "SO_ERROR", "0"}, {tcp, "SO_TYPE", "SOCK_STREAM"}, {tcp, "SO_DOMAIN", "AF_INET"},
		{tcp, "SO_PROTOCOL", "IPPROTO_TCP"}, {tcp, "SO_ACCEPTCONN", "0"}, {tcp, "SO_SNDLOWAT", "1"},
	}
	for _, test := range tests {
		o := OptionByName(test.name)
		raw, errno := getRaw(test.fd, o)
		if got := formatArg(o.DecodeValue(raw)); errno != 0 || got != test.want {
			t.Errorf("%s: %s, %v, want %s", test.name, got, errno, test.want)
		}
	}
	raw, _ := getRaw(pair[0], OptionByName("SO_PEERCRED"))
	cred, _ := OptionByName("SO_PEERCRED").DecodeValue(raw).(Struct)
	if pid, _ := cred.Get("pid"); pid != int64(unix.Getpid()) {
		t.Errorf("SO_PEERCRED %v", cred)
	}
	raw, _ = getRaw(tcp, OptionByName("SO_COOKIE"))
	if v, ok := OptionByName("SO_COOKIE").DecodeValue(raw).(int64); !ok || v == 0 {
		t.Errorf("SO_COOKIE %x", raw)
	}
	raw, _ = getRaw(tcp, OptionByName("SO_MEMINFO"))
	if v, ok := OptionByName("SO_MEMINFO").DecodeValue(raw).([]any); !ok || len(v) < 5 {
		t.Errorf("SO_MEMINFO %x", raw)
	}
}

// A timeval may be one that the kernel has to refuse.
func TestSockoptWrongTimeval(t *testing.T) {
	fd := testSocket(t, "tcp")
	for _, yaml := range []string{"{SO_RCVTIMEO: {sec: 0, usec: 1000000}}", "{SO_RCVTIMEO: {usec: -1}}"} {
		var set SetsockoptArg
		decoded(t, &set, yaml)
		if errno := setRaw(fd, set[0].Level, set[0].Name, set[0].Raw); !errors.Is(errno, unix.EDOM) {
			t.Errorf("%s: %v, want EDOM", yaml, errno)
		}
	}
}

// Every row of the table is found by its name, and a name stands for one option.
func TestOptionTable(t *testing.T) {
	seen := map[string]int{}
	for i := range options {
		o := &options[i]
		if level, again := seen[o.Name]; again && level == o.Level {
			t.Errorf("%s stands there twice", o.Name)
		}
		seen[o.Name] = o.Level
		if OptionByName(o.Name) == nil || o.Size() <= 0 {
			t.Errorf("%s: not found, or no size", o.Name)
		}
		for length := range 40 {
			o.DecodeValue(make([]byte, length))
		}
		for _, yaml := range []string{"1", "text", "{hex: 0102}", "[a]", "~", "{a: 1}", "{}", "-1", "99999999999999", "1s"} {
			var set SetsockoptArg
			var errs specs.Errors
			set.DecodeNode(argument(t, "{"+o.Name+": "+yaml+"}"), &errs)
			if len(errs) == 0 && len(set) != 1 {
				t.Errorf("{%s: %s} is neither a mistake nor an option", o.Name, yaml)
			}
		}
	}
}
