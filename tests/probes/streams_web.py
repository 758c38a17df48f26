"""Looking at the streams of lab web servers."""

from __future__ import annotations

import time
from urllib.parse import urlsplit

from facts.base import Undecided
from facts.declared import Kind, Streaming, Target
from facts.records import Records
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


class Names:
    """A resolver with these records; without any it is silent."""

    servers = ()

    def __init__(self, records=None):
        self.records_of = records

    def records(self, name, kind, **_how):
        if self.records_of is None:
            raise Undecided("The resolver did not answer in time", name)
        values = self.records_of.get(kind, ())
        return Records(name, kind, values, canonical="e1.cdn.test" if values else name)
