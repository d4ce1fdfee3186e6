// QEMU's mps2-an386: 25 MHz, 4 MB of code at 0, 4 MB of RAM at 0x20000000.
#include "board.h"

#include <string.h>

int main(void);

#define REGISTER(address) (*(volatile uint32_t *)(address))

// A serial line by Arm's CMSDK.
#define UART_DATA REGISTER(0x40004000)
#define UART_STATE REGISTER(0x40004004)
#define UART_CONTROL REGISTER(0x40004008)
#define UART_DIVISOR REGISTER(0x40004010)
enum { UART_SEND_FULL = 1, UART_RECEIVE_FULL = 2, UART_BOTH_WAYS = 3 };

#define TICK_CONTROL REGISTER(0xe000e010)
#define TICK_RELOAD REGISTER(0xe000e014)
enum { TICK_ON = 5, TICK_PASSED = 1 << 16, TICKS_PER_MS = 25000 };

#define COPROCESSOR_ACCESS REGISTER(0xe000ed88)

// The calls of Arm's semihosting.
enum { OPEN = 0x01, WRITE = 0x05, GET_COMMAND_LINE = 0x15, EXIT = 0x20 };
enum { OPEN_TO_WRITE = 4, APPLICATION_EXIT = 0x20026, FAULTED = 102 };

static int debugger(int call, void *block) {
  register int r0 __asm__("r0") = call;
  register void *r1 __asm__("r1") = block;
  __asm__ __volatile__("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
  return r0;
}

void board_print(const char *text, size_t length) {
  static uintptr_t console;
  if (console == 0) {
    uintptr_t name[] = {(uintptr_t) ":tt", OPEN_TO_WRITE, 3};
    console = (uintptr_t)debugger(OPEN, name);
  }
  uintptr_t piece[] = {console, (uintptr_t)text, length};
  debugger(WRITE, piece);
}

_Noreturn void board_exit(int code) {
  uintptr_t reason[] = {APPLICATION_EXIT, (uintptr_t)code};
  for (;;) debugger(EXIT, reason);
}

const char *board_argument(const char *name, const char *otherwise) {
  static char line[512];
  if (!line[0]) {
    uintptr_t place[] = {(uintptr_t)line, sizeof line};
    if (debugger(GET_COMMAND_LINE, place) != 0) line[0] = ' ', line[1] = 0;
  }
  size_t length = strlen(name);
  for (const char *at = line; at; at = strchr(at, ' ')) {
    at += *at == ' ';
    if (strncmp(at, name, length) == 0 && at[length] == '=') return at + length + 1;
  }
  return otherwise;
}

long board_send(void *context, const uint8_t *bytes, size_t length) {
  (void)context;
  for (size_t at = 0; at < length; at++) {
    while (UART_STATE & UART_SEND_FULL) {}
    UART_DATA = bytes[at];
  }
  return (long)length;
}

// Returns 1 if a byte comes before so many milliseconds have passed.
static int waits_for_byte(uint32_t milliseconds) {
  while (!(UART_STATE & UART_RECEIVE_FULL)) {
    if ((TICK_CONTROL & TICK_PASSED) && milliseconds-- == 0) return 0;
  }
  return 1;
}

long board_receive(void *context, uint8_t *bytes, size_t room) {
  size_t count = 0;
  // The first may take its time; the rest is what follows at once.
  uint32_t patience = *(const uint32_t *)context;
  while (count < room && waits_for_byte(patience)) {
    bytes[count++] = (uint8_t)UART_DATA;
    patience = 1;
  }
  return count ? (long)count : -1;
}

// The places of everything, by board.ld.
extern uint32_t board_stack_top[], board_data[], board_data_end[], board_bss_end[];
extern const uint32_t board_data_image[];

_Noreturn void board_reset(void) {
  const uint32_t *from = board_data_image;
  uint32_t *to = board_data;
  while (to < board_data_end) *to++ = *from++;
  while (to < board_bss_end) *to++ = 0;
  COPROCESSOR_ACCESS |= 0xf << 20;  // floating point, which the C library may use
  __asm__ __volatile__("dsb\n isb");
  UART_DIVISOR = 16;
  UART_CONTROL = UART_BOTH_WAYS;
  TICK_RELOAD = TICKS_PER_MS - 1;
  TICK_CONTROL = TICK_ON;
  board_exit(main());
}

_Noreturn static void fault(void) { board_exit(FAULTED); }

// The first entries of the table of exceptions: the stack, the reset, and all
// that can only be a mistake.
__attribute__((section(".vectors"), used)) static const void *const vectors[16] = {
    board_stack_top, board_reset, fault, fault, fault, fault, fault, NULL,
    NULL,            NULL,  NULL,  fault, fault, NULL,  fault, fault,
};
