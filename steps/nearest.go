package steps

import (
	"slices"
	"strings"

	"github.com/sockspec/sockspec/specs"
)

// nearest is the name that was probably meant; "" where none is near.
func nearest(name string, among []string) string {
	if slices.Contains(among, calledOtherwise[name]) {
		return calledOtherwise[name]
	}
	for _, find := range []func(string, []string) string{longer, specs.Suggest, withPrefix, sameEnd} {
		if near := find(name, among); near != "" {
			return near
		}
	}
	return ""
}

// calledOtherwise are constants by names that people remember.
var calledOtherwise = map[string]string{"EPOLLEDGE": "EPOLLET", "EPOLLEDGETRIGGERED": "EPOLLET"}

// longer is the name that was written out: ICMP_DEST_UNREACHABLE.
func longer(name string, among []string) string {
	best := ""
	for _, short := range among {
		if strings.HasPrefix(name, short) && len(short) > len(best) && 3*len(short) > 2*len(name) {
			best = short
		}
	}
	return best
}

// sameEnd is the only name with the same last word: O_CLOEXEC for EPOLL_CLOEXEC.
func sameEnd(name string, among []string) string {
	_, end, _ := strings.Cut(name, "_")
	found := ""
	for _, other := range among {
		if len(end) > 3 && strings.HasSuffix(other, "_"+end) {
			if found != "" {
				return ""
			}
			found = other
		}
	}
	return found
}

// withPrefix is the name that was written without its prefix, or in small
// letters: TERM, peek.
func withPrefix(name string, among []string) string {
	name = strings.ToUpper(name)
	for _, full := range among {
		if len(name) > 1 && (strings.HasSuffix(full, "_"+name) || full == "SIG"+name) {
			return full
		}
	}
	return ""
}
