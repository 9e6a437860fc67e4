// Package browser looks at the HTML report as its readers do: in a browser.
package browser

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// browser is Chromium, spoken to through a pair of pipes with the DevTools
// protocol: JSON objects, each ended by a NUL.
type browser struct {
	t       testing.TB
	to      *os.File
	session string      // of the page
	pages   chan string // the first page, once it is there
	calls   int

	mu       sync.Mutex // guards all below
	answers  map[int]chan answer
	loads    map[string]chan bool // of documents, by their loaders; has one when it is loaded
	mistakes []string             // what the console has said
}

type answer struct {
	Result json.RawMessage
	Error  *struct{ Message string }
}

// patience is how long an answer of the browser may take, on a machine that has
// much else to do: only one that never comes takes as long.
const patience = 4 * time.Minute

// start starts a browser with an empty profile. Where there is none the test is
// skipped.
func start(t testing.TB) *browser {
	t.Helper()
	path, err := find()
	if err != nil {
		t.Skip("there is no chromium: ", err)
	}
	for try := 1; ; try++ {
		b, err := launch(t, path)
		if err == nil {
			return b
		}
		if try == starts {
			t.Fatalf("%s: %v", path, err)
		}
		t.Logf("%s: %v; it is started once more", path, err)
	}
}

// A browser that is started on a busy machine sometimes stays without a page for
// ever: it is not what is tested here, and is started once more.
const (
	starts  = 3
	comesUp = 80 * time.Second
)

// launch starts the browser, and takes its page.
func launch(t testing.TB, path string) (*browser, error) {
	in, to, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	from, out, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	args := strings.Fields("--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking " +
		"--disable-component-update --disable-sync --disable-dev-shm-usage --hide-scrollbars --remote-debugging-pipe")
	var said strings.Builder
	cmd := exec.Command(path, append(args, "--user-data-dir="+t.TempDir(), "about:blank")...)
	cmd.ExtraFiles, cmd.Stderr = []*os.File{in, out}, &said // 3 and 4
	cmd.WaitDelay = time.Second                             // a process of its own may outlive it
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	in.Close()
	out.Close()
	b := &browser{t: t, to: to, pages: make(chan string, 1), answers: make(map[int]chan answer), loads: make(map[string]chan bool)}
	read := make(chan bool)
	go func() {
		defer close(read)
		b.read(from)
	}()
	end := func() {
		cmd.Wait()
		<-read
		to.Close()
		from.Close()
	}
	if err := b.attach(); err != nil {
		cmd.Process.Kill()
		end()
		return nil, fmt.Errorf("%w; it said: %s", err, said.String())
	}
	t.Cleanup(func() {
		b.send("", "Browser.close", nil)
		end()
	})
	return b, nil
}

func find() (string, error) {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return exec.LookPath("chrome")
}

// attach takes the page that the browser begins with, when it is there: one that is
// asked for before that may never come.
func (b *browser) attach() error {
	if err := b.ask("", "Target.setDiscoverTargets", map[string]any{"discover": true}, nil, comesUp); err != nil {
		return err
	}
	var page string
	select {
	case page = <-b.pages:
	case <-time.After(comesUp):
		return fmt.Errorf("no page in %s", comesUp)
	}
	var attached struct{ SessionID string }
	if err := b.ask("", "Target.attachToTarget", map[string]any{"targetId": page, "flatten": true}, &attached, comesUp); err != nil {
		return err
	}
	b.session = attached.SessionID
	for _, domain := range []string{"Page", "Runtime", "Log", "Network"} {
		if err := b.ask(b.session, domain+".enable", nil, nil, comesUp); err != nil {
			return err
		}
	}
	return b.ask(b.session, "Page.setLifecycleEventsEnabled", map[string]any{"enabled": true}, nil, comesUp)
}

// read takes what the browser says, until it ends.
func (b *browser) read(from *os.File) {
	r := bufio.NewReaderSize(from, 1<<20)
	for {
		text, err := r.ReadBytes(0)
		if err != nil {
			return
		}
		var m struct {
			answer
			ID     int
			Method string
			Params json.RawMessage
		}
		if json.Unmarshal(text[:len(text)-1], &m) != nil {
			continue
		}
		b.mu.Lock()
		switch {
		case m.ID != 0:
			if waiting := b.answers[m.ID]; waiting != nil {
				waiting <- m.answer
				delete(b.answers, m.ID)
			}
		case m.Method == "Target.targetCreated":
			b.notePage(m.Params)
		case m.Method == "Page.lifecycleEvent":
			b.noteLoad(m.Params)
		case m.Method == "Log.entryAdded", m.Method == "Runtime.exceptionThrown", m.Method == "Runtime.consoleAPICalled", m.Method == "Network.loadingFailed":
			b.mistakes = append(b.mistakes, m.Method+" "+string(m.Params))
		}
		b.mu.Unlock()
	}
}

// notePage notes the first page.
func (b *browser) notePage(params json.RawMessage) {
	var event struct {
		TargetInfo struct{ TargetID, Type string }
	}
	if json.Unmarshal(params, &event) != nil || event.TargetInfo.Type != "page" {
		return
	}
	select {
	case b.pages <- event.TargetInfo.TargetID:
	default: // another one
	}
}

// noteLoad notes that a document is loaded; b.mu is held.
func (b *browser) noteLoad(params json.RawMessage) {
	var event struct{ Name, LoaderID string }
	if json.Unmarshal(params, &event) == nil && event.Name == "load" {
		if loaded := b.load(event.LoaderID); len(loaded) == 0 {
			loaded <- true
		}
	}
}

