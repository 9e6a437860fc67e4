package steps

import (
	"context"
	"slices"
	"strings"

	"github.com/sockspec/sockspec/specs"
)

type dropArgs struct {
	Proto       protocolArg    `spec:"proto" help:"tcp, udp, icmp, icmp6 or a protocol's number; without it every protocol, with a port TCP and UDP, with flags TCP"`
	To          EndpointArg    `spec:"to" help:"where the packets go: an address, an IP, a prefix or a host, or :80 for a port"`
	From        EndpointArg    `spec:"from" help:"where they come from, written in the same way"`
	Flags       segmentFlags   `spec:"flags" help:"TCP flags that are set, as [SYN]; !ACK for one that is not: [SYN] is for SYN and for SYN+ACK"`
	Probability probabilityArg `spec:"probability" help:"of each packet to be picked, more than 0 and up to 1; 1 by default"`
	At          hookArg        `spec:"at" help:"arrival (the default) or send: where a UDP sender gets EPERM"`
}

type rejectArgs struct {
	Proto       protocolArg    `spec:"proto" help:"tcp, udp, icmp, icmp6 or a protocol's number; without it every protocol, with a port TCP and UDP, with flags TCP"`
	To          EndpointArg    `spec:"to" help:"where the packets go: an address, an IP, a prefix or a host, or :80 for a port"`
	From        EndpointArg    `spec:"from" help:"where they come from, written in the same way"`
	Flags       segmentFlags   `spec:"flags" help:"TCP flags that are set, as [SYN]; !ACK for one that is not: [SYN] is for SYN and for SYN+ACK"`
	Probability probabilityArg `spec:"probability" help:"of each packet to be picked, more than 0 and up to 1; 1 by default"`
	At          hookArg        `spec:"at" help:"arrival (the default) or send"`
	With        rejectionArg   `spec:"with" help:"tcp-reset, or an ICMP error by name or code. Over IPv4 and IPv6: port-unreachable (the default), host-unreachable, net-unreachable, admin-prohibited. Over IPv4: proto-unreachable, fragmentation-needed, source-route-failed, net-unknown, host-unknown, host-isolated, net-prohibited, host-prohibited, net-unreachable-for-tos, host-unreachable-for-tos, host-precedence-violation, precedence-cutoff. Over IPv6: no-route, beyond-scope, addr-unreachable, policy-fail, reject-route"`
}

// drop lets packets vanish: at arrival as if they had been lost on the way, at
// send before they leave. See nft(8), hooks input and output.
func drop(_ context.Context, e *Env, a *dropArgs) (None, error) {
	return None{}, a.apply(e, "drop", nil)
}

// reject answers packets with an error. See nft(8), reject statement; the codes
// are those of RFC 792, 1122 and 1812, and of RFC 4443.
func reject(_ context.Context, e *Env, a *rejectArgs) (None, error) {
	return None{}, a.picks().apply(e, "reject", &a.With)
}

// picks are the arguments that reject has as drop has them.
func (a *rejectArgs) picks() *dropArgs {
	return &dropArgs{a.Proto, a.To, a.From, a.Flags, a.Probability, a.At}
}

func (a *dropArgs) apply(e *Env, verb string, with *rejectionArg) error {
	f, err := a.filter(e.World)
	if err != nil {
		return err
	}
	words := append([]string{verb}, a.words()...)
	if with != nil {
		f.Fate, f.Code4, f.Code6 = with.fate()
		words = append(words, "with", with.String())
	}
	return e.change("nft", words, func(n Faults) (func() error, error) { return n.Filter(f) })
}

// check finds what no packet can be, and what has no answer.
func (a *dropArgs) check(n *specs.Node) specs.Errors {
	at := func(key string) *specs.Node {
		if v := n.Get(key); v != nil {
			return v
		}
		return n
	}
	p := &a.Proto
	switch {
	case a.Flags.given && p.given && p.number != protoTCP:
		return specs.Errors{at("flags").Errorf("flags are those of TCP, and proto is %s", p)}
	case a.hasPort() && p.given && !slices.Contains(portProtocols, p.number):
		return specs.Errors{at("proto").Errorf("%s has no ports; a port wants tcp or udp", p)}
	case a.To.prefix.IsValid() && a.From.prefix.IsValid() && a.To.prefix.Addr().BitLen() != a.From.prefix.Addr().BitLen():
		return specs.Errors{at("from").Errorf("from is %s and to is %s: one is IPv4 and one IPv6, and no packet is both", &a.From, &a.To)}
	}
	for _, end := range []*EndpointArg{&a.To, &a.From} {
		if end.prefix.IsValid() && p.given && p.number == protocolOfOther(end) {
			return specs.Errors{at("proto").Errorf("%s has no packets of %s: icmp goes over IPv4, icmp6 over IPv6", end, p)}
		}
	}
	return nil
}

// protocolOfOther is the ICMP that the endpoint's family has not.
func protocolOfOther(a *EndpointArg) uint8 {
	if a.prefix.Addr().Is4() {
		return protoICMP6
	}
	return protoICMP
}

