package steps

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCalls has, for every verb, what it does and an errno of it.
func TestCalls(t *testing.T) {
	for name, yaml := range map[string]string{
		"socket": `- {socket: {domain: AF_INET, type: SOCK_STREAM, protocol: 0}}
- {socket: {domain: 12345, type: SOCK_STREAM}, expect: {error: EAFNOSUPPORT}}
- {socket: {domain: AF_INET, type: SOCK_STREAM, protocol: IPPROTO_UDP}, expect: {error: EPROTONOSUPPORT}}
- {socket: tcp, raw: {domain: 0, type: 99}, expect: {error: EINVAL}}`,
		"socketpair": `- {socketpair: unixpacket}
- {getsockname: , via: a}
- {socketpair: tcp, expect: {error: EOPNOTSUPP}}`,
		"bind": `- {socket: tcp, as: x}
- {bind: 127.0.0.1:0}
- {bind: 127.0.0.1:0, via: x, expect: {error: EINVAL}}
- {socket: udp}
- {bind: 127.0.0.1:0, raw: {addrlen: 3}, expect: {error: EINVAL}}
- {bind: 127.0.0.1:0, raw: {addrlen: -1}, expect: {error: EINVAL}}
- {bind: 127.0.0.1:0, raw: {addrlen: 20}}
- {socket: udp, as: y}
- {bind: "[::1]:0", via: y, expect: {error: EAFNOSUPPORT}}
- {bind: 192.0.2.1:0, via: y, expect: {error: EADDRNOTAVAIL}}`,
		"bind to a path": `- {socket: unix, as: x}
- {bind: ./sock}
- {socket: unix, as: y}
- {bind: ./sock, via: y, expect: {error: EADDRINUSE}}
- {bind: "@", via: y}`,
		"listen": `- {socket: tcp}
- {listen: -1}
- {getsockname: , expect: {addr: {ip: 0.0.0.0}}}
- {socket: udp}
- {listen: 5, expect: {error: EOPNOTSUPP}}`,
		"accept": `- {socket: tcp}
- {accept: , expect: {error: EINVAL}}
- {bind: 127.0.0.1:0}
- {listen: 5}
- {accept: , raw: {flags: 1}, expect: {error: EINVAL}}`,
		"connect": `- {socket: tcp}
- {connect: 127.0.0.1:1, expect: {error: ECONNREFUSED, blocks: false}}
- {connect: 127.0.0.1:1, expect: {error: ECONNREFUSED}}
- {connect: 127.0.0.1:1, raw: {addrlen: 1}, expect: {error: EINVAL}}
- {socket: udp}
- {connect: 127.0.0.1:9}
- {connect: unspec}
- {socket: unix}
- {connect: ./missing, expect: {error: ENOENT}}
- {connect: "@missing", expect: {error: ECONNREFUSED}}`,
		"shutdown": `- {socketpair: unix}
- {shutdown: write, via: a}
- {send: x, via: a, expect: {error: EPIPE}}
- {recv: , via: b, expect: {eof: true, length: 0}}
- {shutdown: 7, via: a, expect: {error: EINVAL}}
- {socket: tcp}
- {shutdown: both, expect: {error: ENOTCONN}}`,
		"send": `- {socketpair: unix}
- {send: "", via: a, expect: 0}
- {send: {data: hello}, via: a, expect: 5}
- {socket: udp}
- {send: x, expect: {error: EDESTADDRREQ}}
- {socket: tcp}
- {send: x, expect: {error: EPIPE}}
- {pipe: }
- {send: x, via: w, expect: {error: ENOTSOCK}}`,
		"sendto": `- {socket: udp}
- {sendto: {data: x, to: 127.0.0.1:9}, expect: 1}
- {sendto: {data: x, to: 127.0.0.1:0}, expect: {error: EINVAL}}
- {sendto: {data: {text: x, times: 65508}, to: 127.0.0.1:9}, expect: {error: EMSGSIZE}}
- {sendto: {data: x, to: 127.0.0.1:9}, raw: {addrlen: 500}, expect: {error: EINVAL}}`,
		"dup": `- {socketpair: unix}
- {dup: a}
- {close: a}
- {dup: a, as: again, expect: {error: EBADF}}
- {send: x, via: copy}
- {recv: , via: b, expect: x}
- {close: copy}
- {recv: , via: b, expect: {eof: true}}`,
		"setsockopt": `- {socket: tcp}
- {setsockopt: {SO_REUSEADDR: 1, SO_KEEPALIVE: 1}}
- {getsockopt: SO_KEEPALIVE, expect: 1}
- {setsockopt: {level: 6, name: 12345, value: 1}, expect: {error: ENOPROTOOPT}}
- {setsockopt: {SO_REUSEADDR: 1}, raw: {optlen: 3}, expect: {error: EINVAL}}
- {setsockopt: {SO_RCVTIMEO: {sec: 0, usec: 1000000}}, expect: {error: EDOM}}
- {setsockopt: {SO_RCVTIMEO: 1500ms}}
- {getsockopt: SO_RCVTIMEO, expect: {value: {min: 1400ms, max: 1600ms}}}`,
		"getsockopt": `- {socket: tcp}
- {getsockopt: SO_ERROR, expect: 0}
- {getsockopt: SO_TYPE, expect: SOCK_STREAM}
- {getsockopt: SO_LINGER, expect: {value: {onoff: 0}}}
- {getsockopt: SO_TYPE, raw: {optlen: -1}, expect: {error: EINVAL}}
- {getsockopt: {level: 6, name: 12345}, expect: {error: ENOPROTOOPT}}`,
		"getpeername": `- {socketpair: unix}
- {getpeername: , via: a}
- {pipe: }
- {getpeername: , via: r, expect: {error: ENOTSOCK}}`,
		"fcntl": `- {socketpair: unix}
- {fcntl: F_GETFL, via: a, expect: [O_RDWR]}
- {fcntl: {F_SETFL: [O_NONBLOCK, O_RDWR]}, via: a, expect: 0}
- {fcntl: F_GETFL, via: a, expect: [O_RDWR, O_NONBLOCK]}
- {fcntl: {F_SETFL: 0}, via: a}
- {fcntl: F_GETFL, via: a, expect: [O_RDWR]}
- {fcntl: F_GETFD, via: a, expect: []}
- {fcntl: {F_SETFD: FD_CLOEXEC}, via: a}
- {fcntl: F_GETFD, via: a, expect: [FD_CLOEXEC]}
- {fcntl: {O_NONBLOCK: true, O_ASYNC: true}, via: a}
- {fcntl: F_GETFL, via: a, expect: {value: {contains: O_ASYNC}}}
- {fcntl: 12345, via: a, expect: {error: EINVAL}}
- {close: a}
- {fcntl: F_GETFL, via: a, expect: {error: EBADF}}
- {fcntl: {O_NONBLOCK: true}, via: a, expect: {error: EBADF}}`,
		"ioctl": `- {socketpair: unix}
- {send: hello, via: a}
- {ioctl: FIONREAD, via: b, expect: 5}
- {ioctl: SIOCOUTQ, via: a, expect: {value: {min: 5}}}
- {ioctl: {FIONBIO: 1}, via: b}
- {recv: , via: b, expect: hello}
- {recv: , via: b, expect: {error: EAGAIN}}
- {ioctl: {FIONBIO: 0}, via: b}
- {recv: , via: b, expect: {blocks: 5ms}}
- {ioctl: 12345, via: b, expect: {error: ENOTTY}}
- {socket: udp}
- {ioctl: {SIOCGIFFLAGS: lo}, expect: {value: {contains: IFF_LOOPBACK}}}
- {ioctl: {SIOCGIFINDEX: lo}, expect: 1}
- {ioctl: {SIOCGIFNAME: 1}, expect: lo}
- {ioctl: {SIOCGIFMTU: lo}, expect: 65536}
- {ioctl: {SIOCGIFNETMASK: lo}, expect: 255.0.0.0}
- {ioctl: {SIOCGIFHWADDR: lo}, expect: "00:00:00:00:00:00"}
- {ioctl: {SIOCGIFADDR: nothing}, expect: {error: ENODEV}}`,
		"poll": `- {socketpair: unix}
- {poll: {events: [POLLIN, POLLOUT], wait: 0}, via: a, expect: {ready: {a: [POLLOUT]}, blocks: false}}
- {poll: {events: {a: POLLIN, b: [POLLIN]}, wait: 20ms}, expect: {ready: {}, blocks: true}}
- {send: x, via: a}
- {poll: {a: [POLLIN], b: [POLLIN]}, expect: {ready: {b: [POLLIN]}, blocks: false}}
- {poll: {events: [POLLIN], call: ppoll}, via: b, expect: {ready: {b: [POLLIN]}}}
- {poll: [POLLIN], via: a, expect: {blocks: 10ms}}
- {poll: [POLLIN], via: a, raw: {nfds: -1}, expect: {error: EINVAL}}
- {poll: [POLLIN], via: b, raw: {nfds: 3}, expect: {ready: {b: [POLLIN]}}}
- {close: a}
- {poll: {a: [POLLIN], b: [POLLOUT]}, expect: {ready: {a: [POLLNVAL], b: {contains: POLLHUP}}}}`,
		"pipe": `- {pipe: }
- {write: hello, via: w, expect: 5}
- {read: 2, via: r, expect: he}
- {read: , via: r, expect: llo}
- {write: hello, via: r, expect: {error: EBADF}}
- {read: , via: r, expect: {blocks: 5ms}}
- {poll: [POLLIN], via: r, expect: {blocks: 5ms}}
- {close: w}
- {read: , via: r, expect: {eof: true}}
- {pipe: {flags: O_NONBLOCK}, as: [x, y]}
- {read: , via: x, expect: {error: EAGAIN}}
- {close: x}
- {write: x, via: y, expect: {error: EPIPE}}
- {pipe: , raw: {flags: 1}, expect: {error: EINVAL}}`,
		"open": `- {open: missing, expect: {error: ENOENT}}
- {open: {path: note, flags: [O_RDWR, O_CREAT, O_EXCL], mode: "0600"}, as: new}
- {write: hello, via: new}
- {open: note}
- {read: , via: file, expect: hello}
- {read: , via: file, expect: {eof: true}}
- {write: x, via: file, expect: {error: EBADF}}
- {fcntl: F_GETFL, via: new, expect: [O_RDWR]}
- {poll: [POLLIN], via: file, expect: {ready: {file: [POLLIN]}}}
- {open: {path: note, flags: [O_RDWR, O_CREAT, O_EXCL]}, as: again, expect: {error: EEXIST}}
- {open: /dev/null, as: nul}
- {read: , via: nul, expect: {eof: true}}`,
		"tcp_info": `- {socket: tcp, as: x}
- {tcp_info: , expect: CLOSE}
- {bind: 127.0.0.1:0}
- {listen: 7}
- {tcp_info: , expect: {state: LISTEN, accept_queue: 0, backlog: 7, retransmits: 0}}
- {close: x}
- {tcp_info: , via: x, expect: CLOSE}
- {socket: udp}
- {tcp_info: , expect: {error: EOPNOTSUPP}}`,
		"resolve": `- {resolve: localhost, expect: {addresses: {contains: 127.0.0.1}}}
- {resolve: 127.0.0.1, expect: {addresses: [127.0.0.1]}}
- {resolve: "not a name", expect: {error: EINVAL}}`,
		"sleep": `- {sleep: 5ms, expect: {blocks: false}}`,
	} {
		t.Run(name, func(t *testing.T) { newKit(t).run("%s", yaml) })
	}
}

