package specs

import "time"

// File is a spec file as read: every scenario of it, matrices multiplied out.
type File struct {
	Source    *Source
	Scenarios []*Scenario
	// Vars are the names that the file declares under `vars`, there or in a
	// scenario: those that --var may override.
	Vars []string
	// Grading is section 9's mapping, not decoded; nil if there is none.
	Grading *Node
}

// Scenario is one scenario, its vars and its row of the matrix filled in.
type Scenario struct {
	Pos    Pos // of its name
	Source *Source

	Name, About string
	// Rows is the name that all rows of a matrix have, where it was made to differ
	// in Name; "" where it was not.
	Rows     string
	Tags     []string
	Requires []Requirement

	Timeout, StepTimeout time.Duration // never 0: the defaults are filled in
	Isolation            string        // "netns", "none", or "" where the file leaves it open

	Files   []TempFile
	Sysctls []Sysctl
	Actors  []*Actor
	Order   []*OrderLine

	// Vars are the names that are variables in this scenario, the columns of its
	// matrix included. Scenarios may share the map: it is only read.
	Vars map[string]bool

	// Not decoded here; nil where absent.
	Hosts, Outcomes, Interleavings, Grading *Node
}

// Requirement is a condition of the machine: `linux`, `root`, `ipv6`, `netns`,
// `program:python3`, `kernel>=6.1`.
type Requirement struct {
	Pos  Pos
	Kind string // the word before `:` or `>=`
	Arg  string // the program's name, the kernel's version; else ""
}

// TempFile is a file, folder or symbolic link that is made in $(tmp) before the start.
type TempFile struct {
	Pos     Pos
	Path    string // relative, never leads out of $(tmp); without a trailing slash
	Dir     bool
	Text    *Node  // the content; nil for a folder or a link
	Symlink string // the target, as written; "" for none
	Mode    uint32 // permission bits
	HasMode bool   // whether the file says them
}

// Sysctl is a kernel parameter to set in the scenario's namespaces.
type Sysctl struct {
	Pos         Pos
	Name, Value string // net.ipv4.tcp_syn_retries, 1
}

// Actor is a list of steps that are carried out one after the other, at the
// same time as those of the other actors.
type Actor struct {
	Pos      Pos // of its name
	Name     string
	Steps    Steps
	Count    int  // replicas
	Replicas bool // whether `count` was given: only then they are indexed

	// Not decoded here; nil where absent.
	Host, Privileges, Process *Node
}

// Steps is a list of steps, decoded from a YAML sequence. Verbs whose argument
// holds steps (`repeat`, `fork`) have a field of this type.
type Steps []*Step

// Step is one verb with its argument and its modifiers.
type Step struct {
	Pos    Pos // of the verb
	Source *Source

	Verb   string
	Arg    *Node // nil where the verb stands alone
	Via    *Ref  // nil where not given
	As     []Name
	ID     *Name // nil where not given
	After  []*Ref
	When   *Expr
	Within time.Duration // 0 where not given
	Expect *Node
	// Timeout is the step's own; 0 where not given, and the scenario's holds.
	Timeout time.Duration
	Raw     *Node // a mapping
	About   string
	// Unread are the modifiers that are there, but were mistakes.
	Unread []string
}

// Name is a name that the file gives to something.
type Name struct {
	Pos  Pos
	Text string
}

// OrderLine is one line of `order`: a chain a < b < c. Each element may end in
// .start, .blocked or .done; what that means is for others to know.
type OrderLine struct {
	Pos  Pos
	Text string
	Refs []*Ref
}
