//go:build linux && !amd64 && !arm64

package sandbox

// There is no filter for this architecture.
const (
	auditArch  = 0
	foreignBit = 0
)

var refusedHere []uint32
