"""The client for asyncio."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import TYPE_CHECKING, Any

from ._events import Options, invocation
from ._invocation import Connect, Engine, Receive, Release, Send, Wait
from ._native import Library
from ._outcome import Reply
from ._settings import DEFAULT_ENDPOINT, Credential, Settings

if TYPE_CHECKING:
    from typing_extensions import Unpack

Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class AsyncClient:
    """Runs functions; any number of tasks of one event loop may use one client."""

    def __init__(
        self, settings: Settings, credential: Credential, *, library: Library | None = None
    ) -> None:
        self._address = settings.address()
        self._timeout = settings.timeout
        self._engine = Engine(library or Library(), settings, self._address.host, credential)
        self._idle: list[Stream] = []

    @classmethod
    def from_env(cls, region: str, endpoint: str = DEFAULT_ENDPOINT) -> AsyncClient:
        """Makes a client with the credential of the environment."""
        return cls(Settings(region, endpoint), Credential.from_env())

    async def invoke(self, function: str, event: Any = None, **options: Unpack[Options]) -> Reply:
        """Runs a function with a value of JSON, and returns its reply.

        Raises an InvokeError where there is none: its `delivery` tells whether
        the function may have run."""
        stream: Stream | None = None
        steps = self._engine.run(invocation(function, event, options))
        answer: Any = None
        failure: OSError | None = None
        try:
            while True:
                try:
                    action = steps.throw(failure) if failure else steps.send(answer)
                except StopIteration as stop:
                    reply: Reply = stop.value
                    return reply
                answer, failure = None, None
                try:
                    if isinstance(action, Connect):
                        stream, answer = await self._take(action.fresh)
                    elif isinstance(action, Wait):
                        await asyncio.sleep(action.seconds)
                    elif stream is None:
                        if not isinstance(action, Release):
                            raise ConnectionError("there is no connection")
                    elif isinstance(action, Send):
                        stream[1].write(action.data)
                        await asyncio.wait_for(stream[1].drain(), self._timeout)
                    elif isinstance(action, Receive):
                        answer = await asyncio.wait_for(stream[0].read(action.room), self._timeout)
                    elif isinstance(action, Release):
                        self._give(stream, action.keep)
                        stream = None
                except (OSError, asyncio.TimeoutError) as error:
                    failure = error if isinstance(error, OSError) else TimeoutError()
        finally:
            steps.close()
            if stream is not None:
                stream[1].close()

    async def close(self) -> None:
        """Closes the connections that are idle."""
        idle, self._idle = self._idle, []
        for _, writer in idle:
            writer.close()
            try:
                await writer.wait_closed()
            except OSError:
                pass

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def _take(self, fresh: bool) -> tuple[Stream, bool]:
        while self._idle and not fresh:
            idle = self._idle.pop()
            if not idle[0].at_eof() and not idle[1].is_closing():
                return idle, True
            idle[1].close()
        opened = asyncio.open_connection(
            self._address.name, self._address.port, ssl=self._address.ssl_context
        )
        return await asyncio.wait_for(opened, self._timeout), False

    def _give(self, stream: Stream, keep: bool) -> None:
        if keep:
            self._idle.append(stream)
        else:
            stream[1].close()
