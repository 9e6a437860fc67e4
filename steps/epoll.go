package steps

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/sockspec/sockspec/specs"
)

type epollCreateArgs struct {
	Flags EpollFlags      `spec:"flags" help:"EPOLL_CLOEXEC, of epoll_create1"`
	Call  epollCreateCall `spec:"call" help:"epoll_create (the default), or epoll_create1 (the default where flags are given)"`
}

// EpollFlags are those of epoll_create1(2).
type EpollFlags int

// DecodeNode reads EPOLL_CLOEXEC, a number, or a list of them.
func (f *EpollFlags) DecodeNode(n *specs.Node, errs *specs.Errors) {
	*f = EpollFlags(epollFlags.decodeFlags(n, errs))
}

// String is EPOLL_CLOEXEC, or 0.
func (f EpollFlags) String() string { return epollFlags.Flags(int64(f)) }

// epollCreateCall is the name of the system call.
type epollCreateCall string

// DecodeNode reads epoll_create or epoll_create1.
func (c *epollCreateCall) DecodeNode(n *specs.Node, errs *specs.Errors) {
	*c = epollCreateCall(callName(n, errs, "epoll_create", "epoll_create1"))
}

// epollCreate makes an epoll instance. The size of epoll_create(2) has to be
// more than 0 and means nothing else.
func epollCreate(_ context.Context, e *Env, a *epollCreateArgs) (None, error) {
	_, hasFlags := e.Raw["flags"]
	flags, size := e.raw("flags", int64(a.Flags)), e.raw("size", 1)
	one := a.Call == "epoll_create1" || a.Call == "" && (hasFlags || flags != 0)
	var fd int
	var err error
	if one {
		fd, err = sysEpollCreate1(flags)
	} else {
		fd, err = sysEpollCreate(size)
	}
	number := -1
	if err == nil {
		h := e.add(EpollHandle, fd, &Description{Name: "epoll", epoll: &registered{}})
		number = h.Number
		h.setCloexec(one && flags != 0)
	}
	if one {
		return None{}, e.log("epoll_create1", int64(number), err, EpollFlags(flags))
	}
	return None{}, e.log("epoll_create", int64(number), err, size)
}

// registered are the names by which the scenario knows what an epoll instance
// watches. The number that the kernel gives back with an event (epoll_data) is
// the index of one.
type registered struct {
	mu    sync.Mutex
	names []string
	index map[string]int32
}

