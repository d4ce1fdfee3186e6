"""One invocation: everything that both clients do, over connections of either."""

from __future__ import annotations

import ctypes
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from . import _structures as c
from ._connections import Connection, Pool
from ._face import Arena, Face, Sink, Source
from ._outcome import Reply, Texts, reply_or_error
from ._settings import Credential, Settings


@dataclass(frozen=True)
class Invocation:
    """The function to run and the parameters."""

    function: str
    event: str | None
    source: Source | None = None
    sink: Sink | None = None
    qualifier: str | None = None
    namespace: str | None = None
    routing_key: str | None = None
    log: bool = False
    wait: bool = True


@dataclass
class Engine:
    """What the invocations of a client share."""

    face: Face
    settings: Settings
    host: str
    credential: Credential
    pool: Pool
    wait: Callable[[float], Awaitable[None]]
    clock: Callable[[], float] = time.time
    # What scf_attempts keeps of the server's clock, and the key of the day.
    kept_attempts: bytes = b""
    kept_day_key: bytes = b""
    buffer_size: int = field(default=16 << 10)

    async def run(self, invocation: Invocation) -> Reply:
        """Runs a function; raises an InvokeError where there is no reply."""
        with self.face.arena() as arena:
            return await _Run(self, arena, invocation).reply()


