"""The client for asyncio."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

from ._connections import Connection, Pool
from ._events import Options, invocation
from ._invocation import Engine
from ._native import Library
from ._outcome import Reply
from ._settings import DEFAULT_ENDPOINT, Credential, Settings

if TYPE_CHECKING:
    from typing_extensions import Unpack

T = TypeVar("T")


class AsyncClient:
    """Runs functions; any number of tasks of one event loop may use one client."""

    def __init__(
        self, settings: Settings, credential: Credential, *, library: Library | None = None
    ) -> None:
        address = settings.address()

        async def connect() -> Connection:
            opened = asyncio.open_connection(address.name, address.port, ssl=address.ssl_context)
            reader, writer = await _within(settings.timeout, opened)
            return StreamConnection(reader, writer, settings.timeout)

        self._pool = Pool(connect)
        self._engine = Engine(
            library or Library(), settings, address.host, credential, self._pool, asyncio.sleep
        )

    @classmethod
    def from_env(cls, region: str, endpoint: str = DEFAULT_ENDPOINT) -> AsyncClient:
        """Makes a client with the credential of the environment."""
        return cls(Settings(region, endpoint), Credential.from_env())

    async def invoke(self, function: str, event: Any = None, **options: Unpack[Options]) -> Reply:
        """Runs a function with a value of JSON, and returns its reply.

        Raises an InvokeError where there is none: its `delivery` tells whether
        the function may have run."""
        return await self._engine.run(invocation(function, event, options))

    async def close(self) -> None:
        """Closes the connections that are idle."""
        self._pool.close()
        # For the loop to see that they are closed.
        await asyncio.sleep(0)

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()


class StreamConnection:
    """A connection of an event loop."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, timeout: float
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._timeout = timeout

    async def send(self, data: bytes) -> None:
        self._writer.write(data)
        await _within(self._timeout, self._writer.drain())

    async def receive(self, room: int) -> bytes:
        return await _within(self._timeout, self._reader.read(room))

    def is_silent(self) -> bool:
        return not self._reader.at_eof() and not self._writer.is_closing()

    def close(self) -> None:
        self._writer.close()


async def _within(seconds: float, work: Awaitable[T]) -> T:
    """Waits no longer; fails with an OSError, which Python 3.10's own is not."""
    try:
        return await asyncio.wait_for(work, seconds)
    except asyncio.TimeoutError:
        raise TimeoutError(f"nothing came for {seconds:g} s") from None
