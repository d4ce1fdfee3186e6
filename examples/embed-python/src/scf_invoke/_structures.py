"""The structs and numbers of scf.h."""

from __future__ import annotations

import ctypes
from ctypes import c_char, c_int32, c_int64, c_uint8, c_uint16, c_uint32, c_uint64
from typing import Any, NamedTuple

ABI = 3

OK, MORE = 0, 1
"""Statuses that are no failures."""
SOURCE_FAILED = -1

LOG_TYPE_TAIL = 2
INVOCATION_TYPE_EVENT = 2

DONE, AGAIN_NOW, AGAIN_ON_NEW_CONNECTION, AGAIN_AFTER = 0, 2, 3, 5
"""What scf_attempts_next() says; the others give up here."""

RESULT, LOG, API_MESSAGE, FUNCTION_MESSAGE = 0, 1, 2, 3
"""The texts that a sink takes."""

REQUEST_TEXTS = (
    "function_name", "region", "host", "event", "qualifier", "function_namespace",
    "routing_key", "path", "request_client", "trace_id",
)  # fmt: skip

# w is a word (a size_t or a pointer), q has 64 bits, i and b have 32 and 8.
SIGNATURES = {
    "scf_abi": "",
    "scf_call_size": "",
    "scf_attempts_size": "",
    "scf_day_key_size": "",
    "scf_call_start": "wwwwqww",
    "scf_call_transmit": "www",
    "scf_call_send_failed": "w",
    "scf_call_receive_failed": "w",
    "scf_call_window": "www",
    "scf_call_received": "ww",
    "scf_call_finish": "ww",
    "scf_attempts_start": "wwi",
    "scf_attempts_time": "wwqw",
    "scf_attempts_next": "wwwbiww",
}
WORD_RESULTS = ("scf_call_size", "scf_attempts_size", "scf_day_key_size")


class Structures(NamedTuple):
    """The structs where a pointer and a size_t are of one type."""

    request: Any
    credential: Any
    outcome: Any


def structures(word: Any) -> Structures:
    """Returns the structs for words of this type."""

    class Text(ctypes.Structure):
        _fields_ = [("data", word), ("length", word)]

    class Request(ctypes.Structure):
        _fields_ = [
            *((name, Text) for name in REQUEST_TEXTS),
            *((name, word) for name in ("read", "read_context", "write", "write_context")),
            *((name, c_int32)
              for name in ("action", "invocation_type", "log_type", "language", "method")),
            ("flags", c_uint32),
        ]  # fmt: skip

    class Credential(ctypes.Structure):
        _fields_ = [
            ("secret_id", Text), ("secret_key", Text), ("token", Text), ("day_key", word),
            ("day_key_size", word),
        ]  # fmt: skip

    class Outcome(ctypes.Structure):
        _fields_ = [
            ("result", Text), ("log", Text), ("needed", word), ("offset", c_uint64),
            ("server_time", c_uint64), ("duration_ns", c_int64), ("billed_ms", c_int64),
            ("memory_bytes", c_int64), ("function_status", c_int64), ("status", c_int32),
            ("delivery", c_int32), ("retry", c_int32), ("http_status", c_uint16),
            ("keep_alive", c_uint8), ("request_id", c_char * 49),
            ("function_request_id", c_char * 49), ("error_code", c_char * 65),
            ("message", c_char * 132),
        ]  # fmt: skip

    return Structures(Request, Credential, Outcome)
