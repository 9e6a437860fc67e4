package steps

// wireVerbs put packets on the wire.
func wireVerbs() Table {
	return Table{
		Define("inject", "puts a packet, made by hand, on the wire of the actor's network", inject).
			with(wantsArg).with(func(v *Verb) { v.Taints = true }).
			example("- socket: udp\n- connect: 127.0.0.1:9\n- inject:\n    icmp: {type: ICMP_PARAMETERPROB, quote: {udp: {src: $(sock.addr), dst: $(sock.peer)}}}\n- recv:\n  expect: {error: EPROTO}"),
	}
}
