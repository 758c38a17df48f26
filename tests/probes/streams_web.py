"""Looking at the streams of lab web servers."""

from __future__ import annotations

import time
from urllib.parse import urlsplit

from facts.declared import Kind, Streaming, Target
from scanner.probes import stream_http
from tests.probes.reaches import reach

NAME = "live.bao.test"


def target(url, address, *, active=(), **settings):
    """A declared stream on a lab server."""
    parts = urlsplit(url)
    return Target(
        Kind.STREAM,
        parts.hostname,
        address,
        parts.port or 443,
        url,
        stream=Streaming(**settings),
        active=active,
    )


def look(url, address, *, way=None, within=30.0, **how):
    """The facts, the leads, the contacts; nothing may cost more than `within` seconds."""
    way = way or reach(f"{address}/32", lookup={NAME: [address]})
    began = time.monotonic()
    try:
        facts, leads = stream_http.gather(target(url, address, **how), way)
    finally:
        assert time.monotonic() - began < within
    return facts, leads, [line.partition(" ")[2] for line in way.contacts]
