package runner

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/sockspec/sockspec/specs"
	"github.com/sockspec/sockspec/steps"
)

// Compile makes a plan of a scenario: it decodes every argument, resolves
// every name and finds every mistake that does not need a run. The error is of
// type [specs.Errors], in the order of the file.
func Compile(s *specs.Scenario, table steps.Table) (*Plan, error) {
	c := &compiler{
		table:    table,
		plan:     &Plan{Spec: s},
		actors:   make(map[string]*scope, len(s.Actors)),
		children: make(map[*block]*scope),
		barriers: make(map[string]*barrierPlan),
		succeed:  make(map[*steps.Verb]*steps.Expect),
	}
	c.hosts(s)
	c.files(s)
	for _, a := range s.Actors {
		c.actor(a)
	}
	c.resolve()
	c.orderLines(s.Order)
	c.outcomes(s.Outcomes)
	c.interleavings(s.Interleavings)
	c.explorable()
	if len(c.errs) == 0 {
		c.findCircles()
	}
	c.plan.fds = c.descriptors()
	c.plan.eachStep(func(s *stepPlan) {
		if s.verb.Runs {
			c.plan.runs = sum(c.plan.runs, s.block.total)
		}
	})
	if len(c.errs) > 0 {
		slices.SortStableFunc(c.errs, func(a, b *specs.Error) int { return a.Pos.Compare(b.Pos) })
		return nil, c.errs
	}
	c.letGo()
	return c.plan, nil
}

// compiler is a scenario on its way to a plan.
type compiler struct {
	table    steps.Table
	plan     *Plan
	actors   map[string]*scope
	scopes   []*scope // in the order of the file
	children map[*block]*scope
	barriers map[string]*barrierPlan
	succeed  map[*steps.Verb]*steps.Expect
	replicas int // of all actors
	errs     specs.Errors
	broken   bool // something was not decoded: names may be missing for that reason

	hostNames []string // of the scenario's hosts
}

func (c *compiler) mistake(pos specs.Pos, src *specs.Source, format string, args ...any) *specs.Error {
	err := &specs.Error{Pos: pos, Src: src, Msg: fmt.Sprintf(format, args...)}
	c.errs = append(c.errs, err)
	return err
}

func (c *compiler) stepMistake(s *stepPlan, format string, args ...any) *specs.Error {
	return c.mistake(s.spec.Pos, s.spec.Source, format, args...)
}

// actor plans an actor of the scenario.
func (c *compiler) actor(a *specs.Actor) {
	plan := &actorPlan{name: a.Name}
	sc := newScope(plan, nil, len(a.Steps))
	c.actors[a.Name] = sc
	c.scopes = append(c.scopes, sc)
	c.plan.actors = append(c.plan.actors, plan)
	if c.replicas += min(a.Count, mostActors+1); c.replicas > mostActors {
		c.mistake(a.Pos, c.plan.Spec.Source, "too many actors: with the %d of %s there are more than %d", a.Count, a.Name, mostActors)
		c.replicas = 0
	}
	c.host(a, plan)
	c.privileges(a, plan)
	c.process(a, plan)
	plan.root = c.newBlock(plan, nil, a.Replicas, a.Count)
	c.steps(sc, plan.root, a.Steps)
	c.nameByVerbs(sc)
}

// newBlock makes a block without its steps.
func (c *compiler) newBlock(a *actorPlan, parent *block, indexed bool, times int) *block {
	b := &block{actor: a, parent: parent, indexed: indexed, times: times, total: times}
	if parent != nil {
		b.dims, b.total = slices.Clip(parent.dims), product(parent.total, times)
		parent.inner = append(parent.inner, b)
	}
	if indexed {
		b.dims = append(b.dims, times)
	}
	return b
}

// steps plans the steps of a block, one after the other, and notes their names.
func (c *compiler) steps(sc *scope, b *block, list specs.Steps) {
	b.steps = make([]*stepPlan, 0, len(list))
	for _, spec := range list {
		s := c.step(sc, b, spec)
		if s != nil {
			b.steps = append(b.steps, s)
		}
	}
}

// step plans one step as far as it can be told without its names; nil where
// its verb is unknown.
func (c *compiler) step(sc *scope, b *block, spec *specs.Step) *stepPlan {
	verb := c.table.Find(spec.Verb)
	if verb == nil {
		c.broken = true
		err := c.mistake(spec.Pos, spec.Source, "unknown verb %q", spec.Verb)
		if near := specs.Suggest(spec.Verb, c.table.Names()); near != "" {
			err.WithHint("did you mean %q?", near)
		}
		return nil
	}
	s := &stepPlan{spec: spec, verb: verb, name: spec.Verb, block: b, within: spec.Within, record: -1, labelled: -1, look: -1, target: -1}
	if spec.ID != nil {
		s.name = spec.ID.Text
	}
	c.broken = c.broken || slices.Contains(spec.Unread, "id") || slices.Contains(spec.Unread, "as")
	c.nameStep(sc, s)
	c.argument(s)
	c.expectation(s)
	c.rawArguments(s)
	c.modifiers(s)
	c.timeLimit(s)
	c.makes(sc, s)
	c.noProgram(b.actor, s)
	c.flow(sc, s)
	return s
}

