package steps

// faultVerbs change the network that packets go through.
func faultVerbs() Table {
	taints := func(v *Verb) { v.Taints = true }
	return Table{
		Define("drop", "lets packets vanish that arrive at the actor's host, or that leave it", drop).with(taints).
			example("- drop: {proto: tcp, to: \"127.0.0.1:80\", flags: [SYN]}\n- socket: tcp\n- connect: 127.0.0.1:80\n  expect: {blocks: 100ms}"),
		Define("reject", "answers packets with an ICMP error, or a RST, in place of delivering them", reject).with(taints).
			example("- reject: {proto: tcp, to: \"127.0.0.1:80\", with: tcp-reset}\n- socket: tcp\n- connect: 127.0.0.1:80\n  expect: {error: ECONNREFUSED}"),
		Define("link", "pulls the cable of a host, or brings an interface down, and back up", link).with(taints).
			example("- link: {interface: lo, state: down}\n- socket: tcp\n- connect: 127.0.0.1:80\n  expect: {blocks: 100ms}"),
		Define("route", "decides where packets to a destination go, or which error their sender gets", route).with(taints).
			example("- route: {to: 10.9.0.0/16, type: unreachable}\n- socket: tcp\n- connect: 10.9.0.1:80\n  expect: {error: EHOSTUNREACH}"),
		Define("restore", "takes faults back: all of the scenario, the newest first, or that of one step", restore).
			example("- drop: {proto: udp}\n  id: silence\n- restore: silence"),
	}
}