// TestReceiving has the forms of recv.
func TestReceiving(t *testing.T) {
	for name, yaml := range map[string]string{
		"a stream has no boundaries": `- {socketpair: unix}
- {send: abc, via: a}
- {send: def, via: a}
- {recv: 2, via: b, expect: ab}
- {recv: {flags: MSG_PEEK}, via: b, expect: {data: cdef}}
- {recv: , via: b, expect: {data: cd}}
- {recv: {exactly: 2}, via: b, expect: ef}`,
		"until bytes have come, and none beyond": `- {socketpair: unix}
- {send: "one\r\ntwo\r", via: a}
- {recv: {until: "\r\n"}, via: b, expect: "one\r\n"}
- {recv: {size: 100, flags: MSG_PEEK}, via: b, expect: {data: "two\r"}}
- {send: "\nthree", via: a}
- {recv: {until: "\r\n"}, via: b, expect: "two\r\n"}
- {shutdown: write, via: a}
- {recv: {until: eof}, via: b, expect: {data: three, eof: true}}
- {recv: {until: x}, via: b, expect: {data: "", eof: true}}`,
		"until bytes have come from a pipe": `- {pipe: }
- {write: "one;two;", via: w}
- {read: {until: ";"}, via: r, expect: "one;"}
- {read: , via: r, expect: "two;"}`,
		"a known text is read until it is there": `- {socketpair: unix}
- {send: hello, via: a}
- {send: world!, via: a}
- {recv: , via: b, expect: helloworld}
- {recv: , via: b, expect: "!"}
- {send: hell, via: a}
- {close: a}
- {recv: , via: b, expect: {data: {contains: hell}}}`,
		"EAGAIN ends a known text": `- {socketpair: unix}
- {fcntl: {O_NONBLOCK: true}, via: b}
- {send: hell, via: a}
- {recv: , via: b, expect: {any: {half: {data: hello}, other: {data: hell}}}}
- {recv: , via: b, expect: {error: EAGAIN}}`,
		"datagrams keep their boundaries": `- {socketpair: unixgram}
- {send: abcdef, via: a}
- {send: "", via: a}
- {recv: {size: 2, flags: MSG_TRUNC}, via: b, expect: {data: ab, length: 6, flags: [MSG_TRUNC], eof: false}}
- {recv: , via: b, expect: {data: "", length: 0, eof: false}}
- {recv: {flags: MSG_DONTWAIT}, via: b, expect: {error: EAGAIN}}
- {send: ab, via: a}
- {send: cd, via: a}
- {recv: {exactly: 4}, via: b, expect: abcd}`,
		"the end of packets": `- {socketpair: unixpacket}
- {send: ab, via: a}
- {send: "", via: a}
- {recv: , via: b, expect: {data: ab, eof: false}}
- {recv: , via: b, expect: {length: 0, eof: false}}
- {send: "", via: a}
- {send: cd, via: a}
- {send: "", via: a}
- {close: a}
- {recv: , via: b, expect: {length: 0, eof: false}}
- {recv: , via: b, expect: {data: cd, eof: false}}
- {recv: , via: b, expect: {length: 0, eof: false}}
- {recv: , via: b, expect: {length: 0, eof: true}}
- {read: , via: b, expect: {length: 0, eof: true}}`,
		"flags that never wait": `- {socket: udp}
- {bind: 127.0.0.1:0}
- {recv: {flags: MSG_ERRQUEUE}, expect: {error: EAGAIN, blocks: false}}
- {recv: {flags: MSG_OOB}, expect: {blocks: 5ms}}
- {socketpair: unixgram}
- {recv: {flags: MSG_OOB}, via: a, expect: {error: EOPNOTSUPP, blocks: false}}`,
		"room of no bytes, and of many": `- {socketpair: unix}
- {send: hello, via: a}
- {recv: 0, via: b, expect: {length: 0, eof: false}}
- {recv: 1GiB, via: b, expect: hello}
- {recv: {exactly: 0}, via: b, expect: {length: 0, eof: false}}`,
	} {
		t.Run(name, func(t *testing.T) { newKit(t).run("%s", yaml) })
	}
}

