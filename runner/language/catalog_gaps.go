package language

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sockspec/sockspec/specs/catalog"
)

// Gaps are what the catalogue lacks, a line each: pairs and statements without a
// scenario, and tags that a scenario does not keep.
func Gaps() ([]string, error) {
	list, err := Catalog()
	if err != nil {
		return nil, err
	}
	pairs, statements := catalog.Wanted()
	return gaps(list, pairs, statements), nil
}

func gaps(list []Catalogued, pairs []catalog.Pair, statements []string) []string {
	var lines []string
	for _, p := range pairs {
		if len(showing(list, p)) == 0 {
			lines = append(lines, fmt.Sprintf("%s: no scenario", p))
		}
	}
	for _, number := range statements {
		if !slices.ContainsFunc(list, func(c Catalogued) bool { return strings.HasPrefix(c.Name, number+" ") }) {
			lines = append(lines, number+": no scenario")
		}
	}
	for i := range list {
		if strings.HasPrefix(list[i].File, "errors/") {
			lines = append(lines, falseTags(&list[i], pairs)...)
		}
	}
	return lines
}

// showing are the scenarios of a pair, in the order of the catalogue.
func showing(list []Catalogued, p catalog.Pair) []*Catalogued {
	var found []*Catalogued
	for i := range list {
		if slices.ContainsFunc(list[i].Shows, func(s Shown) bool { return s.Pair == p }) {
			found = append(found, &list[i])
		}
	}
	return found
}

// falseTags are the calls and errnos among a scenario's tags that no step of it shows.
func falseTags(c *Catalogued, pairs []catalog.Pair) []string {
	var lines []string
	calls, errnos := 0, 0
	for _, tag := range c.Tags {
		isCall := slices.ContainsFunc(pairs, func(p catalog.Pair) bool { return p.Call == tag })
		isErrno := slices.Contains(ErrnoNames(), tag)
		if isCall {
			calls++
		}
		if isErrno {
			errnos++
		}
		if (isCall || isErrno) && !slices.ContainsFunc(c.Shows, func(s Shown) bool { return s.Call == tag || s.Errno == tag }) {
			lines = append(lines, fmt.Sprintf("%s: %q has the tag %s, and no step shows it with another of its tags", c.Pos, c.Name, tag))
		}
	}
	if calls == 0 || errnos == 0 {
		lines = append(lines, fmt.Sprintf("%s: the tags of %q name no call and errno", c.Pos, c.Name))
	}
	return lines
}
