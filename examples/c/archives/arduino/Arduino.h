// As much of Arduino as the sketch uses, to compile it without Arduino.
#pragma once
#include <stddef.h>
#include <stdint.h>

struct SerialPort {
  void begin(unsigned long baud);
  size_t write(const uint8_t *bytes, size_t length);
  size_t println(const char *text);
};
extern SerialPort Serial;
void delay(unsigned long ms);
