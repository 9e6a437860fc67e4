package steps

import (
	"net"
	"net/netip"
	"strconv"
	"strings"

	"github.com/sockspec/sockspec/specs"
)

// literalForm says what of an [AddressArg] is known only when its call is made.
type literalForm uint8

const (
	notGiven        literalForm = iota
	fixedAddress                // nothing
	anyAddress                  // :80, of the socket's own family
	hostName                    // bob:80
	literalRelative             // below $(tmp)
	autobind                    // @
	packetForm                  // {ifindex: lo}
	rawLiteral                  // {hex: …}
)

// AddressArg is an address in a spec. It decodes the literals
//
//	127.0.0.1:80  [::1%lo]:80  :80  bob:80  /path  dir/path  @abstract  @  unspec  {ifindex: lo}  {hex: 0200 0050}
//
// and the value of an expression that is an address or such a text. The zero
// AddressArg is for none given.
type AddressArg struct {
	form literalForm
	addr Address
	text string      // the host, the relative path, the interface, or the raw bytes
	at   *specs.Node // of a host's name, for a mistake
}

// Given tells whether there was an address, or one that only a run can tell.
func (a *AddressArg) Given() bool { return a.form != notGiven }

// Host is the name of a host in place of the IP; false where there is none.
func (a *AddressArg) Host() (name string, ok bool) { return a.text, a.form == hostName }

// Relative tells whether it is a path below $(tmp), which has to be there then.
func (a *AddressArg) Relative() bool { return a.form == literalRelative }

// WithHost is the address with the host's IP in place of its name.
func (a *AddressArg) WithHost(ip netip.Addr) AddressArg {
	return AddressArg{form: fixedAddress, addr: AddressFrom(netip.AddrPortFrom(ip, a.addr.inet.Port()))}
}

// Address is the address as far as it is known without a run; false for :80, a
// host's name, a relative path and @.
func (a *AddressArg) Address() (Address, bool) {
	if a.form == rawLiteral {
		return DecodeSockaddr([]byte(a.text)), true
	}
	return a.addr, a.form == fixedAddress
}

// String is the address as the spec has it.
func (a *AddressArg) String() string {
	switch a.form {
	case anyAddress:
		return ":" + strconv.Itoa(int(a.addr.inet.Port()))
	case hostName:
		return net.JoinHostPort(a.text, strconv.Itoa(int(a.addr.inet.Port())))
	case literalRelative:
		if !strings.Contains(a.text, "/") {
			return "./" + Printable(a.text)
		}
		return Printable(a.text)
	case autobind:
		return "@"
	case packetForm:
		return a.packetText()
	case rawLiteral:
		return DecodeSockaddr([]byte(a.text)).String()
	}
	return a.addr.String()
}

// Matches tells whether an address that came is the one that was written. A
// relative path is one below tmp, `:80` is the any-address of either family, `@`
// is any abstract name.
func (a *AddressArg) Matches(got Address, tmp string) bool {
	switch a.form {
	case anyAddress:
		return got.form == inetAddress && got.inet.Addr().IsUnspecified() && got.inet.Port() == a.addr.inet.Port()
	case literalRelative:
		return got == UnixAddress(join(tmp, a.text))
	case autobind:
		return got.form == unixAbstract
	case rawLiteral:
		return got == DecodeSockaddr([]byte(a.text))
	}
	return a.form == fixedAddress && got == a.addr
}

// DecodeNode reads an address.
func (a *AddressArg) DecodeNode(n *specs.Node, errs *specs.Errors) {
	if undecided(n) {
		return
	}
	switch v := n.Value.(type) {
	case Address:
		if v.IsZero() {
			*errs = append(*errs, n.Errorf("wants an address such as 127.0.0.1:80, got none: the call had none to tell"))
			return
		}
		*a = AddressArg{form: fixedAddress, addr: v}
		return
	case AddressArg:
		*a = v
		return
	}
	if isPacketAddress(n) {
		a.decodePacket(n, errs)
		return
	}
	if n.Kind == specs.Map {
		a.decodeRaw(n, errs)
		return
	}
	text, ok := literal(n)
	if !ok {
		*errs = append(*errs, n.Errorf("wants an address such as 127.0.0.1:80, got %s", describe(n)))
		return
	}
	parsed, err := parseAddress(text)
	if err != nil {
		*errs = append(*errs, n.Errorf("%s", err))
		return
	}
	*a = parsed
	if a.form == hostName {
		a.at = n
	}
}

// decodeRaw reads {hex: …}.
func (a *AddressArg) decodeRaw(n *specs.Node, errs *specs.Errors) {
	raw := n.Get("hex")
	if raw == nil || len(n.Fields) != 1 {
		*errs = append(*errs, n.Errorf("wants an address such as 127.0.0.1:80, {ifindex: lo} or {hex: 0200 0050 …} alone, got a mapping"))
		return
	}
	if undecided(raw) {
		return
	}
	if b, ok := decodeHex(raw, errs); ok {
		*a = AddressArg{form: rawLiteral, text: string(b)}
	}
}

// parseAddress reads a literal. The error says what was wanted.
func parseAddress(text string) (AddressArg, error) {
	switch {
	case text == "@":
		return AddressArg{form: autobind}, nil
	case text == "unspec":
		return AddressArg{form: fixedAddress, addr: Address{form: unspecified}}, nil
	case strings.HasPrefix(text, "@"):
		return AddressArg{form: fixedAddress, addr: Address{form: unixAbstract, text: text[1:]}}, nil
	case strings.Contains(text, "://"):
		return AddressArg{}, mistake("wants an address without a scheme, such as 127.0.0.1:80, got " + excerpt(text))
	case strings.Contains(text, "/"):
		return parsePath(text)
	}
	return parseInet(text)
}

