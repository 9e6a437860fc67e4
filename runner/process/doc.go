// Package process starts the processes that actors are, and is what runs in
// them; and it starts programs under test, and keeps them. It knows nothing of
// scenarios, steps' order or plans.
//
// # The processes
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
// A program under test has a process of ours above it, its keeper. It is in a PID
// namespace, with the other programs of its scenario ([Programs]) and nobody
// else; the first keeper is the namespace's first process. It gets the program's
// descriptors from the runner, and makes itself what the program is to be before
// it starts that. What the program starts and leaves behind becomes the keeper's
// child (PR_SET_CHILD_SUBREAPER), so that its tree is the program's.
//
// # How they end
//
// A helper ends when the connection to its runner does, a process when that to
// its runner does, or its helper (PR_SET_PDEATHSIG). So none survives the
// runner, however that ends. At the end of a scenario its processes are killed,
// and waited for: what they had open is closed by then.
//
// With the first keeper of a PID namespace the kernel kills everything in it.
// Where such a namespace is not to be had a keeper kills its tree itself, when it
// is told to or when the connection to its runner ends; what a keeper leaves behind
// that was killed is the helper's to kill.
package process
