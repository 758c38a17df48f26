"""Why a request brought nothing, in our words: requests and urllib3 wrap it many times over."""

from __future__ import annotations

import errno
import http.client
import socket
import ssl
from collections.abc import Iterator
from typing import Any

import requests
import urllib3

from facts.base import Undecided
from scanner.probes.http_wire import TooLong
from scanner.scope import OutOfScope

_REASONS: tuple[tuple[Any, str], ...] = (
    (requests.exceptions.InvalidURL, "The address is no web address"),
    (socket.gaierror, "The name does not resolve"),
    (ConnectionRefusedError, "The connection was refused"),
    ((ssl.SSLZeroReturnError, ssl.SSLEOFError), "The connection was broken off"),
    # before the time-outs: urllib3 calls a connection that is reset while it is made one of them
    ((ConnectionResetError, ConnectionAbortedError), "The connection was broken off"),
    (
        (requests.Timeout, TimeoutError, urllib3.exceptions.TimeoutError),
        "No answer in time",
    ),
    ((ssl.SSLError, requests.exceptions.SSLError), "The TLS handshake failed"),
    ((ConnectionError, http.client.IncompleteRead), "The connection was broken off"),
    ((TooLong, http.client.LineTooLong), "The answer's headers have no end"),
)
_NO_WAY = {errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN, errno.ENETDOWN}


def reason(error: Exception) -> tuple[str, str]:
    """Why a request brought nothing, as a literal sentence and a detail."""
    if isinstance(error, OutOfScope | Undecided):
        return error.why, error.detail
    causes = list(_causes(error))
    for kinds, why in _REASONS:
        for cause in causes:
            if isinstance(cause, kinds):
                return why, str(getattr(cause, "reason", "") or "") if _is_tls(cause) else ""
    for cause in causes:
        if isinstance(cause, OSError) and cause.errno in _NO_WAY:
            return "There is no way to the address", ""
        if type(cause) is http.client.HTTPException:  # "got more than 100 headers"
            return "The answer's headers have no end", ""
    return "The answer was not HTTP, or the connection failed", type(error).__name__


def _is_tls(cause: BaseException) -> bool:
    return isinstance(cause, ssl.SSLError)


def _causes(error: BaseException, seen: set[int] | None = None) -> Iterator[BaseException]:
    """The error and what it wraps: it hides in several places."""
    seen = set() if seen is None else seen
    if id(error) in seen or len(seen) > 50:
        return
    seen.add(id(error))
    yield error
    for one in (getattr(error, "reason", None), error.__cause__, error.__context__, *error.args):
        if isinstance(one, BaseException):
            yield from _causes(one, seen)