// argument decodes what follows the verb, as far as it is known.
func (c *compiler) argument(s *stepPlan) {
	n := s.spec.Arg
	if s.verb.NamesHandle {
		n = nil // it is the handle: see via
	}
	arg, errs := s.verb.Decode(s.spec, n)
	if len(errs) > 0 {
		c.errs = append(c.errs, errs...)
		c.broken = c.broken || s.verb.Flow != ""
		return
	}
	s.arg = arg
	c.plan.warnings = append(c.plan.warnings, steps.Warnings(arg)...)
	c.errs = append(c.errs, steps.UnknownHosts(arg, c.hostNames)...)
	s.argPending = s.verb.Flow == "" && n != nil && n.Pending()
}

// success is what a step expects that says nothing: one for all steps with its
// verb.
func (c *compiler) success(v *steps.Verb) *steps.Expect {
	e := c.succeed[v]
	if e == nil {
		e, _ = steps.CompileExpect(nil, v.Results)
		c.succeed[v] = e
	}
	return e
}

// expectation compiles `expect`.
func (c *compiler) expectation(s *stepPlan) {
	if s.spec.Expect == nil {
		s.expect = c.success(s.verb)
		return
	}
	expect, errs := steps.CompileExpectAt(s.spec.Expect, s.verb.ResultsOf(s.arg, s.viaName()), steps.Place{Hosts: c.hostNames})
	if len(errs) > 0 {
		c.errs, s.unjudged = append(c.errs, errs...), true
		expect = c.success(s.verb)
	}
	s.expect = expect
	c.plan.warnings = append(c.plan.warnings, expect.Warnings()...)
	switch n := s.spec.Expect; {
	case n.Pending() && s.within == 0:
		s.expectWhen = afterCall
	case n.Pending() || expect.NeedsPlace():
		s.expectWhen = beforeCall
	}
}

// timeLimit is the step's own, or that of the scenario's steps. A time that
// the step itself asks for comes on top of that one.
func (c *compiler) timeLimit(s *stepPlan) {
	asked, key := s.within, "within"
	if b := s.expect.Blocks(); b.Kind == steps.BlocksFor {
		asked, key = max(asked, b.For), "blocks"
	}
	own := s.spec.Timeout
	switch {
	case own == 0:
		s.timeout = c.plan.Spec.StepTimeout + asked
	case own < asked:
		c.stepMistake(s, "the timeout of %s is %v, which is over before %s: %v is", s.name, own, key, asked)
	default:
		s.timeout = own
	}
}

// rawArguments decodes `raw`.
func (c *compiler) rawArguments(s *stepPlan) {
	if s.spec.Raw == nil {
		return
	}
	if s.spec.Raw.Pending() {
		c.errs = append(c.errs, s.spec.Raw.Errorf("raw has to be known before the scenario starts: numbers, or expressions over vars"))
		return
	}
	s.raw = make(map[string]int64, len(s.spec.Raw.Fields))
	for _, f := range s.spec.Raw.Fields {
		if !slices.Contains(s.verb.RawNames, f.Key.Text) {
			c.unknownRaw(s, f.Key)
			continue
		}
		var v int64
		if errs := specs.Decode(f.Value, &v); len(errs) > 0 {
			c.errs = append(c.errs, errs...)
			continue
		}
		s.raw[f.Key.Text] = v
	}
}

func (c *compiler) unknownRaw(s *stepPlan, key *specs.Node) {
	if len(s.verb.RawNames) == 0 {
		c.errs = append(c.errs, key.Errorf("%s has no argument that raw can override", s.verb.Name))
		return
	}
	err := key.Errorf("%s has no argument %q that raw can override, only %s", s.verb.Name, key.Text, words(s.verb.RawNames, "and"))
	if near := specs.Suggest(key.Text, s.verb.RawNames); near != "" {
		err.WithHint("did you mean %q?", near)
	}
	c.errs = append(c.errs, err)
}

// modifiers checks those that not every verb can have.
func (c *compiler) modifiers(s *stepPlan) {
	if s.within > 0 && !s.verb.Looks {
		c.stepMistake(s, "%s cannot have within: it is for verbs that only look (%s)", s.verb.Name, words(c.lookers(), "and"))
	}
	if s.unlimited() && s.spec.Timeout > 0 {
		c.stepMistake(s, "%s cannot have a timeout: it is limited by the scenario's only", s.verb.Name)
	}
	if s.unlimited() && s.expect.Blocks().Kind == steps.BlocksFor {
		c.stepMistake(s, "%s cannot be given up after a time: blocks wants true, false or until", s.verb.Name)
	}
	if s.verb.On == 0 && s.spec.Via != nil {
		c.stepMistake(s, "%s is made on no handle, so it cannot have via", s.verb.Name)
	}
	if len(s.verb.Makes) == 0 && !s.verb.MakesAny && len(s.spec.As) > 0 {
		c.mistake(s.spec.As[0].Pos, s.spec.Source, "%s makes no handle, so it cannot have as", s.verb.Name)
	}
}

func (c *compiler) lookers() []string {
	var names []string
	for i := range c.table {
		if c.table[i].Looks {
			names = append(names, c.table[i].Name)
		}
	}
	return names
}

// words joins names as a sentence does.
func words(list []string, last string) string {
	switch len(list) {
	case 0:
		return "none"
	case 1:
		return list[0]
	}
	text := list[0]
	for _, w := range list[1 : len(list)-1] {
		text += ", " + w
	}
	return text + " " + last + " " + list[len(list)-1]
}

// count is a number with what it counts: one handle, 2 handles.
func count(n int, what string) string {
	switch {
	case n == 1:
		return "one " + what
	case n >= many:
		return "more than a billion " + what + "s"
	}
	return strconv.Itoa(n) + " " + what + "s"
}
