package browser

import (
	"bytes"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sockspec/sockspec/runner"
	"github.com/sockspec/sockspec/runner/report"
	"github.com/sockspec/sockspec/specs"
	"github.com/sockspec/sockspec/steps"
)

var pictures = flag.String("pictures", "", "write the pictures of docs/reports.md into this `FOLDER`")

// demo is the page of a recorded run, of testdata/demo.yaml.
func demo(t testing.TB) string { return recorded(t, "testdata/demo.jsonl") }

// recorded is the page of recorded events.
func recorded(t testing.TB, name string) string {
	t.Helper()
	events, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer events.Close()
	rec, err := report.OpenRecording(events)
	if err != nil {
		t.Fatal(err)
	}
	defer rec.Close()
	return page(t, func(b *bytes.Buffer) error {
		r := report.NewHTML(b)
		if err := r.Start(rec.Start()); err != nil {
			return err
		}
		end, err := rec.Events(r)
		if err != nil {
			return err
		}
		return r.End(end)
	})
}

// page writes a page to a file.
func page(t testing.TB, write func(*bytes.Buffer) error) string {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "page.html")
	if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// wantText looks for a text in an element.
func (b *browser) wantText(selector, want string) {
	b.t.Helper()
	if got := b.text(selector); !strings.Contains(got, want) {
		b.t.Errorf("%s says %.300q, wanted %q in it", selector, got, want)
	}
}

func (b *browser) wantNumber(expression string, want int) {
	b.t.Helper()
	if got := b.number(expression); got != want {
		b.t.Errorf("%s is %d, wanted %d", expression, got, want)
	}
}

const shownRows = "document.querySelectorAll('.row').length"

// One opens the page, steps through it by keys, and finds what failed.
func TestKeys(t *testing.T) {
	b := start(t)
	b.size(1440, 900)
	b.open(demo(t), "")
	b.wantNumber(shownRows, 7)
	b.wantText("header", "isolation netns")
	b.wantText("main", "Choose a scenario.")

	b.press("j", "j", "k", "Enter")
	b.wantText("main h2", "an echo server answers in capitals")
	b.wantText(".failure", "client.answer: data differs from what was expected")
	b.wantText(".sides .want", `"HELLO, WORLD"`)
	b.wantText(".sides .got", `"HELLO, WOrLD"`)
	b.wantText(".diff", "4f 72 4c 44")
	b.wantText(".source .wrong", "recv: {until: eof}")
	b.wantText(".command", "sockspec run demo.yaml --run '^an echo server answers in capitals$'")
	b.wantText(".calls", `sendto(3<TCP>, "hello, world", 12, 0, NULL, 0) = 12`)
	b.wantNumber("document.querySelectorAll('.diagram .arrow.connect').length", 1)
	b.wantNumber("document.querySelectorAll('.diagram .arrow.data').length", 2)
	b.wantNumber("document.querySelectorAll('.diagram .arrow.end').length", 1)
	b.wantNumber("document.querySelectorAll('.diagram .step.failed').length", 1)

	b.press("f")
	b.wantText("main h2", "connecting before anybody listens")
	b.press("Escape")
	b.wantText("main", "Choose a scenario.")

	b.press("?")
	b.wantNumber("document.querySelectorAll('dialog[open]').length", 1)
	b.press("Escape")
	b.press("/")
	b.press(strings.Split("datagrams", "")...)
	b.wantNumber(shownRows, 1)
	b.press("Enter", "Enter")
	b.wantText("main h2", "datagrams keep their boundaries")
	b.wantNumber("document.querySelectorAll('.diagram .arrow.datagram').length", 2)
	b.quiet()
}

// What is shown stands in the address, and the filter leaves the others out.
func TestAddress(t *testing.T) {
	b := start(t)
	b.size(1440, 900)
	file := demo(t)
	b.open(file, "#f=failed&tag=tcp&o=time&s=2")
	b.wantNumber(shownRows, 4)
	b.wantText("main h2", "the answer never comes")
	b.wantText("#row-2", "still blocked after 300ms")
	b.wantNumber("Number(document.querySelector('.row').id.slice(4))", 2)
	b.eval("document.querySelector('.filter.skipped').click()", nil)
	b.wantNumber(shownRows, 0)
	var hash string
	b.eval("location.hash", &hash)
	if hash != "#s=2&f=skipped&tag=tcp&o=time" {
		t.Errorf("the address ends in %s", hash)
	}
	b.open(file, "#s=4")
	b.wantText(".heads", "client[…] ×20")
	b.eval("document.querySelector('.heads button').click()", nil)
	b.wantNumber("document.querySelectorAll('.heads .lane').length", 21)
	b.open(file, "#s=5")
	b.wantText(".order", "client.shutdown")
	b.open(file, "#s=99999&f=nothing&o=__proto__")
	b.wantNumber(shownRows, 0)
	b.quiet()
}

