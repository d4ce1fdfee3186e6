// The same invocation on a microcontroller: replace the two functions by those
// of your modem, TLS library or network stack, and the clock by yours.
#include "invoke.h"

// A device gets a day key from a backend, and never sees the secret.
static const char DAY_KEY[] =
    "AKIDEXAMPLE/2023-11-14/scf/"
    "0000000000000000000000000000000000000000000000000000000000000000";

static long modem_send(void *context, const uint8_t *bytes, size_t length) {
  (void)context;
  (void)bytes;
  return (long)length;
}

static long modem_receive(void *context, uint8_t *bytes, size_t room) {
  (void)context;
  (void)bytes;
  (void)room;
  return 0;
}

// Sensor readings that are never held whole: "[7,7,…,7]".
static size_t readings(void *context, uint64_t offset, uint8_t *out, size_t room) {
  const uint64_t length = 2 * *(const uint32_t *)context + 1;
  size_t count = 0;
  for (; count < room && offset + count < length; count++) {
    uint64_t at = offset + count;
    out[count] = at == 0 ? '[' : at == length - 1 ? ']' : at % 2 ? '7' : ',';
  }
  return count;
}

int main(void) {
  static uint8_t buffer[512];
  static scf_day_key key;
  scf_credential credential = {.day_key = &key, .day_key_size = sizeof key};
  scf_status status = scf_day_key_import(&key, sizeof key, DAY_KEY,
                                         sizeof DAY_KEY - 1, &credential.secret_id);
  if (status != SCF_STATUS_OK) return status;
  uint32_t count = 1000;
  scf_request request = {
      .function_name = SCF_TEXT("collect"),
      .region = SCF_TEXT("ap-guangzhou"),
      .host = SCF_TEXT("scf.tencentcloudapi.com"),
      .source = {readings, &count},
  };
  transport transport = {modem_send, modem_receive, NULL};
  scf_outcome outcome;
  status = invoke(&transport, &request, &credential, 1700000000, buffer, sizeof buffer,
                  &outcome);
  scf_day_key_wipe(&key, sizeof key);
  return status;
}
