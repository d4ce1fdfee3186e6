// Runs a function: main HOST PORT FUNCTION [EVENT]
//
// The credentials come from TENCENTCLOUD_SECRET_ID and _SECRET_KEY, the token
// of temporary ones from TENCENTCLOUD_SESSION_TOKEN, the region from
// TENCENTCLOUD_REGION. Plain TCP: for anything but an emulator on this machine
// put TLS between.
#define _DEFAULT_SOURCE

#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "invoke.h"

static long socket_send(void *context, const uint8_t *bytes, size_t length) {
  return send(*(int *)context, bytes, length, 0);
}

static long socket_receive(void *context, uint8_t *bytes, size_t room) {
  return recv(*(int *)context, bytes, room, 0);
}

static int connect_to(const char *host, const char *port) {
  struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *list;
  if (getaddrinfo(host, port, &hints, &list) != 0) return -1;
  int fd = -1;
  for (struct addrinfo *at = list; at && fd < 0; at = at->ai_next) {
    fd = socket(at->ai_family, at->ai_socktype, at->ai_protocol);
    if (fd >= 0 && connect(fd, at->ai_addr, at->ai_addrlen) != 0) {
      close(fd);
      fd = -1;
    }
  }
  freeaddrinfo(list);
  // A function may run for 300 seconds; a peer that says nothing ends in this.
  struct timeval limit = {.tv_sec = 310};
  if (fd >= 0) setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  return fd;
}

static void explain(scf_status status, const scf_outcome *outcome) {
  static const char *const deliveries[] = {"not sent", "refused", "unknown",
                                           "executed"};
  fprintf(stderr, "%s", scf_status_text(status));
  if (outcome->error_code[0]) fprintf(stderr, ": %s", outcome->error_code);
  if (outcome->message[0]) fprintf(stderr, ": %s", outcome->message);
  if (outcome->needed) fprintf(stderr, " (%zu bytes)", outcome->needed);
  fprintf(stderr, "\ndelivery: %s\n", deliveries[outcome->delivery]);
  scf_error_info info;
  size_t length = strlen(outcome->error_code);
  if (status == SCF_STATUS_API &&
      scf_error_code(outcome->error_code, length, &info) == SCF_STATUS_OK)
    fprintf(stderr, "%.*s\n", (int)info.advice.length, info.advice.data);
  scf_text meaning;
  if (outcome->function_status &&
      scf_function_status(outcome->function_status, &meaning) == SCF_STATUS_OK)
    fprintf(stderr, "%.*s\n", (int)meaning.length, meaning.data);
}

// Where to connect, and what to run there.
typedef struct target {
  const char *host, *port;
  scf_request request;
  scf_credential credential;
} target;

// Makes one attempt, on a connection of its own, and asks what comes next.
static scf_status attempt(const target *target, scf_attempts *attempts,
                          scf_outcome *outcome, scf_next *next, uint32_t *wait_ms) {
  static uint8_t buffer[64 << 10];  // the request, then result and log
  scf_call call = {{0}};
  uint64_t now = 0;
  uint32_t random = 0;
  scf_attempts_time(attempts, sizeof *attempts, (uint64_t)time(NULL), &now);
  if (scf_call_start(&call, sizeof call, &target->request, &target->credential, now,
                     buffer, sizeof buffer) == SCF_STATUS_OK) {
    int fd = connect_to(target->host, target->port);
    transport transport = {socket_send, socket_receive, &fd};
    if (fd >= 0) {
      exchange(&transport, &call);
      close(fd);
    } else {
      fprintf(stderr, "cannot connect to %s:%s\n", target->host, target->port);
      scf_call_send_failed(&call);
    }
  }
  // Clients that failed together are not to come back together.
  if (getentropy(&random, sizeof random) != 0) random = (uint32_t)now;
  scf_attempts_next(attempts, sizeof *attempts, &call, 0, random, next, wait_ms);
  return scf_call_finish(&call, outcome);
}

static void wait_for(uint32_t milliseconds) {
  struct timespec left = {.tv_sec = milliseconds / 1000,
                          .tv_nsec = milliseconds % 1000 * 1000000L};
  while (nanosleep(&left, &left) != 0) {}
}

int main(int argc, char **argv) {
  if (argc < 4 || argc > 5 || scf_abi() != SCF_ABI) {
    fprintf(stderr, "usage: %s HOST PORT FUNCTION [EVENT]\n", argv[0]);
    return 2;
  }
  signal(SIGPIPE, SIG_IGN);
  const char *region = getenv("TENCENTCLOUD_REGION");
  char host[300];
  snprintf(host, sizeof host, "%s:%s", argv[1], argv[2]);
  target target = {.host = argv[1], .port = argv[2]};
  target.request = (scf_request){
      .function_name = scf_text_of(argv[3]),
      .region = scf_text_of(region ? region : "ap-guangzhou"),
      .host = scf_text_of(host),
      .event = scf_text_of(argc > 4 ? argv[4] : NULL),
      .request_client = SCF_TEXT("scf-example-c"),
      .log_type = SCF_LOG_TYPE_TAIL,
  };
  target.credential = (scf_credential){
      .secret_id = scf_text_of(getenv("TENCENTCLOUD_SECRET_ID")),
      .secret_key = scf_text_of(getenv("TENCENTCLOUD_SECRET_KEY")),
      .token = scf_text_of(getenv("TENCENTCLOUD_SESSION_TOKEN")),
  };

  scf_outcome outcome;
  scf_attempts attempts = {{0}};
  scf_status status = scf_attempts_start(&attempts, sizeof attempts, 0);
  scf_next next;
  do {
    uint32_t wait_ms = 0;
    next = SCF_NEXT_GIVE_UP;
    status = attempt(&target, &attempts, &outcome, &next, &wait_ms);
    wait_for(wait_ms);
    // There are no other credentials here.
  } while (next != SCF_NEXT_DONE && next != SCF_NEXT_GIVE_UP &&
           next != SCF_NEXT_AGAIN_WITH_NEW_CREDENTIALS);

  fprintf(stderr, "%.*s", (int)outcome.log.length, outcome.log.data ? outcome.log.data : "");
  if (status != SCF_STATUS_OK) explain(status, &outcome);
  if (outcome.result.length) {
    fwrite(outcome.result.data, 1, outcome.result.length, stdout);
    putchar('\n');
  }
  return exit_code(status);
}
