// Package steps is the table of verbs and what carries them out: the handles of
// a scenario, the one primitive that may wait, the values that calls take and
// give, and the matching of results against what a step expects. It knows one
// step at a time; who may start when is the runner's.
package steps
