// Runs a function: invoke HOST:PORT FUNCTION [EVENT]
//
// The credential is in TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY. Plain
// TCP, which is for an emulator on this machine: put tls.Dial in for the cloud.
package main

import (
	"fmt"
	"net"
	"os"

	"example/invoke/scf"
)

func main() {
	if len(os.Args) < 3 || len(os.Args) > 4 {
		fmt.Fprintln(os.Stderr, "usage: invoke HOST:PORT FUNCTION [EVENT]")
		os.Exit(2)
	}
	host, function, event := os.Args[1], os.Args[2], "{}"
	if len(os.Args) == 4 {
		event = os.Args[3]
	}
	client := &scf.Client{
		Region:    "ap-guangzhou",
		Host:      host,
		SecretID:  os.Getenv("TENCENTCLOUD_SECRET_ID"),
		SecretKey: os.Getenv("TENCENTCLOUD_SECRET_KEY"),
		Token:     os.Getenv("TENCENTCLOUD_SESSION_TOKEN"),
		Dial:      func() (net.Conn, error) { return net.Dial("tcp", host) },
	}
	reply, err := client.Invoke(function, []byte(event))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Fprint(os.Stderr, reply.Log)
	fmt.Println(reply.Result)
}
