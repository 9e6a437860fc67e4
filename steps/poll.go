package steps

import (
	"cmp"
	"context"
	"time"

	"github.com/sockspec/sockspec/specs"
)

type pollArgs struct {
	Events pollTargets    `spec:"events,short,required" help:"the events to wait for, on via: [POLLIN, POLLOUT]; or those of several handles: {conn: [POLLIN]}"`
	Wait   *time.Duration `spec:"wait" help:"how long to wait; 0 looks once; without it until something is ready"`
	Call   pollCall       `spec:"call" help:"poll (the default) or ppoll"`
}

// HandleArgs are the handles whose events are waited for.
func (a *pollArgs) HandleArgs() []HandleArg {
	var list []HandleArg
	for _, t := range a.Events {
		if t.handle.Ref != nil {
			list = append(list, t.handle)
		}
	}
	return list
}

// UsesVia tells whether the events are those of one handle, `via`.
func (a *pollArgs) UsesVia() bool { return len(a.Events) == 1 && a.Events[0].handle.Ref == nil }

func (a *pollArgs) check(n *specs.Node) specs.Errors {
	if a.Wait != nil && *a.Wait < 0 {
		return specs.Errors{n.Errorf("wait is 0 or more; leave it out to wait until something is ready")}
	}
	return nil
}

// pollTarget is a handle and the events of it that are waited for. The handle
// is none for `via`.
type pollTarget struct {
	handle HandleArg
	name   string
	events PollEvents
}

type pollTargets []pollTarget

// DecodeNode reads [POLLIN] or {conn: [POLLIN], other: [POLLOUT]}.
func (t *pollTargets) DecodeNode(n *specs.Node, errs *specs.Errors) {
	if n.Kind != specs.Map {
		target := pollTarget{}
		target.events.DecodeNode(n, errs)
		*t = pollTargets{target}
		return
	}
	*t = pollTargets{} // of none at all poll only waits
	for _, f := range n.Fields {
		target := pollTarget{name: f.Key.Text}
		target.handle.DecodeNode(f.Key, errs)
		if f.Value.Template == nil {
			target.events.DecodeNode(f.Value, errs)
		}
		if target.handle.Ref != nil {
			*t = append(*t, target)
		}
	}
}

// pollCall is the name of the system call.
type pollCall string

// DecodeNode reads poll or ppoll.
func (c *pollCall) DecodeNode(n *specs.Node, errs *specs.Errors) {
	*c = pollCall(callName(n, errs, "poll", "ppoll"))
}

type readyResult struct {
	Ready map[string]Set `result:"ready" help:"what is ready: a mapping from handle to events, {} at the end of wait"`
}

func (r *readyResult) results() Results { return Results{{"ready", r.Ready}} }

// poll waits until one of the events is there. A handle that is closed is ready
// at once, with POLLNVAL.
func poll(ctx context.Context, e *Env, a *pollArgs) (readyResult, error) {
	form := timeForm{call: cmp.Or(string(a.Call), "poll")}
	if form.call == "ppoll" {
		form.fraction, form.perSecond = "tv_nsec", 1e9
	}
	limit, err := e.timeLimit(a.Wait, form)
	if err != nil {
		return readyResult{}, err
	}
	p := newPolling(e, a, &limit)
	defer p.release()
	n, err := e.awaitReady(ctx, &limit, p)
	e.log(form.call, int64(n), err, p.shown(), p.nfds, limit.shown)
	return readyResult{p.ready()}, err
}

// waitArg is a time limit as the log of calls shows it; -1 for none.
func waitArg(wait *time.Duration) any {
	if wait == nil {
		return int64(-1)
	}
	return *wait
}
