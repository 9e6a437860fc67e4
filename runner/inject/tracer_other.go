//go:build !linux || !(amd64 || arm64)

package inject

import (
	"syscall"

	"github.com/sockspec/sockspec/steps"
)

// Supported says that this system is none of those.
func Supported() error {
	return steps.Unsupported{Reason: "faults in a program's own system calls need Linux on amd64 or arm64"}
}

// Tracer traces nothing here.
type Tracer struct{ injections int }

// New is a tracer that traces nothing.
func New(injections []steps.Injection) *Tracer { return &Tracer{len(injections)} }

// Attr does nothing.
func (t *Tracer) Attr(*syscall.SysProcAttr) {}

// Gone does nothing.
func (t *Tracer) Gone(int) {}

// Counts are none.
func (t *Tracer) Counts() []int { return make([]int, t.injections) }

// Err is what [Supported] says.
func (t *Tracer) Err() error { return Supported() }
