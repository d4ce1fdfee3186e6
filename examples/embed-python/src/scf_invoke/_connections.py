"""The connections of a client, whichever way they wait."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol


class Connection(Protocol):
    """A connection to the endpoint. Its coroutines fail with an OSError."""

    async def send(self, data: bytes) -> None: ...

    async def receive(self, room: int) -> bytes:
        """Returns the next bytes, none at the end of the stream."""

    def is_silent(self) -> bool:
        """Returns whether it is open, and has nothing to say."""

    def close(self) -> None: ...


class Pool:
    """The connections that are idle, and what makes new ones."""

    def __init__(self, connect: Callable[[], Awaitable[Connection]]) -> None:
        self._connect = connect
        # Appended to and taken from by any thread.
        self._idle: list[Connection] = []

    async def take(self, fresh: bool) -> tuple[Connection, bool]:
        """Returns a connection, and whether it has carried an exchange before."""
        while not fresh:
            try:
                idle = self._idle.pop()
            except IndexError:
                break
            # What has something to say while nothing was asked has been closed.
            if idle.is_silent():
                return idle, True
            idle.close()
        return await self._connect(), False

    def give(self, connection: Connection, keep: bool) -> None:
        """Keeps a connection for another invocation, or closes it."""
        if keep:
            self._idle.append(connection)
        else:
            connection.close()

    def close(self) -> None:
        """Closes the connections that are idle."""
        while self._idle:
            self._idle.pop().close()
