package specs

import (
	"sort"
	"time"
)

// Options say what a file is read with.
type Options struct {
	// Vars override the vars of the file and of its scenarios, by name. The values
	// are read as YAML.
	Vars map[string]string
	// Verbs are the verbs that exist and VerbArgs the keys of their arguments. They
	// serve better messages only, and may be nil.
	Verbs    []string
	VerbArgs map[string][]string
	// Submission is the path that $(submission) stands for; where it is "" that has
	// no value.
	Submission string
}

// maxMistakes is how many mistakes of a file are reported one by one.
const maxMistakes = 1000

// Load reads a spec file. name is what messages call it. The error is of type
// [Errors]: all mistakes, in the order of the file. The File is there whenever the
// text is YAML, with what could be decoded, so that the caller can look for more.
func Load(name string, src []byte, o Options) (*File, error) {
	text, errs := checkText(name, src)
	if len(errs) > 0 {
		return nil, errs
	}
	l := &loader{src: newSource(name, text), options: o}
	l.src.words = o.vocabulary()
	f := l.load()
	if errs := inOrder(l.errs); len(errs) > 0 {
		return f, errs
	}
	return f, nil
}

func (o *Options) vocabulary() *vocabulary {
	if o.Verbs == nil {
		return nil
	}
	return &vocabulary{o.Verbs, o.VerbArgs}
}

// loader reads one file.
type loader struct {
	src     *Source
	options Options
	errs    Errors
	file    *File

	overrides []Field // --var
	given     []Field // submission, where it has a value
	vars      []Field // the file's
	scope     *scope  // of scenarios without vars of their own
	defaults  defaults
	budget    budget
	// nodes outside of the scenarios, for the limit of aliases.
	restNodes int
}

// fileText is the top of a file.
type fileText struct {
	Scenarios *Node `spec:"scenarios,required"`
	Vars      *Node `spec:"vars"`
	Defaults  *Node `spec:"defaults"`
	Grading   *Node `spec:"grading"`
}

func (l *loader) load() *File {
	l.file = &File{Source: l.src}
	l.readOverrides()
	l.readSubmission()
	if l.chunks() {
		return l.file
	}
	l.budget.used.Store(0)
	l.budget.said.Store(false)
	root := l.parseWhole()
	if root == nil {
		return l.file
	}
	list := l.top(root)
	if list == nil {
		return l.file
	}
	var all []madeScenario
	for _, item := range list.Items {
		s := l.scenario(item)
		l.errs = append(l.errs, s.errs...)
		all = append(all, s.made...)
	}
	l.finish(all)
	return l.file
}

// top decodes everything but the scenarios, and gives their list; nil if there is none.
func (l *loader) top(root *Node) *Node {
	if root.broken {
		return nil
	}
	var t fileText
	if root.Kind != Map {
		l.fail(root.Errorf("a spec file is a mapping with the key scenarios, got %s", root.Describe()))
		return nil
	}
	l.errs = append(l.errs, Decode(root, &t)...)
	l.readVars(t.Vars)
	l.readDefaults(t.Defaults)
	if t.Grading != nil {
		l.file.Grading = l.bindFile(t.Grading)
	}
	return l.scenarioList(t.Scenarios)
}

func (l *loader) scenarioList(n *Node) *Node {
	switch {
	case n == nil || n.broken:
		return nil
	case n.Kind != List:
		l.fail(n.Errorf("wants a list of scenarios, got %s", n.Describe()).WithHint("begin each scenario with - name: …"))
		return nil
	case len(n.Items) == 0:
		l.fail(n.Errorf("wants at least one scenario, got an empty list"))
	}
	return n
}

func (l *loader) fail(err *Error) {
	if err != nil {
		l.errs = append(l.errs, err)
	}
}

// readVars reads the file's vars.
func (l *loader) readVars(n *Node) {
	if n != nil {
		l.vars = varFields(n, &l.errs)
	}
	for _, f := range l.vars {
		l.file.Vars = append(l.file.Vars, f.Key.Text)
	}
	l.src.vars = append(append([]string(nil), l.file.Vars...), taken...)
	l.scope = newScope(&l.errs, &l.budget, l.given, l.vars, overriding(l.overrides, l.vars))
	l.scope.bindAll(l.vars)
}

// bindFile fills the file's vars into a part of it that belongs to no scenario.
func (l *loader) bindFile(n *Node) *Node { return l.scope.fork(&l.errs).bind(n) }

