package report

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/sockspec/sockspec/runner"
	"github.com/sockspec/sockspec/specs"
)

//go:embed html
var htmlFiles embed.FS

// htmlScripts are the parts of the page's script, in their order.
var htmlScripts = []string{"text.js", "steps.js", "diagram.js", "failure.js", "detail.js", "list.js", "main.js"}

func htmlFile(name string) string {
	text, _ := htmlFiles.ReadFile("html/" + name) // it is embedded
	return string(text)
}

// How many bytes of details a page has: more are slow to open. What did not
// pass comes first.
const (
	mostHTMLDetails = 48 << 20
	mostHTMLPassed  = 24 << 20
	mostHTMLShort   = 100 // failures for those who run no scripts
)

// htmlRun is what there is to say of the run as a whole.
type htmlRun struct {
	Program     string   `json:"program"`
	Time        string   `json:"time,omitempty"`
	Jobs        int      `json:"jobs,omitempty"`
	Isolation   string   `json:"isolation,omitempty"`
	Rounds      int      `json:"rounds,omitempty"`
	Explored    bool     `json:"explored,omitempty"`
	Totals      *Totals  `json:"totals"`
	ElapsedNS   int64    `json:"elapsed_ns"`
	Interrupted bool     `json:"interrupted,omitempty"`
	Problem     string   `json:"problem,omitempty"`
	Files       []string `json:"files"`
	Tags        []string `json:"tags"`
	LeftOut     int      `json:"left_out,omitempty"` // scenarios whose details have no room
}

// htmlPage is a page on its way: rows and details wait in spools.
type htmlPage struct {
	w             io.Writer
	rows, details spool
	list          []htmlRow
	passed        int64 // bytes of details of what passed
	files, tags   htmlNames
	texts         map[string]*specs.Source
	shorts        []htmlShort
	b, marked     []byte
}

// piece is a part of a spool.
type piece struct{ from, to int64 }

// htmlRow is where a row of the list and its details are.
type htmlRow struct {
	index       int
	row, detail piece
	passed      bool
}

// htmlShort is a failure in a few lines.
type htmlShort struct {
	index      int
	name, text string
}

// htmlNames are names by number.
type htmlNames struct {
	at   map[string]int
	list []string
}

func (n *htmlNames) of(name string) int {
	k, ok := n.at[name]
	if !ok {
		k = len(n.list)
		n.at[name], n.list = k, append(n.list, name)
	}
	return k
}

func newHTMLPage(w io.Writer) htmlPage {
	return htmlPage{
		w: w, texts: make(map[string]*specs.Source),
		files: htmlNames{at: make(map[string]int), list: []string{}}, tags: htmlNames{at: make(map[string]int), list: []string{}},
	}
}

func (p *htmlPage) close() {
	p.rows.close()
	p.details.close()
}

// sources keeps the files that a failure shows lines of.
func (p *htmlPage) sources(f *runner.Failure) {
	if f.Src != nil {
		p.texts[f.Src.Name] = f.Src
	}
	for i := range f.Mismatches {
		if src := f.Mismatches[i].Src; src != nil {
			p.texts[src.Name] = src
		}
	}
}

// detail keeps the details of a scenario, where there is room for them.
func (p *htmlPage) detail(v runner.Verdict, text func([]byte) []byte) (piece, error) {
	passed := severity(v) <= severity(runner.Skip)
	if passed && p.passed > mostHTMLPassed {
		return piece{}, nil
	}
	from := p.details.n
	p.b = text(p.b[:0])
	err := p.keep(&p.details)
	if passed {
		p.passed += p.details.n - from
	}
	return piece{from, p.details.n}, err
}

// keep puts p.b into a spool, as it will stand in an element of the page.
func (p *htmlPage) keep(in *spool) error {
	p.marked = appendNoMarkup(p.marked[:0], p.b)
	_, err := in.Write(p.marked)
	return err
}

// scenario writes a row of the list:
//
//	[verdict, name, file, line, µs, tags, message, runs, runs gone wrong]
func (p *htmlPage) scenario(index int, s *htmlScenario) error {
	b := appendText(append(p.b[:0], '['), string(s.verdict))
	b = appendText(append(b, ','), clippedTo(s.spec.Name, 300))
	for _, n := range []int64{int64(p.files.of(s.spec.Pos.File)), int64(s.spec.Pos.Line), s.elapsed.Microseconds()} {
		b = strconv.AppendInt(append(b, ','), n, 10)
	}
	b = append(b, ",["...)
	for i, tag := range s.spec.Tags {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, int64(p.tags.of(clippedTo(tag, 100))), 10)
	}
	b = appendText(append(b, "],"...), clippedTo(s.message, 300))
	if s.runs > 1 {
		b = strconv.AppendInt(append(b, ','), int64(s.runs), 10)
		b = strconv.AppendInt(append(b, ','), int64(s.bad), 10)
	}
	p.b = append(b, ']')
	from := p.rows.n
	if err := p.keep(&p.rows); err != nil {
		return err
	}
	p.list = append(p.list, htmlRow{index, piece{from, p.rows.n}, s.detail, severity(s.verdict) <= severity(runner.Skip)})
	if s.short != "" && len(p.shorts) < mostHTMLShort {
		p.shorts = append(p.shorts, htmlShort{index, clippedTo(safe(s.spec.Name), 300), clippedTo(s.short, longestShort)})
	}
	return nil
}

