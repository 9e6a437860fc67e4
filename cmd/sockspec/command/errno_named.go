package command

import (
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/sockspec/sockspec/steps"
)

// maxErrno is what Linux keeps free of addresses for errnos (include/linux/err.h).
const maxErrno = 4095

// errnoNamed is the errno of a name or of a text, in any case, or of a number. Before
// a text there may be what perror(3) puts there: connect: Connection refused
func errnoNamed(word string) (syscall.Errno, bool) {
	if n, err := strconv.Atoi(word); err == nil && n > 0 && n <= maxErrno && steps.ErrnoName(syscall.Errno(n)) != "" {
		return syscall.Errno(n), true
	}
	if e, ok := steps.ErrnoByName(strings.ToUpper(word)); ok {
		return e, true
	}
	text := strings.ToLower(strings.TrimSpace(word[strings.LastIndexByte(word, ':')+1:]))
	at := slices.Index(errnoTexts(), text)
	return syscall.Errno(at + 1), text != "" && at >= 0
}

// errnoTexts are what strerror(3) says of the errnos, in lower case; that of errno 1
// comes first.
func errnoTexts() []string {
	texts := make([]string, maxErrno)
	for i := range texts {
		if e := syscall.Errno(i + 1); steps.ErrnoName(e) != "" {
			texts[i] = strings.ToLower(steps.ErrnoText(e))
		}
	}
	return texts
}

// withErrnos puts an errno's name in place of the words of its text.
func withErrnos(words []string) []string {
	for i := range words {
		for end := len(words); end > i+1; end-- {
			if e, ok := errnoNamed(strings.Join(words[i:end], " ")); ok {
				return slices.Concat(words[:i], []string{steps.ErrnoName(e)}, words[end:])
			}
		}
	}
	return words
}
