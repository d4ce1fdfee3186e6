#include "invoke.h"

static scf_status send_request(const transport *transport, scf_call *call) {
  const uint8_t *bytes;
  size_t length;
  scf_status status;
  while ((status = scf_call_transmit(call, &bytes, &length)) == SCF_STATUS_MORE) {
    while (length > 0) {
      long sent = transport->send(transport->context, bytes, length);
      if (sent <= 0) return scf_call_send_failed(call);
      bytes += sent;
      length -= (size_t)sent;
    }
  }
  return status;
}

void exchange(const transport *transport, scf_call *call) {
  scf_status status = send_request(transport, call);
  // Even where sending failed the server may have said why.
  if (status == SCF_STATUS_OK) status = SCF_STATUS_MORE;
  while (status == SCF_STATUS_MORE) {
    uint8_t *window;
    size_t room;
    status = scf_call_window(call, &window, &room);
    if (status != SCF_STATUS_OK) break;
    long count = transport->receive(transport->context, window, room);
    status = count < 0 ? scf_call_receive_failed(call)
                       : scf_call_received(call, (size_t)count);
  }
}

scf_status invoke(const transport *transport, const scf_request *request,
                  const scf_credential *credential, uint64_t now,
                  uint8_t *buffer, size_t size, scf_outcome *outcome) {
  scf_call call = {{0}};
  if (scf_call_start(&call, sizeof call, request, credential, now, buffer, size) ==
      SCF_STATUS_OK)
    exchange(transport, &call);
  return scf_call_finish(&call, outcome);
}

int exit_code(scf_status status) {
  if (status == SCF_STATUS_OK) return 0;
  if (status == SCF_STATUS_FUNCTION_FAILED) return 1;
  if (status >= SCF_STATUS_CREDENTIAL_EMPTY && status <= SCF_STATUS_IMPORT_KEY)
    return 3;
  if (status < SCF_STATUS_FUNCTION_FAILED) return 2;
  return status == SCF_STATUS_API ? 4 : 5;
}
