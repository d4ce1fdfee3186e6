"""What can go wrong, and what became of the request."""

from __future__ import annotations

from enum import Enum


class Delivery(str, Enum):
    """The point that a request reached. Invoke is not idempotent: only the first
    two are ever worth repeating."""

    NOT_SENT = "not sent"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    EXECUTED = "executed"


class Retry(Enum):
    """The change that could make another try succeed without running the function
    twice."""

    NEVER = 0
    AFTER_BACKOFF = 1
    AFTER_CLOCK_CORRECTION = 2
    AFTER_NEW_CREDENTIALS = 3


class InvokeError(Exception):
    """An invocation without a result."""

    def __init__(
        self,
        message: str,
        *,
        status: int,
        delivery: Delivery,
        retry: Retry = Retry.NEVER,
        request_id: str = "",
    ) -> None:
        super().__init__(f"{message} (delivery: {delivery.value})")
        self.message = message
        self.status = status
        """The number of scf.h's `scf_status`."""
        self.delivery = delivery
        self.retry = retry
        self.request_id = request_id


class RequestError(InvokeError):
    """The request is impossible, or cannot be signed; nothing was sent."""


class TransportError(InvokeError):
    """Sending or receiving failed, or the connection ended early."""


class ProtocolError(InvokeError):
    """The response is not the API's."""


class ApiError(InvokeError):
    """The service answered with an error."""

    code: str
    """The API's code, such as ResourceNotFound.Function."""


class FunctionError(InvokeError):
    """The function failed."""

    result_text: str
    """What came in place of a result: mostly JSON, with a stack trace."""
    log: str | None
