package command

import (
	"os"
	"slices"
	"strconv"

	"github.com/sockspec/sockspec/runner"
)

// part is one of several runs that share the scenarios out among them.
type part struct{ index, total int }

// bazel takes over what Bazel tells a test by its environment (Bazel's Test
// Encyclopedia): which part of the scenarios is meant, which names, and where
// the results are to be written.
func (f *runFlags) bazel() (part, error) {
	if file := os.Getenv("XML_OUTPUT_FILE"); file != "" && !slices.Contains(f.reports, "junit="+file) {
		f.reports = append(f.reports, "junit="+file)
	}
	if filter := os.Getenv("TESTBRIDGE_TEST_ONLY"); filter != "" && f.run == "" {
		f.run = filter
	}
	p := part{0, 1}
	index, total := os.Getenv("TEST_SHARD_INDEX"), os.Getenv("TEST_TOTAL_SHARDS")
	if total == "" && index == "" {
		return p, nil
	}
	var err error
	if p.total, err = strconv.Atoi(total); err != nil || p.total < 1 {
		return p, usagef("TEST_TOTAL_SHARDS=%s: wants a whole number, 1 or more", total)
	}
	if p.index, err = strconv.Atoi(index); err != nil || p.index < 0 || p.index >= p.total {
		return p, usagef("TEST_SHARD_INDEX=%s: wants a whole number from 0 to %d", index, p.total-1)
	}
	return p, p.announce(os.Getenv("TEST_SHARD_STATUS_FILE"))
}

// announce tells Bazel, by a file that is there, that the parts are known here.
func (p part) announce(file string) error {
	if file == "" {
		return nil
	}
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		return exitf(exitMachine, "write %s: %v", file, bare(err))
	}
	return nil
}

// of are the plans of this part: every total-th. It may be none, which is no mistake.
func (p part) of(plans []*runner.Plan) (own []*runner.Plan) {
	for i, plan := range plans {
		if i%p.total == p.index {
			own = append(own, plan)
		}
	}
	return own
}