// write writes the page.
func (p *htmlPage) write(run *htmlRun, tally Tally) error {
	slices.SortFunc(p.list, func(a, b htmlRow) int { return a.index - b.index })
	slices.SortStableFunc(p.shorts, func(a, b htmlShort) int { return a.index - b.index })
	run.LeftOut = p.fit()
	run.Files, run.Tags = p.files.list, p.tags.list
	script := "(() => {\n'use strict';\n"
	for _, name := range htmlScripts {
		script += htmlFile(name)
	}
	script += "})();\n"
	style := htmlFile("style.css")
	head, foot, _ := strings.Cut(htmlFile("page.html"), "{{data}}")
	fill := strings.NewReplacer("{{title}}", html.EscapeString(tally.String()), "{{style}}", style, "{{script}}", script,
		"{{style-sum}}", cspSum(style), "{{script-sum}}", cspSum(script), "{{noscript}}", p.noScript(tally))
	if _, err := fill.WriteString(p.w, head); err != nil {
		return err
	}
	if err := p.data(run); err != nil {
		return err
	}
	_, err := fill.WriteString(p.w, foot)
	return err
}

// fit leaves details out until the others have room; it tells how many are missing.
func (p *htmlPage) fit() int {
	room, missing := int64(mostHTMLDetails), 0
	for _, passed := range []bool{false, true} {
		for i := range p.list {
			r := &p.list[i]
			if r.passed != passed {
				continue
			}
			size := r.detail.to - r.detail.from
			if size == 0 || size > room {
				r.detail = piece{}
				missing++
				continue
			}
			room -= size
		}
	}
	return missing
}

// data writes what the page's script reads, each part an element of its own.
func (p *htmlPage) data(run *htmlRun) error {
	w := &scriptData{w: p.w}
	w.element("run", func() { w.json(encoded(run)) })
	w.element("list", func() {
		w.text("[")
		for i, r := range p.list {
			if i > 0 {
				w.text(",\n")
			}
			w.check(p.rows.copy(w, r.row.from, r.row.to))
		}
		w.text("]")
	})
	for i, name := range p.files.list {
		if src := p.texts[name]; src != nil {
			w.element("file-"+strconv.Itoa(i), func() { w.json(appendText(nil, src.Text)) })
		}
	}
	for i, r := range p.list {
		if r.detail.to > r.detail.from {
			w.element("s-"+strconv.Itoa(i), func() { w.check(p.details.copy(w, r.detail.from, r.detail.to)) })
		}
	}
	w.flush()
	return w.err
}

// scriptData writes JSON into elements. Nothing of it can end one: it has no < and no >.
type scriptData struct {
	w   io.Writer
	b   []byte
	err error // the first one
}

func (s *scriptData) element(id string, content func()) {
	s.text(`<script type="application/json" id="` + id + `">`)
	content()
	s.text("</script>\n")
}

func (s *scriptData) text(t string) { s.b = append(s.b, t...) }

// json writes JSON that may have any texts.
func (s *scriptData) json(b []byte) { s.b = appendNoMarkup(s.b, b) }

func (s *scriptData) check(err error) {
	if s.err == nil {
		s.err = err
	}
}

// Write writes what appendNoMarkup has made.
func (s *scriptData) Write(b []byte) (int, error) {
	s.b = append(s.b, b...)
	if len(s.b) >= outputBlock {
		s.flush()
	}
	return len(b), s.err
}

func (s *scriptData) flush() {
	if s.err == nil {
		_, s.err = s.w.Write(s.b)
	}
	s.b = s.b[:0]
}

// appendNoMarkup appends JSON, of which <, > and & are only in texts, without them.
func appendNoMarkup(b, json []byte) []byte {
	written := 0
	for i, c := range json {
		if c != '<' && c != '>' && c != '&' {
			continue
		}
		b = appendUnseen(append(b, json[written:i]...), rune(c))
		written = i + 1
	}
	return append(b, json[written:]...)
}

// cspSum is how a Content-Security-Policy names a script or a style.
func cspSum(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// noScript is the run for those who run no scripts: totals, and failures as text.
func (p *htmlPage) noScript(tally Tally) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<h1>sockspec: %s</h1>\n<p>The list and the diagrams need JavaScript. These are the failures:</p>\n", html.EscapeString(tally.String()))
	for _, s := range p.shorts {
		fmt.Fprintf(&b, "<h2>%s</h2>\n<pre>%s</pre>\n", html.EscapeString(s.name), html.EscapeString(s.text))
	}
	if more := tally.Failed - len(p.shorts); more > 0 {
		fmt.Fprintf(&b, "<p>… and %s.</p>\n", count(more, "more failure", "more failures"))
	}
	return b.String()
}
