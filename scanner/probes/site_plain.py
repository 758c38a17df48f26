"""What plain HTTP does for a site.

Which plain HTTP belongs to an HTTPS site?
- `https://name/`: `http://name/` on port 80.
- `https://name:8443/`: plain HTTP on 8443 itself.  A TLS port that answers 400 ("plain HTTP request
  sent to HTTPS port"), hangs up, or sends a TLS alert serves no HTTP.  Port 80 of the address too,
  but there another site may live: it counts only when it shows the same page, leads to HTTPS of
  this name, or leads to this site's plain port.
- `http://name/`: itself.

A port that refuses has no plain HTTP.  Neither has one that drops every packet, twice, while HTTPS
on the same address answers.  A port that accepts and stays silent is not known.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import requests

from facts.base import Unknown
from facts.html import read_page
from facts.http import Answer
from facts.site import Hop, Page, PlainOutcome, PlainTrial
from facts.urls import onward, plain_urls, port, same_site, secure
from scanner.probes.http_session import reason
from scanner.probes.site_walk import PAGE, Walk, Walker

CLOSED = ("The connection was refused", "There is no way to the address")

_NO_HTTP = (
    "The connection was broken off",
    "The answer was not HTTP, or the connection failed",
)
_MOST_HOPS = 3


@dataclass(frozen=True)
class Plain:
    """The trials by URL, and the pages that plain HTTP shows."""

    trials: dict[str, PlainTrial | Unknown]
    pages: dict[str, Page | Unknown]

    def heard(self) -> bool:
        """Did the site answer over plain HTTP?"""
        return any(
            isinstance(trial, PlainTrial)
            and trial.outcome is PlainOutcome.ANSWERED
            and trial.counts
            for trial in self.trials.values()
        )


def try_plain(walker: Walker, url: str, walk: Walk, front: Page | None) -> Plain:
    """Ask each place where plain HTTP may answer for the site at `url`.

    `walk` and `front` are what the site itself said.
    """
    plain = Plain({}, {})
    for place in plain_urls(url):
        if place == url:
            plain.trials[place] = (
                PlainTrial(PlainOutcome.ANSWERED, walk.hops) if walk.hops else _unanswered(walk)
            )
            continue
        got = walker.attempt(place, most=PAGE)
        if isinstance(got, Exception):
            plain.trials[place] = _silence(got, port(place) == port(url), walk)
            continue
        trial = plain.trials[place] = _answered(walker, url, got, walk, front)
        if trial.counts and trial.outcome is PlainOutcome.ANSWERED:
            walker.answers.append(got)
            if got.status < 300:
                plain.pages[place] = replace(read_page(got), links=())
    return plain


def _unanswered(walk: Walk) -> Unknown:
    return walk.end if isinstance(walk.end, Unknown) else Unknown("This was not tried")


def _silence(error: Exception, own_port: bool, walk: Walk) -> PlainTrial | Unknown:
    """No HTTP answer came: is there no plain HTTP, or is it not known?"""
    why, detail = reason(error)
    if why in CLOSED:
        return PlainTrial(PlainOutcome.REFUSED)
    if own_port and why in _NO_HTTP:
        return PlainTrial(PlainOutcome.TLS_ONLY)
    if isinstance(error, requests.ConnectTimeout) and walk.hops:
        return PlainTrial(PlainOutcome.FILTERED)
    return Unknown(why, detail)


def _answered(walker: Walker, url: str, got: Answer, walk: Walk, front: Page | None) -> PlainTrial:
    """An HTTP answer on plain HTTP: whose, and where does it lead?"""
    own_port = port(got.url) == port(url)
    hops = [Hop(got.url, got.status, onward(got))]
    if own_port and got.status == 400:
        return PlainTrial(PlainOutcome.TLS_ONLY, tuple(hops))
    while hops[-1].location and len(hops) < _MOST_HOPS:  # only while it stays plain: evidence
        onto = hops[-1].location
        if secure(onto) or not same_site(onto, url):
            break
        more = walker.attempt(onto)
        if isinstance(more, Exception):
            break
        hops.append(Hop(onto, more.status, onward(more)))
    beside = port(url) != 443 and not own_port
    counts = not beside or _same(url, got, walk, front)
    return PlainTrial(PlainOutcome.ANSWERED, tuple(hops), counts)


def _same(url: str, got: Answer, walk: Walk, front: Page | None) -> bool:
    """Is what answers on port 80 this site, and not another one on the same address?"""
    onto = onward(got)
    if onto:
        return same_site(onto, url) and (secure(onto) or port(onto) == port(url))
    if got.status >= 300 or front is None or not isinstance(walk.end, Answer):
        return False
    title = read_page(got).title
    return got.body == walk.end.body or (title != "" and title == front.title)
