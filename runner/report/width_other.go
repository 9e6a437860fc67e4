//go:build !(linux || darwin || freebsd)

package report

import "os"

// TerminalWidth is not known on this system.
func TerminalWidth(*os.File) int { return 0 }
