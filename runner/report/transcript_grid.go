package report

import "strings"

// grid is a table of columns whose texts are folded, so that a row may take
// several lines: number, a column, another one.
type grid struct {
	p     *paint
	heads []string
	rows  []gridRow
	named bool // there is no head: the first column has the name, the second one the text
}

// gridRow is one row.
type gridRow struct {
	number string
	marked bool
	cells  []gridCell // one a column
}

// gridCell is what stands in one column: lines, each in its style.
type gridCell []gridText

type gridText struct {
	text   string // as it may be shown
	style  style
	before string // each line that it is folded to
}

const (
	defaultWidth = 100
	narrowest    = 18 // a column; where there is less room there is one for all
	between      = " │ "
	behindName   = "  "
)

// lines are those of the grid, in so many columns of the terminal; 0 for 100.
func (g *grid) lines(width int) []string {
	if len(g.heads) == 0 {
		return nil
	}
	if width <= 0 {
		width = defaultWidth
	}
	gutter := len("> ")
	for i := range g.rows {
		if n := len(g.rows[i].number); n > 0 {
			gutter = max(gutter, len("> ")+n+len("  "))
		}
	}
	room := width - gutter - (len(g.heads)-1)*columns(between)
	if len(g.heads) > 1 && room < len(g.heads)*narrowest {
		one := g.single()
		return one.all(gutter, namedWidths(width-gutter, widest(g.heads)), nil)
	}
	w := g.widths(max(room, narrowest))
	return g.all(gutter, w, g.headLines(gutter, w))
}

// all are the rows, below a head.
func (g *grid) all(gutter int, w []int, lines []string) []string {
	for i := range g.rows {
		lines = append(lines, g.rowLines(&g.rows[i], gutter, w)...)
	}
	return lines
}

// namedWidths share out the room where the first column has names.
func namedWidths(room, names int) []int {
	names = min(names, widestActor)
	return []int{names, max(room-names-len(behindName), narrowest)}
}

// widest is how many columns the longest of some names takes.
func widest(names []string) (w int) {
	for _, n := range names {
		w = max(w, columns(n))
	}
	return w
}

// single is the same with all columns in one, each text behind its column's name.
func (g *grid) single() *grid {
	one := &grid{p: g.p, named: true}
	for _, r := range g.rows {
		row := gridRow{number: r.number, marked: r.marked, cells: make([]gridCell, 2)}
		for c, cell := range r.cells {
			if len(cell) > 0 && cell[0].text != waitingMark {
				row.cells[0] = gridCell{{text: g.heads[c]}}
				row.cells[1] = cell
			}
		}
		one.rows = append(one.rows, row)
	}
	return one
}

// widths shares out the room: each column gets what it needs where that is no
// more than its share of what the others leave.
func (g *grid) widths(room int) []int {
	need := make([]int, len(g.heads))
	for c, head := range g.heads {
		need[c] = columns(head)
		for i := range g.rows {
			for _, t := range g.rows[i].cells[c] {
				need[c] = max(need[c], columns(t.before+t.text))
			}
		}
	}
	w := make([]int, len(need))
	for left, settled := len(need), false; left > 0; settled = false {
		share := room / left
		for c := range need {
			if w[c] == 0 && need[c] <= share {
				w[c], room, left, settled = max(need[c], 1), room-need[c], left-1, true
			}
		}
		if settled {
			continue
		}
		for c := range need {
			if w[c] == 0 {
				w[c], room, left = room/left, room-room/left, left-1
			}
		}
	}
	return w
}

// headLines are the names of the columns with a rule below them.
func (g *grid) headLines(gutter int, w []int) []string {
	names, rules := make([]string, len(w)), make([]string, len(w))
	for c, head := range g.heads {
		names[c] = filled(folded(head, w[c])[0], w[c], g.p.strong)
		rules[c] = strings.Repeat("─", w[c])
	}
	before := strings.Repeat(" ", gutter)
	return []string{
		strings.TrimRight(before+strings.Join(names, g.p.dim.of(between)), " "),
		before + g.p.dim.of(strings.Join(rules, "─┼─")),
	}
}

// rowLines are those of one row: as many as its longest cell takes.
func (g *grid) rowLines(r *gridRow, gutter int, w []int) []string {
	cells, height := make([][]string, len(w)), 0
	for c := range w {
		for _, t := range r.cells[c] {
			cells[c] = append(cells[c], g.textLines(&t, w[c])...)
		}
		height = max(height, len(cells[c]))
	}
	lines := make([]string, height)
	for i := range lines {
		parts := make([]string, len(w))
		for c := range w {
			parts[c] = strings.Repeat(" ", w[c])
			if i < len(cells[c]) {
				parts[c] = cells[c][i]
			}
		}
		lines[i] = strings.TrimRight(g.margin(r, i, gutter)+strings.Join(parts, g.between()), " ")
	}
	return lines
}

// textLines are those that a text is folded to, in a column of some width.
func (g *grid) textLines(t *gridText, width int) []string {
	before := t.before
	if columns(before) > width/2 { // never where there is none
		before = "│ "
	}
	room := width - columns(before)
	lines := folded(t.text, room)
	for i, l := range lines {
		lines[i] = g.p.dim.of(before) + filled(l, room, t.style)
	}
	return lines
}

// between stands between two columns.
func (g *grid) between() string {
	if g.named {
		return behindName
	}
	return g.p.dim.of(between)
}

// margin is what stands before a line of a row.
func (g *grid) margin(r *gridRow, line, gutter int) string {
	if line > 0 {
		return strings.Repeat(" ", gutter)
	}
	mark := "  "
	if r.marked {
		mark = g.p.mark.of("> ")
	}
	if r.number == "" {
		return mark + strings.Repeat(" ", gutter-len("> "))
	}
	return mark + strings.Repeat(" ", max(gutter-len("> ")-len(r.number)-2, 0)) + g.p.dim.of(r.number) + "  "
}

// filled is a text in a style, with spaces behind it up to a width.
func filled(text string, width int, s style) string {
	return s.of(text) + strings.Repeat(" ", max(width-columns(text), 0))
}

// folded is a text in lines of at most width columns; all but the first are
// indented. It is cut at a space where there is one in the line's second half,
// and keeps every character but that space.
func folded(text string, width int) []string {
	var lines []string
	rest, indent := []rune(text), ""
	for {
		room := max(width-len(indent), 1)
		if len(rest) <= room {
			return append(lines, indent+string(rest))
		}
		cut, next := room, room
		for i := room; i > room/2; i-- {
			if rest[i] == ' ' && rest[i-1] != '=' { // "= 3" stays together
				cut, next = i, i+1
				break
			}
		}
		lines = append(lines, indent+string(rest[:cut]))
		if rest = rest[next:]; width > 2*len("  ") {
			indent = "  "
		}
	}
}
