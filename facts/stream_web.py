"""What a web server let a stranger have of a stream: each thing that was tried."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from facts.base import NOT_GATHERED, Unknown
from facts.stream_wire import Tried


class Carried(StrEnum):
    """How a web server carries a stream."""

    HLS = "hls"
    DASH = "dash"
    MOUNT = "mount"  # one answer without an end: Icecast, SHOUTcast
    WHIP = "whip"  # a place to publish to by WebRTC
    WHEP = "whep"  # a place to play from by WebRTC


@dataclass(frozen=True)
class Source:
    """Where a part of the stream comes from, as the playlists name it."""

    part: str  # "playlist", "segment", "key", "licence"
    scheme: str
    host: str
    port: int = 0


@dataclass(frozen=True)
class Door:
    """An address that hands out keys (one that a playlist names) or licences."""

    url: str  # without its secrets
    kind: str  # "key", "licence"
    given: Tried  # a stranger gets the key; None: a licence, which nobody asked for
    any_origin: bool | Unknown  # pages of every other site may read its answer
    status: int = 0  # of its answer to a stranger


@dataclass(frozen=True)
class WebFacts:
    """The answer at the declared address.  The trials mean what they mean in `WireFacts`."""

    status: int  # of the answer to a stranger
    server: str = ""  # its Server header
    secure: bool | Unknown = NOT_GATHERED  # address, playlists and segments are all HTTPS
    twin: Tried = NOT_GATHERED
    played: Tried = NOT_GATHERED
    published: Tried = NOT_GATHERED
    carried: Carried | Unknown = NOT_GATHERED
    sources: tuple[Source, ...] = ()
    read: bool | Unknown = NOT_GATHERED  # every playlist that is named was read
    doors: tuple[Door, ...] = ()  # the newest few; `sources` names the rest too
    drm: tuple[str, ...] = ()  # systems whose keys are no files
    moves: Tried = NOT_GATHERED  # the programme goes on; None: it is a recorded one
    target: float = 0.0  # target duration, seconds
    waited: float = 0.0  # for the playlist to move on, seconds
