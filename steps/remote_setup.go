package steps

import "net/netip"

// ProcessSetup is what the process of an actor is to be.
type ProcessSetup struct {
	Tmp          string                  // the scenario's folder
	Hosts        map[string][]netip.Addr // the scenario's hosts, as in [World]
	User         *ProcessUser            // nil for the runner's
	Limits       []ProcessLimit          // set one after the other
	ReadOnly     bool                    // it sees every file system mounted read-only
	Unprivileged bool                    // it makes its calls without capabilities
	Sandbox      *Sandbox                // what programs under test may reach, as in [World]
}

// ProcessUser is a user of the machine.
type ProcessUser struct {
	Name     string
	UID, GID int
}

// ProcessLimit is a limit of setrlimit(2), for the soft and the hard one. That
// of RLIMIT_NOFILE counts descriptors beside those that the process needs itself.
type ProcessLimit struct {
	Name     string
	Resource int
	Value    uint64
}
