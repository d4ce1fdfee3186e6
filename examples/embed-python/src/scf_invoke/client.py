"""The client for threads."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Coroutine
from types import TracebackType
from typing import TYPE_CHECKING, Any

from ._connections import Connection, Pool
from ._events import Options, invocation
from ._face import Face
from ._invocation import Engine
from ._native import Library
from ._outcome import Reply
from ._settings import DEFAULT_ENDPOINT, Credential, Settings

if TYPE_CHECKING:
    from typing_extensions import Unpack


class Client:
    """Runs functions; any number of threads may use one client."""

    def __init__(self, settings: Settings, credential: Credential, *, face: Face | None = None) -> None:
        address = settings.address()

        async def connect() -> Connection:
            plain = socket.create_connection((address.name, address.port), settings.timeout)
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if address.ssl_context is None:
                return SocketConnection(plain)
            try:
                secure = address.ssl_context.wrap_socket(plain, server_hostname=address.name)
            except BaseException:
                plain.close()
                raise
            return SocketConnection(secure)

        async def wait(seconds: float) -> None:
            time.sleep(seconds)

        self._pool = Pool(connect)
        self._engine = Engine(
            face or Library(), settings, address.host, credential, self._pool, wait
        )

    @classmethod
    def from_env(cls, region: str, endpoint: str = DEFAULT_ENDPOINT) -> Client:
        """Makes a client with the credential of the environment."""
        return cls(Settings(region, endpoint), Credential.from_env())

    def invoke(self, function: str, event: Any = None, **options: Unpack[Options]) -> Reply:
        """Runs a function with a value of JSON, and returns its reply.

        Raises an InvokeError where there is none: its `delivery` tells whether
        the function may have run."""
        return _run(self._engine.run(invocation(function, event, options)))

    def close(self) -> None:
        """Closes the connections that are idle."""
        self._pool.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class SocketConnection:
    """A connection whose coroutines block, and so never suspend."""

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected

    async def send(self, data: bytes) -> None:
        self._socket.sendall(data)

    async def receive(self, room: int) -> bytes:
        return self._socket.recv(room)

    def is_silent(self) -> bool:
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        return not poll.poll(0)

    def close(self) -> None:
        self._socket.close()


def _run(work: Coroutine[Any, Any, Reply]) -> Reply:
    """Runs a coroutine that never suspends."""
    try:
        work.send(None)
    except StopIteration as stop:
        reply: Reply = stop.value
        return reply
    raise RuntimeError("a connection that blocks has suspended")
