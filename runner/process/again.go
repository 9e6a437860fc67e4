package process

import "os"

// The names under which the program starts itself again.
const (
	starterName = "sockspec: starter"
	unmaskName  = "sockspec: starter, as it comes"
	actorName   = "sockspec: actor"
	keeperName  = "sockspec: program"
)

// init takes over where the program was started as one of them: before main,
// because whatever program has the runner in it, a test binary too, has to do
// so, and nothing of its own must run then.
func init() {
	if len(os.Args) != 1 {
		return
	}
	switch os.Args[0] {
	case unmaskName:
		os.Exit(unmask())
	case starterName:
		os.Exit(serveStarts())
	case actorName:
		os.Exit(serveCalls())
	case keeperName:
		os.Exit(serveProgram())
	}
}
