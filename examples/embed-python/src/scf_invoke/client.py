"""The client for threads."""

from __future__ import annotations

import select
import socket
import threading
import time
from types import TracebackType
from typing import TYPE_CHECKING, Any

from ._events import Options, invocation
from ._face import Face
from ._invocation import Connect, Engine, Receive, Release, Send, Wait
from ._native import Library
from ._outcome import Reply
from ._settings import DEFAULT_ENDPOINT, Address, Credential, Settings

if TYPE_CHECKING:
    from typing_extensions import Unpack


class Client:
    """Runs functions; any number of threads may use one client."""

    def __init__(self, settings: Settings, credential: Credential, *, face: Face | None = None) -> None:
        self._address = settings.address()
        self._timeout = settings.timeout
        self._engine = Engine(face or Library(), settings, self._address.host, credential)
        self._idle: list[socket.socket] = []
        self._lock = threading.Lock()

    @classmethod
    def from_env(cls, region: str, endpoint: str = DEFAULT_ENDPOINT) -> Client:
        """Makes a client with the credential of the environment."""
        return cls(Settings(region, endpoint), Credential.from_env())

    def invoke(self, function: str, event: Any = None, **options: Unpack[Options]) -> Reply:
        """Runs a function with a value of JSON, and returns its reply.

        Raises an InvokeError where there is none: its `delivery` tells whether
        the function may have run."""
        connection: socket.socket | None = None
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
                        connection, answer = self._take(action.fresh)
                    elif isinstance(action, Wait):
                        time.sleep(action.seconds)
                    elif connection is None:
                        if not isinstance(action, Release):
                            raise ConnectionError("there is no connection")
                    elif isinstance(action, Send):
                        connection.sendall(action.data)
                    elif isinstance(action, Receive):
                        answer = connection.recv(action.room)
                    elif isinstance(action, Release):
                        self._give(connection, action.keep)
                        connection = None
                except OSError as error:
                    failure = error
        finally:
            steps.close()
            if connection is not None:
                connection.close()

    def close(self) -> None:
        """Closes the connections that are idle."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _take(self, fresh: bool) -> tuple[socket.socket, bool]:
        while not fresh:
            with self._lock:
                if not self._idle:
                    break
                idle = self._idle.pop()
            # What has something to say while nothing was asked has been closed.
            poll = select.poll()
            poll.register(idle, select.POLLIN)
            if not poll.poll(0):
                return idle, True
            idle.close()
        return connect(self._address, self._timeout), False

    def _give(self, connection: socket.socket, keep: bool) -> None:
        if not keep:
            connection.close()
            return
        with self._lock:
            self._idle.append(connection)


def connect(address: Address, timeout: float) -> socket.socket:
    """Connects to an endpoint, over TLS where it has it."""
    plain = socket.create_connection((address.name, address.port), timeout=timeout)
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if address.ssl_context is None:
        return plain
    try:
        return address.ssl_context.wrap_socket(plain, server_hostname=address.name)
    except BaseException:
        plain.close()
        raise
