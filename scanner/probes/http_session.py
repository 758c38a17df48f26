"""A polite, bounded, pinned HTTP client for one site: requests, on the guard's connections.

The address that was checked is the one that is used, redirects are never followed by themselves,
no proxy is taken from the environment, and no answer costs unbounded time or memory.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import time
import warnings
from collections.abc import Mapping
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from facts.base import Unknown
from facts.declared import Target
from facts.http import Answer
from scanner.reach import Reach
from scanner.scope import OutOfScope

BODY = 512 * 1024  # bytes kept of one answer
SECONDS = 15.0  # for one whole answer
WAIT = 8.0  # for one read


class Session:
    """Asks one site on one address.  Use as a context manager."""

    def __init__(self, target: Target, reach: Reach) -> None:
        self._reach = reach
        self._pins = {target.name.lower(): target.address}
        self._open: list[Any] = []
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.verify = False  # the certificate is the tls checks' business
        self._session.headers.clear()
        self._session.headers.update(
            {"User-Agent": reach.agent, "Accept": "*/*", "Accept-Encoding": "identity"}
        )
        adapter = _Pinned(self)
        self._session.mount("http://", adapter)
        self._session.mount("https://", adapter)

    def __enter__(self) -> Session:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._session.close()

    def ask(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        data: bytes | None = None,
        most: int = BODY,
    ) -> Answer:
        """One request, one answer; a redirect is an answer like any other.

        Raises `OutOfScope`, `facts.base.Undecided` (time is up) and `requests.RequestException`.
        """
        ends = time.monotonic() + self._reach.remaining(SECONDS)
        with self._reach.limit(SECONDS, self._cut), warnings.catch_warnings():
            warnings.simplefilter("ignore", urllib3.exceptions.InsecureRequestWarning)
            with self._session.request(
                method,
                url,
                headers=dict(headers or {}),
                data=data,
                timeout=(WAIT, WAIT),
                allow_redirects=False,
                stream=True,
            ) as response:
                raw, cut = _read(response, most, ends)
                pairs = tuple((str(k), str(v)) for k, v in response.raw.headers.items())
        charset = response.encoding or "utf-8"
        try:
            text = raw.decode(charset, "replace")
        except LookupError:
            text = raw.decode("utf-8", "replace")
        return Answer(url, response.status_code, pairs, text, cut, method)

    def try_ask(self, url: str, **how: Any) -> Answer | Unknown:
        """Like `ask`; what the network or the guard refuses becomes `Unknown`, after one retry."""
        for last in (False, True):
            try:
                return self.ask(url, **how)
            except OutOfScope as refused:
                return Unknown(refused.why, refused.detail)
            except requests.RequestException as error:
                if last:
                    return Unknown(*reason(error))
                self._reach.stop.wait(0.5)
        raise AssertionError("unreachable")

    @property
    def stopped(self) -> bool:
        """Is the whole run being stopped?"""
        return self._reach.stop.is_set()

    def connect(self, host: str, port: int, timeout: float) -> socket.socket:
        """For the adapter: a connection to the address that the guard allows for this name.

        Raises `OutOfScope` for a name without an authorised address, and `OSError`.
        """
        key = host.strip("[]").lower()
        if key not in self._pins:
            addresses = self._reach.scope.resolve(key).addresses
            if not addresses:
                raise OutOfScope("The name leads outside the authorised networks", key)
            self._pins[key] = addresses[0]
        return self._reach.connect(self._pins[key], port, name=key, timeout=timeout)

    def opened(self, connection: Any) -> None:
        """For the adapter: remember a connection, so that the watchdog can cut it."""
        self._open = [c for c in self._open if c.sock is not None]
        self._open.append(connection)

    def _cut(self) -> None:
        for connection in self._open:
            sock = connection.sock
            if sock is not None:
                with contextlib.suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)


def reason(error: Exception) -> tuple[str, str]:
    """A network error as a literal sentence and a detail."""
    text = str(error)
    if isinstance(error, requests.Timeout) or "timed out" in text:
        return "No answer in time", f"{WAIT:.0f} s"
    if "refused" in text.lower():
        return "The connection was refused", ""
    if "reset" in text.lower() or "aborted" in text.lower() or "EOF" in text:
        return "The connection was broken off", ""
    if isinstance(error, requests.exceptions.SSLError):
        return "The TLS handshake failed", type(error.args[0]).__name__ if error.args else ""
    return "The answer was not HTTP, or the connection failed", type(error).__name__


def _read(response: requests.Response, most: int, ends: float) -> tuple[bytes, bool]:
    """The body's first `most` bytes, and whether there was more; cut at `ends` (monotonic)."""
    parts: list[bytes] = []
    size = 0
    try:
        for part in response.iter_content(16384):
            parts.append(part)
            size += len(part)
            if size > most or time.monotonic() > ends:
                break
        else:
            return b"".join(parts), False
    except requests.RequestException:
        if not parts:
            raise
    return b"".join(parts)[:most], True


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


class _Pinned(HTTPAdapter):
    """An adapter whose connections come from the session's `connect`."""

    def __init__(self, session: Session) -> None:
        self._owner = session
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        owner = self._owner

        def new_conn(connection: HTTPConnection) -> socket.socket:
            owner.opened(connection)
            try:
                return owner.connect(connection.host, connection.port or 80, WAIT)
            except TimeoutError as error:
                raise urllib3.exceptions.ConnectTimeoutError(connection, "timed out") from error
            except OSError as error:
                raise urllib3.exceptions.NewConnectionError(connection, str(error)) from error

        plain = type("Plain", (HTTPConnection,), {"_new_conn": new_conn})
        secure = type("Secure", (HTTPSConnection,), {"_new_conn": new_conn})
        super().init_poolmanager(
            *args, ssl_context=permissive_context(), assert_hostname=False, **kwargs
        )
        self.poolmanager.pool_classes_by_scheme = {
            "http": type("PlainPool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
            "https": type("SecurePool", (HTTPSConnectionPool,), {"ConnectionCls": secure}),
        }


def same_site(one: str, other: str) -> bool:
    """Do two URLs name the same host, `www.` aside?"""
    a, b = (urlsplit(url).hostname or "" for url in (one, other))
    return a.removeprefix("www.") == b.removeprefix("www.")
