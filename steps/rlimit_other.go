//go:build !linux

package steps

// Unlimited is RLIM_INFINITY.
const Unlimited = ^uint64(0)

// rlimitTable is the resources of getrlimit(2) of Linux, by name and number.
var rlimitTable = []struct {
	name     string
	resource int
}{
	{"as", 9}, {"core", 4}, {"cpu", 0}, {"data", 2}, {"fsize", 1}, {"locks", 10}, {"memlock", 8}, {"msgqueue", 12}, {"nice", 13},
	{"nofile", 7}, {"nproc", 6}, {"rss", 5}, {"rtprio", 14}, {"rttime", 15}, {"sigpending", 11}, {"stack", 3},
}
