package report

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/sockspec/sockspec/runner"
	"github.com/sockspec/sockspec/specs"
	"github.com/sockspec/sockspec/steps"
)

// explanation is the text of one failure on its way: what was wanted and what
// came, where the others were, the calls that led to it, how to run it again.
type explanation struct {
	p        *paint
	spec     *specs.Scenario
	f        *runner.Failure
	record   *record
	indent   string
	logShown bool   // the calls were shown when they were made
	graded   string // the submission whose grading it was; "" for none

	b strings.Builder
}

// text is all of it, every line indented.
func (x *explanation) text() string {
	if x.spec.About != "" {
		x.lines("", wrapped(safe(x.spec.About), 96)...)
		x.gap()
	}
	if x.f == nil {
		return x.b.String()
	}
	x.what()
	x.remark()
	x.call()
	x.hint()
	x.programs()
	x.actors()
	x.sockets()
	x.log()
	x.schedule()
	x.again()
	return x.b.String()
}

// line writes one line.
func (x *explanation) line(format string, args ...any) {
	text := format
	if len(args) > 0 {
		text = fmt.Sprintf(format, args...)
	}
	if text = strings.TrimRight(text, " "); text != "" {
		x.b.WriteString(x.indent)
		x.b.WriteString(text)
	}
	x.b.WriteByte('\n')
}

// lines writes several, each with something before it.
func (x *explanation) lines(before string, lines ...string) {
	for _, l := range lines {
		x.line("%s", before+l)
	}
}

// gap ends a section.
func (x *explanation) gap() {
	if !strings.HasSuffix(x.b.String(), "\n\n") {
		x.b.WriteByte('\n')
	}
}

// heading begins a section.
func (x *explanation) heading(text string) { x.line("%s", x.p.strong.of(text)) }

// what says in one sentence what went wrong, where, and what was wanted.
func (x *explanation) what() {
	pos, src := x.f.Pos, x.f.Src
	if len(x.f.Mismatches) > 0 && x.f.Mismatches[0].Pos.Line > 0 {
		pos, src = x.f.Mismatches[0].Pos, x.f.Mismatches[0].Src
	}
	x.line("%s  %s", x.p.strong.of(place(pos)), x.p.strong.of(x.sentence()))
	x.excerpt(src, x.f.Pos, pos)
	for i := range x.f.Mismatches {
		m := &x.f.Mismatches[i]
		if m.Pos != pos && m.Pos.Line > 0 {
			x.excerpt(m.Src, m.Pos, m.Pos)
			pos = m.Pos
		}
		x.mismatch(m)
	}
	if x.f.Order != nil {
		x.order(x.f.Order)
	}
	if x.f.Outcomes != nil {
		x.outcomes(x.f.Outcomes)
	}
	x.gap()
}

// sentence is what happened, with the actor and the step that it happened to.
func (x *explanation) sentence() string {
	what := safe(x.f.What)
	step := withoutIndexes(safe(x.f.Step))
	step = strings.TrimRight(step, "[…]")
	switch {
	case what == "" && len(x.f.Mismatches) > 0:
		what = x.f.Mismatches[0].Key + " differs from what was expected"
	case x.f.Actor == "":
		return what
	case step != "" && strings.HasPrefix(what, step) && !strings.HasPrefix(what, step+"_"):
		return safe(x.f.Actor) + "." + safe(x.f.Step) + strings.TrimPrefix(what, step)
	}
	return safe(x.f.Actor) + "." + safe(x.f.Step) + ": " + what
}

// place is file:line:col.
func place(p specs.Pos) string {
	if p.Line == 0 {
		return safe(p.File)
	}
	return fmt.Sprintf("%s:%d:%d", safe(p.File), p.Line, p.Col)
}

// excerptReach is how many lines an excerpt may have from the step's own line
// to the one with the caret.
const excerptReach = 5

// excerpt shows the lines from the step to the place, with a caret below it.
func (x *explanation) excerpt(src *specs.Source, from, at specs.Pos) {
	text := src.Excerpt(at)
	if text == "" {
		return
	}
	width := len(fmt.Sprint(at.Line))
	if from.File == at.File && from.Line < at.Line && from.Line > 0 {
		first := from.Line
		if at.Line-first >= excerptReach {
			x.line("%s", x.p.dim.of(fmt.Sprintf("  %*d | ", width, first))+sourceLine(src, first))
			x.line("%s", x.p.dim.of("  "+strings.Repeat(" ", width)+" | …"))
			first = at.Line
		}
		for n := first; n < at.Line; n++ {
			x.line("%s", x.p.dim.of(fmt.Sprintf("  %*d | ", width, n))+sourceLine(src, n))
		}
	}
	for i, l := range strings.Split(text, "\n") {
		number, rest, _ := strings.Cut(l, "|")
		if i > 0 {
			rest = x.p.mark.of(rest)
		}
		x.line("%s", x.p.dim.of(number+"|")+rest)
	}
}

