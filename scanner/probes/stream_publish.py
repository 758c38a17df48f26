"""May a stranger publish?  Tried only where the paper and the run both allow it, on a name that
nobody has.  No media is sent, no password is tried.

Icecast takes a source by PUT (since 2.4) or SOURCE; an empty one is over at once.  WHIP
(RFC 9725) takes an offer by POST; nothing follows it, and what it made is deleted at once.
"""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from uuid import uuid4

from facts.base import Unknown
from facts.http import Answer
from facts.stream_urls import anonymous
from facts.urls import absolute, origin
from scanner.probes.http_session import Session
from scanner.probes.stream_line import chance

NO_PLACE = Unknown("The address does not show where a stream's name stands")
NOT_SAID = "The server did not say whether a stranger may publish"
MOST = 4096
NOT_NOW = (408, 425, 429)
NO_METHOD = (400, 405, 501)

_OFFER = """v=0
o=- 1 1 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0
m=audio 9 UDP/TLS/RTP/SAVPF 111
c=IN IP4 0.0.0.0
a=mid:0
a=sendonly
a=rtcp-mux
a=rtpmap:111 opus/48000/2
a=ice-ufrag:{ufrag}
a=ice-pwd:{pwd}
a=fingerprint:sha-256 {print}
a=setup:actpass
"""


def mount(session: Session, url: str, *, icecast: bool) -> bool | Unknown:
    """Icecast: a source without media, on a mount that nobody has.

    Another server may take sources by other ways: only its asking who it is counts as a refusal.
    """
    place = urlunsplit((*urlsplit(anonymous(url))[:2], f"/{chance()}", "", ""))
    said = {"Content-Type": "audio/mpeg", "Ice-Public": "0"}
    # who says yes waits for media then: nothing but the head of the answer is read
    answer = session.try_ask(place, method="PUT", headers=said, most=0)
    if isinstance(answer, Answer) and answer.status in NO_METHOD:
        answer = session.try_ask(place, method="SOURCE", headers=said, most=0)
    if isinstance(answer, Answer) and not icecast and answer.status not in (200, 201, 401, 403):
        return Unknown(NOT_SAID, str(answer.status))
    return _taken(answer, (200, 201))


def whip(session: Session, url: str) -> bool | Unknown:
    """WHIP: an offer under a name that nobody has."""
    place = whip_place(anonymous(url), chance())
    if not place:
        return NO_PLACE
    said = {"Content-Type": "application/sdp", "Accept": "application/sdp"}
    answer = session.try_ask(place, method="POST", headers=said, data=_offer(), most=MOST)
    if isinstance(answer, Answer) and answer.status == 201:
        made = absolute(answer.url, answer.header("Location"))
        if origin(made) == origin(place):
            session.try_ask(made, method="DELETE", most=MOST)
    if isinstance(answer, Answer) and answer.status in (400, 406, 415, 422):
        return Unknown(NOT_SAID, str(answer.status))  # it may read the offer before it asks who
    return _taken(answer, (201,))


def whip_place(url: str, name: str) -> str:
    """The address with another stream's name: `/NAME/whip`, `/whip/NAME`, `/whip?stream=NAME`."""
    parts = urlsplit(url)
    steps = parts.path.split("/")
    at = max((i for i, step in enumerate(steps) if step.lower() == "whip"), default=-1)
    if at < 0:
        return ""
    pairs = parse_qsl(parts.query)
    if any(key == "stream" for key, _ in pairs):
        query = urlencode([(key, name if key == "stream" else value) for key, value in pairs])
        return urlunsplit(parts._replace(query=query))
    if "".join(steps[at + 1 :]):
        steps = [*steps[: at + 1], name]
    elif "".join(steps[:at]):
        steps[at - 1] = name
    else:
        return ""
    return urlunsplit(parts._replace(path="/".join(steps)))


def _taken(answer: Answer | Unknown, yes: tuple[int, ...]) -> bool | Unknown:
    if isinstance(answer, Unknown):
        return answer
    if answer.status in yes:
        return True
    if 400 <= answer.status < 500 and answer.status not in NOT_NOW:
        return False
    return Unknown(NOT_SAID, str(answer.status))


def _offer() -> bytes:
    print_ = ":".join(f"{byte:02X}" for byte in uuid4().bytes + uuid4().bytes)
    offer = _OFFER.format(ufrag=uuid4().hex[:8], pwd=uuid4().hex, print=print_)
    return offer.replace("\n", "\r\n").encode()
