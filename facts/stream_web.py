"""What a web server said of a stream."""

from __future__ import annotations

from dataclasses import dataclass

from facts.base import NOT_GATHERED, Unknown
from facts.stream_wire import Tried


@dataclass(frozen=True)
class WebFacts:
    """The answer at the declared address.  The trials mean what they mean in `WireFacts`."""

    status: int
    server: str = ""  # its Server header
    secure: bool | Unknown = NOT_GATHERED  # address, playlists and segments are all HTTPS
    twin: Tried = NOT_GATHERED
    played: Tried = NOT_GATHERED
    published: Tried = NOT_GATHERED
