"""Requests to one site, counted, and walks along its own redirects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from facts.base import Undecided, Unknown
from facts.http import Answer
from facts.site import Hop
from facts.urls import onward, same_site, split
from scanner.probes.http_session import BODY, Session, reason

MOST_REQUESTS = 15
MOST_HOPS = 5
PAGE = 2 << 20  # bytes read of a page: front pages of newspapers are long


@dataclass(frozen=True)
class Walk:
    """A start, its redirects, and the answer at the end, or why there is none."""

    hops: tuple[Hop, ...]
    end: Answer | Unknown
    answers: tuple[Answer, ...] = ()


@dataclass
class Walker:
    """The session, the site's answers so far, and how many requests are left."""

    session: Session
    answers: list[Answer] = field(default_factory=list)
    left: int = MOST_REQUESTS

    def attempt(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        most: int = BODY,
    ) -> Answer | Exception:
        """One request, if one is left: the answer, or why there is none."""
        if self.left <= 0:
            return Undecided("The requests meant for one site are used up")
        self.left -= 1
        return self.session.attempt(url, method=method, headers=headers, most=most)

    def walk(self, url: str, most: int = MOST_HOPS) -> Walk:
        """Ask, and follow at most `most` redirects inside the site."""
        start, hops, answers = url, list[Hop](), list[Answer]()
        while True:
            got = self.attempt(url, most=PAGE)
            if isinstance(got, Exception):
                return Walk(tuple(hops), Unknown(*reason(got)), tuple(answers))
            onto = onward(got)
            hops.append(Hop(url, got.status, onto))
            answers.append(got)
            self.answers.append(got)
            if not onto or not split(onto) or not same_site(onto, start):
                return Walk(tuple(hops), got, tuple(answers))
            if len(hops) > most:
                again = any(hop.url == onto for hop in hops)
                why = "The site redirects in a circle" if again else "The site redirects too often"
                return Walk(tuple(hops), Unknown(why, onto), tuple(answers))
            url = onto


def without_body(answer: Answer) -> Answer:
    """The answer's head, as it is kept with the facts."""
    return replace(answer, body="", truncated=answer.truncated or bool(answer.body))
