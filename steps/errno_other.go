//go:build !linux

package steps

import (
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// errnoTable is what this system knows, with the names of C.
var errnoTable = allErrnos()

// maxErrno is above every errno of the BSDs.
const maxErrno = 128

func allErrnos() []errnoRow {
	var rows []errnoRow
	for e := syscall.Errno(1); e < maxErrno; e++ {
		name := unix.ErrnoName(e)
		if name == "" {
			continue
		}
		text := e.Error()
		rows = append(rows, errnoRow{e, name, strings.ToUpper(text[:1]) + text[1:]})
	}
	return rows
}

// errnoOf is the row of a number; false where it has none.
func errnoOf(e syscall.Errno) (errnoRow, bool) {
	for _, row := range errnoTable {
		if row.errno == e {
			return row, true
		}
	}
	return errnoRow{}, false
}
