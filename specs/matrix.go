package specs

import (
	"fmt"
	"strings"
)

const maxRows = 10_000 // scenarios of one matrix

// rows makes a scenario for each row of a matrix.
func (l *loader) rows(n, matrix *Node, base *scope, own, over []Field, s *scenarios) {
	rows := matrixRows(matrix, base, own, l.overrides)
	if rows == nil {
		// Without its matrix the scenario is full of names that nobody knows.
		return
	}
	if !base.charge(matrix, len(rows)*n.countWithout("matrix", maxMade)) {
		return
	}
	seen := map[string]bool{}
	for _, row := range rows {
		var errs Errors
		sc := newScope(&errs, &l.budget, l.given, l.vars, own, over, row)
		sc.bindAll(row)
		s.made = append(s.made, madeScenario{l.row(n, sc), own})
		// A mistake that is in every row is kept once.
		for _, err := range errs {
			if key := err.Error(); !seen[key] {
				seen[key] = true
				s.errs = append(s.errs, err)
			}
		}
	}
	distinguish(s.made, rows)
}

// count is how many nodes are in a node, up to a limit.
func (n *Node) count(limit int) int {
	total := 1
	for _, item := range n.Items {
		if total > limit {
			return total
		}
		total += item.count(limit - total)
	}
	for _, f := range n.Fields {
		if total > limit {
			return total
		}
		total += 1 + f.Value.count(limit-total)
	}
	return total
}

// countWithout is how many nodes are in a mapping, up to a limit, but for those of one
// field: a row has a copy of the scenario, and not of the matrix.
func (n *Node) countWithout(field string, limit int) int {
	total := 1
	for _, f := range n.Fields {
		if f.Key.Text != field && total <= limit {
			total += 1 + f.Value.count(limit-total)
		}
	}
	return total
}

// matrixRows are the rows of a matrix, written out or multiplied; nil after a mistake.
func matrixRows(n *Node, sc *scope, own, overrides []Field) [][]Field {
	n = sc.shape(n)
	before := len(*sc.errs)
	var rows [][]Field
	switch {
	case n.broken:
		return nil
	case n.Template != nil:
		sc.fail(notBefore(n))
	case n.Kind == Map:
		rows = combinations(n, sc)
	case n.Kind == List:
		rows = listedRows(n, sc)
	default:
		sc.fail(n.Errorf("wants a mapping from names to lists, or a list of mappings, got %s", n.Describe()))
	}
	if len(*sc.errs) > before || len(rows) == 0 {
		return nil
	}
	for _, f := range rows[0] {
		for _, o := range overrides {
			if o.Key.Text == f.Key.Text && sc.vars[o.Key.Text] == nil {
				sc.fail(f.Key.Errorf("%s is a column of the matrix: --var cannot override it", f.Key.Text))
			}
		}
	}
	return rows
}

// shape is the value of a var where that stands for a matrix or a column of it.
func (s *scope) shape(n *Node) *Node {
	if n.Template == nil || n.broken {
		return n
	}
	return s.bind(n)
}

// combinations multiplies a mapping of lists out; the last one varies fastest.
func combinations(n *Node, sc *scope) [][]Field {
	columns := varFields(n, sc.errs)
	total := 1
	if len(n.Fields) == 0 {
		sc.fail(n.Errorf("wants at least one column, got an empty mapping"))
	}
	lists := make([]*Node, len(columns))
	for i, f := range columns {
		list := sc.shape(f.Value).expanded()
		lists[i] = list
		switch {
		case list.broken:
			total = 0
		case list.Template != nil:
			sc.fail(notBefore(list))
			total = 0
		case list.Kind != List:
			sc.fail(list.Errorf("wants a list of values, got %s", list.Describe()))
			total = 0
		case len(list.Items) == 0:
			sc.fail(list.Errorf("wants at least one value, got an empty list"))
			total = 0
		}
		if total *= len(list.Items); total > maxRows {
			sc.fail(n.Errorf("the matrix makes more than %d scenarios", maxRows))
			return nil
		}
	}
	if !sc.charge(n, total*len(columns)) {
		return nil
	}
	rows := make([][]Field, total)
	for k := range rows {
		row, rest := make([]Field, len(columns)), k
		for i := len(columns) - 1; i >= 0; i-- {
			items := lists[i].Items
			row[i] = Field{columns[i].Key, items[rest%len(items)]}
			rest /= len(items)
		}
		rows[k] = row
	}
	return rows
}

// listedRows are rows that are written out. All have the same names.
func listedRows(n *Node, sc *scope) [][]Field {
	if len(n.Items) == 0 {
		sc.fail(n.Errorf("wants at least one row, got an empty list"))
	}
	if len(n.Items) > maxRows {
		sc.fail(n.Errorf("the matrix makes more than %d scenarios", maxRows))
		return nil
	}
	var rows [][]Field
	for _, item := range n.Items {
		item = sc.shape(item).expanded()
		if item.Template != nil && !item.broken {
			sc.fail(notBefore(item))
			continue
		}
		fields := varFields(item, sc.errs)
		if item.Kind == Map && len(item.Fields) == 0 {
			sc.fail(item.Errorf("wants a row, a mapping from names to values, got an empty mapping"))
		}
		if len(rows) > 0 {
			sameColumns(item, rows[0], fields, sc)
		}
		rows = append(rows, fields)
	}
	return rows
}

// sameColumns reports what a row has too many or too few.
func sameColumns(row *Node, first, fields []Field, sc *scope) {
	if row.Kind != Map {
		return
	}
	have := map[string]bool{}
	for _, f := range first {
		have[f.Key.Text] = true
	}
	for _, f := range fields {
		if !have[f.Key.Text] {
			sc.fail(f.Key.Errorf("%s is not in the first row of the matrix: all rows have the same names", f.Key.Text))
		}
		delete(have, f.Key.Text)
	}
	for _, name := range sortedKeys(have) {
		sc.fail(row.Errorf("%s is missing in this row of the matrix: all rows have the same names", name))
	}
}

// distinguish gives scenarios of a matrix whose names came out equal the scalars
// of their rows as a suffix.
func distinguish(made []madeScenario, rows [][]Field) {
	times := map[string]int{}
	for _, s := range made {
		times[s.Name]++
	}
	suffixed := map[string]int{}
	for i, s := range made {
		if times[s.Name] < 2 || s.Name == "" {
			continue
		}
		s.Rows = s.Name
		if suffix := rowText(rows[i]); suffix != "" {
			s.Name += " (" + suffix + ")"
		}
		suffixed[s.Name]++
		if k := suffixed[s.Name]; k > 1 || times[s.Name] > 0 {
			s.Name += fmt.Sprintf(" #%d", k)
		}
	}
}

// rowText is the scalars of a row: 127.0.0.1:0, tcp.
func rowText(row []Field) string {
	var texts []string
	for _, f := range row {
		if text, ok := f.Value.Scalar(); ok {
			texts = append(texts, text)
		}
	}
	return strings.Join(texts, ", ")
}
