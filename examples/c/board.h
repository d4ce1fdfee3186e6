// The board's part of a firmware, as little as it takes to run in QEMU: a
// serial line that carries the bytes, and a debugger for arguments and text.
// board.c has it for the mps2-an386, a Cortex-M4; write yours for your board.
#ifndef BOARD_H
#define BOARD_H

#include <stddef.h>
#include <stdint.h>

// The two functions of a transport; the context is the number of milliseconds
// that the peer may be silent. A serial line tells of no end, only of silence.
long board_send(void *context, const uint8_t *bytes, size_t length);
long board_receive(void *context, uint8_t *bytes, size_t room);

// The value of the argument of that name, up to the space or NUL after it, or
// `otherwise`. A product has such values in its flash.
const char *board_argument(const char *name, const char *otherwise);

void board_print(const char *text, size_t length);

_Noreturn void board_exit(int code);

#endif
