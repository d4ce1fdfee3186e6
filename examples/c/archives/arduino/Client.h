// As much of Arduino's Client as the sketch uses.
#pragma once
#include <Arduino.h>

class Client {
 public:
  virtual size_t write(const uint8_t *bytes, size_t length) = 0;
  virtual int available() = 0;
  virtual int read(uint8_t *bytes, size_t room) = 0;
  virtual uint8_t connected() = 0;
};
