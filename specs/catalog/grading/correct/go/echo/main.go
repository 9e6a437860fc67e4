// Echo server: a goroutine for each client.
package main

import (
	"fmt"
	"io"
	"net"
	"os"
)

func main() {
	port := "12000"
	if len(os.Args) > 1 {
		port = os.Args[1]
	}
	welcome, err := net.Listen("tcp4", ":"+port)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println("listening on", port)
	for {
		conn, err := welcome.Accept()
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		go func() {
			defer conn.Close()
			io.Copy(conn, conn)
		}()
	}
}