// TestTCPReceiving has what only TCP does.
func TestTCPReceiving(t *testing.T) {
	k := newKit(t)
	k.tcp()
	k.run(`- {recv: {flags: MSG_OOB}, via: server, expect: {error: EINVAL, blocks: false}}
- {send: {data: abc, flags: MSG_OOB}, via: client}
- {poll: [POLLPRI], via: server, expect: {ready: {server: [POLLPRI]}}}
- {recv: , via: server, expect: {data: {prefix: ab}, length: 2}}
- {ioctl: SIOCATMARK, via: server, expect: 1}
- {recv: {flags: MSG_OOB}, via: server, expect: {data: c, flags: [MSG_OOB]}}
- {send: hello, via: client}
- {recv: {size: 100, flags: MSG_TRUNC}, via: server, expect: {data: "", length: 5}}
- {recv: {flags: MSG_DONTWAIT}, via: server, expect: {error: EAGAIN}}
- {recvfrom: {flags: MSG_DONTWAIT}, via: server, expect: {error: EAGAIN}}`)
}

// TestDatagrams: the sender's address comes with each.
func TestDatagrams(t *testing.T) {
	k := newKit(t)
	k.run("- {socket: udp, as: one}\n- {bind: 127.0.0.1:0}\n- {socket: udp, as: two}\n- {bind: 127.0.0.1:0, via: two}")
	k.run("- {sendto: {data: hello, to: '%[1]s'}, via: two}\n- {recvfrom: , via: one, expect: {data: hello, from: '%[2]s'}}", k.addr("one"), k.addr("two"))
	k.run("- {sendto: {data: {random: 65507}, to: '%[1]s'}, via: two}\n- {recv: , via: one, expect: {data: {random: 65507}}}", k.addr("one"))
	g := k.startBlocked("- {recvfrom: , via: one, expect: {data: '', length: 0, eof: false, blocks: true}}")
	k.run("- {sendto: {data: '', to: '%s'}, via: two}", k.addr("one"))
	g.wait().judge()
}

