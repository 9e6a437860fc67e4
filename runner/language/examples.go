package language

import (
	_ "embed" // the examples
	"strings"
	"sync"
)

//go:embed examples.txt
var examplesText string

// MatcherPlace is where examples have the matchers.
const MatcherPlace Place = "matcher"

// ExampleFile is a spec file that shows a key or a matcher, and runs; "" where there is
// none. One of the grading of a file wants a submission.
func ExampleFile(place Place, word string) string { return exampleFiles()[string(place)+"/"+word] }

// exampleFiles are the examples by place and word: each begins with a line that
// names those that it is for.
var exampleFiles = sync.OnceValue(func() map[string]string {
	files := map[string]string{}
	for _, part := range strings.Split(examplesText, "\n-- ")[1:] {
		head, text, _ := strings.Cut(part, " --\n")
		for word := range strings.SplitSeq(head, ", ") {
			files[word] = strings.TrimRight(text, "\n") + "\n"
		}
	}
	return files
})
