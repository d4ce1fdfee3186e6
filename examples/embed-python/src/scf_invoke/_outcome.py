"""The outcome of an invocation in Python's terms."""

from __future__ import annotations

import functools
import json
import pathlib
from dataclasses import dataclass, field
from typing import Any

from . import _structures as c
from .errors import (
    ApiError,
    Delivery,
    FunctionError,
    InvokeError,
    ProtocolError,
    RequestError,
    Retry,
    TransportError,
)

_DELIVERIES = (Delivery.NOT_SENT, Delivery.REFUSED, Delivery.UNKNOWN, Delivery.EXECUTED)
_FUNCTION_FAILED, _API, _TRANSPORT = 80, 81, 82


@dataclass(frozen=True)
class Reply:
    """The reply of a function that ran, or whose event was accepted."""

    result_text: str
    """The result as it came; empty where it went to a sink."""
    log: str | None
    """The last 4 KB of the log, where it was asked for."""
    request_id: str
    function_request_id: str
    """The id of the function's run, for its logs."""
    duration: float | None
    """Seconds that the function ran."""
    billed_duration: float | None
    """Seconds that are billed."""
    memory_bytes: int | None

    @property
    def result(self) -> Any:
        """The result as a value of JSON; the text where it is none."""
        try:
            return json.loads(self.result_text)
        except ValueError:
            return self.result_text


@dataclass
class Texts:
    """The texts of a reply as they arrive."""

    pieces: dict[int, bytearray] = field(default_factory=dict)

    def add(self, kind: int, data: bytes) -> None:
        self.pieces.setdefault(kind, bytearray()).extend(data)

    def get(self, kind: int) -> str | None:
        piece = self.pieces.get(kind)
        return None if piece is None else piece.decode(errors="replace")


def reply_or_error(outcome: Any, texts: Texts, to_sink: bool) -> Reply:
    """Returns the reply, or raises what there is in its place."""
    if outcome.status == c.OK:
        return Reply(
            result_text="" if to_sink else texts.get(c.RESULT) or "",
            log=texts.get(c.LOG),
            request_id=outcome.request_id.decode(),
            function_request_id=outcome.function_request_id.decode(),
            duration=outcome.duration_ns / 1e9 if outcome.duration_ns >= 0 else None,
            billed_duration=outcome.billed_ms / 1e3 if outcome.billed_ms >= 0 else None,
            memory_bytes=outcome.memory_bytes if outcome.memory_bytes >= 0 else None,
        )
    raise _error(outcome, texts)


@functools.cache
def _status_texts() -> dict[int, str]:
    """Returns what each status means: the module has no texts in it."""
    table = pathlib.Path(__file__).with_name("statuses.tsv").read_text(encoding="ascii")
    rows = (line.split("\t") for line in table.splitlines()[1:])
    return {int(status): text for status, text in rows}


def _error(outcome: Any, texts: Texts) -> InvokeError:
    status, code = outcome.status, outcome.error_code.decode()
    detail = outcome.message.decode(errors="replace")
    if status == _API:
        detail = f"{code}: {texts.get(c.API_MESSAGE) or detail}"
    elif status == _FUNCTION_FAILED:
        detail = texts.get(c.FUNCTION_MESSAGE) or detail
    parts = [detail] if status == _API else [_status_texts()[status], detail]
    message = ": ".join(part for part in parts if part)
    error = _class(status)(
        message,
        status=status,
        delivery=_DELIVERIES[outcome.delivery],
        retry=Retry(outcome.retry),
        request_id=outcome.request_id.decode(),
    )
    if isinstance(error, ApiError):
        error.code = code
    if isinstance(error, FunctionError):
        error.result_text = texts.get(c.RESULT) or ""
        error.log = texts.get(c.LOG)
    return error


def _class(status: int) -> type[InvokeError]:
    if status == _FUNCTION_FAILED:
        return FunctionError
    if status == _API:
        return ApiError
    if status == _TRANSPORT:
        return TransportError
    return RequestError if status < _FUNCTION_FAILED else ProtocolError
