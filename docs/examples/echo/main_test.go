package main

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/sockspec/sockspec/runner/sockspecscript"
)

func TestMain(m *testing.M) { testscript.Main(m, map[string]func(){"echo": main}) }

func TestScripts(t *testing.T) {
	p := testscript.Params{Dir: "testdata/script"}
	sockspecscript.Setup(&p)
	testscript.Run(t, p)
}
