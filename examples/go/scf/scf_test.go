package scf_test

import (
	"fmt"
	"net"
	"os"
	"testing"

	"example/invoke/scf"
)

// Needs the emulator that `run` starts, at SCF_HOST.
func TestGoroutinesShareAClient(t *testing.T) {
	host := os.Getenv("SCF_HOST")
	client := &scf.Client{
		Region:    "ap-guangzhou",
		Host:      host,
		SecretID:  os.Getenv("TENCENTCLOUD_SECRET_ID"),
		SecretKey: os.Getenv("TENCENTCLOUD_SECRET_KEY"),
		Dial:      func() (net.Conn, error) { return net.Dial("tcp", host) },
	}
	results := make(chan string)
	for number := 0; number < 8; number++ {
		go func(event string) {
			reply, err := client.Invoke("echo", []byte(event))
			if err != nil {
				results <- err.Error()
			} else if reply.Result != event {
				results <- reply.Result
			} else {
				results <- ""
			}
		}(fmt.Sprint(number))
	}
	for number := 0; number < 8; number++ {
		if wrong := <-results; wrong != "" {
			t.Error(wrong)
		}
	}
}
