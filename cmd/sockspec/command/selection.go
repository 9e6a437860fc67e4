package command

import (
	"iter"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/sockspec/sockspec/runner"
	"github.com/sockspec/sockspec/specs"
)

// selection is what of the files is meant.
type selection struct {
	run  string
	tags []string
	vars []string

	name  *regexp.Regexp
	given map[string]string // vars by name
}

// add makes the flags of a selection.
func (sel *selection) add(f *pflag.FlagSet) {
	f.StringVar(&sel.run, "run", "", "only scenarios whose name matches this `REGEXP`")
	f.StringSliceVar(&sel.tags, "tag", nil, "only scenarios that have this `TAG`, or one of several (a,b)")
	addVars(f, &sel.vars)
}

func addVars(f *pflag.FlagSet, vars *[]string) {
	f.StringArrayVar(vars, "var", nil, "`NAME=VALUE` in place of a var of the files; read as YAML; may be repeated")
}

// parse looks at the values of the flags.
func (sel *selection) parse() (map[string]string, error) {
	if sel.run != "" {
		re, err := regexp.Compile(sel.run)
		if err != nil {
			return nil, usagef("--run %s: not a regular expression: %s", sel.run, strings.TrimPrefix(err.Error(), "error parsing regexp: "))
		}
		sel.name = re
	}
	return parseVars(sel.vars)
}

func parseVars(list []string) (map[string]string, error) {
	vars := make(map[string]string, len(list))
	for _, v := range list {
		name, value, ok := strings.Cut(v, "=")
		if !ok || name == "" {
			return nil, usagef("--var %s: wants NAME=VALUE", v)
		}
		vars[name] = value
	}
	return vars, nil
}

// pick are the plans that are meant. Nothing at all is an error that says why.
func (sel *selection) pick(list []spec) ([]*runner.Plan, error) {
	var picked []*runner.Plan
	for i := range list {
		for _, p := range list[i].plans {
			if sel.means(p.Spec) {
				picked = append(picked, p)
			}
		}
	}
	if len(picked) == 0 {
		return nil, exitf(exitNothing, "nothing to run: %s", sel.why(list))
	}
	return picked, nil
}

func (sel *selection) means(s *specs.Scenario) bool {
	if sel.name != nil && !sel.name.MatchString(s.Name) {
		return false
	}
	return len(sel.tags) == 0 || slices.ContainsFunc(sel.tags, func(t string) bool { return slices.Contains(s.Tags, t) })
}

// why says what nothing matched, with the nearest that there is.
func (sel *selection) why(list []spec) string {
	var names, tags []string
	for i := range list {
		for _, p := range list[i].plans {
			names = append(names, p.Spec.Name)
			tags = append(tags, p.Spec.Tags...)
		}
	}
	slices.Sort(tags)
	tags = slices.Compact(tags)
	if len(names) == 0 {
		return "the files have no scenarios"
	}
	for _, t := range sel.tags {
		if !slices.Contains(tags, t) {
			return "no scenario has the tag " + t + nearest(t, tags, "tag")
		}
	}
	if sel.name != nil && !slices.ContainsFunc(names, sel.name.MatchString) {
		return "no scenario has a name that matches --run " + sel.run + nearest(strings.Trim(sel.run, "^$"), names, "name")
	}
	return "no scenario has both the name and the tag"
}

// nearest is a hint on the next line: a name that was perhaps meant, or all of a few.
func nearest(word string, among []string, what string) string {
	if near := specs.Suggest(word, among); near != "" {
		return "\ndid you mean " + near + "?"
	}
	for _, name := range among {
		if strings.Contains(strings.ToLower(name), strings.ToLower(word)) {
			return "\ndid you mean " + name + "?"
		}
	}
	switch {
	case len(among) == 0:
		return "\nthere is no " + what + " at all"
	case len(among) <= 12:
		return "\nthere is " + strings.Join(among, ", ")
	}
	return ""
}

func keys[V any](m map[string]V) iter.Seq[string] { return maps.Keys(m) }