// varFields are the fields of a mapping of vars, those with a good name.
func varFields(n *Node, errs *Errors) []Field {
	switch {
	case n.broken:
		return nil
	case n.Kind != Map:
		*errs = append(*errs, n.Errorf("wants a mapping from names to values, got %s", n.Describe()))
		return nil
	}
	fields := make([]Field, 0, len(n.Fields))
	for _, f := range n.Fields {
		if err := CheckName(f.Key, "var"); err != nil {
			*errs = append(*errs, err)
			continue
		}
		fields = append(fields, f)
	}
	return fields
}

// overriding are the overrides of those names that are declared.
func overriding(overrides []Field, declared ...[]Field) []Field {
	var hit []Field
	for _, o := range overrides {
		for _, fields := range declared {
			for _, f := range fields {
				if f.Key.Text == o.Key.Text {
					hit = append(hit, Field{f.Key, o.Value})
				}
			}
		}
	}
	return hit
}

// readOverrides parses the values of --var.
func (l *loader) readOverrides() {
	for _, name := range sortedKeys(l.options.Vars) {
		src := newSource("--var "+name, l.options.Vars[name])
		sub := &loader{src: src}
		var value *Node
		if text, errs := checkText(src.Name, []byte(src.Text)); len(errs) > 0 && src.Text != "" {
			l.errs = append(l.errs, errs...)
		} else if text == "" {
			value = &Node{Kind: Scalar, Style: DoubleQuoted, line: 1, col: 1, src: src}
		} else {
			value = sub.parseWhole()
			l.errs = append(l.errs, sub.errs...)
		}
		if value == nil {
			value = (&Node{line: 1, col: 1, src: src}).breaks()
		}
		key := &Node{Kind: Scalar, Text: name, line: 1, col: 1, src: src}
		l.overrides = append(l.overrides, Field{key, value})
	}
}

// readSubmission makes a value of the path of the submission.
func (l *loader) readSubmission() {
	if l.options.Submission == "" {
		return
	}
	at := Node{Kind: Scalar, Style: DoubleQuoted, line: 1, col: 1, src: newSource("submission", "")}
	key, value := at, at
	key.Text, value.Text = "submission", l.options.Submission
	l.given = []Field{{&key, &value}}
}

// finish puts the scenarios in their order and looks at their names.
func (l *loader) finish(all []madeScenario) {
	l.uniqueNames(all)
	seen := map[string]bool{}
	for _, v := range l.file.Vars {
		seen[v] = true
	}
	for _, s := range all {
		l.file.Scenarios = append(l.file.Scenarios, s.Scenario)
		for _, v := range s.vars {
			if !seen[v.Key.Text] {
				seen[v.Key.Text] = true
				l.file.Vars = append(l.file.Vars, v.Key.Text)
			}
		}
	}
}

// uniqueNames reports scenarios that have the name of an earlier one.
func (l *loader) uniqueNames(all []madeScenario) {
	first := make(map[string]*Scenario, len(all))
	for _, s := range all {
		if s.Name == "" {
			continue
		}
		if f := first[s.Name]; f != nil {
			l.fail(errorAt(s.Source, s.Pos, "the name %s is given a second time; the scenario in line %d has it already", quote(s.Name), f.Pos.Line))
			continue
		}
		first[s.Name] = s.Scenario
	}
}

// inOrder sorts mistakes by their place and says each once: what stands once in the
// file may be read several times, for the rows of a matrix or behind an alias.
func inOrder(errs Errors) Errors {
	sort.SliceStable(errs, func(i, k int) bool {
		a, b := errs[i], errs[k]
		if a.Pos.File != b.Pos.File {
			return a.Src != nil && b.Src != nil && a.Pos.File < b.Pos.File
		}
		return a.Pos.Before(b.Pos)
	})
	type said struct {
		pos Pos
		msg string
	}
	seen := make(map[said]bool, len(errs))
	once := errs[:0]
	for _, err := range errs {
		key := said{err.Pos, err.Msg}
		if !seen[key] {
			seen[key] = true
			once = append(once, err)
		}
	}
	if len(once) > maxMistakes {
		rest := once[maxMistakes].cut(len(once) - maxMistakes)
		once = append(once[:maxMistakes:maxMistakes], rest)
	}
	return once
}

func (e *Error) cut(n int) *Error {
	return errorAt(e.Src, e.Pos, "and %d more mistakes from here on", n)
}

// defaults hold for every scenario that does not say otherwise.
type defaults struct {
	timeout, stepTimeout time.Duration
	isolation            string
	tags                 []string
	requires             []Requirement
}
