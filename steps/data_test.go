package steps

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/sockspec/sockspec/specs"
)

// argument is the value of a step's verb, written as YAML.
func argument(t testing.TB, yaml string) *specs.Node {
	t.Helper()
	src := "scenarios: [{name: x, actors: {a: [{verb: [" + yaml + "]}]}}]"
	f, err := specs.Load("spec.yaml", []byte(src), specs.Options{})
	if err != nil {
		t.Fatalf("%s: %v", yaml, err)
	}
	return f.Scenarios[0].Actors[0].Steps[0].Arg.Items[0]
}

// mistakesOf are the texts of what DecodeNode reports, with the columns in the value.
func mistakesOf(t testing.TB, d specs.Decoder, yaml string) string {
	t.Helper()
	var errs specs.Errors
	n := argument(t, yaml)
	d.DecodeNode(n, &errs)
	lines := make([]string, len(errs))
	for i, e := range errs {
		lines[i] = fmt.Sprintf("%d: %s", e.Pos.Col-n.Pos().Col+1, e.Msg)
		if e.Hint != "" {
			lines[i] += " (" + e.Hint + ")"
		}
	}
	return strings.Join(lines, "\n")
}

// decoded fails the test where there is a mistake.
func decoded(t testing.TB, d specs.Decoder, yaml string) {
	t.Helper()
	if text := mistakesOf(t, d, yaml); text != "" {
		t.Fatalf("%s: %s", yaml, text)
	}
}

// readAll is everything that a reader gives, in pieces of at most limit bytes.
func readAll(t testing.TB, d *Data, limit int) []byte {
	t.Helper()
	r := d.Open()
	got := []byte{}
	for b := r.Next(limit); len(b) > 0; b = r.Next(limit) {
		if len(b) > limit {
			t.Fatalf("%d bytes at once, wanted at most %d", len(b), limit)
		}
		got = append(got, b...)
	}
	if err := r.Err(); err != nil {
		t.Fatal(err)
	}
	return got
}

func TestDataForms(t *testing.T) {
	tests := []struct{ yaml, want, described string }{
		{`hello`, "hello", `"hello"`},
		{`123`, "123", `"123"`},
		{`010`, "010", `"010"`},
		{`true`, "true", `"true"`},
		{`1.0`, "1.0", `"1.0"`},
		{`""`, "", `""`},
		{`"~"`, "~", `"~"`},
		{`"a\r\n"`, "a\r\n", `"a\r\n"`},
		{`"\xff"`, "\u00ff", `"\303\277"`},
		{`{hex: "00 ff"}`, "\x00\xff", `"\0\377"`},
		{`{hex: 00FF0a}`, "\x00\xff\n", `"\0\377\n"`},
		{`{hex: ""}`, "", `""`},
		{`{base64: aGVsbG8=}`, "hello", `"hello"`},
		{`{base64: "aGVs bG8"}`, "hello", `"hello"`},
		{`{text: ab, times: 3}`, "ababab", `"ab" × 3 (6 bytes)`},
		{`{text: ab}`, "ab", `"ab"`},
		{`{text: ab, times: 0}`, "", `""`},
		{`{text: "", times: 99999999999}`, "", `""`},
		{`{hex: "00", times: 4}`, "\x00\x00\x00\x00", `"\0" × 4 (4 bytes)`},
		{`{base64: YQ==, times: 2}`, "aa", `"a" × 2 (2 bytes)`},
		{`[]`, "", `""`},
		{`[a, {hex: "20"}, [b, c], {text: d, times: 2}]`, "a bcdd", `"a" + " " + "b" + 2 more parts (6 bytes)`},
		{`[a, {random: 0}]`, "a", `"a"`},
	}
	for _, test := range tests {
		var d Data
		decoded(t, &d, test.yaml)
		small, ok := d.Small()
		if string(small) != test.want || !ok || small == nil || d.Len() != int64(len(test.want)) || !d.Known() {
			t.Errorf("%s: %q, %v, length %d, want %q", test.yaml, small, ok, d.Len(), test.want)
		}
		for _, limit := range []int{1, 2, 100} {
			if got := readAll(t, &d, limit); string(got) != test.want {
				t.Errorf("%s in pieces of %d: %q, want %q", test.yaml, limit, got, test.want)
			}
		}
		if d.Describe() != test.described {
			t.Errorf("%s: described as %s, want %s", test.yaml, d.Describe(), test.described)
		}
		if bound, err := d.Bind("/nowhere"); bound != &d || err != nil {
			t.Errorf("%s: bound to %v, %v, want itself", test.yaml, bound, err)
		}
	}
}

