package process

import "os"

// The names under which the program starts itself again.
const (
	starterName = "sockspec: starter"
	actorName   = "sockspec: actor"
)

// init takes over where the program was started as one of the two: before main,
// because whatever program has the runner in it, a test binary too, has to do
// so, and nothing of its own must run then.
func init() {
	if len(os.Args) != 1 {
		return
	}
	switch os.Args[0] {
	case starterName:
		os.Exit(serveStarts())
	case actorName:
		os.Exit(serveCalls())
	}
}
