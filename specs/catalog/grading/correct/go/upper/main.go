// Upper-casing server over TCP and UDP: a goroutine for UDP, and one for each TCP client.
package main

import (
	"bytes"
	"fmt"
	"net"
	"os"
)

func serveUDP(conn net.PacketConn) {
	buf := make([]byte, 65535)
	for {
		n, client, err := conn.ReadFrom(buf)
		if err != nil {
			continue
		}
		conn.WriteTo(bytes.ToUpper(buf[:n]), client)
	}
}

func serveClient(conn net.Conn) {
	defer conn.Close()
	buf := make([]byte, 4096)
	for {
		n, err := conn.Read(buf)
		if err != nil {
			return
		}
		if _, err := conn.Write(bytes.ToUpper(buf[:n])); err != nil {
			return
		}
	}
}

func main() {
	port := "12000"
	if len(os.Args) > 1 {
		port = os.Args[1]
	}
	udp, err := net.ListenPacket("udp4", ":"+port)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	welcome, err := net.Listen("tcp4", ":"+port)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println("listening on", port)
	go serveUDP(udp)
	for {
		conn, err := welcome.Accept()
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		go serveClient(conn)
	}
}
