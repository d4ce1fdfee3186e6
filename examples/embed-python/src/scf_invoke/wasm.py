"""The same as a WebAssembly module in wasmtime, for a process that shall not
load native code of others: `Client(…, face=Module(path))`.

Addresses are in the module's memory, where all from scf_memory() on is the
host's; the module itself never allocates. A module has one invocation at a
time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ctypes import c_uint32
from typing import Any, cast

import wasmtime
from wasmtime import Func, FuncType, ValType

from ._face import Arena, Sink, Source
from ._structures import ABI, SOURCE_FAILED, structures

_MASK = 0xFFFF_FFFF


class Module:
    """scf.wasm, by its path. It imports nothing."""

    word = c_uint32
    structures = structures(c_uint32)

    def __init__(self, path: str) -> None:
        self.lock = threading.Lock()
        # Slots of the table that callbacks of an earlier invocation had.
        self.free: list[int] = []
        self.store = wasmtime.Store()
        module = wasmtime.Module.from_file(self.store.engine, path)
        instance = wasmtime.Instance(self.store, module, [])
        self.exports = cast(Any, instance.exports(self.store))
        if self.exports["scf_abi"](self.store) != ABI:
            raise ImportError(f"{path} has another interface than this package")

    @contextmanager
    def arena(self) -> Iterator[Arena]:
        with self.lock:
            arena = _Arena(self)
            try:
                yield arena
            finally:
                arena.wipe()


class _Arena:
    def __init__(self, module: Module) -> None:
        self.store = module.store
        self.exports = module.exports
        self.free = module.free
        self.memory = self.exports["memory"]
        self.table = self.exports["__indirect_function_table"]
        self.base = self.top = self.call("scf_memory")
        self.slots: list[int] = []

    def call(self, name: str, *arguments: int) -> int:
        result: int = self.exports[name](self.store, *arguments)
        return result

    def reserve(self, size: int) -> int:
        address, self.top = self.top, (self.top + size + 7) & ~7
        missing = self.top - self.memory.data_len(self.store)
        if missing > 0:
            self.memory.grow(self.store, (missing + 0xFFFF) >> 16)
        return address

    def write(self, address: int, data: bytes) -> None:
        self.memory.write(self.store, data, address)

    def read(self, address: int, size: int) -> bytes:
        return bytes(self.memory.read(self.store, address, address + size))

    def source(self, read: Source) -> int:
        def give(_: int, offset: int, out: int, room: int) -> int:
            # An exception would end the module's call half-way.
            try:
                piece = read(offset, room & _MASK)
            except BaseException:
                return SOURCE_FAILED
            self.write(out & _MASK, piece)
            return len(piece)

        i32 = ValType.i32()
        return self._pointer(FuncType([i32, ValType.i64(), i32, i32], [i32]), give)

    def sink(self, write: Sink) -> int:
        def take(_: int, field: int, data: int, length: int) -> int:
            try:
                write(field, self.read(data & _MASK, length & _MASK))
            except BaseException:
                return 1
            return 0

        i32 = ValType.i32()
        return self._pointer(FuncType([i32] * 4, [i32]), take)

    def _pointer(self, kind: FuncType, function: Callable[..., int]) -> int:
        """A function pointer is an index into the module's table."""
        host = Func(self.store, kind, function)
        if self.free:
            slot = self.free.pop()
            self.table.set(self.store, slot, host)
        else:
            slot = self.table.grow(self.store, 1, host)
        self.slots.append(slot)
        return slot

    def wipe(self) -> None:
        self.write(self.base, bytes(self.top - self.base))
        for slot in self.slots:
            self.table.set(self.store, slot, None)
        self.free += self.slots