// number is the index of a name.
func (r *registered) number(name string) int32 {
	if r == nil {
		return 0 // it is no epoll instance, and the kernel will say so
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	i, ok := r.index[name]
	if !ok {
		if r.index == nil {
			r.index = make(map[string]int32)
		}
		i = int32(len(r.names))
		r.names = append(r.names, name)
		r.index[name] = i
	}
	return i
}

// name is the one with that index.
func (r *registered) name(i int32) string {
	if r == nil {
		return decimal(int64(i))
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.names[i]
}

type epollCtlArgs struct {
	Add    HandleArg    `spec:"add" help:"the handle to watch from now on (EPOLL_CTL_ADD)"`
	Modify HandleArg    `spec:"modify" help:"the handle of which other events are to be watched (EPOLL_CTL_MOD)"`
	Delete HandleArg    `spec:"delete" help:"the handle to watch no more (EPOLL_CTL_DEL)"`
	Events *EpollEvents `spec:"events" help:"the events to watch: [EPOLLIN, EPOLLET]; [] for none but EPOLLERR and EPOLLHUP, which are always watched"`
	Data   *string      `spec:"data" help:"what epoll_wait calls the handle; its name where this is left out"`
}

// epollOps are what epoll_ctl(2) does, in the order of its numbers.
var epollOps = []string{"EPOLL_CTL_ADD", "EPOLL_CTL_DEL", "EPOLL_CTL_MOD"}

// target is the operation, by its number, and the handle that it is about.
func (a *epollCtlArgs) target() (op int64, h HandleArg) {
	for i, h := range []HandleArg{a.Add, a.Delete, a.Modify} {
		if h.Ref != nil {
			return int64(i) + 1, h
		}
	}
	return 0, HandleArg{}
}

// HandleArgs is the handle that is watched.
func (a *epollCtlArgs) HandleArgs() []HandleArg {
	if _, h := a.target(); h.Ref != nil {
		return []HandleArg{h}
	}
	return nil
}

func (a *epollCtlArgs) check(n *specs.Node) specs.Errors {
	given := 0
	for _, h := range []HandleArg{a.Add, a.Modify, a.Delete} {
		if h.Ref != nil {
			given++
		}
	}
	switch {
	case given != 1:
		return specs.Errors{n.Errorf("wants one of add, modify and delete, got %d of them", given).
			WithHint("epoll_ctl: {add: conn, events: [EPOLLIN]}")}
	case a.Delete.Ref == nil && a.Events == nil:
		return specs.Errors{n.Errorf("the key events is missing").WithHint("events: [] watches EPOLLERR and EPOLLHUP only")}
	}
	return nil
}

// epollCtl changes what an epoll instance watches.
func epollCtl(_ context.Context, e *Env, a *epollCtlArgs) (None, error) {
	op, arg := a.target()
	op = e.raw("op", op)
	name := arg.Ref.Text
	if a.Data != nil {
		name = *a.Data
	}
	var events EpollEvents
	if a.Events != nil {
		events = *a.Events
	}
	watched := e.Handles[0]
	epfd, fd := e.Via.use(), watched.use()
	defer e.Via.release(epfd)
	defer watched.release(fd)
	err := sysEpollCtl(epfd, op, fd, events, e.Via.epoll.number(name))
	shownOp, event := any(op), any(Struct{{"events", events}, {"data", name}})
	if op >= 1 && op <= int64(len(epollOps)) {
		shownOp = epollOps[op-1]
	}
	if a.Delete.Ref != nil {
		event = nil
	}
	return None{}, e.log("epoll_ctl", 0, err, e.Via.shown, shownOp, watched.shown, event)
}

type epollWaitArgs struct {
	Wait *time.Duration `spec:"wait" help:"how long to wait; 0 looks once; without it until something is ready"`
	Max  *int64         `spec:"max" help:"how many events one call may give at most; 64 where it is left out"`
	Call epollWaitCall  `spec:"call" help:"epoll_wait (the default), epoll_pwait or epoll_pwait2"`
}

// mostEvents is what one call has room for at most.
const mostEvents = 1 << 16

func (a *epollWaitArgs) check(n *specs.Node) specs.Errors {
	if a.Max != nil && (*a.Max < 1 || *a.Max > mostEvents) {
		return specs.Errors{n.Errorf("max is from 1 to %d; raw: {maxevents: 0} gives the kernel a wrong one", mostEvents)}
	}
	return nil
}

// epollWaitCall is the name of the system call.
type epollWaitCall string

// DecodeNode reads epoll_wait, epoll_pwait or epoll_pwait2.
func (c *epollWaitCall) DecodeNode(n *specs.Node, errs *specs.Errors) {
	*c = epollWaitCall(callName(n, errs, "epoll_wait", "epoll_pwait", "epoll_pwait2"))
}

type epollResult struct {
	Ready map[string]Set `result:"ready" help:"what is ready: a mapping from handle, by the name that epoll_ctl used, to events; {} at the end of wait"`
}

func (r *epollResult) results() Results { return Results{{"ready", r.Ready}} }

// epollWait waits until a handle that the instance watches is ready.
func epollWait(ctx context.Context, e *Env, a *epollWaitArgs) (epollResult, error) {
	form := timeForm{call: cmp.Or(string(a.Call), "epoll_wait")}
	if form.call == "epoll_pwait2" {
		form.fraction, form.perSecond = "tv_nsec", 1e9
	}
	limit, err := e.timeLimit(a.Wait, form)
	if err != nil {
		return epollResult{}, err
	}
	w := newEpollWaiting(e, a, &limit)
	defer w.release()
	n, err := e.awaitReady(ctx, &limit, w)
	var events any
	ready := make(map[string]Set)
	if err == nil {
		events = w.found(n, ready)
	}
	args := []any{e.Via.shown, events, w.max, limit.shown}
	if form.call != "epoll_wait" {
		args = append(args, nil, int64(8))
	}
	return epollResult{ready}, e.log(form.call, int64(n), err, args...)
}

// addEvents adds events to what is known of a name: two handles may go by one.
func addEvents(ready map[string]Set, name string, events EpollEvents) {
	set := ready[name]
	for _, event := range events.Set() {
		if !slices.Contains(set, event) {
			set = append(set, event)
		}
	}
	ready[name] = set
}