class _Run:
    """An invocation at work in its memory."""

    def __init__(self, engine: Engine, arena: Arena, invocation: Invocation) -> None:
        self.engine = engine
        self.arena = arena
        self.word = ctypes.sizeof(engine.face.word)
        self.raised: BaseException | None = None
        self.texts = Texts()
        self.invocation = invocation
        self.call = arena.reserve(arena.call("scf_call_size"))
        self.buffer = arena.reserve(engine.buffer_size)
        self.out = arena.reserve(16)
        self.outcome = arena.reserve(ctypes.sizeof(engine.face.structures.outcome))
        self.attempts_size = arena.call("scf_attempts_size")
        self.attempts = self._kept(engine.kept_attempts, self.attempts_size)
        self.day_key_size = arena.call("scf_day_key_size")
        self.day_key = self._kept(engine.kept_day_key, self.day_key_size)
        self.request = self._request()
        self.credential = self._credential()

    async def reply(self) -> Reply:
        arena, engine = self.arena, self.engine
        arena.call("scf_attempts_start", self.attempts, self.attempts_size, engine.settings.attempts)
        step = c.DONE
        while True:
            step, wait_ms, outcome = await self._attempt(step == c.AGAIN_ON_NEW_CONNECTION)
            if self.raised is not None:
                raise self.raised
            engine.kept_attempts = arena.read(self.attempts, self.attempts_size)
            if step not in (c.AGAIN_NOW, c.AGAIN_ON_NEW_CONNECTION, c.AGAIN_AFTER):
                return reply_or_error(outcome, self.texts, self.invocation.sink is not None)
            self.texts = Texts()
            if wait_ms:
                await engine.wait(wait_ms / 1000)

    async def _attempt(self, fresh: bool) -> tuple[int, int, Any]:
        """Makes an attempt; returns the next step, its wait and the outcome."""
        arena, engine = self.arena, self.engine
        local = int(engine.clock())
        arena.call("scf_attempts_time", self.attempts, self.attempts_size, local, self.out)
        now = int.from_bytes(arena.read(self.out, 8), "little")
        started = arena.call(
            "scf_call_start", self.call, arena.call("scf_call_size"), self.request,
            self.credential, now, self.buffer, engine.buffer_size,
        )  # fmt: skip
        if started != c.OK:
            return *self._next(False), self._finish()
        engine.kept_day_key = arena.read(self.day_key, self.day_key_size)
        try:
            connection, reused = await engine.pool.take(fresh)
        except OSError:
            arena.call("scf_call_send_failed", self.call)
            arena.call("scf_call_receive_failed", self.call)
            return *self._next(False), self._finish()
        keep = False
        try:
            await self._exchange(connection)
            step, wait_ms = self._next(reused)
            outcome = self._finish()
            keep = bool(outcome.keep_alive)
        finally:
            engine.pool.give(connection, keep)
        return step, wait_ms, outcome

    async def _exchange(self, connection: Connection) -> None:
        arena, place, length = self.arena, self.out, self.out + self.word
        try:
            while arena.call("scf_call_transmit", self.call, place, length) == c.MORE:
                await connection.send(arena.read(self._word(place), self._word(length)))
        except OSError:
            # The server may have said why all the same.
            arena.call("scf_call_send_failed", self.call)
        status = c.MORE
        while status == c.MORE:
            if arena.call("scf_call_window", self.call, place, length) != c.OK:
                break
            try:
                data = await connection.receive(self._word(length))
            except OSError:
                arena.call("scf_call_receive_failed", self.call)
                break
            arena.write(self._word(place), data)
            status = arena.call("scf_call_received", self.call, len(data))

    def _next(self, reused: bool) -> tuple[int, int]:
        drawn = random.getrandbits(32)
        status = self.arena.call(
            "scf_attempts_next", self.attempts, self.attempts_size, self.call, int(reused),
            drawn, self.out, self.out + 4,
        )  # fmt: skip
        if status != c.OK:
            return c.DONE, 0
        data = self.arena.read(self.out, 8)
        return int.from_bytes(data[:4], "little"), int.from_bytes(data[4:], "little")

    def _finish(self) -> Any:
        self.arena.call("scf_call_finish", self.call, self.outcome)
        structure = self.engine.face.structures.outcome
        data = self.arena.read(self.outcome, ctypes.sizeof(structure))
        return structure.from_buffer_copy(data)

    def _request(self) -> int:
        invocation = self.invocation
        request = self.engine.face.structures.request()
        request.function_name = self._text(invocation.function)
        request.region = self._text(self.engine.settings.region)
        request.host = self._text(self.engine.host)
        request.event = self._text(invocation.event)
        request.qualifier = self._text(invocation.qualifier)
        request.function_namespace = self._text(invocation.namespace)
        request.routing_key = self._text(invocation.routing_key)
        if invocation.source is not None:
            request.read = self.arena.source(self._source(invocation.source))
        request.write = self.arena.sink(self._sink(invocation.sink))
        request.log_type = c.LOG_TYPE_TAIL if invocation.log else 0
        request.invocation_type = 0 if invocation.wait else c.INVOCATION_TYPE_EVENT
        return self._place(request)

    def _credential(self) -> int:
        given = self.engine.credential
        credential = self.engine.face.structures.credential()
        credential.secret_id = self._text(given.secret_id)
        credential.secret_key = self._text(given.secret_key)
        credential.token = self._text(given.token)
        credential.day_key = self.day_key
        credential.day_key_size = self.day_key_size
        return self._place(credential)

    def _source(self, read: Source) -> Source:
        def give(offset: int, room: int) -> bytes:
            try:
                return read(offset, room)
            except BaseException as error:
                self.raised = error
                raise

        return give

    def _sink(self, write: Sink | None) -> Sink:
        def take(field: int, data: bytes) -> None:
            if write is None or field != c.RESULT:
                self.texts.add(field, data)
                return
            try:
                write(field, data)
            except BaseException as error:
                self.raised = error
                raise

        return take

    def _kept(self, kept: bytes, size: int) -> int:
        address = self.arena.reserve(size)
        self.arena.write(address, kept)
        return address

    def _text(self, text: str | None) -> tuple[int, int]:
        if text is None:
            return (0, 0)
        data = text.encode()
        address = self.arena.reserve(len(data) + 1)
        self.arena.write(address, data)
        return (address, len(data))

    def _place(self, structure: ctypes.Structure) -> int:
        data = bytes(structure)
        address = self.arena.reserve(len(data))
        self.arena.write(address, data)
        return address

    def _word(self, address: int) -> int:
        return int.from_bytes(self.arena.read(address, self.word), "little")
