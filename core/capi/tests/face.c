// Every function of scf.h as C calls it, without a network: examples/c/run
// builds this with each library and for a Cortex-M4, and runs it under valgrind
// and in QEMU. The exit code is the line of the first check that failed.
#include "scf.h"

#define CHECK(condition) \
  if (!(condition)) return __LINE__
#define OK(call) CHECK((call) == SCF_STATUS_OK)
#define NOW 1700000000u

static const char ANSWER[] =
    "HTTP/1.1 200 OK\r\nDate: Tue, 14 Nov 2023 22:13:20 GMT\r\nContent-Length: 104\r\n\r\n"
    "{\"Response\":{\"Result\":{\"RetMsg\":\"hello\",\"Log\":\"a\\nb\",\"InvokeResult\":0,\"Duration\":1.5},"
    "\"RequestId\":\"r1\"}}";

static scf_call call;
static scf_outcome outcome;
static uint8_t buffer[256], whole[2048], pieces[2048];

static int same(scf_text text, const char *expected) {
  return text.length == strlen(expected) && memcmp(text.data, expected, text.length) == 0;
}

static scf_request request(void) {
  scf_request request = {
      .function_name = SCF_TEXT("hello"),
      .region = SCF_TEXT("ap-guangzhou"),
      .host = SCF_TEXT("scf.tencentcloudapi.com"),
      .event = SCF_TEXT("{\"name\":\"\\\"C\\\"\"}"),
  };
  return request;
}

static const scf_credential SECRET = {.secret_id = SCF_TEXT("AKIDEXAMPLE"),
                                      .secret_key = SCF_TEXT("the-secret-key")};

static scf_status start(const scf_request *request, const scf_credential *credential) {
  return scf_call_start(&call, sizeof call, request, credential, NOW, buffer, sizeof buffer);
}

// The pieces of the request, one after the other.
static size_t transmit(void) {
  const uint8_t *bytes;
  size_t length, sum = 0;
  while (scf_call_transmit(&call, &bytes, &length) == SCF_STATUS_MORE) {
    memcpy(pieces + sum, bytes, length);
    sum += length;
  }
  return sum;
}

static int lookups(void) {
  scf_error_info info;
  scf_text meaning;
  CHECK(scf_abi() == SCF_ABI);
  CHECK(scf_version()[0] != 0);
  CHECK(scf_call_size() == sizeof(scf_call) && scf_day_key_size() == sizeof(scf_day_key));
  CHECK(scf_attempts_size() == sizeof(scf_attempts));
  CHECK(strcmp(scf_status_text(SCF_STATUS_OK), "done") == 0);
  CHECK(strcmp(scf_status_text(12345), "no such status") == 0);
  OK(scf_error_code("AuthFailure.SignatureExpire", 27, &info));
  CHECK(info.known == 1 && info.may_have_run == 0);
  CHECK(info.retry == SCF_RETRY_AFTER_CLOCK_CORRECTION && info.advice.length > 0);
  OK(scf_function_status(433, &meaning));
  CHECK(same(meaning, "time limit reached"));
  CHECK(scf_error_code(NULL, 1, &info) == SCF_STATUS_NULL);
  CHECK(scf_function_status(433, NULL) == SCF_STATUS_NULL);
  return 0;
}

static int day_keys(void) {
  static scf_day_key key, other;
  static char text[128], again[128];
  scf_text id;
  size_t length;
  uint64_t end;
  CHECK(scf_day_key_end(&key, sizeof key, &end) == SCF_STATUS_STATE);
  OK(scf_day_key_derive(&key, sizeof key, "the-secret-key", 14, NOW));
  OK(scf_day_key_end(&key, sizeof key, &end));
  CHECK(end > NOW && end - NOW <= 86400 && end % 86400 == 0);
  CHECK(scf_day_key_export(&key, sizeof key, "AKIDEXAMPLE", 11, text, 10, &length) == SCF_STATUS_ROOM);
  CHECK(length == 91);
  OK(scf_day_key_export(&key, sizeof key, "AKIDEXAMPLE", 11, text, length + 1, &length));
  CHECK(strlen(text) == length && strncmp(text, "AKIDEXAMPLE/2023-11-14/scf/", 27) == 0);
  OK(scf_day_key_import(&other, sizeof other, text, length, &id));
  CHECK(same(id, "AKIDEXAMPLE") && id.data == text);
  OK(scf_day_key_export(&other, sizeof other, "AKIDEXAMPLE", 11, again, sizeof again, &length));
  CHECK(strcmp(text, again) == 0);
  // The key signs as the secret does.
  scf_request asked = request();
  scf_credential by_key = {.secret_id = id, .day_key = &other, .day_key_size = sizeof other};
  OK(start(&asked, &SECRET));
  length = transmit();
  memcpy(whole, pieces, length);
  OK(start(&asked, &by_key));
  CHECK(transmit() == length && memcmp(whole, pieces, length) == 0);
  by_key.day_key_size--;
  CHECK(start(&asked, &by_key) == SCF_STATUS_STORAGE);
  OK(scf_day_key_wipe(&key, sizeof key));
  OK(scf_day_key_wipe(&other, sizeof other));
  CHECK(scf_day_key_end(&other, sizeof other, &end) == SCF_STATUS_STATE);
  CHECK(scf_day_key_wipe(NULL, sizeof key) == SCF_STATUS_NULL);
  CHECK(scf_day_key_import(&key, sizeof key, "no key", 6, &id) == SCF_STATUS_IMPORT_FORM);
  return 0;
}

