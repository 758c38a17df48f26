"""An ingest over RTMPS where strangers are refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from facts.base import Unknown
from facts.stream_web import WebFacts
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

NO_LOGIN = Unknown("No log-in is declared")

GOOD[StreamFacts] = StreamFacts(datetime(2026, 11, 23, 3, 0, tzinfo=UTC), "rtmps", wire=WIRE)


def wire(**changes: object) -> StreamFacts:
    """The good facts, otherwise changed."""
    return replace(GOOD[StreamFacts], wire=replace(WIRE, **changes))


def web(**changes: object) -> StreamFacts:
    """The same of a web stream."""
    return replace(GOOD[StreamFacts], scheme="https", wire=None, web=replace(WEB, **changes))
