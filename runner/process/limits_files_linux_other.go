//go:build linux && !amd64 && !arm64

package process

// There is no filter for this architecture.
const (
	auditArch = 0
	pipeHere  = -1
)

var makersHere []uint32
