"""Is the same offered over plain HTTP too?  No secret is ever sent there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import requests

from facts.base import Unknown
from facts.http import Answer
from facts.stream_wire import Tried
from facts.urls import onward, plain_urls, port, secure
from scanner.probes.http_session import Session, reason
from scanner.probes.stream_walk import FIRST

HOPS = 3
CLOSED = ("The connection was refused", "There is no way to the address")
NO_HTTP = (
    "The connection was broken off",
    "The answer was not HTTP, or the connection failed",
)
ALIKE = "The same address answers a stranger in the same way without TLS"
ERROR = "The server answers with an error"


def twin(
    session: Session, url: str, answer: Answer, same: Callable[[Answer], bool], **how: Any
) -> Tried:
    """Ask each place where plain HTTP may answer for `url`, which has just said `answer`.

    `same` tells the stream from another thing that lives there.
    """
    if not secure(url):
        return None
    tried = [_plain(session, one, port(url), answer, same, how) for one in plain_urls(url)]
    unknown = [one for one in tried if isinstance(one, Unknown)]
    if True in tried:
        return True
    return unknown[0] if unknown else False


def _plain(
    session: Session,
    url: str,
    own: int,
    answer: Answer,
    same: Callable[[Answer], bool],
    how: dict[str, Any],
) -> bool | Unknown:
    for _ in range(HOPS):
        got = session.attempt(url, **{"most": FIRST, **how})
        if isinstance(got, Exception):
            return _silence(got, port(url) == own)
        if same(got):
            return True
        url = onward(got)
        if not url:
            return _refusal(got, answer)
        if secure(url):
            return False
    return False


def _refusal(got: Answer, answer: Answer) -> bool | Unknown:
    """No stream came.  Nor did it over TLS, when both say the same: who has a token may know."""
    if got.status >= 500:
        return Unknown(ERROR, str(got.status))
    return Unknown(ALIKE, str(got.status)) if got.status == answer.status else False


def _silence(error: Exception, own: bool) -> bool | Unknown:
    """No answer, from an address that has just answered over TLS: is nothing offered there?

    A port that drops every packet, twice, is a closed one.
    """
    why, detail = reason(error)
    if why in CLOSED or (own and why in NO_HTTP) or isinstance(error, requests.ConnectTimeout):
        return False
    return Unknown(why, detail)
