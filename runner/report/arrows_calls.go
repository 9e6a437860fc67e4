package report

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/sockspec/sockspec/steps"
)

// What arrows read in the text of a call: it is the same of one that was made and of
// one that was recorded.

// returnedValue is the number that a call has returned; "" for none.
func returnedValue(text string) string {
	i := strings.LastIndex(text, ") = ")
	if i < 0 {
		return ""
	}
	rest := text[i+len(") = "):]
	return rest[:digits(rest)]
}

// digits is how many a text begins with.
func digits(text string) int {
	n := 0
	for n < len(text) && text[n] >= '0' && text[n] <= '9' {
		n++
	}
	return n
}

func number(text string) int64 {
	n, _ := strconv.ParseInt(text, 10, 64)
	return n
}

// descriptorIn is the descriptor that a call is made on: sendto(3<TCP>, …
func descriptorIn(text string) (fd, kind string, ok bool) {
	open := strings.IndexByte(text, '(')
	if open < 1 {
		return "", "", false
	}
	return descriptorAt(text[open+1:])
}

func descriptorAt(text string) (fd, kind string, ok bool) {
	n := digits(text)
	if n == 0 || !strings.HasPrefix(text[n:], "<") {
		return "", "", false
	}
	kind, _, ok = strings.Cut(text[n+1:], ">")
	return text[:n], kind, ok
}

// secondDescriptor is the one that splice writes to.
func secondDescriptor(text string) (fd, kind string, ok bool) {
	for rest := text; ; {
		var found bool
		if _, rest, found = strings.Cut(rest, ", "); !found {
			return "", "", false
		}
		if fd, kind, ok = descriptorAt(rest); ok {
			return fd, kind, true
		}
	}
}

// pairIn are the descriptors that socketpair or pipe has made: [3, 4].
func pairIn(text string) (a, b string, ok bool) {
	_, pair, _ := strings.Cut(text, "[")
	pair, _, ok = strings.Cut(pair, "]")
	a, b, _ = strings.Cut(pair, ", ")
	if !ok || a == "" || b == "" || digits(a) < len(a) || digits(b) < len(b) {
		return "", "", false
	}
	return a, b, true
}

// connectedTo is the address in the text of a connect.
func connectedTo(text string) string {
	_, rest, ok := strings.Cut(text, ", ")
	end := strings.LastIndex(rest, ") = ")
	if !ok || !strings.HasPrefix(text, "connect(") || end < 0 {
		return ""
	}
	comma := strings.LastIndex(rest[:end], ", ")
	if comma < 0 || digits(rest[comma+2:end]) != end-comma-2 {
		return ""
	}
	return rest[:comma]
}

var destination = regexp.MustCompile(`, ([^ ,]+), \d+\) = \d+$`)

// sentTo is the address in the text of a sendto; "" where there is none.
func sentTo(text string) string {
	if to := destination.FindStringSubmatch(text); to != nil {
		return to[1]
	}
	return ""
}

var dataText = regexp.MustCompile(`"((?:[^"\\]|\\.)*)"`)

// dataShown is as much of the data as a call shows.
func dataShown(text string) string {
	if data := dataText.FindStringSubmatch(text); data != nil {
		return data[1]
	}
	return ""
}

// signalled is the step that a tgkill of an interrupt names.
func signalled(text string) string {
	target, ok := strings.CutPrefix(text, "tgkill(")
	end := strings.LastIndex(target, ", SIG")
	if !ok || end < 0 {
		return ""
	}
	return target[:end]
}

func addressResult(o *steps.Outcome, name string) string {
	v, _ := o.Results.Get(name)
	return addressText(v)
}

func lengthResult(o *steps.Outcome) (n int64, there bool) {
	v, _ := o.Results.Get("length")
	n, there = valueOf(v).(int64)
	return n, there
}

// packetKind tells whether a kind of socket keeps the boundaries of what is sent.
func packetKind(kind string) bool {
	for _, part := range []string{"UDP", "DGRAM", "SEQPACKET", "RAW", "ICMP"} {
		if strings.Contains(kind, part) {
			return true
		}
	}
	return false
}

// sameAddress tells whether one address can be the other: a socket that is bound to
// every address gets what is sent to any.
func sameAddress(a, b string) bool {
	if a == "" || b == "" {
		return false
	}
	return a == b || everyAddress(a) && port(a) == port(b) || everyAddress(b) && port(a) == port(b)
}

func everyAddress(a string) bool {
	return strings.HasPrefix(a, "0.0.0.0:") || strings.HasPrefix(a, "[::]:")
}

func port(a string) string { return a[strings.LastIndexByte(a, ':')+1:] }
