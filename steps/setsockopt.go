package steps

import (
	"context"
	"encoding/binary"
	"syscall"
)

type setsockoptArgs struct {
	Options SetsockoptArg `spec:"options,short,required" help:"options with their values, such as {SO_REUSEADDR: 1}, set in this order; or {level, name, value}"`
}

func setsockopt(_ context.Context, e *Env, a *setsockoptArgs) (None, error) {
	h := e.Via
	fd := h.use()
	defer h.release(fd)
	for i := range a.Options {
		if err := e.setOption(fd, &a.Options[i]); err != nil {
			return None{}, err
		}
	}
	return None{}, nil
}

// setOption makes one call.
func (e *Env) setOption(fd int, o *Sockopt) error {
	value, err := o.Bytes(e.scope)
	if err != nil {
		return err
	}
	level, name := e.raw("level", int64(o.Level)), e.raw("optname", int64(o.Name))
	if o.filter {
		optlen, err := e.setFilter(fd, level, name, value)
		return e.log("setsockopt", 0, err, e.Via.shown, Level(level), optionLabel(level, name), []any{o.Value}, optlen)
	}
	optlen := e.raw("optlen", int64(len(value)))
	if n := optlen - int64(len(value)); n > 0 && optlen <= optionRoom {
		value = append(value[:len(value):len(value)], make([]byte, n)...)
	}
	err = sysSetsockopt(fd, level, name, value, optlen)
	e.log("setsockopt", 0, err, e.Via.shown, Level(level), optionLabel(level, name), []any{o.Value}, optlen)
	if err == nil && tunes(int(level), int(name)) {
		e.Via.tune(fd)
	}
	return err
}

// optionLabel is the name of an option in the log of calls.
func optionLabel(level, name int64) string {
	if o := OptionByNumber(int(level), int(name)); o.Name != "" {
		return o.Name
	}
	return hexadecimal(name)
}

type getsockoptArgs struct {
	Option GetsockoptArg `spec:"option,short,required" help:"an option such as SO_ERROR, or {level, name}"`
}

type getsockoptResult struct {
	Value any `result:"value" help:"the option's value: a number, a time, a text, or a mapping of a struct's fields; an errno, a type, a domain or a protocol goes by its name too"`
}

func (r *getsockoptResult) results() Results { return Results{{"value", r.Value}} }

func getsockopt(_ context.Context, e *Env, a *getsockoptArgs) (getsockoptResult, error) {
	h := e.Via
	fd := h.use()
	defer h.release(fd)
	o := a.Option.Option
	level, name := e.raw("level", int64(o.Level)), e.raw("optname", int64(o.Number))
	if int(level) != o.Level || int(name) != o.Number {
		o = OptionByNumber(int(level), int(name))
	}
	optlen := e.raw("optlen", int64(o.Size()))
	value := make([]byte, max(int(min(optlen, maxSmall)), o.Size()))
	n, err := sysGetsockopt(fd, level, name, value, optlen)
	if err != nil {
		return getsockoptResult{}, e.log("getsockopt", -1, err, h.shown, Level(level), optionLabel(level, name), nil, []any{optlen})
	}
	if level == syscall.SOL_SOCKET && name == syscall.SO_ERROR && n == 4 && binary.NativeEndian.Uint32(value) == 0 {
		binary.NativeEndian.PutUint32(value, uint32(h.takeOwed()))
	}
	v := o.DecodeValue(value[:min(n, len(value))])
	return getsockoptResult{v}, e.log("getsockopt", 0, nil, h.shown, Level(level), optionLabel(level, name), []any{v}, []any{n})
}

// tunes tells whether an option of SOL_SOCKET changes how calls wait.
func tunes(level, name int) bool {
	if level != syscall.SOL_SOCKET {
		return false
	}
	for _, n := range tuningOptions {
		if n == name {
			return true
		}
	}
	return false
}
