//go:build !linux

package sandbox

import (
	"errors"
	"syscall"

	"github.com/sockspec/sockspec/steps"
)

// Cloneflags are none: there are no namespaces.
const Cloneflags = 0

// Enter says that a sandbox needs Linux.
func Enter(*steps.Sandbox) error { return errors.New("a sandbox needs Linux") }

// Attr does nothing.
func Attr(*steps.Sandbox, *syscall.SysProcAttr) {}

// Check says that everything is missing.
func Check() []Missing { return []Missing{{"programs are kept in a sandbox", "it needs Linux"}} }

// Users are none.
func Users(int) ([]steps.ProcessUser, error) { return nil, nil }
