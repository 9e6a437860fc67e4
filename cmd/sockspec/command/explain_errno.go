package command

import (
	"fmt"
	"slices"
	"strings"
	"syscall"

	"github.com/sockspec/sockspec/runner/language"
	"github.com/sockspec/sockspec/runner/report"
	"github.com/sockspec/sockspec/specs/catalog"
	"github.com/sockspec/sockspec/steps"
)

// explainWidth is how wide explanations are, in columns.
const explainWidth = 96

// explainErrno says what an error means, what to do about it, with which calls
// the catalogue shows it, and how to see that happen.
func explainErrno(e syscall.Errno) (string, error) {
	name := steps.ErrnoName(e)
	scenarios, err := language.Catalog(name)
	if err != nil {
		return "", &mistaken{mistakesOf(err)}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s  errno %d: %s\n", name, int(e), steps.ErrnoText(e))
	if meaning := language.Errno(name); meaning != "" {
		fmt.Fprintf(&b, "\n%s\n", filled(sentence(meaning), ""))
	}
	if advice := language.ErrnoAdvice(name); advice != "" {
		fmt.Fprintf(&b, "\nwhat to do\n%s\n", filled(advice, "  "))
	}
	calls := writeWays(&b, scenarios, name)
	writeDifferences(&b, name)
	if len(calls) > 0 {
		writeRows(&b, "see it happen", [][3]string{
			{"sockspec repro " + name, "", "every call, in the order of time"},
			{"sockspec repro " + calls[0] + " " + name, "", "of one call alone"},
			{"sockspec list catalog:" + name, "", "what each scenario is about"},
		})
	}
	fmt.Fprintf(&b, "\nin a spec\n  expect: {error: %s}\n", name)
	return b.String(), nil
}

// sentence is a text that begins with a capital and ends in a full stop.
func sentence(text string) string { return strings.ToUpper(text[:1]) + text[1:] + "." }

// filled is a text in lines of a paragraph.
func filled(text, before string) string {
	return before + strings.Join(report.Wrapped(text, explainWidth-len(before)), "\n"+before)
}

// writeWays lists the calls with which the catalogue shows an error, each with the
// ways in which it comes about, and gives the calls.
func writeWays(b *strings.Builder, scenarios []language.Catalogued, errno string) []string {
	var calls []string
	ways := map[string][]string{}
	for i := range scenarios {
		for _, e := range scenarios[i].Shows {
			way := scenarios[i].Way()
			if e.Errno != errno || slices.Contains(ways[e.Call], way) {
				continue
			}
			if ways[e.Call] == nil {
				calls = append(calls, e.Call)
			}
			ways[e.Call] = append(ways[e.Call], way)
		}
	}
	var rows [][3]string
	for _, call := range inCallOrder(calls) {
		for i, way := range ways[call] {
			if i > 0 {
				call = ""
			}
			rows = append(rows, [3]string{call, "", steps.Printable(way)})
		}
	}
	writeRows(b, "with which calls the catalogue shows it", rows)
	return calls
}

// inCallOrder puts calls in the order of the list of what is wanted: that of a
// socket's life.
func inCallOrder(calls []string) []string {
	pairs, _ := catalog.Wanted()
	rank := func(call string) int {
		return slices.IndexFunc(pairs, func(p catalog.Pair) bool { return p.Call == call })
	}
	slices.SortStableFunc(calls, func(a, b string) int { return rank(a) - rank(b) })
	return calls
}

// writeDifferences says what POSIX, and so other systems, has otherwise.
func writeDifferences(b *strings.Builder, errno string) {
	heading := "\nother systems, and POSIX\n"
	for _, d := range catalog.Differences() {
		if slices.Contains(d.Words, errno) {
			fmt.Fprintf(b, "%s  - %s\n", heading, filled(d.Text, "    ")[4:])
			heading = ""
		}
	}
}

// explainErrors lists the errors that the catalogue shows of a verb, by system call:
// getsockopt is also how SO_ERROR is read.
func explainErrors(verb string) (string, error) {
	scenarios, err := language.Catalog(verb)
	if err != nil {
		return "", &mistaken{mistakesOf(err)}
	}
	errnos := map[string][]string{}
	var calls []string
	for i := range scenarios {
		for _, e := range scenarios[i].Shows {
			if e.Verb != verb {
				continue
			}
			if errnos[e.Call] == nil {
				calls = append(calls, e.Call)
			}
			errnos[e.Call] = append(errnos[e.Call], e.Errno)
		}
	}
	if len(calls) == 0 {
		return "", nil
	}
	var b strings.Builder
	for _, call := range inCallOrder(calls) {
		names := errnos[call]
		slices.Sort(names)
		names = slices.Compact(names)
		if b.Len() == 0 {
			fmt.Fprintf(&b, "\nerrors that the catalogue shows (sockspec repro %s %s)\n", call, names[0])
		}
		text := strings.Join(names, " ")
		if len(calls) > 1 {
			text = call + ": " + text
		}
		fmt.Fprintln(&b, filled(text, "  "))
	}
	return b.String(), nil
}