// TestStates: tcp_info follows a connection, also when its handles are closed.
func TestStates(t *testing.T) {
	k := newKit(t)
	k.tcp()
	k.run(`- {tcp_info: , via: client, expect: ESTABLISHED}
- {close: client}`)
	// The FIN is acknowledged at once, or some milliseconds later.
	for {
		g := k.start("- {tcp_info: , via: client}")
		if state, _ := g.wait().outcome.Results.Get("state"); state == "FIN_WAIT2" {
			break
		} else if state != "FIN_WAIT1" {
			t.Fatal(state)
		}
	}
	k.run(`- {tcp_info: , via: server, expect: CLOSE_WAIT}
- {close: server}
- {tcp_info: , via: client, expect: TIME_WAIT}
- {tcp_info: , via: server, expect: CLOSE}`)
	k.tcp()
	k.run("- {send: hello, via: client}\n- {tcp_info: , via: client, expect: {bytes_sent: 5, bytes_acked: {min: 1}, snd_mss: {min: 100}, segs_out: {min: 2}, pacing_rate: {min: 1}, rcv_wscale: {max: 14}}}")
	if n := len(k.world.Tuples()); n != 4 {
		t.Errorf("%d ends of connections are known, want 4", n)
	}
	g := k.run("- {tcp_info: , via: client}")
	if got, want := len(g.outcome.Results), 1+len(tcpFields); got != want {
		t.Errorf("tcp_info has %d results, want %d", got, want)
	}
}

