package steps

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/sockspec/sockspec/specs"
)

// NotYet is what a verb gives that waits for what has no event in the kernel: the
// runner asks again, until the step's time is over. Now says what there is instead.
type NotYet struct {
	Now string
	// Still tells whether it is still not so; any goroutine may ask.
	Still func() bool
}

func (n NotYet) Error() string { return n.Now }

type listeningArgs struct {
	Addr     AddressArg   `spec:"addr,short" help:"where: 127.0.0.1:8080, :8080 for that port at any address, port 0 for any port, ./path, @name; without it any address of the program will do"`
	Protocol transportArg `spec:"protocol" help:"tcp: a listening TCP socket; udp: a bound UDP socket; either if left out"`
}

// transportArg is tcp or udp.
type transportArg string

// TypeWord names what it takes.
func (transportArg) TypeWord() string { return "word" }

// JSONSchema is tcp or udp.
func (transportArg) JSONSchema() map[string]any { return wordSchema("tcp", "udp") }

// DecodeNode reads tcp or udp.
func (t *transportArg) DecodeNode(n *specs.Node, errs *specs.Errors) {
	if undecided(n) {
		return
	}
	word, _ := literal(n)
	if word != "tcp" && word != "udp" {
		*errs = append(*errs, unknownWord(n, "a protocol that listening knows", word, []string{"tcp", "udp"}))
		return
	}
	*t = transportArg(word)
}

// check refuses what no program can listen at.
func (a *listeningArgs) check(n *specs.Node) specs.Errors {
	if at := n.Get("addr"); at != nil {
		n = at
	}
	addr, known := a.Addr.Address()
	unix := addr.form == unixPath || addr.form == unixAbstract
	switch {
	case a.Addr.form == autobind || a.Addr.form == packetForm || a.Addr.form == rawLiteral,
		known && a.Addr.Given() && addr.form != inetAddress && !unix:
		return specs.Errors{n.Errorf("wants an address at which a program can listen, such as 127.0.0.1:8080 or ./path, got %s", n.Describe())}
	case a.Protocol != "" && (unix || a.Addr.form == literalRelative):
		return specs.Errors{n.Errorf("protocol is for internet addresses, and %s is none", a.Addr.String())}
	}
	return nil
}

// UsesVia tells that the call can be made on a process.
func (a *listeningArgs) UsesVia() bool { return true }

type listeningResult struct {
	Addr Address `result:"addr" help:"where it listens: what was asked for, with the port that was found; without an address that of the socket, as it was bound"`
	Pid  int64   `result:"pid" help:"the program's process that has the socket; 0 where it is no program's"`
}

func (r *listeningResult) results() Results { return Results{{"addr", r.Addr}, {"pid", r.Pid}} }

// listener is a socket at which connections or datagrams are waited for.
type listener struct {
	inode    uint64
	protocol string // tcp, udp, or "" of AF_UNIX
	addr     Address
	only6    bool // IPV6_V6ONLY
	file     uint64
}

// lastAnswer is how long a keeper has to say what sockets there are where the step
// has no time left: it is asked once more when that is over.
const lastAnswer = time.Second

// listening looks once whether somebody listens.
func listening(ctx context.Context, e *Env, a *listeningArgs) (listeningResult, error) {
	nets := e.lookAt(&a.Addr)
	if slices.ContainsFunc(nets, func(n *Network) bool { return n == nil || n.SockDiag == nil }) {
		return listeningResult{}, Unsupported{"who listens is not known here: there is no sock_diag"}
	}
	if a.Addr.Relative() {
		if err := e.World.NeedTmp(); err != nil {
			return listeningResult{}, err
		}
	}
	placed, err := e.World.placed(&a.Addr)
	if err != nil {
		return listeningResult{}, err
	}
	l := &lookout{world: e.World, nets: nets, addr: placed, protocol: string(a.Protocol)}
	if e.Via != nil {
		l.of = e.Via.program
	}
	over := l.hopeless() // asked before the kernel is: nothing comes in between
	look := func() (listeningResult, string, error) {
		limited, cancel := e.limited(ctx, lastAnswer)
		defer cancel()
		return l.look(limited)
	}
	r, seen, err := look()
	if err == nil {
		e.log("sock_diag", 0, nil, r.Addr, "listening")
	}
	if err == nil || !errors.As(err, new(NotYet)) {
		return r, err
	}
	if over != "" {
		return r, Failed{over + seen}
	}
	return r, NotYet{Now: strings.TrimPrefix(seen, "; "), Still: func() bool {
		_, _, err := look()
		return errors.As(err, new(NotYet))
	}}
}

