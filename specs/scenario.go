package specs

import "time"

const (
	defaultTimeout     = 30 * time.Second
	defaultStepTimeout = 5 * time.Second
)

// scenarioText is a scenario as it stands in the file, its vars filled in.
type scenarioText struct {
	Name          *Node `spec:"name,required"`
	About         *Node `spec:"about"`
	Tags          *Node `spec:"tags"`
	Requires      *Node `spec:"requires"`
	Vars          *Node `spec:"vars"`
	Matrix        *Node `spec:"matrix"`
	Timeout       *Node `spec:"timeout"`
	StepTimeout   *Node `spec:"step_timeout"`
	Isolation     *Node `spec:"isolation"`
	Files         *Node `spec:"files"`
	Hosts         *Node `spec:"hosts"`
	Sysctls       *Node `spec:"sysctls"`
	Actors        *Node `spec:"actors,required"`
	Order         *Node `spec:"order"`
	Outcomes      *Node `spec:"outcomes"`
	Interleavings *Node `spec:"interleavings"`
	Grading       *Node `spec:"grading"`
}

// defaultsText is the file's `defaults`.
type defaultsText struct {
	Timeout     *Node `spec:"timeout"`
	StepTimeout *Node `spec:"step_timeout"`
	Isolation   *Node `spec:"isolation"`
	Tags        *Node `spec:"tags"`
	Requires    *Node `spec:"requires"`
}

func (l *loader) readDefaults(n *Node) {
	l.defaults = defaults{timeout: defaultTimeout, stepTimeout: defaultStepTimeout}
	if n == nil {
		return
	}
	var t defaultsText
	n = l.bindFile(n)
	r := scenarioReader{errs: &l.errs}
	if r.known(n) {
		l.errs = append(l.errs, Decode(n, &t)...)
	}
	d := &l.defaults
	r.duration(t.Timeout, &d.timeout)
	r.duration(t.StepTimeout, &d.stepTimeout)
	d.isolation = r.isolation(t.Isolation, "")
	d.tags = r.tags(t.Tags)
	d.requires = r.requires(t.Requires)
}

// madeScenario is a scenario and the row of the matrix that it was made for.
type madeScenario struct {
	*Scenario
	vars []Field // its own, without the file's
}

// scenarios are what one item of the list gave.
type scenarios struct {
	made []madeScenario
	errs Errors
}

// scenario reads one item of the list of scenarios: one scenario, or as many as
// its matrix has rows.
func (l *loader) scenario(n *Node) (s scenarios) {
	switch {
	case n.broken:
		return s
	case n.Kind != Map:
		s.errs = append(s.errs, n.Errorf("wants a scenario, a mapping with name and actors, got %s", n.Describe()))
		return s
	}
	var own []Field
	if vars := n.Get("vars"); vars != nil {
		own = varFields(vars, &s.errs)
	}
	matrix := n.Get("matrix")
	if own == nil && matrix == nil {
		sc := l.row(n, l.scope.fork(&s.errs))
		s.made = append(s.made, madeScenario{Scenario: sc})
		return s
	}
	over := overriding(l.overrides, l.vars, own)
	base := newScope(&s.errs, &l.budget, l.given, l.vars, own, over)
	base.bindAll(own)
	if matrix == nil {
		s.made = append(s.made, madeScenario{l.row(n, base), own})
		return s
	}
	l.rows(n, matrix, base, own, over, &s)
	return s
}

// row reads a scenario with the vars of a scope filled in.
func (l *loader) row(n *Node, sc *scope) *Scenario {
	m := n.copy()
	m.Fields = make([]Field, 0, len(n.Fields))
	for _, f := range n.Fields {
		if k := f.Key.Text; k != "vars" && k != "matrix" {
			m.Fields = append(m.Fields, Field{sc.key(f.Key), sc.bind(f.Value)})
		}
	}
	var t scenarioText
	*sc.errs = append(*sc.errs, Decode(m, &t)...)
	r := scenarioReader{errs: sc.errs}
	s := &Scenario{Pos: n.Pos(), Source: n.src, Vars: sc.names}
	r.name(t.Name, s)
	s.About = r.text(t.About)
	l.settings(&r, &t, s)
	s.Files = r.files(t.Files)
	s.Sysctls = r.sysctls(t.Sysctls)
	s.Actors = r.actors(t.Actors, sc)
	s.Order = r.order(t.Order)
	s.Hosts, s.Outcomes, s.Interleavings, s.Grading = t.Hosts, t.Outcomes, t.Interleavings, t.Grading
	return s
}