// load is told when the document of a loader is loaded; b.mu is held.
func (b *browser) load(loader string) chan bool {
	if b.loads[loader] == nil {
		b.loads[loader] = make(chan bool, 1)
	}
	return b.loads[loader]
}

func (b *browser) send(session, method string, params any) (chan answer, error) {
	b.mu.Lock()
	b.calls++
	id, waiting := b.calls, make(chan answer, 1)
	b.answers[id] = waiting
	b.mu.Unlock()
	m := map[string]any{"id": id, "method": method}
	if params != nil {
		m["params"] = params
	}
	if session != "" {
		m["sessionId"] = session
	}
	text, err := json.Marshal(m)
	if err == nil {
		_, err = b.to.Write(append(text, 0))
	}
	return waiting, err
}

// call asks something and waits for the answer.
func (b *browser) call(session, method string, params, result any) {
	b.t.Helper()
	if err := b.ask(session, method, params, result, patience); err != nil {
		b.t.Fatal(err)
	}
}

// ask is call with a limit.
func (b *browser) ask(session, method string, params, result any, limit time.Duration) error {
	waiting, err := b.send(session, method, params)
	if err != nil {
		return err
	}
	select {
	case a := <-waiting:
		switch {
		case a.Error != nil:
			return fmt.Errorf("%s: %s", method, a.Error.Message)
		case result != nil:
			return json.Unmarshal(a.Result, result)
		}
		return nil
	case <-time.After(limit):
		return fmt.Errorf("%s: no answer in %s", method, limit)
	}
}

// do asks the page.
func (b *browser) do(method string, params any) {
	b.t.Helper()
	b.call(b.session, method, params, nil)
}

// open opens a file, and tells how long that took until it could be used.
func (b *browser) open(file, hash string) time.Duration {
	b.t.Helper()
	path, err := filepath.Abs(file)
	if err != nil {
		b.t.Fatal(err)
	}
	b.navigate("about:blank")
	began := time.Now()
	b.navigate((&url.URL{Scheme: "file", Path: path}).String() + hash)
	b.eval("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(1))))", nil)
	return time.Since(began)
}

// navigate goes to a page and waits until that is loaded: the event of one before
// it may still be on its way.
func (b *browser) navigate(to string) {
	b.t.Helper()
	var page struct{ LoaderID string }
	b.call(b.session, "Page.navigate", map[string]any{"url": to}, &page)
	b.mu.Lock()
	loaded := b.load(page.LoaderID)
	b.mu.Unlock()
	select {
	case <-loaded:
	case <-time.After(patience):
		b.t.Fatalf("%s was not loaded in %s", to, patience)
	}
}

// eval is the value of an expression in the page. It is awaited if it is a promise.
func (b *browser) eval(expression string, into any) {
	b.t.Helper()
	var r struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails *struct {
			Exception struct{ Description string }
		}
	}
	b.call(b.session, "Runtime.evaluate", map[string]any{"expression": expression, "awaitPromise": true, "returnByValue": true}, &r)
	if r.ExceptionDetails != nil {
		b.t.Fatalf("%s: %s", expression, r.ExceptionDetails.Exception.Description)
	}
	if into != nil {
		if err := json.Unmarshal(r.Result.Value, into); err != nil {
			b.t.Fatalf("%s: %v", expression, err)
		}
	}
}

// text is what an element says; "" where there is none.
func (b *browser) text(selector string) string {
	b.t.Helper()
	var s string
	b.eval(fmt.Sprintf("document.querySelector(%q)?.textContent ?? ''", selector), &s)
	return s
}

// number is the value of an expression that is one.
func (b *browser) number(expression string) int {
	b.t.Helper()
	var n float64
	b.eval(expression, &n)
	return int(n)
}

// press presses keys, one after the other.
func (b *browser) press(keys ...string) {
	b.t.Helper()
	for _, key := range keys {
		down := map[string]any{"type": "keyDown", "key": key}
		if len(key) == 1 {
			down["text"] = key
		}
		switch key {
		case "Enter":
			down["text"], down["windowsVirtualKeyCode"] = "\r", 13
		case "Escape":
			down["windowsVirtualKeyCode"], down["code"] = 27, key
		}
		b.do("Input.dispatchKeyEvent", down)
		b.do("Input.dispatchKeyEvent", map[string]any{"type": "keyUp", "key": key})
	}
	b.eval("new Promise(done => requestAnimationFrame(() => done(1)))", nil)
}

// size makes the window so large, in pixels.
func (b *browser) size(width, height int) {
	b.do("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500})
}

// media sets what the page asks about its reader: prefers-color-scheme, dark.
func (b *browser) media(features ...string) {
	var list []map[string]string
	for i := 0; i+1 < len(features); i += 2 {
		list = append(list, map[string]string{"name": features[i], "value": features[i+1]})
	}
	b.do("Emulation.setEmulatedMedia", map[string]any{"features": list})
}

// picture is what the window shows, as PNG.
func (b *browser) picture() []byte {
	b.t.Helper()
	var shot struct{ Data string }
	b.call(b.session, "Page.captureScreenshot", map[string]any{"format": "png"}, &shot)
	png, err := base64.StdEncoding.DecodeString(shot.Data)
	if err != nil {
		b.t.Fatal(err)
	}
	return png
}

// quiet looks that the console has said nothing: no error, nothing that the
// Content-Security-Policy refused, nothing that was fetched.
func (b *browser) quiet() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, m := range b.mistakes {
		b.t.Error("the console says: ", m)
	}
	b.mistakes = nil
}