// parsePath reads an AF_UNIX path.
func parsePath(text string) (AddressArg, error) {
	if strings.IndexByte(text, 0) >= 0 {
		return AddressArg{}, mistake("a path has no NUL; an abstract name begins with @, and {hex: …} is any sockaddr")
	}
	if text[0] == '/' {
		return AddressArg{form: fixedAddress, addr: UnixAddress(text)}, nil
	}
	return AddressArg{form: literalRelative, text: strings.TrimPrefix(text, "./")}, nil
}

// parseInet reads HOST:PORT.
func parseInet(text string) (AddressArg, error) {
	colon := strings.LastIndexByte(text, ':')
	if colon < 0 || strings.HasSuffix(text, "]") {
		return AddressArg{}, withoutPort(text)
	}
	host := text[:colon]
	if strings.IndexByte(host, ':') >= 0 && host[0] != '[' {
		return AddressArg{}, withoutBrackets(text)
	}
	port, err := parsePort(text[colon+1:])
	if err != nil {
		return AddressArg{}, err
	}
	if host == "" {
		return AddressArg{form: anyAddress, addr: AddressFrom(netip.AddrPortFrom(netip.Addr{}, port))}, nil
	}
	if host[0] == '[' {
		return parseBrackets(host, port)
	}
	if ip, err := netip.ParseAddr(host); err == nil {
		return AddressArg{form: fixedAddress, addr: AddressFrom(netip.AddrPortFrom(ip, port))}, nil
	}
	if err := checkHost(host, port); err != nil {
		return AddressArg{}, err
	}
	return AddressArg{form: hostName, text: host, addr: AddressFrom(netip.AddrPortFrom(netip.Addr{}, port))}, nil
}

// parseBrackets reads an IPv6 address.
func parseBrackets(host string, port uint16) (AddressArg, error) {
	inside, ok := strings.CutSuffix(host[1:], "]")
	ip, err := netip.ParseAddr(inside)
	switch {
	case !ok || err != nil:
		return AddressArg{}, mistake("wants an IPv6 address in the brackets, as in [::1]:80, got " + excerpt(host))
	case ip.Is4():
		return AddressArg{}, mistake("brackets are for IPv6; write " + ip.String() + ":" + strconv.Itoa(int(port)))
	}
	return AddressArg{form: fixedAddress, addr: AddressFrom(netip.AddrPortFrom(sameZone(ip), port))}, nil
}

// parsePort reads a port, in digits only.
func parsePort(text string) (uint16, error) {
	port, err := strconv.ParseUint(text, 10, 16)
	switch {
	case text == "":
		return 0, mistake("wants a port behind the colon, from 0 to 65535")
	case err != nil:
		return 0, mistake("wants a port from 0 to 65535, got " + excerpt(text))
	case len(text) > 1 && text[0] == '0':
		return 0, mistake("a port has no leading zero, got " + excerpt(text))
	}
	return uint16(port), nil
}

// withoutPort is the mistake of a text without a colon that would be a port's.
func withoutPort(text string) error {
	bare := strings.TrimSuffix(strings.TrimPrefix(text, "["), "]")
	ip, err := netip.ParseAddr(bare)
	_, portErr := parsePort(text)
	switch {
	case text == "":
		return mistake(`wants an address such as 127.0.0.1:80, got ""`)
	case err == nil:
		return mistake("wants a port: " + netip.AddrPortFrom(ip, 80).String())
	case portErr == nil:
		return mistake("wants an address such as 127.0.0.1:" + text + ", or :" + text + " for any, got " + text)
	}
	return mistake("wants an address such as 127.0.0.1:80, [::1]:80, ./path or @name, got " + excerpt(text))
}

// withoutBrackets is the mistake of an IPv6 address that is not in brackets.
func withoutBrackets(text string) error {
	colon := strings.LastIndexByte(text, ':')
	if ip, err := netip.ParseAddr(text[:colon]); err == nil {
		if port, err := parsePort(text[colon+1:]); err == nil {
			return mistake("wants brackets around an IPv6 address: " + netip.AddrPortFrom(ip, port).String())
		}
	}
	if ip, err := netip.ParseAddr(text); err == nil {
		return mistake("wants brackets around an IPv6 address, and a port: " + netip.AddrPortFrom(ip, 80).String())
	}
	return mistake("wants an address such as 127.0.0.1:80 or [::1]:80, got " + excerpt(text))
}

// checkHost says what is wrong with what stands where an IP or the name of a
// host should.
func checkHost(host string, port uint16) error {
	_, err := netip.ParseAddr(host)
	if strings.Trim(host, "0123456789.") == "" || strings.Contains(host, "%") {
		detail := err.Error()
		if i := strings.LastIndex(detail, ": "); i >= 0 {
			detail = detail[i+2:]
		}
		return mistake("wants an IPv4 address, got " + excerpt(host) + ": " + detail)
	}
	if host == "*" {
		return mistake("any address is :" + strconv.Itoa(int(port)) + ", not *")
	}
	if !isName(host) {
		return mistake("wants an IP address or a name of hosts before the port, got " + excerpt(host))
	}
	return nil
}

// isName tells whether text is a name of the language: letters, digits and _,
// not starting with a digit.
func isName(text string) bool {
	for i := range len(text) {
		c := text[i]
		letter := c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return text != ""
}
