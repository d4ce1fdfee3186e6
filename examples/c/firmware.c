// The same invocation on a microcontroller: a serial line carries the bytes,
// the event is written as it is sent, and the result is printed as it arrives.
// Replace the board's functions by those of your modem, TLS library or network
// stack, and the arguments by what your device has in its flash.
#include "board.h"
#include "invoke.h"

static void say(const char *text) { board_print(text, strlen(text)); }

static scf_text argument(const char *name, const char *otherwise) {
  const char *value = board_argument(name, otherwise);
  return (scf_text){value, strcspn(value, " ")};
}

static uint32_t number(const char *name, uint32_t otherwise) {
  scf_text digits = argument(name, "");
  uint32_t value = digits.length ? 0 : otherwise;
  for (size_t at = 0; at < digits.length; at++)
    value = 10 * value + (uint32_t)(digits.data[at] - '0');
  return value;
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

static int32_t print_result(void *context, int32_t field, const uint8_t *bytes,
                            size_t length) {
  (void)context;
  if (field == SCF_TEXT_FIELD_RESULT) board_print((const char *)bytes, length);
  return 0;
}

int main(void) {
  static uint8_t buffer[512];
  static scf_day_key key;
  static scf_outcome outcome;
  // A device gets a day key from a backend, and never sees the secret.
  scf_credential credential = {.day_key = &key, .day_key_size = sizeof key};
  scf_text exported = argument("day-key", "");
  scf_status status = scf_day_key_import(&key, sizeof key, exported.data,
                                         exported.length, &credential.secret_id);
  uint32_t count = number("count", 1);
  scf_request request = {
      .function_name = argument("function", "collect"),
      .region = SCF_TEXT("ap-guangzhou"),
      .host = argument("host", "scf.tencentcloudapi.com"),
      .source = {readings, &count},
      .sink = {print_result, NULL},
  };
  uint32_t patience = number("timeout", 310000);
  transport line = {board_send, board_receive, &patience};
  uint64_t now = number("now", 0);
  if (status == SCF_STATUS_OK)
    status = invoke(&line, &request, &credential, now, buffer, sizeof buffer, &outcome);
  // Refused for a wrong clock, so not executed: once more by the server's.
  if (outcome.retry == SCF_RETRY_AFTER_CLOCK_CORRECTION && outcome.server_time &&
      outcome.keep_alive) {
    say("clock corrected\n");
    now = outcome.server_time;
    status = invoke(&line, &request, &credential, now, buffer, sizeof buffer, &outcome);
  }
  scf_day_key_wipe(&key, sizeof key);
  say("\n");
  if (status != SCF_STATUS_OK) {
    say(scf_status_text(status));
    say(": ");
    say(outcome.error_code[0] ? outcome.error_code : outcome.message);
    say(outcome.delivery == SCF_DELIVERY_UNKNOWN ? " (it may have run)\n" : "\n");
  }
  return exit_code(status);
}