// On a telephone nothing is wider than the window, and on paper the failures follow
// each other.
func TestNarrowAndPrinted(t *testing.T) {
	b := start(t)
	file := demo(t)
	b.size(390, 844)
	for _, hash := range []string{"", "#s=0", "#s=4", "#s=5"} {
		b.open(file, hash)
		if wide := b.number("document.documentElement.scrollWidth"); wide > 390 {
			t.Errorf("%s is %d pixels wide", hash, wide)
		}
	}
	b.open(file, "")
	b.eval("dispatchEvent(new Event('beforeprint'))", nil)
	b.wantNumber("document.querySelectorAll('.paper .failure').length", 4)
	b.quiet()
}

// What was known at the moment of a failure: of programs, of sockets, of all actors.
func TestMoment(t *testing.T) {
	b := start(t)
	b.size(1440, 900)
	file := recorded(t, "testdata/failures.jsonl")
	b.open(file, "#s=0")
	b.wantText(".program", "peer.proc exited with 3")
	b.wantText(".injected", "inject {call: write, error: EIO, when: 1, on: socket} carried out once")
	b.wantText(".injected", "inject {call: connect, error: EIO} never carried out")
	b.wantText(".program pre", "cannot write")
	b.wantText("main", "was in recv on here 3<UNIX-STREAM>")

	b.open(file, "#s=2")
	b.wantNumber("document.querySelectorAll('.diagram .arrow.interrupt').length", 1)
	b.open(file, "#s=3")
	b.wantNumber("document.querySelectorAll('.diagram .fault').length", 1)
	b.wantText(".sockets", "FIN_WAIT1")
	b.wantText(".sockets", "6 B not acknowledged, 1 segment on its way, sent again")
	b.open(file, "#s=6")
	b.wantText(".sockets", "2 connections wait for accept, backlog 1")
	b.wantText(".sockets", "peer’s window 0 B")
	b.open(file, "#s=7")
	b.wantNumber("document.querySelectorAll('.diagram .barrier').length", 1)
	b.wantNumber("Math.sign(document.querySelectorAll('.diagram .arrow.fork').length)", 1)
	b.quiet()
}

// What is open is printed as a whole, in a width that paper has; without it the
// failures are.
func TestPrinted(t *testing.T) {
	b := start(t)
	file := recorded(t, "testdata/failures.jsonl")
	for hash, articles := range map[string]int{"": 8, "#s=7": 1} {
		b.size(1440, 900)
		b.open(file, hash)
		b.eval("dispatchEvent(new Event('beforeprint'))", nil)
		b.do("Emulation.setEmulatedMedia", map[string]any{"media": "print"})
		b.size(720, 1000)
		b.wantNumber("document.querySelectorAll('.paper article').length", articles)
		b.wantNumber("[...document.querySelectorAll('.paper svg[viewBox], .paper pre, .paper table')].filter((e) => e.getBoundingClientRect().width > 700).length", 0)
		b.wantNumber("[...document.querySelectorAll('.paper .diagram')].filter((e) => e.scrollWidth > e.clientWidth + 1).length", 0)
		b.wantNumber("document.querySelectorAll('#hatch').length", 1)
		b.do("Emulation.setEmulatedMedia", map[string]any{"media": ""})
	}
	b.quiet()
}

// The button copies the command, or selects it where that is not allowed.
func TestCopy(t *testing.T) {
	b := start(t)
	b.open(demo(t), "#s=0")
	for _, allowed := range []string{"Promise.resolve()", "Promise.reject(new Error('no'))"} {
		b.eval("Object.defineProperty(navigator, 'clipboard', {configurable: true, value: {writeText: (text) => { window.copied = text; return "+allowed+"; }}})", nil)
		b.eval("document.querySelector('.command button').click()", nil)
		b.eval("new Promise(done => requestAnimationFrame(() => done(1)))", nil)
		var copied string
		b.eval("window.copied", &copied)
		if !strings.HasPrefix(copied, "sockspec run demo.yaml --run ") {
			t.Errorf("%q was copied", copied)
		}
	}
	b.wantText(".said", "selected")
	var selected string
	b.eval("getSelection().toString()", &selected)
	if !strings.HasPrefix(selected, "sockspec run demo.yaml --run ") {
		t.Errorf("%q is selected", selected)
	}
	b.quiet()
}

