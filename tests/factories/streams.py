"""An ingest over RTMPS where strangers are refused, and a public programme over HTTPS.

The promises are kept on both at once: a check reads the one that it is about.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from facts.base import Unknown
from facts.stream_web import Carried, Door, Source, WebFacts
from facts.stream_wire import WireFacts
from facts.streams import StreamFacts
from tests.factories import GOOD

WIRE = WireFacts(
    software="FMS/3,0,1,123",
    secure=True,
    twin=False,
    played=False,
    published=False,
    says={"publish": "NetStream.Publish.Denied"},
)
WEB = WebFacts(200, "nginx", secure=True, twin=False, played=False, published=False)

HOST = "www.bao.test"
PROGRAMME = replace(
    WEB,
    played=True,
    published=None,
    carried=Carried.HLS,
    sources=tuple(Source(part, "https", HOST, 443) for part in ("playlist", "segment", "key")),
    read=True,
    doors=(Door(f"https://{HOST}/key", "key", given=False, any_origin=False, status=403),),
    moves=True,
    target=6.0,
    waited=3.0,
)

NO_LOGIN = Unknown("No log-in is declared")

GOOD[StreamFacts] = StreamFacts(
    datetime(2026, 11, 23, 3, 0, tzinfo=UTC),
    "rtmps",
    wire=WIRE,
    web=PROGRAMME,
    addresses={"A": ("203.0.113.5", "203.0.113.6"), "AAAA": ()},
)


def wire(**changes: object) -> StreamFacts:
    """The good facts, otherwise changed."""
    return replace(GOOD[StreamFacts], wire=replace(WIRE, **changes), web=None)


def web(**changes: object) -> StreamFacts:
    """The same of a web stream."""
    return replace(GOOD[StreamFacts], scheme="https", wire=None, web=replace(WEB, **changes))


def carried(**changes: object) -> StreamFacts:
    """The public programme, otherwise changed."""
    changed = replace(PROGRAMME, **changes)
    return replace(GOOD[StreamFacts], scheme="https", wire=None, web=changed)


def stream(**changes: object) -> StreamFacts:
    """The good facts, otherwise changed."""
    return replace(GOOD[StreamFacts], **changes)
