package report

import (
	"slices"
	"strconv"
	"time"

	"github.com/sockspec/sockspec/runner"
)

// htmlWritten are the last lines that the programs of a running scenario wrote.
type htmlWritten struct {
	lines []htmlWrittenLine
	lost  int // earlier ones
}

type htmlWrittenLine struct {
	at      time.Duration
	program string
	stderr  bool
	text    string
}

// mostHTMLWritten is how many of them are kept.
const mostHTMLWritten = 500

func (h *htmlWritten) add(e *runner.Event) {
	w := e.Wrote
	if w == nil {
		return
	}
	for _, text := range writtenLines(w.Data) {
		h.lines = append(h.lines, htmlWrittenLine{e.At, w.Program, w.Stream == "stderr", text})
	}
	if n := len(h.lines) - mostHTMLWritten; n > mostHTMLWritten {
		h.lines = slices.Delete(h.lines, 0, n)
		h.lost += n
	}
}

func (h *htmlWritten) reset() {
	clear(h.lines)
	*h = htmlWritten{lines: h.lines[:0]}
}

// append writes them as lists of [time, program, stderr, text].
func (h *htmlWritten) append(b []byte) []byte {
	lines, lost := h.lines, h.lost
	if n := len(lines) - mostHTMLWritten; n > 0 {
		lines, lost = lines[n:], lost+n
	}
	if len(lines) == 0 {
		return b
	}
	b = append(b, `,"wrote":[`...)
	for i := range lines {
		l := &lines[i]
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(append(b, '['), int64(l.at), 10)
		b = appendText(append(b, ','), l.program)
		b = strconv.AppendBool(append(b, ','), l.stderr)
		b = append(appendText(append(b, ','), l.text), ']')
	}
	b = append(b, ']')
	if lost > 0 {
		b = strconv.AppendInt(append(b, `,"wrote_lost":`...), int64(lost), 10)
	}
	return b
}