// sourceLine is a line of the spec as it can be shown.
func sourceLine(src *specs.Source, n int) string {
	const most = 120
	line := []rune(strings.ReplaceAll(safe(strings.ReplaceAll(src.Line(n), "\t", "  ")), "\t", "  "))
	if len(line) > most {
		return string(line[:most]) + "…"
	}
	return string(line)
}

// mismatch shows what was wanted, what came, and which bytes differ.
func (x *explanation) mismatch(m *steps.Mismatch) {
	key := safe(m.Key)
	if key != "" {
		key += "  "
	}
	blank := strings.Repeat(" ", columns(key))
	x.line("  %s%s %s", key, x.p.good.of("want"), x.p.good.of(safe(m.Want)))
	x.line("  %s%s %s", blank, x.p.bad.of("got "), x.p.bad.of(safe(m.Got)))
	if m.Diff == nil {
		return
	}
	for _, l := range m.Diff.Lines() {
		x.line("  %s%s", blank, x.diffStyle(l.Kind).of(safe(l.Text)))
	}
}

func (x *explanation) diffStyle(k steps.DiffKind) style {
	switch k {
	case steps.DiffWant:
		return x.p.good
	case steps.DiffGot:
		return x.p.bad
	case steps.DiffMark:
		return x.p.mark
	}
	return x.p.dim
}

// remark is what the spec says about the step.
func (x *explanation) remark() {
	if x.f.About == "" {
		return
	}
	x.lines("", wrapped("about this step: "+safe(x.f.About), 96)...)
	x.gap()
}

// call shows the system calls of the step that failed.
func (x *explanation) call() {
	if x.f.Outcome == nil || len(x.f.Outcome.Calls) == 0 {
		return
	}
	x.heading(plural(len(x.f.Outcome.Calls), "the call", "the calls"))
	for _, c := range x.f.Outcome.Calls {
		x.line("  %s", callText(c))
	}
	x.gap()
}

// hint is a sentence that teaches, where there is one for what happened.
func (x *explanation) hint() {
	text := hintFor(x.f)
	if text == "" {
		return
	}
	list := wrapped(text, 90)
	x.line("%s %s", x.p.warn.of("hint:"), list[0])
	x.lines("      ", list[1:]...)
	x.gap()
}

// again is the command that runs only this scenario.
func (x *explanation) again() {
	file := x.spec.Pos.File
	if file == "" || file == Stdin {
		return
	}
	command := runAgain(x.spec, x.f.Schedule)
	if x.graded != "" {
		command = gradeAgain(x.spec, x.graded)
	}
	x.line("%s %s", x.p.dim.of("again:"), command)
}

// runAgain is a command that runs only one scenario, in some order.
func runAgain(s *specs.Scenario, schedule []string) string {
	return "sockspec run " + shellWord(s.Pos.File) + " --run " + shellQuote("^"+regexp.QuoteMeta(s.Name)+"$") + scheduleFlag(schedule)
}

// gradeAgain is a command that grades a submission by one scenario, and those that
// it needs.
func gradeAgain(s *specs.Scenario, submission string) string {
	return "sockspec grade " + shellWord(s.Pos.File) + " " + shellWord(submission) + " -v --run " + shellQuote("^"+regexp.QuoteMeta(s.Name)+"$")
}

// Stdin is what the standard input is called in places.
const Stdin = "stdin"

// plainWord is one that a shell takes as it is.
var plainWord = regexp.MustCompile(`^[A-Za-z0-9_./@%+=:,-]+$`)

// shellWord is a word of a command line, in quotes where a shell needs them.
func shellWord(s string) string {
	if plainWord.MatchString(s) {
		return s
	}
	return shellQuote(s)
}

func shellQuote(s string) string {
	return "'" + strings.ReplaceAll(safe(s), "'", `'\''`) + "'"
}

// wrapped is a text in lines of at most width columns.
func wrapped(text string, width int) []string {
	var lines []string
	line, used := "", 0
	for _, word := range strings.Fields(text) {
		w := columns(word)
		if used > 0 && used+1+w > width {
			lines = append(lines, line)
			line, used = "", 0
		}
		if used > 0 {
			line, used = line+" ", used+1
		}
		line, used = line+word, used+w
	}
	if line != "" || len(lines) == 0 {
		lines = append(lines, line)
	}
	return lines
}

// columns is about how wide a terminal shows a text.
func columns(s string) int { return len([]rune(s)) }
