"""A streaming host with Icecast behind nginx, which shows strangers its streams alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from facts.host.media import MediaInside
from facts.media_pages import ASKS, paths_of
from facts.media_server import Door, MediaServerFacts
from tests.factories import GOOD

BASE = "https://live.bao.test:443"


def door(base: str = BASE, port: int = 443, server: str = "nginx") -> Door:
    """A web server that has none of the pages, and asks for a log-in on one."""
    trials = dict.fromkeys(paths_of(port, server), "") | {"/admin/stats": ASKS}
    return Door(base, port, True, trials, server)


GOOD[MediaInside] = MediaInside(servers=())  # none runs on the host
GOOD[MediaServerFacts] = MediaServerFacts(datetime(2026, 11, 23, 3, 0, tzinfo=UTC), (door(),))


def media(*doors: Door, **changes: object) -> MediaServerFacts:
    """The good facts with other doors, or otherwise changed."""
    return replace(GOOD[MediaServerFacts], **({"doors": doors} if doors else {}), **changes)


def showing(pages: dict[str, object], base: str = BASE, port: int = 443) -> MediaServerFacts:
    """One door where these paths had this outcome."""
    good = door(base, port)
    return media(replace(good, trials={**good.trials, **pages}))
