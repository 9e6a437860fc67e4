package steps

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/sockspec/sockspec/specs"
)

// TestVerbsAlone: every verb without an argument, and with an empty mapping, is a
// mistake that says what is wanted, or makes a call.
func TestVerbsAlone(t *testing.T) {
	for _, v := range Default() {
		alone := aloneMistakes(t, &v, "")
		empty := aloneMistakes(t, &v, "{}")
		if v.Alone() != (alone == nil) {
			t.Errorf("%s: Alone is %v, but - %s gives %v", v.Name, v.Alone(), v.Name, alone)
		}
		if alone == nil && empty != nil && v.Arg.NumField() > 0 {
			t.Errorf("%s stands alone, but {} is a mistake: %v", v.Name, empty)
		}
		for _, err := range append(alone, empty...) {
			if !strings.Contains(err.Msg, "want") && !strings.Contains(err.Msg, "missing") && !strings.Contains(err.Msg, "takes") {
				t.Errorf("%s: %q does not say what is wanted", v.Name, err.Msg)
			}
		}
		if alone == nil && v.Flow == "" {
			runAlone(t, &v)
		}
	}
}

// aloneMistakes are those of a verb with this argument.
func aloneMistakes(t *testing.T, v *Verb, arg string) specs.Errors {
	t.Helper()
	k := &kit{t: t}
	s := k.parse("- " + v.Name + ": " + arg)[0]
	if v.NamesHandle {
		return nil // the runner reads it
	}
	_, errs := v.Decode(s, s.Arg)
	return errs
}

// runAlone makes the call, for a moment.
func runAlone(t *testing.T, v *Verb) {
	t.Run(v.Name, func(t *testing.T) {
		k := newKit(t)
		k.run("- pipe\n- epoll_create\n- socketpair: unix")
		if v.On == ProcessHandle {
			k.fakes()
			k.run("- run: [fake]")
		}
		ctx, stop := context.WithTimeout(k.ctx, 20*time.Millisecond)
		defer stop()
		k.ctx = ctx
		g := k.start("- %s", v.Name)
		g.wait()
		var unsupported Unsupported
		waits := errors.As(g.err, new(NotYet)) && v.Looks
		if g.err != nil && ctx.Err() == nil && !waits && !errors.As(g.err, &unsupported) {
			t.Errorf("wants an answer of the kernel, got %v", g.err)
		}
	})
}
