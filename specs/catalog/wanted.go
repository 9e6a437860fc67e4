package catalog

import (
	_ "embed"
	"strconv"
	"strings"
)

// Pair is a system call and an error that it gives.
type Pair struct{ Call, Errno string }

func (p Pair) String() string { return p.Call + " " + p.Errno }

//go:embed wanted.txt
var wanted string

// Wanted are the pairs that the catalogue has to cover, in the order of the
// calls' lives, and the numbers of the textbooks' statements.
func Wanted() (pairs []Pair, statements []string) {
	for line := range strings.Lines(wanted) {
		switch words := strings.Fields(line); {
		case len(words) == 0 || strings.HasPrefix(line, "#"):
		case len(words) == 1:
			statements = append(statements, words[0])
		default:
			pairs = append(pairs, Pair{words[0], words[1]})
		}
	}
	return pairs, statements
}

//go:embed posix.txt
var posix string

// Difference is one thing in which Linux differs from POSIX.
type Difference struct {
	// Words are the calls and the errors that it is about.
	Words []string
	Text  string
}

// Differences are all of them. POSIX is POSIX.1-2024.
func Differences() []Difference {
	var list []Difference
	for line := range strings.Lines(posix) {
		words := strings.Fields(line)
		switch {
		case len(words) == 0 || line[0] == '#':
		case line[0] != ' ':
			list = append(list, Difference{Words: words})
		default:
			d := &list[len(list)-1]
			d.Text = strings.TrimPrefix(d.Text+" "+strings.Join(words, " "), " ")
		}
	}
	return list
}

//go:embed passed.txt
var passed string

// Count is how many scenarios of the catalogue pass, and on which kernel.
type Count struct {
	Kernel     string
	Root, User int
}

// Counts are what was counted last; all 0 where it was not.
func Counts() Count {
	var c Count
	for line := range strings.Lines(passed) {
		switch words := strings.Fields(line); {
		case len(words) != 2:
		case words[0] == "kernel":
			c.Kernel = words[1]
		case words[0] == "root":
			c.Root, _ = strconv.Atoi(words[1])
		case words[0] == "user":
			c.User, _ = strconv.Atoi(words[1])
		}
	}
	return c
}
