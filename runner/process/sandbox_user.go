package process

import (
	"github.com/sockspec/sockspec/runner/sandbox"
	"github.com/sockspec/sockspec/steps"
)

// SandboxUser is whom a program in a sandbox runs as for which nobody has chosen
// one; nil where there can be none.
func SandboxUser() (*steps.ProcessUser, error) {
	users, err := sandbox.Users(1)
	if err != nil || len(users) == 0 {
		return nil, err
	}
	return &users[0], nil
}
