package grade

import "github.com/sockspec/sockspec/runner"

// Explain is a failure in a student's words: what their program probably did.
func Explain(f *runner.Failure) string { return f.What }
