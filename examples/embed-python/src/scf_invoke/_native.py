"""The shared library, by ctypes. Addresses are the process's own."""

from __future__ import annotations

import ctypes
import pathlib
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import c_int32, c_size_t, c_uint8, c_uint32, c_uint64, c_void_p
from typing import Any

from ._face import Arena, Sink, Source
from ._structures import ABI, SIGNATURES, SOURCE_FAILED, WORD_RESULTS, structures

_TYPES = {"w": c_size_t, "q": c_uint64, "i": c_uint32, "b": c_uint8}
_READ = ctypes.CFUNCTYPE(c_size_t, c_void_p, c_uint64, c_size_t, c_size_t)
_WRITE = ctypes.CFUNCTYPE(c_int32, c_void_p, c_int32, c_size_t, c_size_t)


class Library:
    """The library of the package, or another one of the same version."""

    word = c_size_t
    structures = structures(c_size_t)

    def __init__(self, path: str | None = None) -> None:
        place = path or pathlib.Path(__file__).with_name("libscf_invoke_capi.so")
        library = ctypes.CDLL(str(place))
        self.functions: dict[str, Any] = {}
        for name, signature in SIGNATURES.items():
            function = getattr(library, name)
            function.argtypes = [_TYPES[kind] for kind in signature]
            function.restype = c_size_t if name in WORD_RESULTS else c_int32
            self.functions[name] = function
        if self.functions["scf_abi"]() != ABI:
            raise ImportError(f"{place} has another interface than this package")

    @contextmanager
    def arena(self) -> Iterator[Arena]:
        arena = _Arena(self.functions)
        try:
            yield arena
        finally:
            arena.wipe()


class _Arena:
    def __init__(self, functions: dict[str, Any]) -> None:
        self.functions = functions
        self.blocks: list[ctypes.Array[ctypes.c_char]] = []
        self.callbacks: list[Any] = []

    def call(self, name: str, *arguments: int) -> int:
        result: int = self.functions[name](*arguments)
        return result

    def reserve(self, size: int) -> int:
        block = ctypes.create_string_buffer(size + 8)
        self.blocks.append(block)
        return (ctypes.addressof(block) + 7) & ~7

    def write(self, address: int, data: bytes) -> None:
        ctypes.memmove(address, data, len(data))

    def read(self, address: int, size: int) -> bytes:
        return ctypes.string_at(address, size)

    def source(self, read: Source) -> int:
        def give(_: int, offset: int, out: int, room: int) -> int:
            # An exception must not pass through C; it is the source's to keep.
            try:
                piece = read(offset, room)
            except BaseException:
                return SOURCE_FAILED
            ctypes.memmove(out, piece, len(piece))
            return len(piece)

        return self._pointer(_READ(give))

    def sink(self, write: Sink) -> int:
        def take(_: int, field: int, data: int, length: int) -> int:
            try:
                write(field, ctypes.string_at(data, length))
            except BaseException:
                return 1
            return 0

        return self._pointer(_WRITE(take))

    def _pointer(self, callback: Any) -> int:
        self.callbacks.append(callback)
        return ctypes.cast(callback, c_void_p).value or 0

    def wipe(self) -> None:
        for block in self.blocks:
            ctypes.memset(block, 0, len(block))
        self.blocks.clear()
        self.callbacks.clear()
