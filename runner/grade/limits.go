package grade

import (
	"math"
	"time"

	"github.com/sockspec/sockspec/specs"
	"github.com/sockspec/sockspec/steps"
)

// defaultLimits hold for the programs of a submission where the rubric says
// nothing: what no exercise needs, and what a machine with others on it can spare.
var defaultLimits = steps.ProgramLimits{Memory: 1 << 30, Disk: 1 << 30, Processes: 256}

// limitsText is `limits` of a file's grading, as `run` has them.
type limitsText struct {
	CPU       time.Duration `spec:"cpu"`
	Memory    specs.Size    `spec:"memory"`
	Disk      specs.Size    `spec:"disk"`
	Output    specs.Size    `spec:"output"`
	Files     int           `spec:"files"`
	Processes int           `spec:"processes"`
}

// limits are read over the defaults.
func (r *reader) limits(n *specs.Node) {
	l := &r.rubric.Limits
	text := limitsText{CPU: l.CPU, Memory: specs.Size(l.Memory), Disk: specs.Size(l.Disk), Output: specs.Size(l.Output), Files: l.Files, Processes: l.Processes}
	r.errs = append(r.errs, specs.Decode(n, &text)...)
	for _, f := range n.Fields {
		if text, ok := f.Value.Scalar(); ok && text == "0" {
			r.fail(f.Value.Errorf("a limit is more than 0"))
		}
	}
	*l = steps.ProgramLimits{
		CPU: text.CPU, Memory: int64(text.Memory), Disk: int64(text.Disk), Output: int64(text.Output), Files: text.Files, Processes: text.Processes,
	}
	if text.Files < 0 || text.Processes < 0 || text.CPU < 0 {
		r.fail(n.Errorf("a limit is more than 0"))
	}
}

// rounded makes a sum of points what it was meant to be: 0.1 + 0.2 is 0.3.
func rounded(points float64) float64 { return math.Round(points*1e9) / 1e9 }
