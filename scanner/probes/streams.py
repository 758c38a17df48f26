"""Look at one declared stream, by its scheme.  No media is kept, and none is ever sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

from facts.base import Undecided, Unknown
from facts.declared import Target
from facts.stream_wire import WireFacts
from facts.streams import StreamFacts
from scanner.probes import stream_http, stream_rtmp, stream_rtsp, stream_srt
from scanner.reach import OutOfScope, Reach

ADDRESSES = 32  # of one kind that are kept

WIRE: Mapping[str, Callable[[Target, Reach], WireFacts]] = {
    "rtmp": stream_rtmp.gather,
    "rtmps": stream_rtmp.gather,
    "rtsp": stream_rtsp.gather,
    "rtsps": stream_rtsp.gather,
    "srt": stream_srt.gather,
}


def gather(target: Target, reach: Reach) -> StreamFacts:
    """Look at one stream.

    Raises `Absent` when nothing listens there, `Undecided` when it does not speak its protocol.
    """
    scheme = urlsplit(target.url).scheme
    if scheme in WIRE:
        facts = StreamFacts(datetime.now(UTC), scheme, wire=WIRE[scheme](target, reach))
    else:
        web, leads = stream_http.gather(target, reach)
        facts = StreamFacts(datetime.now(UTC), scheme, web=web, leads=leads)
    addresses, aliases = _addresses(target.name, reach)
    return replace(facts, addresses=addresses, aliases=aliases)


def _addresses(
    name: str, reach: Reach
) -> tuple[dict[str, tuple[str, ...] | Unknown], tuple[str, ...]]:
    """Where the resolver says that the stream's name leads; an address leads to itself."""
    with suppress(ValueError):
        ip_address(name)
        return {"AAAA" if ":" in name else "A": (name,)}, ()
    found: dict[str, tuple[str, ...] | Unknown] = {}
    aliases: dict[str, None] = {}
    for kind in ("CNAME", "A", "AAAA"):
        try:
            records = reach.records(name, kind)
        except (Undecided, OutOfScope) as error:
            if reach.stop.is_set():
                raise
            silent = Unknown(error.why, error.detail)
            return {"A": silent, "AAAA": silent}, ()
        if kind != "CNAME":
            found[kind] = tuple(sorted(records.values))[:ADDRESSES]
        named = records.values if kind == "CNAME" else (records.canonical,)
        aliases |= {one.rstrip(".").lower(): None for one in named}
    return found, tuple(one for one in aliases if one not in {"", name.lower()})
