"""Look at one declared stream, by its scheme.  No media is kept, and none is ever sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from urllib.parse import urlsplit

from facts.declared import Target
from facts.stream_wire import WireFacts
from facts.streams import StreamFacts
from scanner.probes import stream_http, stream_rtmp, stream_rtsp, stream_srt
from scanner.reach import Reach

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
        wire = WIRE[scheme](target, reach)
        return StreamFacts(datetime.now(UTC), scheme, wire=wire)
    web, leads = stream_http.gather(target, reach)
    return StreamFacts(datetime.now(UTC), scheme, web=web, leads=leads)
