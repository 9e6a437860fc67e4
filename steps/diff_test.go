package steps

import (
	"bytes"
	"strings"
	"testing"
)

// diffText are the lines of a Diff.
func diffText(d *Diff) string {
	var lines []string
	for _, l := range d.Lines() {
		lines = append(lines, l.Text)
	}
	return strings.Join(lines, "\n")
}

// differing are pairs of data and what is said of them.
var differing = []struct{ what, want, got, diff string }{
	{"a byte", "hello", "hallo", `want  00000000  68 65 6c 6c 6f                                    |hello|
got   00000000  68 61 6c 6c 6f                                    |hallo|
                   ^^                                               ^
both have 5 bytes, and differ from byte 1 on`},
	{"too short", "hello", "hel", `want  00000000  68 65 6c 6c 6f                                    |hello|
got   00000000  68 65 6c                                          |hel|
                         ^^ ^^                                        ^^
received 2 bytes fewer than wanted: 3 instead of 5
what came is the beginning of what was wanted`},
	{"nothing came", "hello", "", `want  00000000  68 65 6c 6c 6f                                    |hello|
nothing came, not one of 5 bytes`},
	{"too long", "hello", "hello world", `want  00000000  68 65 6c 6c 6f                                    |hello|
got   00000000  68 65 6c 6c 6f 20 77 6f  72 6c 64                 |hello world|
                               ^^ ^^ ^^  ^^ ^^ ^^                       ^^^^^^
received 6 bytes more than wanted: 11 instead of 5
what was wanted is the beginning of what came`},
	{"nothing was wanted", "", "hello", `got   00000000  68 65 6c 6c 6f                                    |hello|
5 bytes came where nothing was wanted`},
	{"in the second row", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\nHost: b\r\n\r\n", `      00000000  47 45 54 20 2f 20 48 54  54 50 2f 31 2e 31 0d 0a  |GET / HTTP/1.1..|
want  00000010  48 6f 73 74 3a 20 61 0d  0a 0d 0a                 |Host: a....|
got   00000010  48 6f 73 74 3a 20 62 0d  0a 0d 0a                 |Host: b....|
                                  ^^                                     ^
both have 27 bytes, and differ from byte 22 on`},
	{"after many rows", strings.Repeat("0123456789", 100), strings.Repeat("0123456789", 50) + "x" + strings.Repeat("0123456789", 40), `… 480 bytes the same
      000001e0  30 31 32 33 34 35 36 37  38 39 30 31 32 33 34 35  |0123456789012345|
want  000001f0  36 37 38 39 30 31 32 33  34 35 36 37 38 39 30 31  |6789012345678901|
got   000001f0  36 37 38 39 78 30 31 32  33 34 35 36 37 38 39 30  |6789x01234567890|
                            ^^ ^^ ^^ ^^  ^^ ^^ ^^ ^^ ^^ ^^ ^^ ^^       ^^^^^^^^^^^^
want  00000200  32 33 34 35 36 37 38 39  30 31 32 33 34 35 36 37  |2345678901234567|
got   00000200  31 32 33 34 35 36 37 38  39 30 31 32 33 34 35 36  |1234567890123456|
                ^^ ^^ ^^ ^^ ^^ ^^ ^^ ^^  ^^ ^^ ^^ ^^ ^^ ^^ ^^ ^^   ^^^^^^^^^^^^^^^^
want  00000210  38 39 30 31 32 33 34 35  36 37 38 39 30 31 32 33  |8901234567890123|
got   00000210  37 38 39 30 31 32 33 34  35 36 37 38 39 30 31 32  |7890123456789012|
                ^^ ^^ ^^ ^^ ^^ ^^ ^^ ^^  ^^ ^^ ^^ ^^ ^^ ^^ ^^ ^^   ^^^^^^^^^^^^^^^^
… 456 bytes more, not shown
received 99 bytes fewer than wanted: 901 instead of 1000; they differ from byte 500 on`},
	{"hostile", "\x1b[31m", "\x1b[32m\u202e\n", `want  00000000  1b 5b 33 31 6d                                    |.[31m|
got   00000000  1b 5b 33 32 6d e2 80 ae  0a                       |.[32m....|
                         ^^    ^^ ^^ ^^  ^^                           ^ ^^^^
received 4 bytes more than wanted: 9 instead of 5; they differ from byte 3 on`},
	{"a NUL", "hello", "hello\x00", `want  00000000  68 65 6c 6c 6f                                    |hello|
got   00000000  68 65 6c 6c 6f 00                                 |hello.|
                               ^^                                       ^
received 1 byte more than wanted: 6 instead of 5
a NUL byte too much at the end: the length of a C string counts it, or it was sent with sizeof`},
	{"a NUL is missing", "hello\x00", "hello", `want  00000000  68 65 6c 6c 6f 00                                 |hello.|
got   00000000  68 65 6c 6c 6f                                    |hello|
                               ^^                                       ^
received 1 byte fewer than wanted: 5 instead of 6
the NUL byte at the end is missing`},
	{"a buffer", "hello", "hello" + strings.Repeat("\x00", 100), `want  00000000  68 65 6c 6c 6f                                    |hello|
got   00000000  68 65 6c 6c 6f 00 00 00  00 00 00 00 00 00 00 00  |hello...........|
                               ^^ ^^ ^^  ^^ ^^ ^^ ^^ ^^ ^^ ^^ ^^        ^^^^^^^^^^^
got   00000010  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|
got   00000020  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|
got   00000030  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|
… 41 bytes more, not shown
received 100 bytes more than wanted: 105 instead of 5
100 zero bytes too much at the end: all of a buffer was sent, not only what is in it`},
	{"a newline", "hello", "hello\n", `want  00000000  68 65 6c 6c 6f                                    |hello|
got   00000000  68 65 6c 6c 6f 0a                                 |hello.|
                               ^^                                       ^
received 1 byte more than wanted: 6 instead of 5
a newline (\n) too much at the end`},
	{"a newline is missing", "hello\r\n", "hello", `want  00000000  68 65 6c 6c 6f 0d 0a                              |hello..|
got   00000000  68 65 6c 6c 6f                                    |hello|
                               ^^ ^^                                    ^^
received 2 bytes fewer than wanted: 5 instead of 7
the newline (\r\n) at the end is missing`},
	{"ends of lines", "a\r\nb\r\n", "a\nb\n", `want  00000000  61 0d 0a 62 0d 0a                                 |a..b..|
got   00000000  61 0a 62 0a                                       |a.b.|
                   ^^ ^^ ^^ ^^ ^^                                   ^^^^^
received 2 bytes fewer than wanted: 4 instead of 6; they differ from byte 1 on
only the ends of lines differ: wanted \r\n, came \n`},
	{"mixed ends of lines", "a\nb\n", "a\r\nb\n", `want  00000000  61 0a 62 0a                                       |a.b.|
got   00000000  61 0d 0a 62 0a                                    |a..b.|
                   ^^ ^^ ^^ ^^                                      ^^^^
received 1 byte more than wanted: 5 instead of 4; they differ from byte 1 on
only the ends of lines differ: wanted \n, came \n and \r\n`},
	{"case", "HELLO", "Hello", `want  00000000  48 45 4c 4c 4f                                    |HELLO|
got   00000000  48 65 6c 6c 6f                                    |Hello|
                   ^^ ^^ ^^ ^^                                      ^^^^
both have 5 bytes, and differ from byte 1 on
only upper and lower case differ`},
	{"space", "hello", " hello ", `want  00000000  68 65 6c 6c 6f                                    |hello|
got   00000000  20 68 65 6c 6c 6f 20                              | hello |
                ^^ ^^ ^^    ^^ ^^ ^^                               ^^^ ^^^
received 2 bytes more than wanted: 7 instead of 5; they differ from byte 0 on
only white space at the beginning or the end differs`},
	{"byte order of 2", "\x00\x50\x00\x51", "\x50\x00\x51\x00", `want  00000000  00 50 00 51                                       |.P.Q|
got   00000000  50 00 51 00                                       |P.Q.|
                ^^ ^^ ^^ ^^                                        ^^^^
both have 4 bytes, and differ from byte 0 on
the same numbers of 2 bytes in the other byte order (htons, htonl)`},
	{"byte order of 4", "\x00\x00\x00\x50", "\x50\x00\x00\x00", `want  00000000  00 00 00 50                                       |...P|
got   00000000  50 00 00 00                                       |P...|
                ^^       ^^                                        ^  ^
both have 4 bytes, and differ from byte 0 on
the same numbers of 4 bytes in the other byte order (htons, htonl)`},
	{"no byte order", "ab", "ba", `want  00000000  61 62                                             |ab|
got   00000000  62 61                                             |ba|
                ^^ ^^                                              ^^
both have 2 bytes, and differ from byte 0 on`},
	{"Latin-1", "gr\u00fc\u00df", "gr\xfc\xdf", `want  00000000  67 72 c3 bc c3 9f                                 |gr....|
got   00000000  67 72 fc df                                       |gr..|
                      ^^ ^^ ^^ ^^                                    ^^^^
received 2 bytes fewer than wanted: 4 instead of 6; they differ from byte 2 on
the same text in Latin-1, one byte a character; wanted was UTF-8 (in YAML "\xff" is a character: for bytes write {hex: ff})`},
	{"UTF-8", "\xff", "\u00ff", `want  00000000  ff                                                |.|
got   00000000  c3 bf                                             |..|
                ^^ ^^                                              ^^
received 1 byte more than wanted: 2 instead of 1; they differ from byte 0 on
the same text in UTF-8; wanted was Latin-1, one byte a character`},
	{"behind something", "hello", "xx\x01hello", `want  00000000  68 65 6c 6c 6f                                    |hello|
got   00000000  78 78 01 68 65 6c 6c 6f                           |xx.hello|
                ^^ ^^ ^^ ^^ ^^ ^^ ^^ ^^                            ^^^^^^^^
received 3 bytes more than wanted: 8 instead of 5; they differ from byte 0 on
what was wanted comes at byte 3, behind "xx\1"`},
	{"the beginning is missing", "hello", "llo", `want  00000000  68 65 6c 6c 6f                                    |hello|
got   00000000  6c 6c 6f                                          |llo|
                ^^ ^^ ^^ ^^ ^^                                     ^^^^^
received 2 bytes fewer than wanted: 3 instead of 5; they differ from byte 0 on
what came is part of what was wanted, from byte 2 on: what stands before it is missing`},
}

func TestDiff(t *testing.T) {
	for _, c := range differing {
		got := NewReceived([]byte(c.got))
		at, equal := got.Equal(NewData([]byte(c.want)))
		if equal {
			t.Fatalf("%s: equal", c.what)
		}
		d := newDiff(NewData([]byte(c.want)), got, at)
		if diffText(d) != c.diff {
			t.Errorf("%s\ngot:\n%s\nwant:\n%s", c.what, diffText(d), c.diff)
		}
		if other := diffText(textDiff(c.want, c.got)); other != diffText(d) {
			t.Errorf("%s: as text\n%s", c.what, other)
		}
	}
}

// TestDiffKinds is what a report colours by.
func TestDiffKinds(t *testing.T) {
	d := textDiff("0123456789abcdefhello", "0123456789abcdefhallo")
	var kinds []DiffKind
	for _, l := range d.Lines() {
		kinds = append(kinds, l.Kind)
	}
	if want := []DiffKind{DiffSame, DiffWant, DiffGot, DiffMark, DiffNote}; string(bytesOfKinds(kinds)) != string(bytesOfKinds(want)) {
		t.Errorf("got %v, want %v", kinds, want)
	}
}

func bytesOfKinds(kinds []DiffKind) []byte {
	b := make([]byte, len(kinds))
	for i, k := range kinds {
		b[i] = byte(k)
	}
	return b
}

// TestDiffIsSmall bounds what a Diff of a gigabyte shows, and what it holds.
func TestDiffIsSmall(t *testing.T) {
	want := expectNode(t, "{text: abc, times: 357913942}", nil)
	var data Data
	data.DecodeNode(want, nil)
	got := NewReceived(bytes.Repeat([]byte("abc"), 1000))
	at, _ := got.Equal(&data)
	d := newDiff(&data, got, at)
	if lines := d.Lines(); len(lines) > 16 || at != 3000 {
		t.Errorf("%d lines from %d\n%s", len(lines), at, diffText(d))
	}
	if held := len(d.want) + len(d.got); held > 2*diffRow*diffRows {
		t.Errorf("holds %d bytes", held)
	}
	for _, l := range d.Lines() {
		if len(l.Text) > 200 {
			t.Errorf("long line: %s", l.Text)
		}
	}
}

// FuzzDiff holds for any two texts: the rows are few, the lines printable, and
// the first difference is among them.
func FuzzDiff(f *testing.F) {
	for _, c := range differing {
		f.Add([]byte(c.want), []byte(c.got))
	}
	f.Fuzz(func(t *testing.T, want, got []byte) {
		r := NewReceived(got)
		at, equal := r.Equal(NewData(want))
		if equal {
			return
		}
		d := newDiff(NewData(want), r, at)
		marked := false
		for _, l := range d.Lines() {
			marked = marked || l.Kind == DiffMark || l.Kind == DiffWant || l.Kind == DiffGot
			if l.Text != Printable(l.Text) {
				t.Errorf("not printable: %q", l.Text)
			}
		}
		if n := len(d.Lines()); n > 16 || !marked {
			t.Errorf("%d lines, marked %v", n, marked)
		}
	})
}
