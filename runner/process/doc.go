// Package process starts the processes that actors are, and is what runs in
// them. It knows nothing of scenarios, steps' order or plans.
//
// # The three processes
//
// The runner never forks a process of an actor itself: between fork and exec a
// child holds copies of all descriptors of its parent, and a listening socket
// that was just closed would live on in it for a moment. So the runner starts
// one helper before any scenario runs, the [Starter], which holds no socket but
// the one to the runner, and which starts all others. Each of those is this
// program again, in the network of its actor. It is told over a socket of its
// own what it may do ([steps.ProcessSetup]), and then which calls to make
// ([steps.Server]).
//
// # How they end
//
// A helper ends when the connection to its runner does, a process when that to
// its runner does, or its helper (PR_SET_PDEATHSIG). So none survives the
// runner, however that ends. At the end of a scenario its processes are killed,
// and waited for: what they had open is closed by then.
package process
