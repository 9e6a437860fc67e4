package catalog

import (
	"strings"
)

// Piece is a scenario as it stands in its file, with the remarks above it.
type Piece struct {
	First, Last int // its lines, counted from 1; of the remarks too
	Text        string
}

// Cut takes the text of a spec file apart: what stands above its list of
// scenarios, and the scenarios. The list is one of lines, as in every file of the
// catalogue, not one in brackets.
func Cut(text string) (head string, pieces []Piece) {
	lines := strings.SplitAfter(text, "\n")
	at := 0
	for at < len(lines) && !strings.HasPrefix(lines[at], "scenarios:") {
		at++
	}
	if at == len(lines) {
		return text, nil
	}
	head = strings.Join(lines[:at], "")
	starts, end := itemStarts(lines, at+1)
	for i, start := range starts {
		last := end
		if i+1 < len(starts) {
			last = starts[i+1]
		}
		text := strings.TrimRight(strings.Join(lines[start:last], ""), "\n") + "\n"
		pieces = append(pieces, Piece{start + 1, last, text})
	}
	return head, pieces
}

// itemStarts are the lines at which the items of a list begin, remarks above them
// included, and the line after the list.
func itemStarts(lines []string, from int) (starts []int, end int) {
	indent, remarks := "", -1
	for i := from; i < len(lines); i++ {
		line := lines[i]
		bare := strings.TrimLeft(line, " ")
		dash := line[:len(line)-len(bare)]
		switch {
		case strings.TrimSpace(line) == "":
			remarks = -1
		case strings.HasPrefix(bare, "- ") && (len(starts) == 0 || dash == indent):
			indent = dash
			if remarks < 0 {
				remarks = i
			}
			starts, remarks = append(starts, remarks), -1
		case strings.HasPrefix(bare, "#") && len(dash) <= max(len(indent), 2):
			if remarks < 0 {
				remarks = i
			}
		case dash == "":
			return starts, i
		default:
			remarks = -1
		}
	}
	return starts, len(lines)
}
