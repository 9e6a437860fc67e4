package runner

// arrivals are how often one instance of an actor arrives at each barrier, and
// one of the steps that do.
type arrivals map[*barrierPlan]arrival

type arrival struct {
	times int
	step  *stepPlan
}

// arrivalsIn counts the arrivals of one instance of a block.
func arrivalsIn(b *block) arrivals {
	var all arrivals
	add := func(barrier *barrierPlan, n arrival) {
		if all == nil {
			all = make(arrivals)
		}
		if n.times > 0 {
			all[barrier] = arrival{sum(all[barrier].times, n.times), n.step}
		}
	}
	for _, s := range b.steps {
		if s.barrier != nil {
			add(s.barrier, arrival{1, s})
		}
		if s.repeats() {
			for barrier, n := range arrivalsIn(s.body) {
				add(barrier, arrival{product(n.times, s.body.times), n.step})
			}
		}
	}
	return all
}

// meets tells whether a block has a barrier, or one inside of it has.
func meets(b *block) bool {
	for _, s := range b.steps {
		if s.barrier != nil || s.body != nil && meets(s.body) {
			return true
		}
	}
	return false
}

// checkBarriers counts who meets where: every member has to arrive as often as
// the others.
func (c *compiler) checkBarriers() {
	if len(c.plan.barriers) == 0 {
		return
	}
	firsts := make(map[*barrierPlan]arrival)
	for _, a := range c.plan.actors {
		if a.root.total == 0 {
			continue
		}
		for b, n := range arrivalsIn(a.root) {
			b.parties = sum(b.parties, a.root.total)
			first, later := firsts[b]
			switch {
			case !later:
				firsts[b] = n
			case first.times != n.times:
				c.mistake(n.step.spec.Pos, n.step.spec.Source, "barrier %q: %s arrives %s, %s %s: they cannot all meet",
					b.name, first.step.block.actor.name, arrives(first.times), a.name, arrives(n.times))
			}
		}
	}
}

func arrives(times int) string {
	if times == 1 {
		return "once"
	}
	return count(times, "time")
}

// meetingKey is the meeting of all who arrive at a barrier for the n-th time.
type meetingKey struct {
	barrier *barrierPlan
	n       int
}

// tally counts, along the first run of every repeat, how often an actor has
// arrived at each barrier.
type tally struct {
	outer *tally
	times map[*barrierPlan]int
}

func (t *tally) of(b *barrierPlan) int {
	n := 0
	for ; t != nil; t = t.outer {
		n = sum(n, t.times[b])
	}
	return n
}

// meetings says that nobody passes a barrier before all have come. Of the runs
// of a repeat it knows the first one.
func (w *waits) meetings(b *block, outer *tally) {
	t := &tally{outer: outer, times: make(map[*barrierPlan]int)}
	for _, s := range b.steps {
		if s.barrier != nil {
			joint := w.joint(meetingKey{s.barrier, t.of(s.barrier)})
			w.edge(w.node(s, nodeBlocked), joint)
			w.edge(joint, w.node(s, nodeDone))
			t.times[s.barrier]++
		}
		if s.repeats() && s.body.times > 0 && meets(s.body) {
			w.meetings(s.body, t)
			for barrier, n := range arrivalsIn(s.body) {
				t.times[barrier] = sum(t.times[barrier], product(n.times, s.body.times))
			}
		}
	}
}

// joint is the node of a meeting.
func (w *waits) joint(key meetingKey) int32 {
	n, ok := w.joints[key]
	if !ok {
		n = int32(len(w.next))
		w.next = append(w.next, nil)
		w.joints[key] = n
	}
	return n
}