func TestDataMistakes(t *testing.T) {
	const oneOf = "wants data: a text, or one of {text, times}, {hex}, {base64}, {random, seed} and {file}, got a mapping without any of these"
	tests := []struct{ yaml, want string }{
		{`{text: }`, `8: wants a text, got nothing`},
		{`{hex: 0}`, "7: wants two hexadecimal digits for each byte, got 1 in all"},
		{`{hex: "00 fg"}`, "7: wants hexadecimal digits, got g as character 5"},
		{`{hex: "é"}`, "7: wants hexadecimal digits, got é as character 1"},
		{`{hex: [a]}`, "7: wants hexadecimal digits such as 00 ff, got a list"},
		{`{base64: "a*b="}`, `10: wants base64, got "*"`},
		{`{base64: a}`, `10: wants base64, got a text that is cut off`},
		{`{text: [a], times: 2}`, "8: wants a text, got a list"},
		{`{text: a, times: -1}`, "18: wants a number of times, 0 or more, got -1"},
		{`{text: a, times: 1e3}`, "18: wants a number of times, 0 or more, got 1e3"},
		{`{text: a, times: 99999999999999}`, "18: wants data of at most 1 TiB, got 99999999999999 times 1 bytes"},
		{`[{text: a, times: 1099511627776}, {text: b, times: 1}]`, "42: wants data of at most 1 TiB, got more"},
		{`{random: 2048GiB}`, "10: wants data of at most 1 TiB, got 2048GiB"},
		{`{random: 1MiB, seed: x}`, "22: wants a whole number as the seed, got x"},
		{`{random: lots}`, `10: wants a size such as 64KiB, 1MiB or 100, got "lots"`},
		{`{random: 5, sed: 1}`, "13: unknown key sed beside random (did you mean seed?)"},
		{`{text: a, hex: "00"}`, "11: unknown key hex beside text"},
		{`{file: ""}`, `8: wants the path of a file, got ""`},
		{`{txt: a}`, "1: " + oneOf + " (did you mean text?)"},
		{`{}`, "1: " + oneOf},
		{`[{hex: 0}, {hex: z}]`, "8: wants two hexadecimal digits for each byte, got 1 in all\n18: wants hexadecimal digits, got z as character 1"},
	}
	for _, test := range tests {
		if got := mistakesOf(t, new(Data), test.yaml); got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", test.yaml, got, test.want)
		}
	}
}

