"""From a stream's address through its playlists: what each names, and who hands it out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from facts.base import Unknown
from facts.http import Answer
from facts.manifests import looks_like_dash, read_dash
from facts.playlists import Playlist, looks_like_hls, read_hls
from facts.stream_web import Carried, Source
from facts.urls import host, onward, port
from scanner.probes.http_session import BODY, Session

FIRST = 16 * 1024  # bytes that show what is there; an endless answer is cut here
SAMPLE = 2048  # bytes of a segment
HOPS = 4
PLAYLISTS = 24  # that are read
SOURCES = 100  # that are kept

REFUSED = (401, 403, 407)
MISSING = (404, 410)
MEDIA = ("audio/", "video/", "application/ogg")
LISTS = ("mpegurl", "scpls", "xspf", "dash+xml")  # media types of lists, not of media

NO_STREAM = "What is at the address is no stream that is known here"
NOT_LET_IN = "The server does not hand the stream to a stranger"
NOTHING_THERE = "There is no stream at the address"
ERROR = "The server answers with an error"
ASTRAY = "The stream's address leads from redirect to redirect"
MANY = "The playlist names more playlists than are read"
HOSTS = "The playlists name more hosts than are kept"
ODD = "An address in the playlist was not understood"


@dataclass
class Walk:
    """What one visitor was given."""

    answer: Answer
    carried: Carried | Unknown
    lists: list[tuple[str, Playlist]] = field(default_factory=list)  # with their URLs
    sources: dict[Source, None] = field(default_factory=dict)  # in order
    read: bool | Unknown = True  # every playlist that is named was read

    def named(self, part: str) -> tuple[str, ...]:
        """The keys, licences or DRM systems of all playlists, each once."""
        return tuple(dict.fromkeys(one for _, each in self.lists for one in getattr(each, part)))

    def media(self) -> Iterator[tuple[str, Playlist]]:
        """The playlists that name segments."""
        return ((url, one) for url, one in self.lists if one.segments)

    def came_from(self, part: str, url: str) -> None:
        """Write down where a part comes from."""
        one = source(part, url)
        if one not in self.sources and len(self.sources) == SOURCES:
            self.miss(Unknown(HOSTS))
        else:
            self.sources[one] = None

    def miss(self, why: Unknown) -> None:
        """Something was not read; the first reason stays."""
        if self.read is True:
            self.read = why


def source(part: str, url: str) -> Source:
    """Where this URL's part comes from."""
    return Source(part, urlsplit(url).scheme[:20].lower(), host(url), port(url))


def walk(session: Session, url: str) -> Walk | Unknown:
    """Ask for the stream as one visitor; `Unknown` when nobody answers."""
    hops: list[str] = []
    answer = follow(session, url, hops)
    if isinstance(answer, Unknown):
        return answer
    found = Walk(answer, carried(answer))
    for hop in hops:
        found.came_from("playlist", hop)
    if found.carried in (Carried.HLS, Carried.DASH):
        _read_lists(session, found)
    return found


def follow(session: Session, url: str, hops: list[str], most: int = FIRST) -> Answer | Unknown:
    """Ask, and go where redirects lead; each address is noted in `hops`, also a last one that
    may not be asked."""
    for _ in range(HOPS):
        hops.append(url)
        answer = session.try_ask(url, most=most)
        if isinstance(answer, Unknown):
            return answer
        url = onward(answer)
        if not url:
            return answer
    return Unknown(ASTRAY)


def carried(answer: Answer) -> Carried | Unknown:
    """What the first answer is."""
    if answer.status in REFUSED:
        return Unknown(NOT_LET_IN, str(answer.status))
    if answer.status in MISSING:
        return Unknown(NOTHING_THERE, str(answer.status))
    if answer.status not in (200, 206):
        return Unknown(ERROR, str(answer.status))
    if looks_like_hls(answer.body):
        return Carried.HLS
    if looks_like_dash(answer.body):
        return Carried.DASH
    return Carried.MOUNT if is_media(answer) else Unknown(NO_STREAM)


def is_media(answer: Answer) -> bool:
    """Did media come?"""
    kind = answer.header("Content-Type").lower()
    is_list = any(word in kind for word in LISTS)
    return (
        answer.status in (200, 206) and answer.size > 0 and kind.startswith(MEDIA) and not is_list
    )


def _read_lists(session: Session, found: Walk) -> None:
    """The first playlist, then those that it names."""
    waiting = [found.answer.url]
    asked: set[str] = set()
    while waiting:
        url = waiting.pop(0)
        if url in asked:
            continue
        if len(asked) == PLAYLISTS:
            found.miss(Unknown(MANY))
            break
        asked.add(url)
        one = list_at(session, url, found)
        if isinstance(one, Unknown):
            found.miss(one)
            continue
        _note(found, one)
        waiting += one.playlists


def list_at(session: Session, url: str, found: Walk | None = None) -> Playlist | Unknown:
    """The playlist at an address, whole; redirects are noted in the walk."""
    hops: list[str] = []
    answer = follow(session, url, hops, BODY)
    if found is not None:
        for hop in hops[1:]:
            found.came_from("playlist", hop)
    if isinstance(answer, Unknown):
        return answer
    what = carried(answer)
    if isinstance(what, Unknown):
        return what
    if answer.truncated or what is Carried.MOUNT:
        return Unknown("The playlist was not read to its end")
    read = read_dash if what is Carried.DASH else read_hls
    one = read(answer.body, answer.url)
    if found is not None and isinstance(one, Playlist):
        found.lists.append((url, one))
    return one


def _note(found: Walk, one: Playlist) -> None:
    """Where its parts come from."""
    if one.odd:
        found.miss(Unknown(ODD))
    named = {
        "playlist": one.playlists,
        "segment": one.segments,
        "key": one.keys,
        "licence": one.licences,
    }
    for part, urls in named.items():
        for url in urls:
            found.came_from(part, url)
