package catalog

import (
	"slices"
	"strings"
	"testing"
)

func TestNames(t *testing.T) {
	names := Names()
	if !slices.Contains(names, "errors/connect.yaml") || slices.ContainsFunc(names, func(n string) bool { return !strings.HasSuffix(n, ".yaml") }) {
		t.Errorf("the files are %q", names)
	}
	for _, name := range names {
		if text, err := Read(name); err != nil || len(text) == 0 {
			t.Errorf("%s: %d bytes, %v", name, len(text), err)
		}
	}
	if got := Subject("errors/connect.yaml"); got != "connect" {
		t.Errorf("the subject of errors/connect.yaml is %s", got)
	}
}

func TestWanted(t *testing.T) {
	pairs, statements := Wanted()
	if len(pairs) != 251 || len(statements) != 50 {
		t.Errorf("%d pairs and %d statements, wanted 251 and 50", len(pairs), len(statements))
	}
	if p := pairs[0]; p != (Pair{"socket", "EACCES"}) || statements[49] != "T50" {
		t.Errorf("the first pair is %s, the last statement %s", p, statements[49])
	}
}

func TestDifferences(t *testing.T) {
	for _, d := range Differences() {
		if len(d.Words) == 0 || !strings.HasSuffix(d.Text, ".") || strings.Contains(d.Text, "  ") {
			t.Errorf("%q: %q", d.Words, d.Text)
		}
	}
}

// A cut gives the scenarios as they stand in the file, with their remarks.
func TestCut(t *testing.T) {
	const text = `# a file
vars: {n: 1}

scenarios:
  # about the first
  - name: first
    about: >-
      text

      - not an item
    actors:
      # inside
      one:
      - close

  - about: name comes later
    name: second
    actors: {}
  # of the third
  # and more
  - name: third
grading: {}
`
	head, pieces := Cut(text)
	if head != "# a file\nvars: {n: 1}\n\n" {
		t.Errorf("the head is %q", head)
	}
	want := []Piece{
		{5, 15, "  # about the first\n  - name: first\n    about: >-\n      text\n\n      - not an item\n    actors:\n      # inside\n      one:\n      - close\n"},
		{16, 18, "  - about: name comes later\n    name: second\n    actors: {}\n"},
		{19, 21, "  # of the third\n  # and more\n  - name: third\n"},
	}
	if !slices.Equal(pieces, want) {
		t.Errorf("want %+v\ngot  %+v", want, pieces)
	}
	if _, pieces := Cut("nothing: here\n"); pieces != nil {
		t.Errorf("got %+v", pieces)
	}
}
