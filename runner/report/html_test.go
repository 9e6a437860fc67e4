package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/sockspec/sockspec/runner"
	"github.com/sockspec/sockspec/steps"
)

// htmlParts are the data of a page by the ids of their elements, and its script and
// style. What is left of the page must be known markup, so that no text of a run is any.
func htmlParts(t testing.TB, page []byte) map[string]string {
	t.Helper()
	parts := map[string]string{}
	text := string(page)
	for at := strings.IndexByte(text, '<'); at >= 0; at = strings.IndexByte(text, '<') {
		tag, rest, ok := strings.Cut(text[at:], ">")
		tag += ">"
		id, isData := strings.CutPrefix(tag, `<script type="application/json" id="`)
		id = strings.TrimSuffix(id, `">`)
		switch {
		case !ok:
			t.Fatalf("a < has no >: %.80q", tag)
		case tag == "<script>", tag == "<style>":
			id = strings.Trim(tag, "<>")
		case !isData && !slices.Contains(htmlTags, tag) && !strings.HasPrefix(tag, "<meta "):
			t.Errorf("there is markup: %.80q", tag)
			fallthrough
		case !isData:
			wantShown(t, text[:at])
			text = rest
			continue
		}
		content, after, ok := strings.Cut(rest, "</"+strings.Trim(strings.Fields(tag)[0], "<>")+">")
		if _, twice := parts[id]; twice || !ok {
			t.Errorf("%s is there twice, or has no end", id)
		}
		if isData && (strings.ContainsAny(content, "<>&\u2028\u2029\x7f") || !json.Valid([]byte(content))) {
			t.Errorf("%s has a character that could end it, or is no JSON: %.200q", id, content)
		}
		wantShown(t, text[:at])
		parts[id], text = content, after
	}
	wantShown(t, text)
	return parts
}

var htmlTags = []string{
	"<!DOCTYPE html>", `<html lang="en">`, "</html>", "<head>", "</head>", "<title>", "</title>", "<body>", "</body>", "<noscript>", "</noscript>",
	"<h1>", "</h1>", "<h2>", "</h2>", "<p>", "</p>", "<pre>", "</pre>", `<div id="app">`, "</div>",
}

// wantShown wants no character that is not to be seen.
func wantShown(t testing.TB, text string) {
	if got := strings.ReplaceAll(text, "\n", ""); safe(got) != got {
		t.Errorf("something came through in %.200q", text)
	}
}

// readHTML looks whether a page says of each scenario what came of it.
func readHTML(t testing.TB, r *recordedRun, page []byte) {
	parts := htmlParts(t, page)
	var rows [][]any
	if err := json.Unmarshal([]byte(parts["list"]), &rows); err != nil {
		t.Fatal(err)
	}
	wants := r.wants()
	if len(rows) != len(wants) {
		t.Fatalf("there are %d rows, wanted %d", len(rows), len(wants))
	}
	for i, w := range wants {
		if want := clippedTo(r.nameOf(i), 300); utf8.ValidString(want) && rows[i][1] != want {
			t.Errorf("row %d is %q, wanted %q", i, rows[i][1], want)
		}
		if rows[i][0] != string(w.verdict) {
			t.Errorf("row %d is %s, wanted %s", i, rows[i][0], w.verdict)
		}
		var detail struct{ Failure *Failure }
		if err := json.Unmarshal([]byte(parts[fmt.Sprintf("s-%d", i)]), &detail); err != nil {
			t.Fatal(err)
		}
		if (detail.Failure != nil) != (w.verdict == runner.Fail && r.failed(i)) {
			t.Errorf("row %d is %s, and its failure %v", i, w.verdict, detail.Failure)
		}
	}
}

// nameOf is the name of the n-th scenario that ended, as it is.
func (r *recordedRun) nameOf(n int) string {
	for _, e := range r.events {
		if e.Kind == runner.ScenarioDone && e.Run.Index == n {
			return e.Run.Plan.Name()
		}
	}
	return ""
}

// failed tells whether a run of the n-th scenario has a failure.
func (r *recordedRun) failed(n int) bool {
	for _, e := range r.events {
		if e.Kind == runner.ScenarioDone && e.Run.Index == n && e.Result.Verdict == runner.Fail {
			return e.Result.Failure != nil
		}
	}
	return false
}

// The page runs nothing that is not its own, and fetches nothing.
func TestHTMLPolicy(t *testing.T) {
	page := runOf(1, passing(t), otherData(t)).in(t, "html")
	parts := htmlParts(t, page)
	for _, sum := range []string{"script-src " + cspSum(parts["script"]), "style-src " + cspSum(parts["style"])} {
		if !bytes.Contains(page, []byte(sum)) {
			t.Errorf("the policy lacks %s", sum)
		}
	}
	if !bytes.Contains(page, []byte(`content="default-src 'none'; script-src `)) {
		t.Error("the policy does not begin with default-src 'none'")
	}
	if unfilled := regexp.MustCompile(`\{\{[a-z-]+\}\}`).Find(page); unfilled != nil {
		t.Errorf("%s stands in the page", unfilled)
	}
}

// The script makes elements and texts, never markup of a text.
func TestHTMLScriptMakesNoMarkup(t *testing.T) {
	wrong := regexp.MustCompile(`innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|createContextualFragment|\beval\b|new Function|setAttribute\('(style|on)|import\(|fetch\(|XMLHttpRequest|https?://|</script|<!--`)
	for _, name := range htmlScripts {
		text := strings.ReplaceAll(htmlFile(name), "http://www.w3.org/2000/svg", "")
		if text == "" {
			t.Errorf("%s is empty", name)
		}
		if found := wrong.FindString(text); found != "" {
			t.Errorf("%s has %s", name, found)
		}
	}
}

// Nothing of a text that is longer than any of the page's buffers gets lost or out.
func TestHTMLOfLongTexts(t *testing.T) {
	long := strings.Repeat("</script><b>\u2028\u202e", 1<<20/18)
	r := hostileRun(long, long, 0)
	htmlParts(t, r.in(t, "html"))
}

// What passed is left out before what failed where a page would be too large.
func TestHTMLLeavesOutWhatPassed(t *testing.T) {
	p := newHTMLPage(io.Discard)
	p.list = []htmlRow{
		{detail: piece{0, 20 << 20}, passed: true}, {detail: piece{0, 20 << 20}}, {detail: piece{0, 20 << 20}}, {detail: piece{0, 10 << 20}}, {detail: piece{0, 5 << 20}, passed: true},
	}
	if n := p.fit(); n != 2 {
		t.Errorf("%d are left out, wanted 2", n)
	}
	var kept []bool
	for _, r := range p.list {
		kept = append(kept, r.detail.to > 0)
	}
	if got := fmt.Sprint(kept); got != "[false true true false true]" {
		t.Errorf("kept %s", got)
	}
}

// Of a long scenario the last events are kept.
func TestHTMLKeepsTheLastEvents(t *testing.T) {
	s := newStream(t, 0, 0)
	for range htmlRecorded {
		s.step(400*us, "client", "send", steps.Call{Name: "send", Ret: 1})
	}
	r := runOf(1, s.end(900*us, runner.Pass, "", nil))
	parts := htmlParts(t, r.in(t, "html"))
	var detail struct {
		Lost   int
		Events []int64
	}
	if err := json.Unmarshal([]byte(parts["s-0"]), &detail); err != nil {
		t.Fatal(err)
	}
	if len(detail.Events) != 2*htmlRecorded || detail.Lost == 0 {
		t.Errorf("there are %d numbers of events, and %d lost", len(detail.Events), detail.Lost)
	}
}
