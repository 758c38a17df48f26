"""One declared stream, as a stranger sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from facts.base import Unknown
from facts.declared import Lead
from facts.stream_web import WebFacts
from facts.stream_wire import WireFacts


@dataclass(frozen=True)
class StreamFacts:
    """By its scheme: what its own protocol showed, or what the web server said."""

    observed_at: datetime
    scheme: str
    wire: WireFacts | None = None  # rtmp, rtmps, rtsp, rtsps, srt
    web: WebFacts | None = None  # http, https
    leads: tuple[Lead, ...] = ()
    addresses: Mapping[str, tuple[str, ...] | Unknown] = field(default_factory=dict)  # "A", "AAAA"
    aliases: tuple[str, ...] = ()  # the names that its name stands for


@dataclass(frozen=True)
class AssetStreams:
    """The declared streams of one asset, at one of its addresses: what is known of each."""

    seen: tuple[StreamFacts | Unknown, ...]  # what nothing listens for is left out
