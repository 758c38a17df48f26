"""A polite, bounded, pinned HTTP client for one site: requests, on the guard's connections.

The address that was checked is the one that is used, the guard is asked before every request,
redirects are never followed by themselves, no proxy is taken from the environment, and no answer
costs unbounded time or memory.  Cookies are kept as a reader's browser keeps them, but an
`Answer` holds their names only.
"""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Self

import requests

from facts.base import Undecided, Unknown
from facts.charset import decode
from facts.declared import Target
from facts.http import Answer
from facts.urls import host, same_site, wire_name
from scanner.probes.http_answer import header_lines, inflate, read_body
from scanner.probes.http_failure import reason
from scanner.probes.http_wire import HEAD, Pinned
from scanner.reach import Reach
from scanner.scope import OutOfScope

BODY = 512 * 1024  # bytes kept of one answer
SECONDS = 15.0  # for one whole answer
WAIT = 8.0  # for one connection, one handshake, one read
AGAIN = 0.5  # seconds before a request is tried once more

_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,*/*;q=0.8",
    "Accept-Language": "vi,en;q=0.5",
    "Accept-Encoding": "identity",
}


class Session:
    """Asks one site on one address.  Use as a context manager."""

    def __init__(
        self, target: Target, reach: Reach, shown: Callable[[str], str] = str, *, icy: bool = False
    ) -> None:
        """`shown` takes secrets out of the URLs that are written down; `icy`: see the wire."""
        self._reach = reach
        self._shown = shown
        self.icy = icy
        self._pins = {wire_name(target.name): target.address}
        self._open: list[Any] = []
        self._late = False
        self.budget = BODY + HEAD  # for the wire: bytes of the answer that is under way
        self._session = _Direct()
        self._session.trust_env = False
        self._session.verify = False  # the certificate is the tls checks' business
        self._session.headers.clear()
        self._session.headers.update({"User-Agent": reach.agent, **_HEADERS})
        adapter = Pinned(self)
        self._session.mount("http://", adapter)
        self._session.mount("https://", adapter)

    def __enter__(self) -> Self:
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

        `most` is how many bytes of the body are kept; with 0 none is waited for.

        Raises `OutOfScope`, `facts.base.Undecided` (time is up) and `requests.RequestException`.
        """
        name = host(url)
        if not name:
            raise requests.exceptions.InvalidURL(url[:200])
        self._reach.clear(self._pin(name), name, f"{method} {self._shown(url)[:300]}")
        self.budget, self._late = most + HEAD, False
        ends = time.monotonic() + self._reach.remaining(SECONDS)
        with self._reach.limit(SECONDS, self._cut):
            return self._exchange(method, url, dict(headers or {}), data, most, ends)

    def attempt(self, url: str, **how: Any) -> Answer | Exception:
        """Like `ask`; what the network or the guard refuses is returned, after one retry.

        Raises `Undecided` only when the whole run is stopped.
        """
        for last in (False, True):
            try:
                return self.ask(url, **how)
            except (OutOfScope, requests.exceptions.InvalidURL) as refused:
                return refused
            except Undecided as spent:
                if self.stopped:
                    raise
                return spent
            except requests.RequestException as error:
                if last:
                    return error
                self._reach.stop.wait(AGAIN)
        raise AssertionError("unreachable")

    def try_ask(self, url: str, **how: Any) -> Answer | Unknown:
        """Like `attempt`, with the reason of a failure as an `Unknown`."""
        got = self.attempt(url, **how)
        return got if isinstance(got, Answer) else Unknown(*reason(got))

    @property
    def stopped(self) -> bool:
        """Is the whole run being stopped?"""
        return self._reach.stop.is_set()

    def connect(self, host: str, port: int) -> socket.socket:
        """For the wire: a connection to the address that the guard allows for this name.

        Raises `OutOfScope` for a name without an authorised address, and `OSError`.
        """
        name = wire_name(host)
        return self._reach.connect(self._pin(name), port, name=name, timeout=WAIT)

    def opened(self, connection: Any) -> None:
        """For the wire: remember a connection, so that the watchdog can cut it."""
        self._open = [c for c in self._open if c.sock is not None]
        self._open.append(connection)

    def _exchange(
        self,
        method: str,
        url: str,
        headers: dict[str, str],
        data: bytes | None,
        most: int,
        ends: float,
    ) -> Answer:
        try:
            with self._session.request(
                method,
                url,
                headers=headers,
                data=data,
                timeout=(WAIT, WAIT),
                allow_redirects=False,
                stream=True,
            ) as response:
                if self._late:  # what was cut in the head is no answer
                    raise requests.ReadTimeout
                raw, cut = read_body(response.raw, most, ends) if most else (b"", True)
                pairs = tuple(header_lines(response.raw.headers))
        except requests.RequestException as error:
            if self._late and not isinstance(error, requests.Timeout):
                raise requests.ReadTimeout from error
            raise
        raw, lost = inflate(raw, response.headers.get("Content-Encoding", ""), most)
        text = decode(raw, response.headers.get("Content-Type", ""))
        cut = cut or lost or self._late
        return Answer(url, response.status_code, pairs, text, cut, method, len(raw))

    def _pin(self, name: str) -> str:
        """The address to use for a name: looked up once, checked, and used from then on."""
        if name not in self._pins:
            addresses = self._resolve(name)
            if not addresses:
                raise OutOfScope("The name leads outside the authorised networks", name)
            self._pins[name] = addresses[0]
        return self._pins[name]

    def _resolve(self, name: str) -> tuple[str, ...]:
        try:
            return self._reach.resolve(name, timeout=SECONDS).addresses
        except TimeoutError:
            raise requests.ConnectTimeout from None
        except OSError as error:
            raise requests.ConnectionError(socket.gaierror(str(error))) from error

    def _cut(self) -> None:
        self._late = True
        for connection in self._open:
            sock = connection.sock
            if sock is not None:
                with contextlib.suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)


class _Direct(requests.Session):
    """A session that leaves redirects alone: requests would read their bodies without a limit."""

    def get_redirect_target(self, resp: requests.Response) -> None:  # noqa: ARG002  # its shape
        """None: there is never a next request."""
        return


__all__ = ["BODY", "SECONDS", "WAIT", "Session", "reason", "same_site"]
