package steps

import (
	"cmp"
	"context"
	"time"

	"github.com/sockspec/sockspec/specs"
)

type selectArgs struct {
	Read   handleNames    `spec:"read" help:"the handles of which one is waited for that can be read without waiting: [conn, sock]"`
	Write  handleNames    `spec:"write" help:"the same for writing"`
	Except handleNames    `spec:"except" help:"the same for urgent data (MSG_OOB of TCP), and other conditions that are exceptional"`
	Wait   *time.Duration `spec:"wait" help:"how long to wait; 0 looks once; without it until something is ready"`
	Call   selectCall     `spec:"call" help:"select (the default) or pselect"`
}

// HandleArgs are the handles of all three sets.
func (a *selectArgs) HandleArgs() []HandleArg {
	var list []HandleArg
	for _, set := range a.sets() {
		for _, h := range set {
			if h.Ref != nil {
				list = append(list, h)
			}
		}
	}
	return list
}

// sets are those of the call, in its order.
func (a *selectArgs) sets() [3]handleNames { return [3]handleNames{a.Read, a.Write, a.Except} }

// setNames are the words that say in which set a handle is ready.
var setNames = [3]string{"read", "write", "except"}

// handleNames are handles, by name.
type handleNames []HandleArg

// DecodeNode reads conn or [conn, sock].
func (h *handleNames) DecodeNode(n *specs.Node, errs *specs.Errors) {
	items := []*specs.Node{n}
	if n.Kind == specs.List {
		items = n.Items
	}
	for _, item := range items {
		var one HandleArg
		one.DecodeNode(item, errs)
		*h = append(*h, one)
	}
}

// selectCall is the name of the system call.
type selectCall string

// DecodeNode reads select or pselect.
func (c *selectCall) DecodeNode(n *specs.Node, errs *specs.Errors) {
	*c = selectCall(callName(n, errs, "select", "pselect"))
}

// callName reads the name of one of several system calls.
func callName(n *specs.Node, errs *specs.Errors, names ...string) string {
	text, _ := n.Scalar()
	for _, name := range names {
		if text == name {
			return name
		}
	}
	*errs = append(*errs, n.Errorf("wants %s, got %s", orList(names), n.Describe()))
	return ""
}

// orList is a, b or c.
func orList(names []string) string {
	text := names[0]
	for i, name := range names[1:] {
		if i == len(names)-2 {
			text += " or " + name
		} else {
			text += ", " + name
		}
	}
	return text
}

type selectResult struct {
	Ready map[string]Set `result:"ready" help:"what is ready: a mapping from handle to the sets that it is ready in, such as {conn: [read, write]}; {} at the end of wait"`
}

func (r *selectResult) results() Results { return Results{{"ready", r.Ready}} }

// selectVerb waits until a handle can be used in the way of the set that it is in.
// A closed one is EBADF.
func selectVerb(ctx context.Context, e *Env, a *selectArgs) (selectResult, error) {
	form := timeForm{cmp.Or(string(a.Call), "select"), "tv_usec", 1e6, true}
	if form.call == "pselect" {
		form = timeForm{"pselect", "tv_nsec", 1e9, false}
	}
	limit, err := e.timeLimit(a.Wait, form)
	if err != nil {
		return selectResult{}, err
	}
	s := newSelecting(e, a, &limit)
	defer s.release()
	n, err := e.awaitReady(ctx, &limit, s)
	e.logSelect(form.call, int64(n), err, s, limit.shown)
	return selectResult{s.ready()}, err
}

// logSelect keeps the call for the log, and behind it what is ready, as strace does.
func (e *Env) logSelect(call string, n int64, err error, s *selecting, limit any) {
	if call == "pselect" {
		call = "pselect6"
	}
	sets := s.shown()
	args := []any{s.nfds, sets[0], sets[1], sets[2], limit}
	if call == "pselect6" {
		args = append(args, nil)
	}
	e.log(call, n, err, args...)
	if err == nil {
		e.Calls[len(e.Calls)-1].Note = s.note(n)
	}
}
