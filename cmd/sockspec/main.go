// The command sockspec runs scenarios that say what several actors do with
// sockets, and reports what came of it. See docs/ for the language.
package main

import (
	"os"

	"github.com/sockspec/sockspec/cmd/sockspec/command"
)

func main() {
	command.Main(os.Args[1:])
}
