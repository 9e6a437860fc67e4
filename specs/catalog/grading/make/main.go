// Make writes the worked assignment of docs/grading.md into a folder: its rubric, and
// the submissions.
//
//	go run github.com/sockspec/sockspec/specs/catalog/grading/make@latest FOLDER
package main

import (
	"fmt"
	"os"

	"github.com/sockspec/sockspec/specs/catalog/grading"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: make FOLDER")
		os.Exit(2)
	}
	if err := grading.Make(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