func (a *rejectArgs) check(n *specs.Node) specs.Errors {
	errs := a.picks().check(n)
	with := n.Get("with")
	if with == nil || len(errs) > 0 {
		return errs
	}
	_, code4, code6 := a.With.fate()
	tcp := a.Proto.given && a.Proto.number == protoTCP || a.Flags.given
	for _, end := range []*EndpointArg{&a.To, &a.From} {
		if !end.prefix.IsValid() || a.With.reset {
			continue
		}
		if family := end.prefix.Addr(); family.Is4() && code4 < 0 || !family.Is4() && code6 < 0 {
			errs = append(errs, with.Errorf("%s is not in the ICMP that %s has, only in the other family's", &a.With, end))
			return errs
		}
	}
	if a.With.reset && !tcp {
		errs = append(errs, with.Errorf("tcp-reset answers TCP alone: it wants proto: tcp"))
	}
	return errs
}

func (a *dropArgs) hasPort() bool { return a.To.port != 0 || a.From.port != 0 }

// filter is what the arguments pick.
func (a *dropArgs) filter(w *World) (f PacketFilter, err error) {
	f = PacketFilter{
		Send: a.At.send, ToPort: a.To.port, FromPort: a.From.port,
		FlagsSet: a.Flags.set, FlagsClear: a.Flags.clear, Probability: 1,
	}
	if a.Probability.given {
		f.Probability = a.Probability.value
	}
	switch {
	case a.Proto.given:
		f.Protocols = []uint8{a.Proto.number}
	case a.Flags.given:
		f.Protocols = []uint8{protoTCP}
	case a.hasPort():
		f.Protocols = []uint8{protoTCP, protoUDP}
	}
	if f.To, err = a.To.prefixes(w); err != nil {
		return f, err
	}
	f.From, err = a.From.prefixes(w)
	return f, err
}

// words are the arguments as the log of calls shows them.
func (a *dropArgs) words() []string {
	var list []string
	if a.Probability.given && a.Probability.value < 1 {
		list = append(list, a.Probability.String(), "of")
	}
	switch {
	case a.Proto.given:
		list = append(list, a.Proto.String())
	case a.Flags.given:
		list = append(list, "tcp")
	case a.hasPort():
		list = append(list, "tcp and udp")
	default:
		list = append(list, "everything")
	}
	if a.Flags.given {
		list = append(list, a.Flags.String())
	}
	if text := a.From.String(); text != "" {
		list = append(list, "from", text)
	}
	if text := a.To.String(); text != "" {
		list = append(list, "to", text)
	}
	return append(list, "at", a.At.String())
}

// segmentFlags are flags of TCP that must be set, or must not.
type segmentFlags struct {
	given      bool
	set, clear uint8
}

// segmentFlagNames are in the order of their bits (RFC 9293, RFC 3168).
var segmentFlagNames = []string{"FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR"}

// DecodeNode reads SYN or a list such as [SYN, "!ACK"].
func (f *segmentFlags) DecodeNode(n *specs.Node, errs *specs.Errors) {
	f.given = true
	items := n.Items
	if n.Kind != specs.List {
		items = []*specs.Node{n}
	}
	for _, item := range items {
		if undecided(item) {
			continue
		}
		text, ok := literal(item)
		if !ok {
			*errs = append(*errs, item.Errorf("wants a TCP flag such as SYN, or !ACK, got %s", describe(item)))
			continue
		}
		name, without := strings.CutPrefix(text, "!")
		bit := slices.Index(segmentFlagNames, name)
		switch {
		case bit < 0:
			*errs = append(*errs, unknownWord(item, "a TCP flag", name, segmentFlagNames))
		case without:
			f.clear |= 1 << bit
		default:
			f.set |= 1 << bit
		}
	}
	if both := f.set & f.clear; both != 0 {
		*errs = append(*errs, n.Errorf("a flag is to be set and not to be set"))
	}
	if len(n.Items) == 0 && n.Kind == specs.List {
		*errs = append(*errs, n.Errorf("wants at least one TCP flag, got none"))
	}
}

// String is SYN !ACK.
func (f *segmentFlags) String() string {
	var list []string
	for bit, name := range segmentFlagNames {
		if f.set>>bit&1 == 1 {
			list = append(list, name)
		}
		if f.clear>>bit&1 == 1 {
			list = append(list, "!"+name)
		}
	}
	return strings.Join(list, " ")
}

// unknownWord is the mistake of a word that is none of a few.
func unknownWord(n *specs.Node, what, word string, among []string) *specs.Error {
	err := n.Errorf("%s is not %s", excerpt(word), what)
	if near := specs.Suggest(word, among); near != "" {
		return err.WithHint("did you mean %s?", near)
	}
	if len(among) <= 20 {
		return err.WithHint("there is %s", strings.Join(among, ", "))
	}
	return err
}

// ByChance tells whether it is chance which packets are picked.
func (a *dropArgs) ByChance() bool { return a.Probability.given && a.Probability.value < 1 }

// ByChance tells whether it is chance which packets are picked.
func (a *rejectArgs) ByChance() bool { return a.picks().ByChance() }
