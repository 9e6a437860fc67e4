package report

import (
	"os"
	"strconv"
)

// Width is how many columns a report on f may take: those of the terminal, or else
// what COLUMNS says, or 100. f may be nil.
func Width(f *os.File) int {
	if f != nil {
		if width := TerminalWidth(f); width > 0 {
			return width
		}
	}
	if width, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && width > 0 {
		return width
	}
	return defaultWidth
}
