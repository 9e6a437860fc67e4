package steps

import (
	"bytes"
	"fmt"
	"strings"
)

// Diff shows where data that came parts from data that was wanted: both as
// hexadecimal and text around the first difference. It holds a few rows of
// them, however long they are.
type Diff struct {
	// At is the offset of the first byte that differs, or that one side lacks.
	At int64
	// WantLen and GotLen are the lengths in bytes.
	WantLen, GotLen int64

	base      int64  // offset of want[0] and got[0], a multiple of diffRow
	want, got []byte // the rows around At
	unkept    bool   // what came there was not kept
	remarks   []string
	recorded  []DiffLine // all of it, where it was read back
}

const (
	diffRow  = 16 // bytes in a row
	diffRows = 4  // rows that are shown of each side, one of them before the difference
)

// DiffKind says what a line of a [Diff] shows.
type DiffKind uint8

const (
	// DiffNote is a remark in words.
	DiffNote DiffKind = iota
	// DiffSame is a row that is the same on both sides.
	DiffSame
	// DiffWant and DiffGot are a row as it was wanted and as it came.
	DiffWant
	DiffGot
	// DiffMark stands under the two, with a mark under each byte that differs.
	DiffMark
)

// DiffLine is one line of a [Diff], without its end. It can be shown as it is.
type DiffLine struct {
	Text string
	Kind DiffKind
}

// newDiff compares data that was wanted with data that came; at is where they part.
func newDiff(want *Data, got *Received, at int64) *Diff {
	d := &Diff{At: at, WantLen: want.Len(), GotLen: got.Len()}
	d.base = max(at/diffRow-1, 0) * diffRow
	d.want = window(want, d.base)
	head := got.Head()
	d.got = cut(head, d.base)
	if kept := int64(len(head)); kept < d.GotLen {
		d.unkept = at >= kept
		d.want = d.want[:min(len(d.want), max(len(d.got), diffRow*2))]
	}
	if small, ok := want.Small(); ok && int64(len(head)) == got.Len() {
		d.remarks = remarks(small, head, int(at))
	} else {
		d.remarks = lengthRemarks(d.WantLen, d.GotLen, at)
	}
	return d
}

// textDiff compares two texts that are in memory.
func textDiff(want, got string) *Diff {
	at := 0
	for at < min(len(want), len(got)) && want[at] == got[at] {
		at++
	}
	d := &Diff{At: int64(at), WantLen: int64(len(want)), GotLen: int64(len(got))}
	d.base = max(d.At/diffRow-1, 0) * diffRow
	d.want, d.got = cut([]byte(want), d.base), cut([]byte(got), d.base)
	d.remarks = remarks([]byte(want), []byte(got), at)
	return d
}

// cut is the rows of b from an offset on. It is a copy: what it is cut from may
// be large, and a Diff is kept.
func cut(b []byte, from int64) []byte {
	if from >= int64(len(b)) {
		return nil
	}
	return bytes.Clone(b[from:min(from+diffRow*diffRows, int64(len(b)))])
}

// window is the rows of data from an offset on.
func window(data *Data, from int64) []byte {
	r := data.Open()
	defer r.Close()
	for skip := from; skip > 0; {
		passed := r.Next(int(min(skip, 64<<10)))
		if len(passed) == 0 {
			return nil
		}
		skip -= int64(len(passed))
	}
	var rows []byte
	for len(rows) < diffRow*diffRows {
		next := r.Next(diffRow*diffRows - len(rows))
		if len(next) == 0 {
			break
		}
		rows = append(rows, next...)
	}
	return rows
}

// RecordedDiff is a difference that was read back with its lines.
func RecordedDiff(at, wantLen, gotLen int64, lines []DiffLine) *Diff {
	return &Diff{At: at, WantLen: wantLen, GotLen: gotLen, recorded: lines}
}

// Lines are the rows, then the remarks.
func (d *Diff) Lines() []DiffLine {
	if d.recorded != nil {
		return d.recorded
	}
	var lines []DiffLine
	if d.base > 0 {
		lines = append(lines, DiffLine{fmt.Sprintf("… %s the same", byteCount(d.base)), DiffNote})
	}
	end := int64(max(len(d.want), len(d.got)))
	for i := int64(0); i < end; i += diffRow {
		lines = append(lines, d.row(i)...)
	}
	if more := max(d.WantLen, d.GotLen) - d.base - end; more > 0 {
		lines = append(lines, DiffLine{fmt.Sprintf("… %s more, not shown", byteCount(more)), DiffNote})
	}
	for _, r := range d.remarks {
		lines = append(lines, DiffLine{r, DiffNote})
	}
	return lines
}

// row is one row of both sides: once where it is the same, else want, got and
// the marks.
func (d *Diff) row(i int64) []DiffLine {
	want, got := rowOf(d.want, i), rowOf(d.got, i)
	at := d.base + i
	if bytes.Equal(want, got) {
		return []DiffLine{{dumpRow("    ", at, want), DiffSame}}
	}
	lines := make([]DiffLine, 0, 3)
	if len(want) > 0 {
		lines = append(lines, DiffLine{dumpRow("want", at, want), DiffWant})
	}
	if d.unkept {
		return append(lines, DiffLine{fmt.Sprintf("got   %08x  (not kept)", at), DiffGot})
	}
	if len(got) > 0 {
		lines = append(lines, DiffLine{dumpRow("got ", at, got), DiffGot})
	}
	if len(want) == 0 || len(got) == 0 {
		return lines // the whole row is too much, or missing
	}
	return append(lines, DiffLine{markRow(want, got), DiffMark})
}

// rowOf is the row of b that begins at i.
func rowOf(b []byte, i int64) []byte {
	if i >= int64(len(b)) {
		return nil
	}
	return b[i:min(i+diffRow, int64(len(b)))]
}

// dumpRow is a row as hexdump -C shows it, behind a word.
func dumpRow(word string, at int64, row []byte) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %08x  ", word, at)
	for i := range diffRow {
		if i == diffRow/2 {
			b.WriteByte(' ')
		}
		if i < len(row) {
			fmt.Fprintf(&b, "%02x ", row[i])
		} else {
			b.WriteString("   ")
		}
	}
	b.WriteString(" |")
	for _, c := range row {
		if c < ' ' || c > '~' {
			c = '.'
		}
		b.WriteByte(c)
	}
	b.WriteByte('|')
	return b.String()
}

// markRow marks the bytes that differ, in both columns.
func markRow(want, got []byte) string {
	var hexes, texts strings.Builder
	for i := range max(len(want), len(got)) {
		mark, letter := "   ", " "
		if i >= len(want) || i >= len(got) || want[i] != got[i] {
			mark, letter = "^^ ", "^"
		}
		if i == diffRow/2 {
			hexes.WriteByte(' ')
		}
		hexes.WriteString(mark)
		texts.WriteString(letter)
	}
	line := fmt.Sprintf("%16s%-*s  %s", "", diffRow*3+1, hexes.String(), texts.String())
	return strings.TrimRight(line, " ")
}