static int whole_calls(void) {
  size_t length, needed;
  scf_request asked = request();
  OK(start(&asked, &SECRET));
  OK(scf_call_measure(&call, &needed));
  CHECK(scf_call_write(&call, whole, needed - 1, &length) == SCF_STATUS_ROOM && length == needed);
  OK(scf_call_write(&call, whole, sizeof whole, &length));
  CHECK(length == needed);
  CHECK(scf_call_push(&call, buffer, 1) == SCF_STATUS_OVERLAP_BUFFER);
  for (size_t at = 0; at < sizeof ANSWER - 2; at++)
    CHECK(scf_call_push(&call, (const uint8_t *)ANSWER + at, 1) == SCF_STATUS_MORE);
  OK(scf_call_push(&call, (const uint8_t *)ANSWER + sizeof ANSWER - 2, 1));
  OK(scf_call_finish(&call, &outcome));
  CHECK(same(outcome.result, "hello") && same(outcome.log, "a\nb"));
  CHECK(outcome.status == SCF_STATUS_OK && outcome.delivery == SCF_DELIVERY_EXECUTED);
  CHECK(outcome.duration_ns == 1500000 && outcome.billed_ms == -1 && outcome.keep_alive == 1);
  CHECK(strcmp(outcome.request_id, "r1") == 0);
  CHECK(scf_call_finish(&call, &outcome) == SCF_STATUS_STATE);
  // The same in pieces.
  OK(start(&asked, &SECRET));
  CHECK(transmit() == needed && memcmp(whole, pieces, needed) == 0);
  OK(scf_call_receive_failed(&call));
  CHECK(scf_call_finish(&call, &outcome) == SCF_STATUS_TRANSPORT);
  CHECK(outcome.delivery == SCF_DELIVERY_UNKNOWN);
  return 0;
}

// With an HTTP client: head and body, then the answer's body.
static int parts(void) {
  const char *body = strstr(ANSWER, "{");
  const uint8_t *bytes;
  size_t head, length;
  scf_request asked = request();
  OK(start(&asked, &SECRET));
  OK(scf_call_head(&call, (char *)whole, sizeof whole, &head));
  CHECK(memcmp(whole, "POST / HTTP/1.1\r\n", 17) == 0);
  CHECK(scf_call_body(&call, &bytes, &length) == SCF_STATUS_MORE && bytes[0] == '{');
  OK(scf_call_body(&call, &bytes, &length));
  OK(scf_call_response_head(&call, 200, NULL, 0));
  CHECK(scf_call_response_body(&call, (const uint8_t *)body, strlen(body)) == SCF_STATUS_MORE);
  OK(scf_call_response_end(&call));
  OK(scf_call_finish(&call, &outcome));
  CHECK(same(outcome.result, "hello"));
  return 0;
}

// A service that refuses the clock, then is at a limit until nothing is left.
static int attempts(void) {
  static const char *const codes[] = {"AuthFailure.SignatureExpire", "RequestLimitExceeded",
                                      "RequestLimitExceeded"};
  static const scf_next expected[] = {SCF_NEXT_AGAIN_NOW, SCF_NEXT_AGAIN_AFTER, SCF_NEXT_GIVE_UP};
  static const uint32_t waits[] = {0, 250, 0};
  static scf_attempts attempts;
  scf_request asked = request();
  scf_next next;
  uint64_t now;
  uint32_t wait_ms;
  CHECK(scf_attempts_time(&attempts, sizeof attempts, 7, &now) == SCF_STATUS_STATE);
  OK(scf_attempts_start(&attempts, sizeof attempts, 2));
  for (size_t at = 0; at < sizeof codes / sizeof *codes; at++) {
    OK(scf_attempts_time(&attempts, sizeof attempts, 7, &now));
    CHECK(now == (at == 0 ? 7 : NOW));
    OK(scf_call_start(&call, sizeof call, &asked, &SECRET, now, buffer, sizeof buffer));
    transmit();
    OK(scf_call_response_head(&call, 200, "Tue, 14 Nov 2023 22:13:20 GMT", 29));
    const char *const parts[] = {"{\"Response\":{\"Error\":{\"Code\":\"", codes[at],
                                 "\",\"Message\":\"why\"},\"RequestId\":\"r1\"}}"};
    for (size_t part = 0; part < sizeof parts / sizeof *parts; part++)
      CHECK(scf_call_response_body(&call, (const uint8_t *)parts[part], strlen(parts[part])) ==
            SCF_STATUS_MORE);
    OK(scf_call_response_end(&call));
    OK(scf_attempts_next(&attempts, sizeof attempts, &call, 0, 0, &next, &wait_ms));
    CHECK(next == expected[at] && wait_ms == waits[at]);
    CHECK(scf_attempts_next(&attempts, sizeof attempts, &call, 0, 0, &next, &wait_ms) ==
          SCF_STATUS_STATE);
    CHECK(scf_call_finish(&call, &outcome) == SCF_STATUS_API);
    CHECK(outcome.delivery == SCF_DELIVERY_REFUSED);
  }
  return 0;
}

