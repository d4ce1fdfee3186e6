"""The C face as the rest of the package sees it, wherever its memory is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ContextManager, Protocol

from ._structures import Structures

Source = Callable[[int, int], bytes]
"""Gives an event's bytes from an offset on, so many at most, none at its end."""
Sink = Callable[[int, bytes], None]
"""Takes the next bytes of a text."""


class Arena(Protocol):
    """Memory for one invocation, which is wiped at its end: the secret is there."""

    def reserve(self, size: int) -> int:
        """Returns the address of zeroed memory."""

    def write(self, address: int, data: bytes) -> None: ...

    def read(self, address: int, size: int) -> bytes: ...

    def source(self, read: Source) -> int:
        """Returns a function pointer, an scf_read."""

    def sink(self, write: Sink) -> int:
        """Returns a function pointer, an scf_write."""

    def call(self, name: str, *arguments: int) -> int:
        """Calls a function of scf.h."""


class Face(Protocol):
    """A library or a module with the functions of scf.h."""

    word: Any
    """The type of a size_t and of a pointer."""
    structures: Structures

    def arena(self) -> ContextManager[Arena]: ...
