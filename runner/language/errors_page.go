package language

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sockspec/sockspec/specs/catalog"
	"github.com/sockspec/sockspec/steps"
)

// ErrorsPage is the page of the errors that the catalogue shows, in Markdown.
func ErrorsPage() ([]byte, error) {
	list, err := Catalog()
	if err != nil {
		return nil, err
	}
	pairs, _ := catalog.Wanted()
	p := &errorsPage{list: list, pairs: pairs}
	p.head()
	p.byErrno()
	p.byCall()
	p.differences()
	return []byte(p.b.String()), nil
}

// errorsPage is the page on its way.
type errorsPage struct {
	list  []Catalogued
	pairs []catalog.Pair
	b     strings.Builder
}

// head says what the page is, and how much is covered.
func (p *errorsPage) head() {
	covered, shown := 0, 0
	for _, pair := range p.pairs {
		if len(showing(p.list, pair)) > 0 {
			covered++
		}
	}
	for i := range p.list {
		if len(p.list[i].Shows) > 0 {
			shown++
		}
	}
	fmt.Fprintf(&p.b, "# Errors\n\n"+
		"Errors that system calls on sockets give to ordinary programs on Linux, with scenarios that provoke them on a real kernel: %d pairs of a call\n"+
		"and an error. A call may give others, where memory runs out or a security module has its say. This page is made from the\n"+
		"[catalogue](../specs/catalog) that ships with the program (`go generate ./...`).\n\n"+
		"`sockspec explain ECONNRESET` says what an error means and what to do about it; `sockspec repro ECONNRESET` provokes it and shows every\n"+
		"call; `sockspec repro ECONNRESET --spec` prints the YAML to start from.\n\n"+
		"**%d of %d pairs** of a call and an error are shown, by **%d scenarios**; %d errors, %d calls.\n%s\n"+
		"[By error](#by-error) · [By call](#by-call) · [Linux and POSIX](#linux-and-posix)\n",
		len(p.pairs), covered, len(p.pairs), shown, len(p.errnos()), len(p.calls()), passedWords(catalog.Counts(), len(p.list)))
}

// passedWords say how many scenarios pass, and for whom; "" where it was not
// counted for this catalogue.
func passedWords(c catalog.Count, total int) string {
	if c.Root == 0 {
		return ""
	}
	return fmt.Sprintf("\nOf the whole catalogue, the textbook's statements included, **%d of %d** scenarios pass as root on Linux %s, and %d as an ordinary user\n"+
		"in a user namespace of its own; the others say what they need.\n", c.Root, total, c.Kernel, c.User)
}

func (p *errorsPage) errnos() []string {
	var names []string
	for _, pair := range p.pairs {
		names = append(names, pair.Errno)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func (p *errorsPage) calls() []string {
	var names []string
	for _, pair := range p.pairs {
		names = append(names, pair.Call)
	}
	return slices.Compact(names)
}

// byErrno is a section for each error, with a row for each call.
func (p *errorsPage) byErrno() {
	p.b.WriteString("\n## By error\n\n| error | shown with |\n|---|---|\n")
	for _, name := range p.errnos() {
		fmt.Fprintf(&p.b, "| [%s](#%s) | %s |\n", name, strings.ToLower(name), p.cells(func(pair catalog.Pair) (string, bool) { return pair.Call, pair.Errno == name }))
	}
	for _, name := range p.errnos() {
		e, _ := steps.ErrnoByName(name)
		fmt.Fprintf(&p.b, "\n### %s\n\n%s: %s.\n\n%s\n\n", name, steps.ErrnoText(e), errnoMeaning[name], errnoAdvice[name])
		for _, pair := range p.pairs {
			if pair.Errno == name {
				fmt.Fprintf(&p.b, "- %s: %s\n", pair.Call, p.ways(pair))
			}
		}
	}
}

// byCall is a table of calls.
func (p *errorsPage) byCall() {
	p.b.WriteString("\n## By call\n\n`SO_ERROR` is what `getsockopt` reads, `MSG_ERRQUEUE` what `recvmsg` takes from the error queue.\n\n" +
		"| call | errors |\n|---|---|\n")
	for _, call := range p.calls() {
		fmt.Fprintf(&p.b, "| `%s` | %s |\n", call, p.cells(func(pair catalog.Pair) (string, bool) { return pair.Errno, pair.Call == call }))
	}
}

// cells are the pairs of one row, each a link to its first scenario.
func (p *errorsPage) cells(word func(catalog.Pair) (string, bool)) string {
	var cells []string
	for _, pair := range p.pairs {
		text, wanted := word(pair)
		if !wanted {
			continue
		}
		if found := showing(p.list, pair); len(found) > 0 {
			text = fmt.Sprintf("[%s](%s)", text, link(found[0]))
		}
		cells = append(cells, text)
	}
	return strings.Join(cells, ", ")
}

// ways are links to all scenarios of a pair; those of a matrix have one.
func (p *errorsPage) ways(pair catalog.Pair) string {
	var list []string
	for _, c := range showing(p.list, pair) {
		list = append(list, fmt.Sprintf("[%s](%s)", markdown.Replace(c.Way()), link(c)))
	}
	if len(list) == 0 {
		return "no scenario yet"
	}
	return strings.Join(slices.Compact(list), "; ")
}

// markdown keeps the characters of a name from being marks.
var markdown = strings.NewReplacer("[", `\[`, "]", `\]`, "_", `\_`, "*", `\*`, "<", `\<`, "|", `\|`)

// link leads from the folder docs to the line of a scenario.
func link(c *Catalogued) string {
	return fmt.Sprintf("../specs/catalog/%s#L%d", c.File, c.Pos.Line)
}

// differences is the section on POSIX.
func (p *errorsPage) differences() {
	p.b.WriteString("\n## Linux and POSIX\n\nWhere a Linux kernel answers otherwise than POSIX.1-2024 says, or than its own manual pages long did.\n\n" +
		"| about | what differs |\n|---|---|\n")
	for _, d := range catalog.Differences() {
		fmt.Fprintf(&p.b, "| %s | %s |\n", strings.Join(d.Words, ", "), cellText(d.Text))
	}
}
