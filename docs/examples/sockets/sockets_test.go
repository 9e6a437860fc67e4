package sockets

import (
	"testing"

	"github.com/sockspec/sockspec/runner/sockspectest"
)

func TestMain(m *testing.M) { sockspectest.Main(m) }

func TestSockets(t *testing.T) { sockspectest.Run(t, "testdata/*.yaml") }
