// The command gaps lists what the catalogue does not cover yet: pairs of a call
// and an error, and statements of the textbooks, without a scenario, and tags of
// scenarios that no step of them shows. It prints nothing and exits with 0 where
// there is none of that.
package main

import (
	"fmt"
	"os"

	"github.com/sockspec/sockspec/runner/language"
)

func main() {
	lines, err := language.Gaps()
	if err != nil {
		lines = append(lines, err.Error())
	}
	for _, line := range lines {
		fmt.Println(line)
	}
	if len(lines) > 0 {
		os.Exit(1)
	}
}
