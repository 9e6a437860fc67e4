// The command sockspec runs scenarios that say what several actors do with
// sockets, and reports what came of it. See docs/ for the language.
package main

import "os"

func main() {
	Main(os.Args[1:])
}