func TestDataWarnings(t *testing.T) {
	tests := []struct{ yaml, want string }{
		{`a\n`, `\n is two characters here`},
		{`'a\r\n'`, `\r is two characters here`},
		{`{text: 'a\x00', times: 2}`, `\x is two characters here`},
		{`[a, b\t]`, `\t is two characters here`},
		{`a\n$(tmp)`, `\n is two characters here`},
		{`"a\n"`, ""}, {`"a\\n"`, ""}, {`a\\n`, ""}, {`C:\dir`, ""}, {`a\`, ""},
	}
	for _, test := range tests {
		var d Data
		decoded(t, &d, test.yaml)
		got := ""
		for _, w := range d.Warnings() {
			got += w.Msg
		}
		if got != test.want {
			t.Errorf("%s: warned %q, want %q", test.yaml, got, test.want)
		}
	}
}

func TestDataPending(t *testing.T) {
	for _, yaml := range []string{`$(tmp)`, `a$(tmp)`, `[a, $(tmp)]`, `{text: $(tmp), times: 2}`, `{text: a, times: $(tmp)}`, `{hex: $(tmp)}`} {
		var d Data
		decoded(t, &d, yaml)
		if _, ok := d.Small(); ok || d.Known() {
			t.Errorf("%s is known", yaml)
		}
	}
	if got := mistakesOf(t, new(Data), `[{hex: 0}, $(tmp)]`); !strings.HasPrefix(got, "8: wants two") {
		t.Errorf("a mistake beside an expression: %q", got)
	}
}

func TestDataValues(t *testing.T) {
	at := argument(t, "x")
	tests := []struct {
		v    any
		want string
	}{
		{"a\x00b", "a\x00b"}, {int64(-5), "-5"}, {true, "true"}, {1.5, "1.5"}, {NewReceived([]byte("got")), "got"},
		{[]any{"a", int64(1), NewReceived([]byte("b"))}, "a1b"}, {UnixAddress("/s"), "/s"}, {Constant{2, "AF_INET"}, "AF_INET"},
	}
	for _, test := range tests {
		var d Data
		var errs specs.Errors
		d.DecodeNode(specs.ValueNode(at, test.v), &errs)
		if got, _ := d.Small(); string(got) != test.want || len(errs) > 0 {
			t.Errorf("%v: %q, %v, want %q", test.v, got, errs, test.want)
		}
	}
	streamed := NewReceived(nil)
	streamed.Stream(false, nil)
	streamed.Append(make([]byte, 100<<10))
	var errs specs.Errors
	new(Data).DecodeNode(specs.ValueNode(at, streamed), &errs)
	new(Data).DecodeNode(specs.ValueNode(at, nil), &errs)
	if len(errs) != 2 || errs[0].Msg != "wants data, got 102400 bytes of which only the first 65536 were kept" || errs[1].Msg != "wants data, got nothing" {
		t.Errorf("values that are no data: %v", errs)
	}
}

// The bytes of {random} are a promise to every spec that has their sum written
// down.
func TestRandomData(t *testing.T) {
	tests := []struct{ yaml, sum string }{
		{`{random: 1MiB, seed: 7}`, "7a0b5ad8fe5bfdbbb829a5315c91967e8987c3ae530a292319aa41c41c1b226e"},
		{`{random: 100000, seed: -1}`, "2247897d8f73725129a8bc596cf9141abe7abb49e69da2e4073af2476bf225c6"},
		{`{random: 100000}`, "1b6a07ee47a83591d1768554388b8f3bce7bbb9a1ad4c47fc918d28d7944d8f2"},
	}
	seen := map[string]bool{}
	for _, test := range tests {
		var d Data
		decoded(t, &d, test.yaml)
		small, ok := d.Small()
		sum := sha256.Sum256(small)
		text := hex.EncodeToString(sum[:])
		if !ok || seen[text] || text != test.sum {
			t.Errorf("%s: %v, %s, want %s", test.yaml, ok, text, test.sum)
		}
		seen[text] = true
		for _, limit := range []int{1000, 65536, 1 << 20} {
			if !bytes.Equal(readAll(t, &d, limit), small) {
				t.Errorf("%s in pieces of %d is not the same", test.yaml, limit)
			}
		}
	}
}

func TestDataLarge(t *testing.T) {
	var d Data
	decoded(t, &d, `[{text: abc, times: 100000000000}, x]`)
	if _, ok := d.Small(); ok || d.Len() != 300000000001 {
		t.Errorf("small %v, length %d", ok, d.Len())
	}
	r := d.Open()
	at := 0
	for range 100 {
		b := r.Next(100_001)
		for i := range b {
			if b[i] != "abc"[(at+i)%3] {
				t.Fatalf("byte %d is %q", at+i, b[i])
			}
		}
		at += len(b)
	}
}

// A spec of a few bytes must not take megabytes when it is only decoded.
func TestDataMemory(t *testing.T) {
	n := argument(t, `{text: a, times: 1048576}`)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	list := make([]Data, 1000)
	for i := range list {
		var errs specs.Errors
		list[i].DecodeNode(n, &errs)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if got := int64(after.HeapAlloc) - int64(before.HeapAlloc); got > 2<<20 {
		t.Errorf("1000 rules for 1 MiB take %d bytes", got)
	}
	one, _ := list[0].Small()
	two, _ := list[0].Small()
	if len(one) != 1<<20 || &one[0] != &two[0] {
		t.Error("made twice while it was in use")
	}
	runtime.KeepAlive(list)
}

func TestDataFile(t *testing.T) {
	tmp, beside := t.TempDir(), t.TempDir()
	write(t, filepath.Join(tmp, "in-tmp"), "in tmp")
	write(t, filepath.Join(tmp, "both"), "from tmp")
	write(t, filepath.Join(beside, "both"), "from beside")
	write(t, filepath.Join(beside, "beside"), "beside")
	write(t, filepath.Join(beside, "outside"), "outside")
	if err := os.Symlink(filepath.Join(beside, "outside"), filepath.Join(tmp, "link")); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(filepath.Join(tmp, "fifo"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct{ path, want, err string }{
		{"in-tmp", "in tmp", ""},
		{"both", "from tmp", ""},
		{"beside", "beside", ""},
		{filepath.Join(beside, "outside"), "outside", ""},
		{"missing", "", "file missing: no such file or directory"},
		{"link", "", "file link: no such file or directory"},
		{"fifo", "", "file fifo: not a regular file"},
		{".", "", "file .: not a regular file"},
		{"both/x", "", "file both/x: not a directory"},
	}
	for _, test := range tests {
		d := fileData(test.path, filepath.Join(beside, "spec.yaml"))
		if d.Known() {
			t.Errorf("%s is known before it was looked up", test.path)
		}
		bound, err := d.Bind(tmp)
		if test.err != "" {
			if err == nil || err.Error() != test.err {
				t.Errorf("%s: %v, want %s", test.path, err, test.err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		small, ok := bound.Small()
		if !ok || string(small) != test.want || bound.Len() != int64(len(test.want)) || string(readAll(t, bound, 3)) != test.want {
			t.Errorf("%s: %q, %v, want %q", test.path, small, ok, test.want)
		}
	}
}

// A file that has changed since its length was read ends early, and says so.
func TestDataFileChanged(t *testing.T) {
	tmp := t.TempDir()
	path := filepath.Join(tmp, "f")
	write(t, path, strings.Repeat("x", 200<<10))
	bound, err := fileData("f", "spec.yaml").Bind(tmp)
	if err != nil {
		t.Fatal(err)
	}
	r := bound.Open()
	r.Next(10)
	if err := os.Truncate(path, 100<<10); err != nil {
		t.Fatal(err)
	}
	n := 10
	for b := r.Next(1 << 20); len(b) > 0; b = r.Next(1 << 20) {
		n += len(b)
	}
	if want := "file f (204800 bytes): ended after 102400 of 204800 bytes"; n != 100<<10 || r.Err() == nil || r.Err().Error() != want {
		t.Errorf("%d bytes, then %v, want %s", n, r.Err(), want)
	}
	r = bound.Open()
	if want := "file f: had 204800 bytes, now has 102400"; r.Next(1) != nil || r.Err() == nil || r.Err().Error() != want {
		t.Errorf("opened again: %v, want %s", r.Err(), want)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// fileData is {file: path} in a spec.
func fileData(path, spec string) *Data {
	d := &Data{parts: []dataPart{{file: &dataFile{path: path, spec: spec}}}}
	d.seal()
	return d
}

func FuzzData(f *testing.F) {
	for _, s := range []string{"hello", `{hex: "00 f"}`, "{text: ab, times: 3}", "[a, {random: 5}, b]", "{base64: aGk=}", "{random: 1GiB, seed: -1}", "{file: x}", "~", `'a\n'`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, yaml string) {
		file, err := specs.Load("x.yaml", []byte("scenarios: [{name: x, actors: {a: [{verb: ["+yaml+"]}]}}]"), specs.Options{})
		if err != nil || len(file.Scenarios) != 1 || len(file.Scenarios[0].Actors) != 1 || len(file.Scenarios[0].Actors[0].Steps) != 1 {
			return
		}
		n := file.Scenarios[0].Actors[0].Steps[0].Arg
		var d Data
		var errs specs.Errors
		if d.DecodeNode(n, &errs); len(errs) > 0 || !d.Known() {
			return
		}
		_ = d.Describe()
		r := d.Open()
		total := int64(0)
		for b := r.Next(1 << 16); len(b) > 0 && total < 4<<20; b = r.Next(1 << 16) {
			total += int64(len(b))
		}
		if total != d.Len() && total < 4<<20 {
			t.Fatalf("%s: %d bytes of %d", yaml, total, d.Len())
		}
		if small, ok := d.Small(); ok && int64(len(small)) != d.Len() {
			t.Fatalf("%s: small is %d bytes of %d", yaml, len(small), d.Len())
		}
	})
}

func BenchmarkDecodeData(b *testing.B) {
	n := argument(b, "hello")
	b.ReportAllocs()
	for b.Loop() {
		var d Data
		var errs specs.Errors
		d.DecodeNode(n, &errs)
	}
}

func BenchmarkDataReader(b *testing.B) {
	for _, yaml := range []string{"{text: hello world, times: 100000000}", "{random: 1GiB, seed: 1}"} {
		b.Run(yaml, func(b *testing.B) {
			var d Data
			decoded(b, &d, yaml)
			const size = 256 << 20
			b.SetBytes(size)
			buffer := make([]byte, 64<<10)
			for b.Loop() {
				r := d.Open()
				for left := size; left > 0; {
					left -= copy(buffer, r.Next(min(left, 64<<10)))
				}
			}
		})
	}
}
