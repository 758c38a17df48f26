"""The way to a site's start page: its own redirects are followed, a stranger's are not."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from facts.base import Absent, Undecided, Unknown
from facts.http import Answer
from facts.urls import onward, same_site, split
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
        onto = onward(answer)
        if not split(onto) or not same_site(onto, url) or len(hops) == MOST_HOPS:
            return Front(answer, tuple(hops))
        hops.append(answer)
        url = onto
