// scf.h in C++17: examples/c/run builds this with -Wall -Wextra -pedantic, and
// runs it. The exit code is the line of the first check that failed.
#include <string>
#include <string_view>
#include <vector>

#include "scf.h"

#define CHECK(condition) \
  if (!(condition)) return __LINE__

namespace {

constexpr std::string_view RESPONSE =
    "HTTP/1.1 200 OK\r\nContent-Length: 76\r\n\r\n"
    "{\"Response\":{\"Result\":{\"RetMsg\":\"hello\",\"InvokeResult\":0},"
    "\"RequestId\":\"r1\"}}";

int32_t append(void *context, int32_t field, const uint8_t *bytes, size_t length) {
  if (field == SCF_TEXT_FIELD_RESULT)
    static_cast<std::string *>(context)->append(reinterpret_cast<const char *>(bytes), length);
  return 0;
}

}  // namespace

int main() {
  scf_call call{};
  scf_outcome outcome{};
  std::vector<uint8_t> buffer(512);
  std::string result;
  scf_request request{};
  request.function_name = SCF_TEXT("hello");
  request.region = SCF_TEXT("ap-guangzhou");
  request.host = scf_text_of("scf.tencentcloudapi.com");
  request.log_type = SCF_LOG_TYPE_NONE;
  request.sink = {append, &result};
  scf_credential credential{};
  credential.secret_id = SCF_TEXT("AKIDEXAMPLE");
  credential.secret_key = SCF_TEXT("the-secret-key");

  scf_status status = scf_call_start(&call, sizeof call, &request, &credential, 1700000000,
                                     buffer.data(), buffer.size());
  CHECK(status == SCF_STATUS_OK);
  const uint8_t *bytes = nullptr;
  size_t length = 0;
  std::string sent;
  while (scf_call_transmit(&call, &bytes, &length) == SCF_STATUS_MORE)
    sent.append(reinterpret_cast<const char *>(bytes), length);
  CHECK(sent.rfind("POST / HTTP/1.1\r\n", 0) == 0);
  status = scf_call_push(&call, reinterpret_cast<const uint8_t *>(RESPONSE.data()), RESPONSE.size());
  CHECK(status == SCF_STATUS_OK);
  CHECK(scf_call_finish(&call, &outcome) == SCF_STATUS_OK);
  CHECK(outcome.delivery == SCF_DELIVERY_EXECUTED && result == "hello");
  CHECK(std::string_view(scf_status_text(outcome.status)) == "done");
  return 0;
}
