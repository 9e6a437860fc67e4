package steps

import (
	"strconv"

	"github.com/sockspec/sockspec/specs"
)

// Mismatch is one thing that came otherwise than it was wanted.
type Mismatch struct {
	// Pos is where it was wanted; zero where the step has no `expect`.
	Pos specs.Pos
	Src *specs.Source
	// Key names what it is about: "error", "data", "value.onoff", "lengths[1]",
	// "any.refused.error".
	Key string
	// Want and Got are in the words of the language. They are one line each, and
	// may be shown as they are.
	Want, Got string
	// Diff shows which bytes of data or text differ; nil for anything else.
	Diff *Diff
}

// String is the mismatch in one line.
func (m Mismatch) String() string {
	return m.Key + ": want " + m.Want + ", got " + m.Got
}

// findings are what a check brings to light: why something does not match, and
// the groups of what does. A nil one is for asking only whether it matches.
type findings struct {
	key    string
	bad    []Mismatch
	groups Results
}

// miss notes that something does not match, and is false. The texts are made
// only if somebody wants to know.
func (f *findings) miss(at *specs.Node, texts func() (want, got string)) bool {
	if f != nil {
		want, got := texts()
		f.add(at, want, got, nil)
	}
	return false
}

// missDiff is miss, with the bytes that differ.
func (f *findings) missDiff(at *specs.Node, texts func() (want, got string, d *Diff)) bool {
	if f != nil {
		want, got, d := texts()
		f.add(at, want, got, d)
	}
	return false
}

// mismatchText is how many bytes of what was wanted, and of what came, are told
// at most: a spec, or a peer, may have written anything.
const mismatchText = 1000

func (f *findings) add(at *specs.Node, want, got string, d *Diff) {
	m := Mismatch{Key: f.key, Want: clip(want, mismatchText), Got: clip(got, mismatchText), Diff: d}
	if at != nil {
		m.Pos, m.Src = at.Pos(), at.Source()
	}
	f.bad = append(f.bad, m)
}

// enter makes what is found belong to a part, and gives the key to leave to.
func (f *findings) enter(separator, name string) string {
	if f == nil {
		return ""
	}
	old := f.key
	if old == "" {
		separator = ""
	}
	f.key = old + separator + Printable(name)
	return old
}

// enterIndex makes what is found belong to an element of a list.
func (f *findings) enterIndex(i int) string {
	if f == nil {
		return ""
	}
	old := f.key
	f.key += "[" + strconv.Itoa(i) + "]"
	return old
}

// leave goes back to the key that enter gave.
func (f *findings) leave(old string) {
	if f != nil {
		f.key = old
	}
}