// Whatever can be reached by Tab shows that it has the focus, and has a name.
func TestFocus(t *testing.T) {
	b := start(t)
	b.size(1440, 900)
	b.open(recorded(t, "testdata/failures.jsonl"), "#s=1")
	seen := 0
	for range 40 {
		b.do("Input.dispatchKeyEvent", map[string]any{"type": "keyDown", "key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9})
		b.do("Input.dispatchKeyEvent", map[string]any{"type": "keyUp", "key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9})
		var told string
		b.eval(`(() => {
			const e = document.activeElement, style = getComputedStyle(e);
			if (e === document.body) return 'end';
			const drawn = style.outlineStyle !== 'none' || getComputedStyle(e.querySelector('.cursor') || e).outlineStyle !== 'none' || e.matches('.space');
			const named = e.getAttribute('aria-label') || e.textContent.trim() || e.title;
			return (drawn ? '' : 'no outline: ') + (named ? '' : 'no name: ') + e.tagName + '.' + e.className;
		})()`, &told)
		if told == "end" {
			break
		}
		if strings.HasPrefix(told, "no ") {
			t.Error(told)
		}
		seen++
	}
	if seen < 8 {
		t.Errorf("only %d elements can be reached", seen)
	}
	b.quiet()
}

// manyScenarios is a run of so many, of which some fail.
func manyScenarios(n int) func(*bytes.Buffer) error {
	return func(b *bytes.Buffer) error {
		r := report.NewHTML(b)
		r.Start(report.Start{Program: "v1", Jobs: 4, Isolation: "netns", Selected: n, Rounds: 1, Files: []string{"a.yaml"}})
		for i := range n {
			s := &specs.Scenario{Name: fmt.Sprintf("scenario %05d", i), Pos: specs.Pos{File: "a.yaml", Line: i + 1, Col: 1}, Tags: []string{"tcp"}, Actors: []*specs.Actor{{Name: "one"}, {Name: "two"}}}
			run := runner.Run{Plan: &runner.Plan{Spec: s}, Index: i}
			for k := range 20 {
				at := time.Duration(k) * time.Microsecond
				step, actor := fmt.Sprintf("recv[%d]", k), s.Actors[k%2].Name
				o := &steps.Outcome{Calls: []steps.Call{{Recorded: `recvfrom(3<TCP>, "hello, world", 65536, 0, NULL, NULL) = 12`}}, Results: steps.Results{{Name: "length", Value: int64(12)}}}
				r.Event(runner.Event{Kind: runner.StepStarted, Run: run, At: at, Actor: actor, Step: step, Verb: "recv"})
				r.Event(runner.Event{Kind: runner.StepDone, Run: run, At: at, Actor: actor, Step: step, Verb: "recv", Outcome: o})
			}
			result := &runner.Result{Verdict: runner.Pass, Elapsed: time.Duration(i) * time.Microsecond}
			if i%50 == 0 {
				result.Verdict, result.Failure = runner.Fail, &runner.Failure{Actor: "one", Step: "recv[0]", Verb: "recv", Pos: s.Pos, What: "recv was still blocked after 5s"}
			}
			r.Event(runner.Event{Kind: runner.ScenarioDone, Run: run, Result: result, Failure: result.Failure})
		}
		return r.End(report.End{Elapsed: time.Second})
	}
}

// 10,000 scenarios are open in less than two seconds, and few of them are elements.
func TestTenThousand(t *testing.T) {
	b := start(t)
	b.size(1440, 900)
	file := page(t, manyScenarios(10_000))
	took := b.open(file, "")
	for range 4 { // the machine has other things to do: the least of five is the page's own
		took = min(took, b.open(file, ""))
	}
	t.Log("it took ", took)
	if took > 2*time.Second {
		t.Errorf("it took %s", took)
	}
	if n := b.number(shownRows); n < 10 || n > 80 {
		t.Errorf("there are %d rows", n)
	}
	b.eval("document.querySelector('.rows').scrollTop = 1e9", nil)
	b.eval("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(1))))", nil)
	b.wantText(".space", "scenario 09999")
	// The machine has other things to do: half of the frames are the page's own.
	if half := b.number(`new Promise(done => {
		const box = document.querySelector('.rows'), took = [];
		let n = 0;
		const step = () => {
			const began = performance.now();
			box.scrollTop = (n * 7919) % 500000;
			void box.offsetHeight;
			requestAnimationFrame(() => { took.push(performance.now() - began); if (++n < 60) step(); else done(took.sort((a, b) => a - b)[30]); });
		};
		step();
	})`); half > 500 {
		t.Errorf("a frame took %d ms", half)
	}
	b.press("/")
	b.press(strings.Split("04950", "")...)
	b.wantNumber(shownRows, 1)
	b.press("Enter", "Enter")
	b.wantText("main h2", "scenario 04950")
	b.quiet()
}

// Whatever a spec, a program or a peer says, it is text.
func TestHostile(t *testing.T) {
	evil := "</script><img src=x onerror=alert(1)><script>alert(2)</script><!-- \u2028\u2029\u202e\u2066 \x00\x1b[31m\" onload='x' {{data}} javascript:alert(3) "
	file := page(t, hostile(evil+strings.Repeat("x", 1<<20), evil))
	b := start(t)
	for _, s := range []string{"0", "1"} {
		b.open(file, "#s="+s+"&q=%3Cimg")
		b.wantNumber("document.querySelectorAll('img, iframe, object, a').length", 0)
		b.wantNumber("document.querySelectorAll('script:not([type])').length", 1)
		b.wantText("main h2", `</script><img src=x onerror=alert(1)><script>`)
		b.wantText("main h2", `\u{202e}`)
		b.wantNumber(`Number(/[\u2028\u2029\u202e\u2066\0\x1b]/.test(document.getElementById('app').textContent))`, 0)
	}
	b.wantNumber("document.querySelectorAll('.wrote tbody tr').length", 2)
	b.wantText(".wrote tbody code", `</script><img src=x onerror=alert(1)><script>`)
	b.wantText("pre[aria-label=stderr]", `\xff\xfe`)
	b.wantText("pre[aria-label=stderr]", `\u{202e}`)
	b.wantText(".sides .got", "characters)")
	b.wantText(".failure", `\x1b[31m`)
	b.quiet()
}

func hostile(long, evil string) func(*bytes.Buffer) error {
	return func(b *bytes.Buffer) error {
		r := report.NewHTML(b)
		src := specs.NewSource(evil, strings.Repeat("- "+evil+"\n", 3)+long)
		at := specs.Pos{File: evil, Line: 1, Col: 1}
		spec := &specs.Scenario{Name: long, About: evil, Tags: []string{evil}, Pos: at, Source: src, Actors: []*specs.Actor{{Name: evil}}}
		r.Start(report.Start{Program: evil, Isolation: evil, Selected: 2, Rounds: 1, Files: []string{evil}})
		for i, verdict := range []runner.Verdict{runner.Pass, runner.Fail} {
			run := runner.Run{Plan: &runner.Plan{Spec: spec}, Index: i}
			o := &steps.Outcome{Label: evil, Calls: []steps.Call{{Recorded: evil}}, Results: steps.Results{{Name: "addr", Value: evil}, {Name: "from", Value: evil}}}
			result := &runner.Result{Verdict: verdict, Reason: evil}
			if verdict == runner.Fail {
				result.Failure = &runner.Failure{
					Actor: evil, Step: evil, Verb: evil, Pos: at, Src: src, About: evil, What: evil, Outcome: o, Schedule: []string{evil + "." + evil},
					Mismatches: []steps.Mismatch{{Key: evil, Want: evil, Got: long, Pos: at, Src: src}},
					Actors:     []runner.ActorState{{Name: "other", State: evil, Step: evil, Verb: evil, On: evil, For: []string{evil}}},
					Programs:   []steps.ProgramState{{Name: evil, Argv: []string{evil}, Stderr: []byte(evil + "\xff\xfe")}},
					Order:      &runner.OrderFailure{Line: evil, Instants: []runner.Instant{{Step: evil, Instant: evil}}, Circle: []string{evil, evil}},
				}
			}
			for _, kind := range []runner.Kind{runner.StepStarted, runner.StepBlocked, runner.StepDone, runner.StepFailed, runner.StepAborted} {
				r.Event(runner.Event{Kind: kind, Run: run, Actor: evil, Step: evil, Verb: evil, Outcome: o, Pos: at})
			}
			r.Event(runner.Event{Kind: runner.ProgramWrote, Run: run, Actor: evil, Wrote: &steps.Written{Actor: evil, Program: evil, Stream: "stderr", Data: []byte(evil + "\xff\n" + evil)}})
			r.Event(runner.Event{Kind: runner.ScenarioDone, Run: run, Result: result, Failure: result.Failure})
		}
		return r.End(report.End{Problem: evil})
	}
}

// explored is the page of an exploration of which one outcome is a failure.
func explored(t testing.TB) string {
	src := specs.NewSource("hello.yaml", "scenarios:\n  - name: hello\n    actors:\n      server:\n        - socket: tcp\n        - bind: 127.0.0.1:0\n        - listen: 1\n        - accept\n"+
		"        - recv:\n          via: conn\n          expect: hello\n      client:\n        - socket: tcp\n        - connect: $(server.sock.addr)\n        - send: hello\n")
	spec := &specs.Scenario{Name: "hello", About: "The client waits for the server's address, so it looks right.", Tags: []string{"tcp"}, Pos: specs.Pos{File: "hello.yaml", Line: 2, Col: 11}, Actors: []*specs.Actor{{Name: "server"}, {Name: "client"}}}
	at := specs.Pos{File: "hello.yaml", Line: 14, Col: 11}
	refused := strings.Fields("client.socket server.socket server.bind client.connect")
	f := &runner.Failure{Actor: "client", Step: "connect", Verb: "connect", Pos: at, Src: src, Schedule: refused,
		Mismatches: []steps.Mismatch{{Key: "error", Want: "success", Got: "ECONNREFUSED (Connection refused)", Pos: at, Src: src}}}
	e := &runner.Explored{Orders: 6, LeftOut: 1, Complete: true, Verdict: runner.Fail, Failure: f, Elapsed: 14 * time.Millisecond, Outcomes: []runner.Outcome{
		{Verdict: runner.Fail, Orders: 1, Schedule: refused, Steps: []runner.StepOutcome{{Step: "client.connect", Outcome: "ECONNREFUSED"}}, Result: runner.Result{Verdict: runner.Fail, Failure: f}},
		{Verdict: runner.Pass, Orders: 5, Schedule: strings.Fields("client.socket server.socket server.bind server.listen client.connect client.send server.accept server.recv")},
	}}
	return page(t, func(b *bytes.Buffer) error {
		r := report.NewExploreHTML(b, "v1")
		if err := r.Explored(&runner.Plan{Spec: spec}, e); err != nil {
			return err
		}
		return r.End(report.Explorations{Tally: report.Tally{Failed: 1}, Orders: 6, LeftOut: 1, Elapsed: 15 * time.Millisecond})
	})
}

// An exploration has the table of what came, and a diagram of each outcome.
func TestExplored(t *testing.T) {
	b := start(t)
	b.size(1440, 1300)
	b.open(explored(t), "#s=0")
	b.wantText(".outcomes", "ECONNREFUSED")
	b.wantNumber("document.querySelectorAll('.diagram').length", 2)
	b.wantNumber("document.querySelectorAll('.diagram .step').length", 12)
	b.wantNumber("document.querySelectorAll('.diagram .step.failed').length", 1)
	b.wantText(".source .wrong", "connect")
	b.quiet()
}

// smaller is a picture in its 256 most frequent colours.
func smaller(t testing.TB, text []byte) []byte {
	img, err := png.Decode(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[color.RGBA]int{}
	r := img.Bounds()
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			seen[color.RGBAModel.Convert(img.At(x, y)).(color.RGBA)]++
		}
	}
	colors := slices.SortedFunc(maps.Keys(seen), func(a, b color.RGBA) int { return seen[b] - seen[a] })
	var few color.Palette
	for _, c := range colors[:min(len(colors), 256)] {
		few = append(few, c)
	}
	nearest := map[color.RGBA]uint8{}
	for _, c := range colors {
		nearest[c] = uint8(few.Index(c))
	}
	out := image.NewPaletted(r, few)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			out.SetColorIndex(x, y, nearest[color.RGBAModel.Convert(img.At(x, y)).(color.RGBA)])
		}
	}
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, out); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// The pictures of docs/reports.md.
func TestPictures(t *testing.T) {
	b := start(t)
	file, race := demo(t), explored(t)
	for _, p := range []struct {
		name, file, hash, scheme string
		width, height            int
	}{
		{"html-fail.png", file, "#s=0", "light", 1440, 1130},
		{"html-pass.png", file, "#s=3", "light", 1440, 900},
		{"html-race.png", race, "#s=0", "light", 1440, 1130},
		{"html-dark.png", file, "#s=2", "dark", 1440, 1130},
		{"html-phone.png", file, "#s=0", "light", 390, 844},
	} {
		b.size(p.width, p.height)
		b.media("prefers-color-scheme", p.scheme, "prefers-reduced-motion", "reduce")
		b.open(p.file, p.hash)
		shot := smaller(t, b.picture())
		if len(shot) < 10_000 || len(shot) > 150_000 {
			t.Errorf("%s has %d bytes", p.name, len(shot))
		}
		if *pictures != "" {
			if err := os.WriteFile(filepath.Join(*pictures, p.name), shot, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	b.quiet()
}
