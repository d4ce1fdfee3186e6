// The smallest firmware: one fixed form of the call, signed with a day key. The
// arguments are those of firmware.c; replace board_send and board_receive by
// your connection.
#include "board.h"
#include "scf.h"

static scf_text argument(const char *name) {
  const char *value = board_argument(name, "");
  return (scf_text){value, strcspn(value, " ")};
}

static uint64_t number(scf_text digits) {
  uint64_t value = 0;
  for (size_t at = 0; at < digits.length; at++)
    value = 10 * value + (uint64_t)(digits.data[at] - '0');
  return value;
}

static ptrdiff_t send(void *context, const uint8_t *bytes, size_t length) {
  return board_send(context, bytes, length);
}

static ptrdiff_t receive(void *context, uint8_t *bytes, size_t room) {
  return board_receive(context, bytes, room);
}

int main(void) {
  static uint8_t buffer[1024];
  static scf_day_key key;
  scf_lite_outcome outcome;
  uint32_t patience = 310000;
  scf_lite_call call = {
      .function_name = argument("function"),
      .region = SCF_TEXT("ap-guangzhou"),
      .host = argument("host"),
      .event = SCF_TEXT("{\"temperature\":21}"),
      .day_key = &key,
      .day_key_size = sizeof key,
      .send = send,
      .receive = receive,
      .context = &patience,
  };
  scf_text exported = argument("day-key");
  scf_status status = scf_day_key_import(&key, sizeof key, exported.data, exported.length,
                                         &call.secret_id);
  if (status == SCF_STATUS_OK)
    status = scf_lite_invoke_by_day_key(&call, number(argument("now")), buffer, sizeof buffer,
                                        &outcome);
  scf_day_key_wipe(&key, sizeof key);
  if (status == SCF_STATUS_OK || status == SCF_STATUS_FUNCTION_FAILED)
    board_print(outcome.result.data, outcome.result.length);
  return (int)status;
}
