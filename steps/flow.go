package steps

import "github.com/sockspec/sockspec/specs"

// RepeatArg is the argument of repeat.
type RepeatArg struct {
	Times int64       `spec:"times,required" help:"how many runs, known before the scenario starts"`
	Steps specs.Steps `spec:"steps,required" help:"the steps of one run"`
}

// ForkArg is the argument of fork.
type ForkArg struct {
	Steps specs.Steps `spec:"steps,required" help:"the steps of the child"`
}

// BarrierArg is the argument of barrier.
type BarrierArg struct {
	Name string `spec:"name,short,required" help:"the name of the barrier"`
}
