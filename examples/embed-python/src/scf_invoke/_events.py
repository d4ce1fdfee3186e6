"""An invocation out of what a caller says."""

from __future__ import annotations

import json
from typing import Any, TypedDict

from ._face import Sink, Source
from ._invocation import Invocation


class Options(TypedDict, total=False):
    """The parameters that both clients take besides function and event."""

    event_text: str
    """The event as JSON text, in place of a value."""
    source: Source
    """Gives the event in pieces, in place of a value; it is read twice."""
    sink: Sink
    """Takes the result in pieces: 0 and the next bytes. Then the reply has none."""
    qualifier: str
    namespace: str
    routing_key: str
    log: bool
    """Asks for the last 4 KB of the log."""
    wait: bool
    """`False` returns once the event is accepted."""


def invocation(function: str, event: Any, options: Options) -> Invocation:
    """Returns the invocation of a function with an event."""
    given = [event is not None, "event_text" in options, "source" in options]
    if sum(given) > 1:
        raise TypeError("the event is given more than once: as a value, a text or a source")
    text = options.get("event_text")
    if event is not None:
        text = json.dumps(event, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Invocation(
        function=function,
        event=text,
        source=options.get("source"),
        sink=options.get("sink"),
        qualifier=options.get("qualifier"),
        namespace=options.get("namespace"),
        routing_key=options.get("routing_key"),
        log=options.get("log", False),
        wait=options.get("wait", True),
    )
