package steps

import (
	"fmt"
	"syscall"
	"time"
)

// The values that results are made of, beside bool, int64, string (a text such
// as a TCP state), time.Duration and []any (a list):
//
//	*Received         data that a call returned
//	Address           a socket address
//	Set               names in any order: flags, events
//	Constant          a number that goes by a name: an errno, a type, a protocol
//	map[string]Set    what is ready, by handle
//	Struct            a C struct, by field

// Set is a set of names, in the order in which they are shown.
type Set []string

// Constant is a number of the C headers with its name; Name is "" where the
// number has none.
type Constant struct {
	Value int64
	Name  string
}

// String is the name, or the number where there is none.
func (c Constant) String() string {
	if c.Name == "" {
		return fmt.Sprint(c.Value)
	}
	return c.Name
}

// Struct is a C struct as a mapping of its fields, without their prefix, in
// the order of the C declaration.
type Struct []StructField

// StructField is one field of a [Struct].
type StructField struct {
	Name  string
	Value any
}

// Get is the value of a field; false where there is no such field.
func (s Struct) Get(name string) (any, bool) {
	for _, f := range s {
		if f.Name == name {
			return f.Value, true
		}
	}
	return nil, false
}

// Member makes the fields reachable from expressions.
func (s Struct) Member(name string) (any, bool) { return s.Get(name) }

// Result is one named result of a call.
type Result struct {
	Name  string
	Value any
}

// Results of a call, the main one first.
type Results []Result

// Get is the result of that name; false where the call gave none.
func (r Results) Get(name string) (any, bool) {
	for i := range r {
		if r[i].Name == name {
			return r[i].Value, true
		}
	}
	return nil, false
}

// Outcome is what came of a step's call.
type Outcome struct {
	Results Results
	// Errno is the kernel's answer; 0 for success.
	Errno syscall.Errno
	// Blocked tells whether the kernel could not do it at once.
	Blocked bool
	// GaveUp tells that the step was given up while it was still blocked
	// (`blocks: 200ms`): no results and no error.
	GaveUp bool
	// StillBlocked tells, for `blocks: {until: …}`, whether the step was still
	// blocked when the other one started.
	StillBlocked bool
	// Elapsed is the time from start to done.
	Elapsed time.Duration
	// Calls are the system calls that were made, oldest first.
	Calls []Call
	// Label of the `any` that held; "" where there was none.
	Label string
}
