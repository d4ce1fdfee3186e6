"""What a client is made with."""

from __future__ import annotations

import os
import ssl
from dataclasses import dataclass, field
from urllib.parse import urlsplit

DEFAULT_ENDPOINT = "https://scf.tencentcloudapi.com"


@dataclass(frozen=True)
class Credential:
    """The credential that signs requests. The secret is never printed."""

    secret_id: str
    secret_key: str = field(repr=False)
    token: str | None = field(default=None, repr=False)

    @classmethod
    def from_env(cls) -> Credential:
        """Reads TENCENTCLOUD_SECRET_ID, _SECRET_KEY and _SESSION_TOKEN."""

        def variable(name: str) -> str:
            value = os.environ.get(name)
            if not value:
                raise ValueError(f"the environment variable {name} is not set")
            return value

        return cls(
            variable("TENCENTCLOUD_SECRET_ID"),
            variable("TENCENTCLOUD_SECRET_KEY"),
            os.environ.get("TENCENTCLOUD_SESSION_TOKEN") or None,
        )


@dataclass(frozen=True)
class Settings:
    """Where to call, and how often to try."""

    region: str
    endpoint: str = DEFAULT_ENDPOINT
    attempts: int = 3
    """Attempts at most; only what surely was not executed is repeated."""
    timeout: float = 310.0
    """Seconds that the peer may be silent; a function may run for 300."""
    ssl_context: ssl.SSLContext | None = None

    def address(self) -> Address:
        """Returns the endpoint taken apart."""
        parts = urlsplit(self.endpoint)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
            raise ValueError(f"the endpoint is no http:// or https:// address of a host: {self.endpoint}")
        context = None
        if parts.scheme == "https":
            context = self.ssl_context or ssl.create_default_context()
        port = parts.port or (443 if context else 80)
        return Address(parts.netloc, parts.hostname, port, context)


@dataclass(frozen=True)
class Address:
    """An endpoint to connect to."""

    host: str
    """The host as it is signed, with its port where that is named."""
    name: str
    port: int
    ssl_context: ssl.SSLContext | None