// TestPollWaits: poll waits for any of several handles, also where another call
// waits on the same one, and goes on when the event was not the one.
func TestPollWaits(t *testing.T) {
	k := newKit(t)
	k.run("- {socketpair: unix, as: [a, b]}\n- {socketpair: unix, as: [c, d]}\n- {pipe: }")
	g := k.startBlocked("- {poll: {a: [POLLIN], c: [POLLIN], r: [POLLIN]}, expect: {ready: {c: [POLLIN]}, blocks: true}}")
	same := k.startBlocked("- {poll: [POLLIN], via: c, expect: {ready: {c: [POLLIN]}}}")
	if !g.still() {
		t.Error("poll is said not to be blocked any more")
	}
	k.run("- {send: x, via: d}")
	g.wait().judge()
	same.wait().judge()
	reader := k.startBlocked("- {recv: , via: a, expect: x}")
	g = k.startBlocked("- {poll: {a: [POLLPRI], c: [POLLPRI]}, timeout: 30ms}")
	k.run("- {send: x, via: b}")
	reader.wait().judge()
	g.wantErr(ErrTimedOut)
	g = k.startBlocked("- {poll: [POLLIN], via: a, expect: {ready: {a: {contains: POLLIN}}}}")
	k.run("- {close: a}\n- {send: x, via: b}")
	g.wait().judge()
}