// lookAt are the networks to look at: that of the host that the address names, else
// those of the programs that count, else the actor's.
func (e *Env) lookAt(a *AddressArg) []*Network {
	if name, ok := a.Host(); ok {
		if i := slices.Index(e.World.HostNames, name); i >= 0 {
			return []*Network{e.World.Network(i + 1)}
		}
	}
	switch {
	case e.Via != nil:
		return []*Network{e.Via.program.net}
	case a.Given():
		return []*Network{e.Net}
	}
	nets := []*Network{e.Net}
	for _, p := range e.World.startedPrograms() {
		if !slices.Contains(nets, p.net) {
			nets = append(nets, p.net)
		}
	}
	return nets
}

// placed is an address with the IP of its host in place of the name, of whatever
// family that is.
func (w *World) placed(a *AddressArg) (*AddressArg, error) {
	name, ok := a.Host()
	if !ok {
		return a, nil
	}
	for _, domain := range []int{syscall.AF_INET, syscall.AF_INET6} {
		if ip, ok := w.HostAddress(name, domain); ok {
			with := a.WithHost(ip)
			return &with, nil
		}
	}
	return nil, UnknownHost(a.at, name, w.hostNames())
}

// lookout is what a step waits to see.
type lookout struct {
	world    *World
	nets     []*Network
	of       *program // whose sockets count; nil for anybody's
	addr     *AddressArg
	protocol string
}

// hopeless says why nobody will listen any more; "" where somebody may.
func (l *lookout) hopeless() string {
	if l.of != nil {
		if l.of.over() {
			return l.of.words()
		}
		return ""
	}
	l.world.mu.Lock()
	begun, programs := l.world.begun, l.world.programs
	l.world.mu.Unlock()
	if begun == 0 || begun < l.world.Runs {
		return "" // there is one to come
	}
	last := ""
	for _, p := range programs {
		if !p.over() {
			return ""
		}
		last = p.words()
	}
	if len(programs) > 1 {
		last = "all programs have ended; the last of them: " + last
	}
	return last
}

// look asks the kernel. Where the error is a NotYet seen says where those listen
// that count.
func (l *lookout) look(ctx context.Context) (r listeningResult, seen string, err error) {
	var all []listener
	for _, n := range l.nets {
		there, err := n.listeners(l.addr)
		if err != nil {
			return r, "", err
		}
		all = append(all, there...)
	}
	if len(all) == 0 {
		return r, "", NotYet{}
	}
	owners, err := l.owners(ctx)
	if err != nil {
		return r, "", err
	}
	var others []string
	for _, s := range all {
		pid, counts := owners[s.inode]
		if !counts && (l.of != nil || !l.addr.Given()) {
			continue
		}
		if addr, ok := l.matches(&s); ok && (l.protocol == "" || l.protocol == s.protocol) {
			return listeningResult{addr, int64(pid)}, "", nil
		}
		if counts {
			others = append(others, strings.TrimSpace(s.protocol+" "+s.addr.String()))
		}
	}
	if len(others) > 0 {
		seen = "; it listens at " + boundedList(others)
	}
	return r, seen, NotYet{}
}

// owners are the inodes of the sockets that count as programs', with a process
// of each.
func (l *lookout) owners(ctx context.Context) (map[uint64]int, error) {
	if l.of != nil {
		return l.of.Sockets(ctx)
	}
	all := make(map[uint64]int)
	for _, p := range l.world.startedPrograms() {
		sockets, err := p.Sockets(ctx)
		if err != nil {
			return nil, err
		}
		for inode, pid := range sockets {
			all[inode] = pid
		}
	}
	return all, nil
}

// matches tells whether a socket is where the step looks, and the address that is
// its result.
func (l *lookout) matches(s *listener) (Address, bool) {
	a := l.addr
	switch {
	case !a.Given():
		return s.addr, s.addr.form == inetAddress
	case a.form == anyAddress:
		port := a.addr.inet.Port()
		return s.addr, s.addr.form == inetAddress && (port == 0 || s.addr.inet.Port() == port)
	}
	want, ok := a.Address()
	if a.form == literalRelative {
		want, ok = UnixAddress(join(l.world.Tmp, a.text)), true
	}
	switch {
	case !ok || want.form != inetAddress && s.addr.form == inetAddress:
		return Address{}, false
	case want.form == inetAddress:
		return s.reached(want.inet)
	}
	return want, s.addr == want || s.file != 0 && s.isFile(want)
}

// reached tells whether who connects to an address comes to the socket, and the
// address with its port.
func (s *listener) reached(want netip.AddrPort) (Address, bool) {
	at := s.addr.inet
	if s.addr.form != inetAddress || want.Port() != 0 && at.Port() != want.Port() {
		return Address{}, false
	}
	to, from := want.Addr(), at.Addr()
	covers := from.WithZone("") == to.WithZone("") ||
		from.IsUnspecified() && (from.Is4() == to.Is4() || from.Is6() && !s.only6) ||
		from.Is4In6() && from.Unmap() == to
	return AddressFrom(netip.AddrPortFrom(to, at.Port())), covers
}
