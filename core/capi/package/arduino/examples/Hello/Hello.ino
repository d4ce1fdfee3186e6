// Runs the function "hello" once, over a connection that is open already. Put a
// TLS client of your board in the place of `connection`.
#include <Arduino.h>
#include <Client.h>
#include <scf.h>

// Your board's: an EthernetClient, a WiFiClientSecure, a TinyGsmClientSecure.
extern Client &connection;
// Seconds since 1970, from your clock or your network.
extern uint64_t now();

static ptrdiff_t sendBytes(void *, const uint8_t *bytes, size_t length) {
  return static_cast<ptrdiff_t>(connection.write(bytes, length));
}

static ptrdiff_t receiveBytes(void *, uint8_t *bytes, size_t room) {
  while (connection.connected()) {
    if (connection.available() > 0) return connection.read(bytes, room);
    delay(1);
  }
  return 0;
}

static uint8_t buffer[1024];
static scf_day_key key;

void setup() {
  Serial.begin(115200);
  static const char exported[] = "SECRETID/2026-01-31/scf/HEX";  // tscf day-key prints one
  scf_lite_call call{};
  call.function_name = SCF_TEXT("hello");
  call.region = SCF_TEXT("ap-guangzhou");
  call.host = SCF_TEXT("scf.tencentcloudapi.com");
  call.event = SCF_TEXT("{\"name\":\"Arduino\"}");
  call.day_key = &key;
  call.day_key_size = sizeof key;
  call.send = sendBytes;
  call.receive = receiveBytes;
  scf_status status = scf_day_key_import(&key, sizeof key, exported, sizeof exported - 1, &call.secret_id);
  scf_lite_outcome outcome{};
  if (status == SCF_STATUS_OK)
    status = scf_lite_invoke_by_day_key(&call, now(), buffer, sizeof buffer, &outcome);
  if (status == SCF_STATUS_OK)
    Serial.write(reinterpret_cast<const uint8_t *>(outcome.result.data), outcome.result.length);
  else
    Serial.println(scf_status_text(status));
}

void loop() {}
