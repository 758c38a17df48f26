"""The addresses that hand out keys and licences: whom do they serve?

A key is asked for as a stranger asks: without cookies and passwords, and without the tokens that a
viewer's playlist puts into its address; what a stranger's own playlist names is asked for as it
stands there.  No key is kept.  A licence server is only asked which pages may
ask it (the question that a browser puts first).
"""

from __future__ import annotations

from urllib.parse import urlsplit

from facts.base import Unknown
from facts.http import Answer
from facts.stream_urls import anonymous, shown
from facts.stream_web import Door
from facts.stream_wire import Tried
from facts.urls import split
from scanner.probes.http_session import Session
from scanner.probes.stream_walk import NOT_LET_IN, REFUSED, Walk

KEYS = 3  # the newest: those of one stream are handed out alike
LICENCES = 3
KEY = 16  # bytes
MOST = 4096
ORIGIN = "https://press-scan.example"

NO_KEY = "No key is where the playlist names one"
NOT_SEEN = "The key was refused, so what other sites may read is not seen"


def doors(found: Walk, stranger: Session, visitor: Session) -> tuple[Door, ...]:
    """Each address that the playlists name; `visitor` is who was given the playlists."""
    keys = [_key(url, stranger, visitor) for url in found.named("keys")[-KEYS:]]
    licences = [_licence(url, visitor) for url in found.named("licences")[:LICENCES] if split(url)]
    return (*keys, *licences)


def _key(url: str, stranger: Session, visitor: Session) -> Door:
    if split(url) is None:  # data: the key is in the playlist itself
        here = urlsplit(url).scheme == "data" and stranger is visitor
        return Door(_brief(url), "key", here or Unknown(NO_KEY), any_origin=False)
    same = stranger is visitor
    answer = stranger.try_ask(url if same else anonymous(url), most=MOST)
    whole = answer if same else visitor.try_ask(url, most=MOST)
    crossed = visitor.try_ask(url, most=MOST, headers={"Origin": ORIGIN})
    status = answer.status if isinstance(answer, Answer) else 0
    return Door(_brief(url), "key", _given(answer), _any_origin(whole, crossed), status)


def _given(answer: Answer | Unknown) -> Tried:
    """Does a stranger get the key?  Only a plain refusal says no: what was left out of the address
    as a token may have been what chooses the key."""
    if isinstance(answer, Unknown):
        return answer
    if _is_key(answer):
        return True
    if answer.status in REFUSED:
        return False
    return Unknown(NO_KEY, str(answer.status))


def _is_key(answer: Answer) -> bool:
    return answer.status == 200 and answer.size == KEY and not answer.truncated


def _any_origin(whole: Answer | Unknown, crossed: Answer | Unknown) -> bool | Unknown:
    if isinstance(crossed, Unknown):
        return crossed
    if allows(crossed):
        return True
    if crossed.status < 300 or (isinstance(whole, Answer) and _is_key(whole)):
        return False  # who asks from elsewhere gets nothing that a page could read
    return Unknown(NOT_SEEN if crossed.status in REFUSED else NO_KEY, str(crossed.status))


def allows(answer: Answer) -> bool:
    """May the pages of a strange site read this?"""
    said = answer.header("Access-Control-Allow-Origin").strip()
    return said == "*" or said.lower() == ORIGIN


def _licence(url: str, visitor: Session) -> Door:
    asks = {"Origin": ORIGIN, "Access-Control-Request-Method": "POST"}
    answer = visitor.try_ask(url, method="OPTIONS", headers=asks, most=MOST)
    if isinstance(answer, Unknown):
        return Door(_brief(url), "licence", None, answer)
    open_ = allows(answer)
    if not open_ and answer.status in REFUSED:
        return Door(_brief(url), "licence", None, Unknown(NOT_LET_IN), answer.status)
    return Door(_brief(url), "licence", None, open_, answer.status)


def _brief(url: str) -> str:
    return shown(url)[:300] if split(url) else urlsplit(url).scheme[:20]
