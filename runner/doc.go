// Package runner turns a scenario into a [Plan] and runs it: actors at once, as
// a stream of events.
//
//	scenario --Compile--> Plan --Run--> events, and a Result
//
// A plan is immutable; the same one may run many times, at once.
//
// # Locking
//
// A run has one lock, run.mu. It guards which steps have started, blocked and
// ended, who waits for what, and the sequence of events: an event is given to
// the sink with the lock held, before anything that waits for it is let go. So
// the stream is always a legal order. No lock is held while a call is made. An
// actor's own state (its frames and its environment) belongs to its goroutine;
// only what others may look at is under the lock. With run.mu held the sink's
// lock may be taken, and a handle's (to see whether a step is still blocked),
// never the other way round.
//
// # Waiting
//
// An actor waits on its channel wake alone, which holds one token. Whoever
// changes what it may wait for does so with run.mu held and then puts a token
// there, unless there is one; the actor looks again, with run.mu held, whenever
// it gets one. So no change is missed, and a token left over costs one look.
package runner