// TestFIFO: opening a FIFO waits for the other end.
func TestFIFO(t *testing.T) {
	k := newKit(t)
	if err := k.world.NeedTmp(); err != nil {
		t.Fatal(err)
	}
	if err := makeFIFO(filepath.Join(k.world.Tmp, "fifo")); err != nil {
		t.Fatal(err)
	}
	k.run("- {open: {path: fifo, flags: [O_WRONLY, O_NONBLOCK]}, expect: {error: ENXIO}}\n- {open: fifo, expect: {blocks: 10ms}}")
	g := k.startBlocked("- {open: fifo, as: reader, expect: {blocks: true}}")
	k.run("- {open: {path: fifo, flags: O_WRONLY}, as: writer}")
	g.wait().judge()
	read := k.startBlocked("- {read: , via: reader, expect: hello}")
	k.run("- {write: hello, via: writer}")
	read.wait().judge()
}

// TestHosts: a scenario may have a file `hosts` of its own.
func TestHosts(t *testing.T) {
	k := newKit(t)
	if err := k.world.NeedTmp(); err != nil {
		t.Fatal(err)
	}
	text := "# ours\n10.1.2.3 Alice alice.example # and more\n::1 alice\nnonsense alice\n"
	if err := os.WriteFile(filepath.Join(k.world.Tmp, "hosts"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	k.run("- {resolve: alice, expect: {addresses: ['10.1.2.3', '::1']}}\n- {resolve: ALICE.example., expect: {addresses: ['10.1.2.3']}}\n- {resolve: localhost, expect: {addresses: {contains: 127.0.0.1}}}")
}

// TestLog: calls are shown as strace would.
func TestLog(t *testing.T) {
	k := newKit(t)
	for _, c := range []struct{ yaml, want string }{
		{"- socket: tcp", "socket(AF_INET, SOCK_STREAM, IPPROTO_TCP) = 3"},
		{"- {socketpair: unix}", "socketpair(AF_UNIX, SOCK_STREAM, 0, [4, 5]) = 0"},
		{"- {send: hello, via: a}", `sendto(4<UNIX-STREAM>, "hello", 5, 0, NULL, 0) = 5`},
		{"- {recv: 9, via: b}", `recvfrom(5<UNIX-STREAM>, "hello", 9, 0, NULL, NULL) = 5`},
		{"- {getsockname: , via: b}", "getsockname(5<UNIX-STREAM>, unnamed, [128 => 2]) = 0"},
		{"- {getpeername: , via: sock}", "getpeername(3<TCP>, …, [128]) = -1 ENOTCONN (Transport endpoint is not connected)"},
		{"- {accept: , via: sock}", "accept4(3<TCP>, …, [128], 0) = -1 EINVAL (Invalid argument)"},
		{"- {recvfrom: {flags: [MSG_DONTWAIT]}, via: b}", "recvfrom(5<UNIX-STREAM>, NULL, 65536, MSG_DONTWAIT, …, [128]) = -1 EAGAIN (Resource temporarily unavailable)"},
		{"- {send: x, via: a}", `sendto(4<UNIX-STREAM>, "x", 1, 0, NULL, 0) = 1`},
		{"- {recvfrom: , via: b}", `recvfrom(5<UNIX-STREAM>, "x", 65536, 0, NULL, [128 => 0]) = 1`},
		{"- {connect: 127.0.0.1:1, via: sock}", "connect(3<TCP>, 127.0.0.1:1, 16) = -1 ECONNREFUSED (Connection refused)"},
		{"- {setsockopt: {SO_REUSEADDR: 1}, via: sock}", "setsockopt(3<TCP>, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0"},
		{"- {getsockopt: SO_TYPE, via: sock}", "getsockopt(3<TCP>, SOL_SOCKET, SO_TYPE, [SOCK_STREAM], [4]) = 0"},
		{"- {poll: {events: [POLLIN, POLLOUT], wait: 0}, via: a}", "poll([{fd=4<UNIX-STREAM>, events=POLLIN|POLLOUT, revents=POLLOUT}], 1, 0s) = 1"},
		{"- {fcntl: {F_DUPFD: 10}, via: a}", "fcntl(4<UNIX-STREAM>, F_DUPFD, 10) = 10"},
		{"- {shutdown: write, via: a}", "shutdown(4<UNIX-STREAM>, SHUT_WR) = 0"},
		{"- {close: a}", "close(4<UNIX-STREAM>) = 0"},
		{"- {close: a}", "close(4<UNIX-STREAM>) = -1 EBADF (Bad file descriptor)"},
	} {
		g := k.start("%s", c.yaml)
		if g.wait(); g.calls() != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.yaml, g.calls(), c.want)
		}
	}
}

