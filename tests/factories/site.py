"""A site that does everything right."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from facts.http import Answer
from facts.site import (
    Cookie,
    CorsTrial,
    Form,
    Hop,
    Page,
    PlainOutcome,
    PlainTrial,
    Resource,
    SiteFacts,
)
from tests.factories import GOOD

URL = "https://www.example.vn/"
PLAIN = "http://www.example.vn/"
LOGIN = "https://www.example.vn/dang-nhap"
HEADERS = {
    "Server": "nginx",
    "Content-Type": "text/html; charset=utf-8",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'self'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Sucuri-ID": "14002",
}
SESSION = Cookie("PHPSESSID", URL, secure=True, http_only=True, same_site="lax")
SCRIPT = Resource("https://cdn.example.net/a.js", "script", f"sha384-{'A' * 64}", True, True)


def answer(
    status: int = 200,
    url: str = URL,
    lines: tuple[tuple[str, str], ...] = (),
    **headers: str | None,
) -> Answer:
    """The good front page's answer: `X_Frame_Options="DENY"` sets a header, None removes it."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    both = {**HEADERS, **named}
    pairs = tuple((name, value) for name, value in both.items() if value is not None)
    return Answer(url, status, pairs + lines, truncated=True)


def page(url: str = URL, **changes: object) -> Page:
    """The good front page's markup, changed."""
    return replace(Page(url, 200, "Báo", resources=(SCRIPT,)), **changes)


def plain(
    status: int = 301, location: str = URL, outcome: PlainOutcome = PlainOutcome.ANSWERED
) -> PlainTrial:
    """What plain HTTP answers."""
    return PlainTrial(outcome, (Hop(PLAIN, status, location),))


GOOD[SiteFacts] = SiteFacts(
    observed_at=datetime(2026, 11, 23, 8, 0, tzinfo=UTC),
    url=URL,
    hops=(Hop(URL, 200),),
    front=answer(),
    secure=answer(),
    answers=(answer(),),
    plain={PLAIN: plain()},
    pages={
        URL: page(),
        LOGIN: page(LOGIN, forms=(Form("post", (LOGIN,), password=True),)),
    },
    cookies=(SESSION,),
    cors={kind: CorsTrial(kind) for kind in ("foreign", "null", "look-alike")},
    trace=False,
    allow=("GET", "HEAD"),
)


def site(**changes: object) -> SiteFacts:
    """The good site, changed."""
    return replace(GOOD[SiteFacts], **changes)


def fronted(front: Answer, **changes: object) -> SiteFacts:
    """The good site with another answer of its front page."""
    return site(**{"front": front, "secure": front, "answers": (front,), **changes})