static ptrdiff_t send_lite(void *context, const uint8_t *bytes, size_t length) {
  size_t *sent = (size_t *)context;
  memcpy(whole + *sent, bytes, length);
  *sent += length;
  return (ptrdiff_t)length;
}

static ptrdiff_t receive_lite(void *context, uint8_t *bytes, size_t room) {
  size_t count = sizeof ANSWER - 1 < room ? sizeof ANSWER - 1 : room;
  (void)context;
  memcpy(bytes, ANSWER, count);
  return (ptrdiff_t)count;
}

// The one fixed form, with the secret and with the key that it keeps.
static int lite(void) {
  static scf_day_key key;
  size_t sent = 0;
  scf_lite_outcome ended;
  scf_lite_call asked = {
      .function_name = SCF_TEXT("hello"),
      .region = SCF_TEXT("ap-guangzhou"),
      .host = SCF_TEXT("scf.tencentcloudapi.com"),
      .event = SCF_TEXT("{}"),
      .secret_id = SCF_TEXT("AKIDEXAMPLE"),
      .secret_key = SCF_TEXT("the-secret-key"),
      .day_key = &key,
      .day_key_size = sizeof key,
      .send = send_lite,
      .receive = receive_lite,
      .context = &sent,
  };
  static uint8_t room[512];
  OK(scf_lite_invoke(&asked, NOW, room, sizeof room, &ended));
  CHECK(same(ended.result, "hello") && ended.delivery == SCF_DELIVERY_EXECUTED);
  size_t first = sent;
  memcpy(pieces, whole, sent);
  sent = 0;
  OK(scf_lite_invoke_by_day_key(&asked, NOW, room, sizeof room, &ended));
  CHECK(sent == first && memcmp(pieces, whole, sent) == 0);
  CHECK(scf_lite_invoke(NULL, NOW, room, sizeof room, &ended) == SCF_STATUS_NULL);
  asked.event = (scf_text){(const char *)room, 2};
  CHECK(scf_lite_invoke(&asked, NOW, room, sizeof room, &ended) == SCF_STATUS_OVERLAP_BUFFER);
  return 0;
}

static int nulls(void) {
  const uint8_t *bytes;
  uint8_t *window;
  size_t length;
  scf_request asked = request();
  CHECK(scf_call_start(NULL, sizeof call, &asked, &SECRET, NOW, buffer, 64) == SCF_STATUS_NULL);
  CHECK(start(NULL, &SECRET) == SCF_STATUS_NULL);
  CHECK(start(&asked, NULL) == SCF_STATUS_NULL);
  OK(start(&asked, &SECRET));
  CHECK(scf_call_measure(&call, NULL) == SCF_STATUS_NULL);
  CHECK(scf_call_write(&call, NULL, 1, &length) == SCF_STATUS_NULL);
  CHECK(scf_call_transmit(&call, NULL, &length) == SCF_STATUS_NULL);
  CHECK(scf_call_transmit(&call, &bytes, NULL) == SCF_STATUS_NULL);
  CHECK(scf_call_body(NULL, &bytes, &length) == SCF_STATUS_NULL);
  CHECK(scf_call_head(&call, NULL, 1, &length) == SCF_STATUS_NULL);
  CHECK(scf_call_window(&call, &window, NULL) == SCF_STATUS_NULL);
  OK(scf_call_window(&call, &window, &length));
  CHECK(scf_call_received(&call, length + 1) == SCF_STATUS_COUNT);
  CHECK(scf_call_push(&call, NULL, 1) == SCF_STATUS_NULL);
  CHECK(scf_call_response_body(&call, NULL, 1) == SCF_STATUS_NULL);
  CHECK(scf_call_response_head(&call, 200, NULL, 1) == SCF_STATUS_NULL);
  OK(scf_call_send_failed(&call));
  CHECK(scf_call_finish(&call, NULL) == SCF_STATUS_NULL);
  CHECK(scf_call_finish(&call, &outcome) == SCF_STATUS_TRANSPORT);
  CHECK(outcome.delivery == SCF_DELIVERY_NOT_SENT && outcome.retry == SCF_RETRY_AFTER_BACKOFF);
  return 0;
}

int main(void) {
  int (*const checks[])(void) = {lookups, day_keys, whole_calls, parts, attempts, lite, nulls};
  int line = 0;
  for (size_t at = 0; at < sizeof checks / sizeof *checks && line == 0; at++)
    line = checks[at]();
  return line;
}
