"""Runs Tencent Cloud SCF functions.

    from scf_invoke import Client

    with Client.from_env("ap-guangzhou") as client:
        print(client.invoke("hello", {"name": "world"}).result)

A Rust core in a shared library signs, encodes, decodes and decides about
retries; the connections are Python's own."""

from ._native import Library
from ._outcome import Reply
from ._settings import Credential, Settings
from .aio import AsyncClient
from .client import Client
from .errors import (
    ApiError,
    Delivery,
    FunctionError,
    InvokeError,
    ProtocolError,
    RequestError,
    Retry,
    TransportError,
)

__all__ = [
    "ApiError",
    "AsyncClient",
    "Client",
    "Credential",
    "Delivery",
    "FunctionError",
    "InvokeError",
    "Library",
    "ProtocolError",
    "Reply",
    "RequestError",
    "Retry",
    "Settings",
    "TransportError",
]
