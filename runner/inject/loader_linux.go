//go:build amd64 || arm64

package inject

import (
	"bufio"
	"fmt"
	"os"
	"path"
	"strings"
)

// span is a part of a program's memory.
type span struct{ from, to uint64 }

func (s span) holds(addr uint64) bool { return addr >= s.from && addr < s.to }

// loaded tells whether the call is made by the dynamic linker, ld.so(8), which
// opens and reads the program's libraries before its main: those calls are not in
// the program's source, and a library that is read a byte at a time is none.
func (k *task) loaded(ip uint64) bool {
	if !k.knowsLoader {
		k.loader, k.knowsLoader = loaderOf(k.pid), true
	}
	return k.loader.holds(ip)
}

// loaderOf is where the code of glibc's dynamic linker is. That of musl is the C
// library as well, so that its calls cannot be told from the program's.
func loaderOf(pid int) span {
	maps, err := os.Open(fmt.Sprintf("/proc/%d/maps", pid))
	if err != nil {
		return span{}
	}
	defer maps.Close()
	for lines := bufio.NewScanner(maps); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		if len(fields) < 6 || !strings.Contains(fields[1], "x") || !isLoader(path.Base(fields[5])) {
			continue
		}
		var s span
		if _, err := fmt.Sscanf(fields[0], "%x-%x", &s.from, &s.to); err == nil {
			return s
		}
	}
	return span{}
}

// isLoader tells ld-linux-x86-64.so.2 and, of before 2.34, ld-2.31.so.
func isLoader(name string) bool {
	return strings.HasPrefix(name, "ld-linux") || strings.HasPrefix(name, "ld-2.")
}
