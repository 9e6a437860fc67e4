package steps

import (
	"encoding/binary"
	"net/netip"
	"slices"

	"github.com/sockspec/sockspec/specs"
)

// What ioctl takes and gives of interfaces: netdevice(7).

// interfaceFlags are those of SIOCGIFFLAGS.
var interfaceFlags = ConstantTable{"a flag of an interface", []Constant{
	{0x1, "IFF_UP"}, {0x2, "IFF_BROADCAST"}, {0x4, "IFF_DEBUG"}, {0x8, "IFF_LOOPBACK"}, {0x10, "IFF_POINTOPOINT"},
	{0x20, "IFF_NOTRAILERS"}, {0x40, "IFF_RUNNING"}, {0x80, "IFF_NOARP"}, {0x100, "IFF_PROMISC"},
	{0x200, "IFF_ALLMULTI"}, {0x400, "IFF_MASTER"}, {0x800, "IFF_SLAVE"}, {0x1000, "IFF_MULTICAST"},
	{0x2000, "IFF_PORTSEL"}, {0x4000, "IFF_AUTOMEDIA"}, {0x8000, "IFF_DYNAMIC"},
}}

// ethtoolCommands are some of <linux/ethtool.h> that ask for something.
var ethtoolCommands = ConstantTable{"a command of ethtool", []Constant{
	{0x1, "ETHTOOL_GSET"}, {0x3, "ETHTOOL_GDRVINFO"}, {0x4, "ETHTOOL_GREGS"}, {0x5, "ETHTOOL_GWOL"},
	{0x7, "ETHTOOL_GMSGLVL"}, {0xa, "ETHTOOL_GLINK"}, {0xb, "ETHTOOL_GEEPROM"}, {0xe, "ETHTOOL_GCOALESCE"},
	{0x10, "ETHTOOL_GRINGPARAM"}, {0x12, "ETHTOOL_GPAUSEPARAM"}, {0x41, "ETHTOOL_GET_TS_INFO"},
}}

// ifreqArg is what a struct ifreq holds of a spec: the name of an interface,
// and perhaps a value.
type ifreqArg struct {
	name   string
	value  [16]byte
	ethcmd int64 // of SIOCETHTOOL; -1 where there is none
}

// ifreqFields are the fields of struct ifreq, each with how its value is read.
var ifreqFields = []struct {
	name string
	read func(a *ifreqArg, n *specs.Node, errs *specs.Errors)
}{
	{"name", (*ifreqArg).readName},
	{"flags", (*ifreqArg).readFlags},
	{"addr", (*ifreqArg).readIP},
	{"dstaddr", (*ifreqArg).readIP},
	{"broadaddr", (*ifreqArg).readIP},
	{"netmask", (*ifreqArg).readIP},
	{"mtu", (*ifreqArg).readInt},
	{"metric", (*ifreqArg).readInt},
	{"qlen", (*ifreqArg).readInt},
	{"ifindex", (*ifreqArg).readInt},
	{"cmd", (*ifreqArg).readCommand},
}

func ifreqNames() []string {
	names := make([]string, len(ifreqFields))
	for i := range ifreqFields {
		names[i] = ifreqFields[i].name
	}
	return names
}

// decode reads {name: lo, flags: [IFF_UP]}.
func (a *ifreqArg) decode(n *specs.Node, errs *specs.Errors) {
	if n.Get("name") == nil {
		*errs = append(*errs, n.Errorf("wants the name of an interface, as in {name: lo, flags: [IFF_UP]}"))
	}
	for _, f := range n.Fields {
		i := slices.Index(ifreqNames(), f.Key.Text)
		if i >= 0 {
			if !undecided(f.Value) {
				ifreqFields[i].read(a, f.Value, errs)
			}
			continue
		}
		err := f.Key.Errorf("unknown field %s", excerpt(f.Key.Text))
		if near := specs.Suggest(f.Key.Text, ifreqNames()); near != "" {
			err.WithHint("did you mean %s?", near)
		} else {
			err.WithHint("there is %s", boundedList(ifreqNames()))
		}
		*errs = append(*errs, err)
	}
}

func (a *ifreqArg) readName(n *specs.Node, errs *specs.Errors) {
	text, ok := literal(n)
	if !ok || text == "" || len(text) >= interfaceName {
		*errs = append(*errs, n.Errorf("wants the name of an interface, got %s", describe(n)))
	}
	a.name = text
}

func (a *ifreqArg) readFlags(n *specs.Node, errs *specs.Errors) {
	binary.NativeEndian.PutUint16(a.value[:], uint16(interfaceFlags.decodeFlags(n, errs)))
}

func (a *ifreqArg) readIP(n *specs.Node, errs *specs.Errors) {
	ip, ok := readIP(n)
	if !ok || !ip.Is4() {
		*errs = append(*errs, n.Errorf("wants an IPv4 address, got %s", describe(n)))
		return
	}
	copy(a.value[:], AddressFrom(netip.AddrPortFrom(ip, 0)).Sockaddr())
}

func (a *ifreqArg) readInt(n *specs.Node, errs *specs.Errors) {
	text, ok := literal(n)
	v, err := parseNumber(text)
	if !ok || err != nil {
		*errs = append(*errs, n.Errorf("wants a number, got %s", describe(n)))
		return
	}
	if v, ok = inInt(n, v, errs); ok {
		binary.NativeEndian.PutUint32(a.value[:], uint32(v))
	}
}

func (a *ifreqArg) readCommand(n *specs.Node, errs *specs.Errors) {
	a.ethcmd, _ = ethtoolCommands.decode(n, errs)
}

// changing are the requests that change interfaces, neighbours and routes:
// <linux/sockios.h>. They are for the scenario's own network.
func changing(request int64) bool {
	switch request {
	case 0x890b, 0x890c, 0x8914, 0x8916, 0x8918, 0x891a, 0x891c, 0x891e, 0x8920, 0x8922, 0x8923, 0x8924, 0x8926,
		0x8930, 0x8931, 0x8932, 0x8934, 0x8936, 0x8937, 0x8943, 0x8946, 0x8948, 0x8949, 0x8953, 0x8955, 0x8960, 0x8962,
		0x8971, 0x8982, 0x8983, 0x8990, 0x8991, 0x8992, 0x8993, 0x8995, 0x89a0, 0x89a1, 0x89a2, 0x89a3, 0x89b0:
		return true
	}
	return request >= 0x89f0 && request <= 0x89ff // SIOCDEVPRIVATE: the driver's own
}

// mayChange refuses what would change the machine's own network, and notes that
// a scenario's own network was changed.
func (e *Env) mayChange(request int64) error {
	if !changing(request) {
		return nil
	}
	if e.onMachine() {
		return Unsupported{"ioctl changes interfaces in the network of a scenario only, not in the machine's own: leave isolation out"}
	}
	e.World.Taint()
	return nil
}
