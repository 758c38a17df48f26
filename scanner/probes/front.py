"""The way to a site's start page: its own redirects are followed, a stranger's are not."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit, urlunsplit

from facts.base import Absent, Undecided, Unknown
from facts.http import Answer
from facts.urls import same_site
from scanner.probes.http_session import BODY, Session

MOST_HOPS = 5


@dataclass(frozen=True)
class Front:
    """The start page, and the redirects on the way to it."""

    answer: Answer
    hops: tuple[Answer, ...] = ()

    @property
    def base(self) -> str:
        """Scheme, name and port of the site that answered: `https://www.example.vn`."""
        parts = urlsplit(self.answer.url)
        return urlunsplit((parts.scheme, parts.netloc, "", "", ""))


def start(session: Session, url: str) -> Front:
    """Fetch a site's start page.

    Raises `Absent` when nothing listens there, and `Undecided` when nobody answers properly.
    """
    front = follow(session, url)
    if isinstance(front, Unknown):
        if front.unknown == "The connection was refused":
            raise Absent(front.unknown, front.detail)
        raise Undecided(front.unknown, front.detail)
    return front


def follow(session: Session, url: str, *, most: int = BODY) -> Front | Unknown:
    """An answer, after the site's own redirects; a redirect to another site is the answer."""
    hops: list[Answer] = []
    while True:
        answer = session.try_ask(url, most=most)
        if isinstance(answer, Unknown):
            return answer
        onward = _onward(answer)
        if not onward or not same_site(onward, url) or len(hops) == MOST_HOPS:
            return Front(answer, tuple(hops))
        hops.append(answer)
        url = onward


def _onward(answer: Answer) -> str:
    """Where a redirect leads, http and https only, or ""."""
    where = answer.header("Location")
    if answer.status not in (301, 302, 303, 307, 308) or not where:
        return ""
    try:
        onward = urljoin(answer.url, where).partition("#")[0]
        parts = urlsplit(onward)
        known = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return ""
    return onward if known else ""