// TestLongLog: of many calls the first and the last ones are kept.
func TestLongLog(t *testing.T) {
	k := newKit(t)
	k.run("- {pipe: }\n- {write: abcdefghijklmnop, via: w}")
	g := k.run("- {read: {until: p}, via: r}")
	lines := strings.Split(g.calls(), "\n")
	if len(lines) != maxCalls || !strings.Contains(lines[0], `"a"`) || !strings.Contains(lines[maxCalls-1], `"p"`) {
		t.Errorf("%s", g.calls())
	}
}

// TestMistakes: what no call can be made of is said before it is made.
func TestMistakes(t *testing.T) {
	k := newKit(t)
	for yaml, want := range map[string]string{
		"{socket: tpc}":                                 "unknown kind of socket",
		"{socket: {domain: AF_INET}}":                   "a socket wants type",
		"{recv: {exactly: 3, until: x}}":                "exclude each other",
		"{recv: {exactly: 3, flags: MSG_PEEK}}":         "do not go together",
		"{recv: {until: ''}}":                           "at least one byte",
		"{recv: 2GiB}":                                  "1 GiB at most",
		"{fcntl: {F_GETFL: 1, F_GETFD: 1}}":             "one command",
		"{fcntl: {O_NONBLOCK: perhaps}}":                "wants true or false",
		"{ioctl: {SIOCGIFADDR: averyveryverylongname}}": "name of an interface",
		"{poll: {events: [POLLIN], wait: -1s}}":         "",
		"{poll: {events: [POLLIN], call: epoll}}":       "wants poll or ppoll",
		"{open: {path: x, mode: 9}}":                    "octal",
		"{shutdown: sideways}":                          "a direction",
	} {
		s := k.parse("- " + yaml)[0]
		_, errs := k.table.Find(s.Verb).Decode(s, s.Arg)
		if got := fmt.Sprint(errs); len(errs) == 0 || !strings.Contains(got, want) {
			t.Errorf("%s: %s, want %s", yaml, got, want)
		}
	}
}