// settings are what the file's defaults may give.
func (l *loader) settings(r *scenarioReader, t *scenarioText, s *Scenario) {
	s.Timeout, s.StepTimeout = l.defaults.timeout, l.defaults.stepTimeout
	r.duration(t.Timeout, &s.Timeout)
	r.duration(t.StepTimeout, &s.StepTimeout)
	s.Isolation = r.isolation(t.Isolation, l.defaults.isolation)
	s.Tags = join(l.defaults.tags, r.tags(t.Tags))
	s.Requires = l.defaults.requires
	if own := r.requires(t.Requires); len(own) > 0 {
		s.Requires = append(append([]Requirement(nil), s.Requires...), own...)
	}
}

// join is a and those of b that are not in a.
func join(a, b []string) []string {
	if len(b) == 0 {
		return a
	}
	all := append([]string(nil), a...)
	for _, s := range b {
		if !contains(a, s) {
			all = append(all, s)
		}
	}
	return all
}

// scenarioReader decodes the parts of scenarios. Every method takes a node that may be nil.
type scenarioReader struct {
	errs *Errors
}

func (r *scenarioReader) fail(err *Error) {
	if err != nil {
		*r.errs = append(*r.errs, err)
	}
}

// known tells whether there is a value to look at, and reports one that only a run knows.
func (r *scenarioReader) known(n *Node) bool {
	if n == nil || n.broken {
		return false
	}
	if n.Template != nil {
		r.fail(notBefore(n))
		return false
	}
	return true
}

func (r *scenarioReader) name(n *Node, s *Scenario) {
	if n == nil {
		return
	}
	s.Pos = n.Pos()
	if s.Name = r.text(n); s.Name == "" && n.Kind == Scalar && n.Text == "" {
		r.fail(n.Errorf("the name of a scenario is empty"))
	}
}

func (r *scenarioReader) text(n *Node) string {
	var v string
	if r.known(n) {
		*r.errs = append(*r.errs, Decode(n, &v)...)
	}
	return v
}

func (r *scenarioReader) duration(n *Node, v *time.Duration) {
	if !r.known(n) {
		return
	}
	d := time.Duration(0)
	errs := Decode(n, &d)
	*r.errs = append(*r.errs, errs...)
	switch {
	case len(errs) > 0:
	case d == 0:
		r.fail(n.Errorf("wants a time that is not 0"))
	default:
		*v = d
	}
}

func (r *scenarioReader) isolation(n *Node, otherwise string) string {
	if !r.known(n) {
		return otherwise
	}
	kinds := []string{"netns", "none"}
	text, _ := n.Scalar()
	if contains(kinds, text) {
		return text
	}
	err := n.Errorf("wants netns or none, got %s", n.Describe())
	if near := Suggest(text, kinds); near != "" {
		err.WithHint("did you mean %s?", near)
	}
	r.fail(err)
	return otherwise
}

// items are those of a list, or the only one where a list may be left out.
func (r *scenarioReader) items(n *Node) []*Node {
	if !r.known(n) {
		return nil
	}
	if n = n.expanded(); n.Kind == List {
		return n.Items
	}
	return []*Node{n}
}

func (r *scenarioReader) tags(n *Node) []string {
	var tags []string
	for _, item := range r.items(n) {
		tag := r.text(item)
		if tag == "" && item.Kind == Scalar && item.Template == nil {
			r.fail(item.Errorf("a tag is empty"))
		} else if tag != "" && !contains(tags, tag) {
			tags = append(tags, tag)
		}
	}
	return tags
}
