"""Visit a site as a polite reader would: at most 15 requests, nothing changed.

What is asked: the start page and its redirects inside the site; plain HTTP where it could answer
(`site_plain`); the front page again with foreign Origins; TRACE and OPTIONS; up to three pages that
look like a log-in.  PUT and DELETE are never sent, no form is ever sent, no attack is tried.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import requests

from facts.base import Absent, Undecided, Unknown
from facts.cookies import read_cookies
from facts.declared import Target
from facts.html import read_page
from facts.http import Answer
from facts.logins import login_links
from facts.site import CorsTrial, Page, SiteFacts
from facts.urls import host, port, root, secure
from scanner.probes.http_session import Session, reason
from scanner.probes.site_plain import CLOSED, Plain, try_plain
from scanner.probes.site_walk import Walk, Walker, without_body
from scanner.reach import Reach

MOST_LOGINS = 3
KEPT = 256 * 1024  # characters of the front page kept as the raw answer
SMALL = 16 * 1024  # bytes read where the headers matter
STRANGER = "press-scan.example"

_BROKEN = "The connection was broken off"


def gather(target: Target, reach: Reach) -> SiteFacts:
    """Look at one site on one address.

    Raises `Absent` when nothing listens there, `Undecided` when nobody answers HTTP at all.
    """
    observed_at = datetime.now(UTC)
    with Session(target, reach) as session:
        walker = Walker(session)
        walk = walker.walk(target.url)
        front = read_page(walk.end) if isinstance(walk.end, Answer) else None
        plain = try_plain(walker, target.url, walk, front)
        _present(target.url, walk, plain)
        facts = SiteFacts(
            observed_at=observed_at,
            url=target.url,
            hops=walk.hops,
            front=without_body(walk.end) if isinstance(walk.end, Answer) else walk.end,
            secure=_secure(walker, target.url, walk),
            plain=plain.trials,
        )
        pages = plain.pages
        cookies = walk.end if isinstance(walk.end, Unknown) else None
        if isinstance(walk.end, Answer) and front:
            reach.keep("front.http", _raw(walk.end))
            facts = _trials(walker, facts, walk.end)
            pages |= _pages(walker, walk.end, front)
        return replace(
            facts,
            pages=pages,
            answers=tuple(without_body(answer) for answer in walker.answers),
            cookies=read_cookies(walker.answers) if cookies is None else cookies,
        )


def _present(url: str, walk: Walk, plain: Plain) -> None:
    """Raise when there is nobody to talk to."""
    if walk.hops or plain.heard() or not isinstance(walk.end, Unknown):
        return
    if walk.end.unknown in CLOSED:
        raise Absent(walk.end.unknown, url)
    raise Undecided(walk.end.unknown, walk.end.detail or url)


def _secure(walker: Walker, url: str, walk: Walk) -> Answer | Unknown | None:
    """The site's last HTTPS answer; None when it has no HTTPS."""
    for answer in reversed(walk.answers):
        if secure(answer.url):
            return without_body(answer)
    onto = walk.hops[-1].location if walk.hops else ""
    if isinstance(walk.end, Unknown) and (secure(url) or secure(onto)):
        return walk.end
    if port(url) != 80:
        return None
    name = f"[{host(url)}]" if ":" in host(url) else host(url)
    got = walker.attempt(f"https://{name}/")
    if isinstance(got, Answer):
        return without_body(got)
    why, detail = reason(got)
    closed = why in CLOSED or isinstance(got, requests.ConnectTimeout)
    return None if closed else Unknown(why, detail)


def _trials(walker: Walker, facts: SiteFacts, front: Answer) -> SiteFacts:
    """The small trials."""
    return replace(
        facts,
        trace=_trace(walker, front),
        allow=_allow(walker, front),
        cors=_cors(walker, front),
    )


def _pages(walker: Walker, answer: Answer, front: Page) -> dict[str, Page | Unknown]:
    """The front page, and those that it calls a log-in."""
    logins = login_links(front.links, answer.url, MOST_LOGINS)
    pages: dict[str, Page | Unknown] = {answer.url: replace(front, links=logins)}
    for link in logins:
        walk = walker.walk(link.url, most=2)
        if isinstance(walk.end, Unknown):
            pages.setdefault(link.url, walk.end)
        elif walk.end.url not in pages:
            pages[walk.end.url] = replace(read_page(walk.end), links=())
    return pages


def _trace(walker: Walker, front: Answer) -> bool | Unknown:
    """Does the server send a TRACE request back?  One that hangs up refuses it."""
    mark = {"X-Press-Scan": "trace"}
    got = walker.attempt(root(front.url), method="TRACE", headers=mark, most=SMALL)
    if isinstance(got, Answer):
        echoed = "x-press-scan: trace" in got.body.lower()
        named = got.header("Content-Type").lower().startswith("message/http")
        return 200 <= got.status < 300 and (echoed or named)
    why, detail = reason(got)
    return False if why == _BROKEN else Unknown(why, detail)


def _allow(walker: Walker, front: Answer) -> tuple[str, ...] | Unknown:
    """The methods that the site's root offers, by its own word."""
    got = walker.attempt(root(front.url), method="OPTIONS", most=SMALL)
    if isinstance(got, Answer):
        said = f"{got.header('Allow')},{got.header('Public')}"
        words = {word.strip().upper()[:20] for word in said.split(",")}
        return tuple(sorted(words - {""}))[:50]
    why, detail = reason(got)
    return () if why == _BROKEN else Unknown(why, detail)


def _cors(walker: Walker, front: Answer) -> dict[str, CorsTrial | Unknown]:
    """What the front page allows a stranger, a page without an origin, and a look-alike."""
    origins = {
        "foreign": f"https://{STRANGER}",
        "null": "null",
        "look-alike": f"https://{host(front.url)}.{STRANGER}",
    }
    trials: dict[str, CorsTrial | Unknown] = {}
    for kind, origin in origins.items():
        got = walker.attempt(front.url, headers={"Origin": origin}, most=SMALL)
        if isinstance(got, Exception):
            trials[kind] = Unknown(*reason(got))
            continue
        trials[kind] = CorsTrial(
            origin=origin,
            allow_origin=got.header("Access-Control-Allow-Origin").strip()[:300],
            credentials=got.header("Access-Control-Allow-Credentials").strip() == "true",
        )
    return trials


def _raw(answer: Answer) -> bytes:
    head = "".join(f"{name}: {value}\r\n" for name, value in answer.headers)
    return f"HTTP {answer.status} {answer.url}\r\n{head}\r\n{answer.body[:KEPT]}".encode()
