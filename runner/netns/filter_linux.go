package netns

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"net/netip"
	"strconv"

	"github.com/google/nftables"
	"github.com/google/nftables/expr"
	"golang.org/x/sys/unix"
)

// ipLayout is where in a packet of a family things are, and what its ICMP is.
type ipLayout struct {
	table      nftables.TableFamily
	bits       int
	source     uint32 // offset of the address in the IP header
	target     uint32
	icmp       uint8
	icmpErrors [][2]byte // types of ICMP that report errors, or that find neighbours
}

var (
	ipv4Layout = ipLayout{nftables.TableFamilyIPv4, 32, 12, 16, unix.IPPROTO_ICMP, [][2]byte{{3, 5}, {11, 12}}}
	ipv6Layout = ipLayout{nftables.TableFamilyIPv6, 128, 8, 24, unix.IPPROTO_ICMPV6, [][2]byte{{0, 127}, {133, 137}}}
)

// Filter changes what becomes of packets, from its return on: the kernel has
// confirmed it. Of several filters that pick a packet the newest decides. undo
// takes the filter away. Errors are [ErrNotHere] where the kernel has no
// nf_tables, and a filter that nothing can match.
func (n *Namespace) Filter(f PacketFilter) (undo func() error, err error) {
	var tables []*nftables.Table
	err = n.change(func(c *control) error {
		conn, err := n.filters()
		if err != nil {
			return err
		}
		c.tables++
		name := "sockspec" + strconv.Itoa(c.tables)
		for _, l := range []*ipLayout{&ipv4Layout, &ipv6Layout} {
			if rules := f.rules(l); len(rules) > 0 {
				tables = append(tables, addFilter(conn, name, l, f.Send, rules))
			}
		}
		if len(tables) == 0 {
			return errors.New("no packet can match: the addresses are of different families")
		}
		if err := conn.Flush(); err != nil {
			return fmt.Errorf("add a packet filter: %w", lacking(err))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return func() error { return n.unfilter(tables) }, nil
}

// unfilter takes tables away.
func (n *Namespace) unfilter(tables []*nftables.Table) error {
	return n.change(func(c *control) error {
		if c.nft == nil {
			return ErrClosed
		}
		for _, t := range tables {
			c.nft.DelTable(t)
		}
		if err := c.nft.Flush(); err != nil {
			return fmt.Errorf("take a packet filter away: %w", err)
		}
		return nil
	})
}

// addFilter asks for a table with one chain. Each filter has its own, so that
// taking one away is a single request.
func addFilter(conn *nftables.Conn, name string, l *ipLayout, send bool, rules [][]expr.Any) *nftables.Table {
	table := conn.AddTable(&nftables.Table{Name: name, Family: l.table})
	hook := nftables.ChainHookInput
	if send {
		hook = nftables.ChainHookOutput
	}
	chain := conn.AddChain(&nftables.Chain{
		Name: "faults", Table: table, Type: nftables.ChainTypeFilter,
		Hooknum: hook, Priority: nftables.ChainPriorityFilter,
	})
	for _, r := range rules {
		conn.AddRule(&nftables.Rule{Table: table, Chain: chain, Exprs: r})
	}
	return table
}

// rules are what the filter means for one family; none where it picks nothing there.
func (f *PacketFilter) rules(l *ipLayout) (rules [][]expr.Any) {
	fate := f.fate(l)
	from, to := l.own(f.From), l.own(f.To)
	if fate == nil || len(from) == 0 || len(to) == 0 {
		return nil
	}
	protocols := [][]expr.Any{nil}
	if len(f.Protocols) > 0 {
		protocols = nil
	} else {
		rules = l.spareErrors()
	}
	for _, p := range f.Protocols {
		if other := ipv4Layout.icmp + ipv6Layout.icmp - l.icmp; p != other {
			protocols = append(protocols, protocol(p))
		}
	}
	for _, p := range protocols {
		for _, source := range from {
			for _, target := range to {
				rules = append(rules, join(p, l.address(l.source, source), l.address(l.target, target), f.transport(), f.chance(), fate))
			}
		}
	}
	if len(protocols) == 0 {
		return nil
	}
	return rules
}

func join(parts ...[]expr.Any) (all []expr.Any) {
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

// own are the prefixes of the family; where none at all are given, the one that
// every address is in.
func (l *ipLayout) own(all []netip.Prefix) (own []netip.Prefix) {
	if len(all) == 0 {
		return []netip.Prefix{{}}
	}
	for _, p := range all {
		if p.Addr().BitLen() == l.bits {
			own = append(own, p)
		}
	}
	return own
}

// spareErrors are rules that let the errors of ICMP pass, which would else eat
// the answers that reject gives, and the search for neighbours, which in IPv4
// is not IP at all.
func (l *ipLayout) spareErrors() (rules [][]expr.Any) {
	for _, r := range l.icmpErrors {
		rules = append(rules, join(protocol(l.icmp), []expr.Any{
			&expr.Payload{DestRegister: 1, Base: expr.PayloadBaseTransportHeader, Len: 1},
			&expr.Range{Op: expr.CmpOpEq, Register: 1, FromData: r[:1], ToData: r[1:]},
			&expr.Verdict{Kind: expr.VerdictAccept},
		}))
	}
	return rules
}

func protocol(p uint8) []expr.Any {
	return []expr.Any{
		&expr.Meta{Key: expr.MetaKeyL4PROTO, Register: 1},
		&expr.Cmp{Op: expr.CmpOpEq, Register: 1, Data: []byte{p}},
	}
}

// address matches the address at an offset.
func (l *ipLayout) address(offset uint32, p netip.Prefix) []expr.Any {
	if !p.IsValid() || p.Bits() == 0 {
		return nil
	}
	size := l.bits / 8
	exprs := []expr.Any{&expr.Payload{DestRegister: 1, Base: expr.PayloadBaseNetworkHeader, Offset: offset, Len: uint32(size)}}
	if p.Bits() < l.bits {
		mask := make([]byte, size)
		for i := range p.Bits() {
			mask[i/8] |= 0x80 >> (i % 8)
		}
		exprs = append(exprs, bitwise(mask))
	}
	return append(exprs, &expr.Cmp{Op: expr.CmpOpEq, Register: 1, Data: p.Masked().Addr().AsSlice()})
}

func bitwise(mask []byte) expr.Any {
	return &expr.Bitwise{SourceRegister: 1, DestRegister: 1, Len: uint32(len(mask)), Mask: mask, Xor: make([]byte, len(mask))}
}

const flagRST = 1 << 2

// transport matches the ports, which are where TCP and UDP have them alike, and
// the flags of TCP.
func (f *PacketFilter) transport() (exprs []expr.Any) {
	for i, port := range []uint16{f.FromPort, f.ToPort} {
		if port != 0 {
			exprs = append(exprs,
				&expr.Payload{DestRegister: 1, Base: expr.PayloadBaseTransportHeader, Offset: uint32(2 * i), Len: 2},
				&expr.Cmp{Op: expr.CmpOpEq, Register: 1, Data: binary.BigEndian.AppendUint16(nil, port)})
		}
	}
	clear := f.FlagsClear
	if f.Fate == Reset {
		clear |= flagRST &^ f.FlagsSet // the answer must pass, where both ends are here
	}
	if mask := f.FlagsSet | clear; mask != 0 {
		exprs = append(exprs,
			&expr.Payload{DestRegister: 1, Base: expr.PayloadBaseTransportHeader, Offset: 13, Len: 1},
			bitwise([]byte{mask}),
			&expr.Cmp{Op: expr.CmpOpEq, Register: 1, Data: []byte{f.FlagsSet}})
	}
	return exprs
}

// chance compares a random number with the probability.
func (f *PacketFilter) chance() []expr.Any {
	if f.Probability >= 1 {
		return nil
	}
	limit := uint32(math.Round(f.Probability * math.MaxUint32))
	return []expr.Any{
		&expr.Meta{Key: expr.MetaKeyPRANDOM, Register: 1},
		&expr.Cmp{Op: expr.CmpOpLt, Register: 1, Data: binary.BigEndian.AppendUint32(nil, limit)},
	}
}

// fate is what the rule ends with; nil where the family has no such answer.
func (f *PacketFilter) fate(l *ipLayout) []expr.Any {
	switch f.Fate {
	case Drop:
		return []expr.Any{&expr.Verdict{Kind: expr.VerdictDrop}}
	case Reset:
		return []expr.Any{&expr.Reject{Type: unix.NFT_REJECT_TCP_RST}}
	}
	code := f.Code4
	if l.bits == 128 {
		code = f.Code6
	}
	if code < 0 {
		return nil
	}
	return []expr.Any{&expr.Reject{Type: unix.NFT_REJECT_ICMP_UNREACH, Code: uint8(code)}}
}
