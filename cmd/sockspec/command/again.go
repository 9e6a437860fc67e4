package command

import (
	"os"
	"runtime"
	"slices"
)

// asSockspec is the first argument of a program that was started again as sockspec.
const asSockspec = "sockspec: command line"

// Again is how a program that contains this package starts itself as sockspec:
// its path, and the arguments that stand for a command line. So each command line
// has a folder, an environment, signals and limits of its own, however many are
// carried out at once. It works if the program calls [IfAgain].
func Again(args ...string) (path string, argv []string, err error) {
	path = "/proc/self/exe" // which is there when the file is not any more
	if runtime.GOOS != "linux" {
		path, err = os.Executable()
	}
	return path, slices.Insert(slices.Clone(args), 0, asSockspec), err
}

// IfAgain takes over where the program was started as [Again] says, and ends the
// process. It is to be called before anything else is done.
func IfAgain() {
	if len(os.Args) > 1 && os.Args[1] == asSockspec {
		Main(os.Args[2:])
	}
}
