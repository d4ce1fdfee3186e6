// One invocation over whatever carries bytes. No system calls here, so the
// same two files serve a program and a firmware.
#ifndef INVOKE_H
#define INVOKE_H

#include "scf.h"

typedef struct transport {
  // Sends some of the bytes and answers how many; 0 or less is a failure.
  long (*send)(void *context, const uint8_t *bytes, size_t length);
  // Waits for bytes and answers how many; 0 is the end, less a failure.
  long (*receive)(void *context, uint8_t *bytes, size_t room);
  void *context;
} transport;

// Sends the request of a call that was started, and receives the response.
void exchange(const transport *transport, scf_call *call);

// Makes one attempt to run the function; the outcome's texts are in the buffer.
scf_status invoke(const transport *transport, const scf_request *request,
                  const scf_credential *credential, uint64_t now,
                  uint8_t *buffer, size_t size, scf_outcome *outcome);

// The exit code for how it ended, that of the command `tscf`.
int exit_code(scf_status status);

#endif
