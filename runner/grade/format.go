package grade

import "io"

// Format writes what came of the submissions, in the order in which they were
// given. A grade that is under way is complete as far as it has come: what has
// not run yet has no verdict.
type Format func(w io.Writer, rubric *Rubric, grades []Grade) error
