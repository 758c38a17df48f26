"""WebRTC by HTTP: the places of WHIP (to publish to, RFC 9725) and WHEP (to play from).

They are only asked what they are for (OPTIONS).  An offer goes to WHIP alone, and only where
publishing may be tried.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from facts.base import Absent, Undecided, Unknown
from facts.declared import Target
from facts.http import Answer
from facts.stream_urls import anonymous
from facts.stream_web import Carried, WebFacts
from facts.stream_wire import NOT_ALLOWED, Tried
from facts.urls import secure
from scanner.probes import stream_publish
from scanner.probes.http_session import Session
from scanner.probes.stream_twin import twin
from scanner.probes.stream_walk import REFUSED

MOST = 4096
NO_LIVE = Unknown("Whether a WebRTC stream is on the air is not asked")
NO_PLAY = Unknown("Whether a stranger may play a WebRTC stream is not asked")


def place_of(url: str) -> Carried | None:
    """WHIP or WHEP, by a step of the path."""
    steps = {step.lower() for step in urlsplit(url).path.split("/")}
    return next((one for one in (Carried.WHIP, Carried.WHEP) if one.value in steps), None)


def gather(target: Target, stranger: Session, place: Carried) -> WebFacts:
    """Ask what the place is for, and where it is allowed try to publish.

    Raises `Absent`, `Undecided`.
    """
    bare = anonymous(target.url)
    answer = stranger.try_ask(bare, method="OPTIONS", most=MOST)
    if isinstance(answer, Unknown):
        refused = answer.unknown == "The connection was refused"
        raise (Absent if refused else Undecided)(answer.unknown, answer.detail)
    return WebFacts(
        answer.status,
        answer.header("Server")[:200],
        secure=secure(bare),
        twin=twin(stranger, bare, answer, _serves, method="OPTIONS"),
        played=_played(place, answer),
        published=_published(target, stranger, place),
        carried=place,
        read=True,
        moves=NO_LIVE,
    )


def _played(place: Carried, answer: Answer) -> Tried:
    if place is Carried.WHIP:
        return None
    return False if answer.status in REFUSED else NO_PLAY


def _published(target: Target, stranger: Session, place: Carried) -> Tried:
    if place is Carried.WHEP:
        return None
    if "publish" not in target.active:
        return NOT_ALLOWED
    return stream_publish.whip(stranger, target.url)


def _serves(answer: Answer) -> bool:
    """Does it take the question as a place for WebRTC does, and not as a mere web server?"""
    offers = answer.header("Accept-Post") + answer.header("Access-Control-Allow-Methods")
    return answer.status in (200, 204) and ("sdp" in offers or "POST" in offers)
