package steps

import (
	"context"

	"github.com/sockspec/sockspec/specs"
)

type ioctlArgs struct {
	Request ioctlArg `spec:"request,short,required" help:"FIONREAD, SIOCATMARK, … as in socket(7) and tcp(7), or a request with what it takes: {SIOCGIFADDR: lo}, {SIOCSIFFLAGS: {name: lo, flags: [IFF_UP]}}, {FIONBIO: 1}"`
}

// ioctlArg is a request with what it takes: a number, or an interface.
type ioctlArg struct {
	request IoctlRequest
	number  int64
	ifreq   ifreqArg
}

// DecodeNode reads FIONREAD, {SIOCGIFADDR: lo}, {SIOCSIFFLAGS: {name: lo, flags: []}} or {FIONBIO: 1}.
func (a *ioctlArg) DecodeNode(n *specs.Node, errs *specs.Errors) {
	if n.Kind != specs.Map {
		a.request.DecodeNode(n, errs)
		return
	}
	if len(n.Fields) != 1 {
		*errs = append(*errs, n.Errorf("wants one request such as FIONREAD or {SIOCGIFADDR: lo}"))
		return
	}
	a.request.DecodeNode(n.Fields[0].Key, errs)
	value := n.Fields[0].Value
	a.ifreq.ethcmd = ethtoolDriver
	if value.Template != nil {
		return
	}
	if value.Kind == specs.Map {
		a.ifreq.decode(value, errs)
		return
	}
	text, ok := value.Scalar()
	number, err := parseNumber(text)
	switch {
	case ok && (text == "true" || text == "false"):
		if text == "true" {
			a.number = 1
		}
	case ok && err == nil:
		a.number = number
	case ok && len(text) > 0 && len(text) < interfaceName:
		a.ifreq.name = text
	default:
		*errs = append(*errs, value.Errorf("wants the name of an interface, or a number, got %s", value.Describe()))
	}
}

// ethtoolDriver is ETHTOOL_GDRVINFO, which every interface answers.
const ethtoolDriver = 3

// interfaceName is IFNAMSIZ, the room for an interface's name with its NUL.
const interfaceName = 16

type ioctlResult struct {
	Value any `result:"value" help:"what the kernel gave: a number, an IP address, a hardware address, a name, or flags"`
}

func (r *ioctlResult) results() Results { return Results{{"value", r.Value}} }

func ioctl(_ context.Context, e *Env, a *ioctlArgs) (ioctlResult, error) {
	fd := e.Via.use()
	defer e.Via.release(fd)
	arg := a.Request
	arg.request = IoctlRequest(e.raw("op", int64(arg.request)))
	if err := e.mayChange(int64(arg.request)); err != nil {
		return ioctlResult{}, err
	}
	value, ret, err := e.control(fd, &arg)
	shown := []any{e.Via.shown, arg.request}
	if arg.ifreq.name != "" {
		shown = append(shown, arg.ifreq.name)
	}
	if err == nil && value != nil {
		shown = append(shown, []any{value})
	}
	return ioctlResult{value}, e.log("ioctl", ret, err, shown...)
}
