// Package scf runs Tencent Cloud SCF functions: a library with the interface of
// C signs, encodes, decodes and decides about retries; connections are Go's own.
package scf

/*
#include <stdlib.h>
#include "scf.h"

// All that C writes to, in memory of C's, so that no pointer of Go's is in it.
typedef struct {
	scf_call call;
	scf_attempts attempts;
	scf_request request;
	scf_credential credential;
	scf_outcome outcome;
	const uint8_t *bytes;
	uint8_t *window;
	size_t length;
	uint64_t now;
	scf_next next;
	uint32_t wait_ms;
	uint8_t buffer[64 << 10];
} invocation;
*/
import "C"

import (
	"fmt"
	"io"
	"math/rand"
	"net"
	"time"
	"unsafe"
)

// Delivery is the point that a request reached. Only NotSent and Refused are
// ever worth repeating.
type Delivery int

// The deliveries, in the numbers of scf.h.
const (
	NotSent Delivery = iota
	Refused
	Unknown
	Executed
)

func (d Delivery) String() string {
	return [...]string{"not sent", "refused", "unknown", "executed"}[d]
}

// Error is an invocation without a result.
type Error struct {
	// Status is the scf_status.
	Status   int
	Text     string
	Delivery Delivery
	// Code is the API's, such as ResourceNotFound.Function.
	Code    string
	Message string
	// Result is what came in place of a result, where the function failed.
	Result string
}

func (e *Error) Error() string {
	text := e.Text
	for _, part := range []string{e.Code, e.Message, e.Result} {
		if part != "" {
			text += ": " + part
		}
	}
	return fmt.Sprintf("%s (delivery: %s)", text, e.Delivery)
}

// Reply is the reply of a function that ran.
type Reply struct {
	// Result is JSON, as managed runtimes write it.
	Result    string
	Log       string
	RequestID string
	Duration  time.Duration
}

// Client runs functions. Any number of goroutines may use one.
type Client struct {
	Region    string
	Host      string
	SecretID  string
	SecretKey string
	Token     string
	// Dial connects to the host: with tls.Dial to the cloud, with net.Dial to an
	// emulator on this machine.
	Dial func() (net.Conn, error)
	// Timeout is how long the peer may be silent; 310 s unless set.
	Timeout time.Duration
}

// Invoke runs a function with an event of JSON, and repeats what was surely not
// executed.
func (c *Client) Invoke(function string, event []byte) (*Reply, error) {
	in := (*C.invocation)(C.calloc(1, C.sizeof_invocation))
	defer func() {
		// Request and reply were in it; the secret is wiped below.
		C.memset(unsafe.Pointer(in), 0, C.sizeof_invocation)
		C.free(unsafe.Pointer(in))
	}()
	texts := []struct {
		place *C.scf_text
		text  string
	}{
		{&in.request.function_name, function},
		{&in.request.region, c.Region},
		{&in.request.host, c.Host},
		{&in.request.event, string(event)},
		{&in.credential.secret_id, c.SecretID},
		{&in.credential.secret_key, c.SecretKey},
		{&in.credential.token, c.Token},
	}
	for _, text := range texts {
		if text.text == "" {
			continue
		}
		data, length := C.CString(text.text), C.size_t(len(text.text))
		defer func() {
			C.memset(unsafe.Pointer(data), 0, length)
			C.free(unsafe.Pointer(data))
		}()
		*text.place = C.scf_text{data: data, length: length}
	}
	in.request.log_type = C.SCF_LOG_TYPE_TAIL
	C.scf_attempts_start(&in.attempts, C.sizeof_scf_attempts, 0)
	for {
		C.scf_attempts_time(&in.attempts, C.sizeof_scf_attempts, C.uint64_t(time.Now().Unix()), &in.now)
		status := C.scf_call_start(&in.call, C.sizeof_scf_call, &in.request, &in.credential, in.now,
			&in.buffer[0], C.size_t(len(in.buffer)))
		if status == C.SCF_STATUS_OK {
			c.exchange(in)
		}
		status = C.scf_attempts_next(&in.attempts, C.sizeof_scf_attempts, &in.call, 0,
			C.uint32_t(rand.Uint32()), &in.next, &in.wait_ms)
		again := status == C.SCF_STATUS_OK && (in.next == C.SCF_NEXT_AGAIN_NOW ||
			in.next == C.SCF_NEXT_AGAIN_ON_NEW_CONNECTION || in.next == C.SCF_NEXT_AGAIN_AFTER)
		C.scf_call_finish(&in.call, &in.outcome)
		if !again {
			return reply(in)
		}
		time.Sleep(time.Duration(in.wait_ms) * time.Millisecond)
	}
}

// exchange sends the request of a call that was started, and receives the
// response, on a connection of its own.
func (c *Client) exchange(in *C.invocation) {
	connection, err := c.Dial()
	if err != nil {
		C.scf_call_send_failed(&in.call)
		return
	}
	defer connection.Close()
	patience := c.Timeout
	if patience == 0 {
		patience = 310 * time.Second
	}
	for C.scf_call_transmit(&in.call, &in.bytes, &in.length) == C.SCF_STATUS_MORE {
		connection.SetDeadline(time.Now().Add(patience))
		if _, err := connection.Write(unsafe.Slice((*byte)(unsafe.Pointer(in.bytes)), in.length)); err != nil {
			// The server may have said why all the same.
			C.scf_call_send_failed(&in.call)
			break
		}
	}
	status := C.scf_status(C.SCF_STATUS_MORE)
	for status == C.SCF_STATUS_MORE {
		if C.scf_call_window(&in.call, &in.window, &in.length) != C.SCF_STATUS_OK {
			return
		}
		connection.SetDeadline(time.Now().Add(patience))
		count, err := connection.Read(unsafe.Slice((*byte)(unsafe.Pointer(in.window)), in.length))
		if err != nil && err != io.EOF {
			C.scf_call_receive_failed(&in.call)
			return
		}
		status = C.scf_call_received(&in.call, C.size_t(count))
	}
}

// reply returns the outcome of a call that is finished.
func reply(in *C.invocation) (*Reply, error) {
	outcome := &in.outcome
	if outcome.status != C.SCF_STATUS_OK {
		return nil, &Error{
			Status:   int(outcome.status),
			Text:     C.GoString(C.scf_status_text(outcome.status)),
			Delivery: Delivery(outcome.delivery),
			Code:     C.GoString(&outcome.error_code[0]),
			Message:  C.GoString(&outcome.message[0]),
			Result:   text(outcome.result),
		}
	}
	made := &Reply{
		Result:    text(outcome.result),
		Log:       text(outcome.log),
		RequestID: C.GoString(&outcome.request_id[0]),
	}
	if outcome.duration_ns >= 0 {
		made.Duration = time.Duration(outcome.duration_ns)
	}
	return made, nil
}

func text(from C.scf_text) string {
	return C.GoStringN(from.data, C.int(from.length))
}
