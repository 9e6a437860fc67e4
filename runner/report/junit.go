package report

import (
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/sockspec/sockspec/runner"
)

// JUnit is the report that CI servers read: a testsuite for each file, a testcase
// for each scenario. The totals stand at the top, so it is written at the end.
type JUnit struct {
	w      io.Writer
	cases  spool
	suites []*junitSuite // in the order in which they began
	named  map[string]*junitSuite
	b      []byte
}

// junitSuite is what came of the scenarios of one file.
type junitSuite struct {
	file string
	Tally
	elapsed time.Duration
	parts   []junitPart // of the spool
}

type junitPart struct{ from, to int64 }

// NewJUnit reports to w.
func NewJUnit(w io.Writer) *JUnit {
	return &JUnit{w: w, named: make(map[string]*junitSuite)}
}

func (j *JUnit) start(*summary) error { return nil }

// xmlText and xmlValue are for texts in which every character may be shown.
var (
	xmlText  = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	xmlValue = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#39;", "\t", "&#9;", "\n", "&#10;")
)

// attribute appends one with its value.
func attribute(b []byte, name, value string) []byte {
	return append(append(append(append(append(b, ' '), name...), `="`...), xmlValue.Replace(value)...), '"')
}

func seconds(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', 6, 64) }

// scenario writes a testcase.
func (j *JUnit) scenario(s *scenario) error {
	suite := j.suite(s.spec.Pos.File)
	suite.add(s.verdict)
	suite.elapsed += s.elapsed
	b := append(j.b[:0], "    <testcase"...)
	b = attribute(b, "name", safe(s.spec.Name))
	b = attribute(b, "classname", className(s.spec.Pos.File))
	b = attribute(b, "file", safe(s.spec.Pos.File))
	b = attribute(b, "line", strconv.Itoa(s.spec.Pos.Line))
	b = attribute(b, "time", seconds(s.elapsed))
	inner := len(b)
	b = append(b, ">\n"...)
	b = appendProperties(b, "      ", s.properties())
	b = j.verdict(b, s)
	if len(b) == inner+len(">\n") {
		b = append(b[:inner], "/>\n"...)
	} else {
		b = append(b, "    </testcase>\n"...)
	}
	j.b = b
	from := j.cases.n
	if last := len(suite.parts) - 1; last >= 0 && suite.parts[last].to == from {
		suite.parts[last].to += int64(len(b))
	} else {
		suite.parts = append(suite.parts, junitPart{from, from + int64(len(b))})
	}
	_, err := j.cases.Write(b)
	return err
}

func (j *JUnit) suite(file string) *junitSuite {
	s := j.named[file]
	if s == nil {
		s = &junitSuite{file: file}
		j.named[file] = s
		j.suites = append(j.suites, s)
	}
	return s
}

// className is a file as the class that CI servers group by: specs.tcp.echo.
func className(file string) string {
	name := strings.TrimSuffix(safe(file), path.Ext(file))
	return strings.ReplaceAll(strings.Trim(strings.NewReplacer(".", "_", ":", "/").Replace(name), "/"), "/", ".")
}

// properties are what else is known of a scenario.
func (s *scenario) properties() [][2]string {
	var list [][2]string
	for _, t := range s.spec.Tags {
		list = append(list, [2]string{"tag", t})
	}
	if s.spec.About != "" {
		list = append(list, [2]string{"about", s.spec.About})
	}
	if s.runs > 1 {
		list = append(list, [2]string{"runs", strconv.Itoa(s.runs)}, [2]string{"runs_gone_wrong", strconv.Itoa(s.bad)})
	}
	if s.orders > 0 {
		list = append(list, [2]string{"orders", strconv.Itoa(s.orders)})
	}
	return list
}

func appendProperties(b []byte, indent string, list [][2]string) []byte {
	if len(list) == 0 {
		return b
	}
	b = append(append(b, indent...), "<properties>\n"...)
	for _, p := range list {
		b = append(append(b, indent...), "  <property"...)
		b = attribute(b, "name", p[0])
		b = attribute(b, "value", safe(p[1]))
		b = append(b, "/>\n"...)
	}
	return append(append(b, indent...), "</properties>\n"...)
}

// junitElements are what says that a scenario did not pass.
var junitElements = map[runner.Verdict]string{runner.Fail: "failure", runner.Error: "error", runner.Inconclusive: "error", runner.Skip: "skipped"}

// verdict says why the scenario did not pass.
func (j *JUnit) verdict(b []byte, s *scenario) []byte {
	element := junitElements[s.verdict]
	if element == "" {
		return b
	}
	b = append(append(b, "      <"...), element...)
	b = attribute(b, "message", s.message())
	if element != "skipped" {
		b = attribute(b, "type", string(s.verdict))
	}
	if s.problem == nil {
		return append(b, "/>\n"...)
	}
	b = append(b, '>')
	b = append(b, xmlText.Replace(s.problem.short())...)
	b = append(append(append(b, "</"...), element...), ">\n"...)
	b = append(b, "      <system-out>"...)
	b = append(b, xmlText.Replace(s.problem.text)...)
	return append(b, "</system-out>\n"...)
}

// end writes all of it.
func (j *JUnit) end(sum *summary) error {
	defer j.cases.close()
	all, why := sum.Tally, sum.incomplete()
	if why != "" {
		all.Errors++
	}
	b := append(j.b[:0], "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"sockspec\""...)
	b = append(appendTotals(b, all, sum.Elapsed, sum.At), ">\n"...)
	if _, err := j.w.Write(b); err != nil {
		return err
	}
	for _, s := range j.suites {
		if err := j.endSuite(s, sum); err != nil {
			return err
		}
	}
	b = b[:0]
	if why != "" {
		b = appendIncomplete(b, why, sum)
	}
	_, err := j.w.Write(append(b, "</testsuites>\n"...))
	return err
}

// endSuite writes the suite of one file.
func (j *JUnit) endSuite(s *junitSuite, sum *summary) error {
	b := append(j.b[:0], "  <testsuite"...)
	b = attribute(b, "name", safe(s.file))
	b = attribute(b, "file", safe(s.file))
	b = append(appendTotals(b, s.Tally, s.elapsed, sum.At), ">\n"...)
	b = appendProperties(b, "    ", sum.properties())
	if _, err := j.w.Write(b); err != nil {
		return err
	}
	for _, p := range s.parts {
		if err := j.cases.copy(j.w, p.from, p.to); err != nil {
			return err
		}
	}
	_, err := io.WriteString(j.w, "  </testsuite>\n")
	return err
}

// properties are those of the run.
func (s *summary) properties() [][2]string {
	list := [][2]string{{"sockspec", s.Program}, {"isolation", s.Isolation}, {"jobs", strconv.Itoa(s.Jobs)}}
	if s.Rounds > 1 {
		list = append(list, [2]string{"rounds", strconv.Itoa(s.Rounds)})
	}
	if s.Shuffle != nil {
		list = append(list, [2]string{"shuffle", strconv.FormatInt(*s.Shuffle, 10)})
	}
	return list
}

func appendTotals(b []byte, t Tally, took time.Duration, at time.Time) []byte {
	b = fmt.Appendf(b, ` tests="%d" failures="%d" errors="%d" skipped="%d" time="%s"`,
		t.counted(), t.Failed, t.Errors+t.Inconclusive, t.Skipped, seconds(took))
	if at.IsZero() {
		return b
	}
	return attribute(b, "timestamp", at.UTC().Format("2006-01-02T15:04:05"))
}

// appendIncomplete is a suite that says that scenarios are missing.
func appendIncomplete(b []byte, why string, sum *summary) []byte {
	if sum.NotRun > 0 {
		why += ": " + count(sum.NotRun, "scenario was", "scenarios were") + " not run"
	}
	b = append(b, "  <testsuite name=\"sockspec\" tests=\"1\" failures=\"0\" errors=\"1\" skipped=\"0\" time=\"0\">\n"...)
	b = append(b, "    <testcase name=\"the run is complete\" classname=\"sockspec\" time=\"0\">\n      <error"...)
	b = attribute(b, "message", why)
	return append(b, " type=\"incomplete\"/>\n    </testcase>\n  </testsuite>\n"...)
}
