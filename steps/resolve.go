package steps

import (
	"bufio"
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

type resolveArgs struct {
	Host string `spec:"host,short,required" help:"the name of a host, such as localhost"`
}

type resolveResult struct {
	Addresses []any `result:"addresses" help:"its IP addresses, IPv4 before IPv6"`
}

func (r *resolveResult) results() Results { return Results{{"addresses", r.Addresses}} }

// resolve finds the IP addresses of a host's name: in the file `hosts` of $(tmp)
// if the scenario has one (hosts(5)), then as the machine does, in /etc/hosts and
// from name servers, which are asked from within the scenario's network. As RFC
// 6761 has it, localhost is the loopback addresses everywhere, and nothing is
// below invalid.
//
// getaddrinfo(3) has errors of its own. They go by the errno that says the same:
// ENOENT where there is no such name (EAI_NONAME), EAGAIN where no name server
// could be asked (EAI_AGAIN), EINVAL for what is no name.
func resolve(ctx context.Context, e *Env, a *resolveArgs) (resolveResult, error) {
	found, err := e.addressesOf(ctx, a.Host)
	if err != nil {
		return resolveResult{}, e.log("getaddrinfo", -1, err, []byte(a.Host))
	}
	slices.SortStableFunc(found, func(x, y netip.Addr) int { return x.BitLen() - y.BitLen() })
	found = slices.Compact(found)
	list := make([]any, len(found))
	for i, ip := range found {
		list[i] = ip.String()
	}
	return resolveResult{list}, e.log("getaddrinfo", 0, nil, []byte(a.Host), list)
}

func (e *Env) addressesOf(ctx context.Context, host string) ([]netip.Addr, error) {
	if ip, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{ip}, nil
	}
	if !isHostName(host) {
		return nil, syscall.EINVAL
	}
	if found := addressesIn(filepath.Join(e.World.Tmp, "hosts"), host); e.World.Tmp != "" && len(found) > 0 {
		return found, nil
	}
	switch name := strings.ToLower(strings.TrimSuffix(host, ".")); {
	case name == "localhost" || strings.HasSuffix(name, ".localhost"):
		return []netip.Addr{netip.AddrFrom4([4]byte{127, 0, 0, 1}), netip.IPv6Loopback()}, nil
	case name == "invalid" || strings.HasSuffix(name, ".invalid"):
		return nil, syscall.ENOENT
	}
	return e.lookUp(ctx, host)
}

// lookUp asks as the machine does.
func (e *Env) lookUp(ctx context.Context, host string) ([]netip.Addr, error) {
	at, limit := e.until(time.Time{})
	limited := ctx
	if !at.IsZero() {
		var cancel context.CancelFunc
		limited, cancel = context.WithDeadline(ctx, at)
		defer cancel()
	}
	resolver := net.Resolver{PreferGo: true, Dial: e.dial}
	found, err := resolver.LookupNetIP(limited, "ip", host)
	for i := range found {
		found[i] = found[i].Unmap()
	}
	switch {
	case err == nil:
		return found, nil
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case limited.Err() != nil:
		return nil, limit
	}
	var dns *net.DNSError
	if errors.As(err, &dns) && dns.IsNotFound {
		return nil, syscall.ENOENT
	}
	return nil, syscall.EAGAIN
}

// isHostName tells whether text can be a name: letters, digits, - and _ between
// dots (RFC 1123 section 2.1).
func isHostName(text string) bool {
	for label := range strings.SplitSeq(strings.TrimSuffix(text, "."), ".") {
		if label == "" || len(label) > 63 {
			return false
		}
		for i := range len(label) {
			c := label[i]
			if c != '-' && c != '_' && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') {
				return false
			}
		}
	}
	return len(text) <= 254
}

// addressesIn reads hosts(5); a file that cannot be read has no names.
func addressesIn(path, host string) (found []netip.Addr) {
	file, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		line, _, _ := strings.Cut(lines.Text(), "#")
		words := strings.Fields(line)
		if len(words) < 2 {
			continue
		}
		ip, err := netip.ParseAddr(words[0])
		same := func(name string) bool { return strings.EqualFold(name, strings.TrimSuffix(host, ".")) }
		if err == nil && slices.ContainsFunc(words[1:], same) {
			found = append(found, ip)
		}
	}
	return found
}

// dial makes a socket of the resolver inside the scenario's network. Connecting a
// socket to a name server waits for TCP only.
func (e *Env) dial(ctx context.Context, network, address string) (conn net.Conn, err error) {
	dial := func() (err error) {
		conn, err = new(net.Dialer).DialContext(ctx, network, address)
		return err
	}
	if e.Net == nil || e.Net.Do == nil {
		err = dial()
	} else {
		err = e.Net.Do(dial) // whatever the actor is: the resolver has threads of its own
	}
	return conn, err
}
