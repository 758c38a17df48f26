"""The wire below an HTTP session: pinned connections, and answers that can't grow without end.

requests and urllib3 do the protocol.  Here is what they leave open: a header section or a chunk
header of any length, a connection that ends inside the headers and passes for a short answer.
"""

from __future__ import annotations

import io
import socket
import ssl
import warnings
from collections.abc import Callable
from functools import cache
from http.client import HTTPResponse
from typing import Any, Protocol

import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

HEAD = 256 * 1024  # bytes that status line, headers and chunk headers of one answer may have


class TooLong(OSError):
    """An answer is longer than its budget."""


class Owner(Protocol):
    """What the wire asks of its session."""

    budget: int  # bytes that the next answer may have, head and body
    icy: bool  # an old SHOUTcast is understood too

    def connect(self, host: str, port: int) -> socket.socket:
        """A connection to an address that the guard allows."""

    def opened(self, connection: Any) -> None:
        """A connection that the watchdog may cut."""


class Pinned(HTTPAdapter):
    """An adapter whose connections come from the session's `connect`."""

    def __init__(self, owner: Owner) -> None:
        self._owner = owner
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Give urllib3 our own connections in place of its."""
        own = {"_new_conn": _connector(self._owner), "response_class": _responder(self._owner)}
        plain = type("Plain", (HTTPConnection,), own)
        secure = type("Secure", (HTTPSConnection,), own)
        super().init_poolmanager(
            *args, ssl_context=permissive_context(), assert_hostname=False, **kwargs
        )
        self.poolmanager.pool_classes_by_scheme = {
            "http": type("PlainPool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
            "https": type("SecurePool", (_Unwarned,), {"ConnectionCls": secure}),
        }


class _Unwarned(HTTPSConnectionPool):
    """A pool that does not warn of certificates: they are the tls checks' business."""

    def _validate_conn(self, conn: Any) -> None:
        if conn.is_closed:
            conn.connect()


@cache
def permissive_context() -> ssl.SSLContext:
    """TLS that talks to old and badly set-up servers too: we look at them, we trust none."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.options |= getattr(ssl, "OP_LEGACY_SERVER_CONNECT", 0x4)
    return context


def _connector(owner: Owner) -> Callable[[HTTPConnection], socket.socket]:
    def new_conn(connection: HTTPConnection) -> socket.socket:
        owner.opened(connection)
        try:
            return owner.connect(connection.host, connection.port or 80)
        except TimeoutError as error:
            raise urllib3.exceptions.ConnectTimeoutError(connection, "timed out") from error
        except OSError as error:
            raise urllib3.exceptions.NewConnectionError(connection, str(error)) from error

    return new_conn


def _responder(owner: Owner) -> Callable[..., HTTPResponse]:
    def respond(_: Any, sock: socket.socket, *args: Any, **kwargs: Any) -> HTTPResponse:
        return _Frugal(sock, *args, budget=owner.budget, icy=owner.icy, **kwargs)

    return respond


class _Metered(io.RawIOBase):
    """A stream that ends with an error after so many bytes."""

    def __init__(self, inner: io.RawIOBase, budget: int) -> None:
        self._inner = inner
        self._left = budget
        self.ended = False

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: Any) -> int | None:
        """Read on; raises `TooLong` when the budget is used up."""
        if self._left <= 0:
            raise TooLong("the answer is longer than allowed")
        got = self._inner.readinto(buffer)
        self._left -= got or 0
        self.ended = self.ended or got == 0
        return got

    def close(self) -> None:
        """Close what is below."""
        self._inner.close()
        super().close()


class _Renamed(io.RawIOBase):
    """A stream after other words for its beginning."""

    def __init__(self, words: bytes, rest: io.BufferedReader) -> None:
        self._words = words
        self._rest = rest

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: Any) -> int | None:
        """The words, then the rest."""
        part, self._words = self._words[: len(buffer)], self._words[len(buffer) :]
        part = part or self._rest.read1(len(buffer))
        buffer[: len(part)] = part
        return len(part)

    def close(self) -> None:
        """Close what is below."""
        self._rest.close()
        super().close()


class _Frugal(HTTPResponse):
    """An answer of bounded size, whose header section came whole."""

    def __init__(
        self, sock: socket.socket, *args: Any, budget: int, icy: bool, **kwargs: Any
    ) -> None:
        super().__init__(sock, *args, **kwargs)
        self._icy = icy
        self._meter = _Metered(self.fp.detach(), budget)
        self.fp = io.BufferedReader(self._meter)

    def begin(self) -> None:
        """Read the head.  Raises `ConnectionResetError` when the connection ends inside it."""
        if self._icy and self.fp.peek(4).startswith(b"ICY "):  # SHOUTcast's word for HTTP/1.0
            self.fp.read(4)
            self.fp = io.BufferedReader(_Renamed(b"HTTP/1.0 ", self.fp))
        super().begin()
        if self._meter.ended:
            raise ConnectionResetError("the connection ended inside the headers")
