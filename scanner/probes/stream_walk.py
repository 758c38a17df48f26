"""From a stream's address through its playlists: what each names, and who hands it out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from facts.base import Unknown
from facts.http import Answer
from facts.manifests import looks_like_dash, read_dash
from facts.playlists import Playlist, looks_like_hls, looks_like_list, read_hls, read_list
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


@dataclass
class Way:
    """Where redirects led from an address."""

    asked: list[str] = field(default_factory=list)  # also a last one that may not be asked
    answers: list[Answer] = field(default_factory=list)
    end: Answer | Unknown = field(default_factory=lambda: Unknown(ASTRAY))


def walk(session: Session, url: str) -> Walk | Unknown:
    """Ask for the stream as one visitor; `Unknown` when nobody answers."""
    way = follow(session, url)
    listed = _listed(way.end)
    if listed:  # a radio's list: what its first address carries is the programme
        way = _onto(session, way, listed)
    if not way.answers:
        return way.end if isinstance(way.end, Unknown) else Unknown(ASTRAY)
    what = way.end if isinstance(way.end, Unknown) else carried(way.end)
    found = Walk(way.answers[-1], what)
    for one in way.asked:
        found.came_from("playlist", one)
    if what in (Carried.HLS, Carried.DASH):
        _read_lists(session, found)
    return found


def follow(session: Session, url: str, most: int = FIRST) -> Way:
    """Ask, and go where redirects lead."""
    way = Way()
    for _ in range(HOPS):
        way.asked.append(url)
        answer = session.try_ask(url, most=most)
        if isinstance(answer, Unknown):
            way.end = answer
            break
        way.answers.append(answer)
        url = onward(answer)
        if not url:
            way.end = answer
            break
    return way


def _listed(answer: Answer | Unknown) -> tuple[str, ...]:
    if isinstance(answer, Unknown) or answer.status not in (200, 206):
        return ()
    if not _is_list(answer):
        return ()
    return read_list(answer.body, answer.url)


def _is_list(answer: Answer) -> bool:
    """A radio's list, which is short."""
    return not answer.truncated and looks_like_list(answer.body, answer.header("Content-Type"))


def _onto(session: Session, way: Way, listed: tuple[str, ...]) -> Way:
    """From a list to its first address; the others are named."""
    more = follow(session, listed[0])
    return Way([*way.asked, *listed, *more.asked[1:]], [*way.answers, *more.answers], more.end)


def carried(answer: Answer) -> Carried | Unknown:
    """What the first answer is."""
    if answer.status in REFUSED:
        return Unknown(NOT_LET_IN, str(answer.status))
    if answer.status in MISSING:
        return Unknown(NOTHING_THERE, str(answer.status))
    if answer.status not in (200, 206):
        return Unknown(ERROR, str(answer.status))
    if _is_list(answer):
        return Unknown(NO_STREAM)  # of the kinds of playlists, one that leads to another
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
    way = follow(session, url, BODY)
    for one in way.asked[1:]:
        if found is not None:
            found.came_from("playlist", one)
    if isinstance(way.end, Unknown):
        return way.end
    answer = way.end
    what = carried(answer)
    if isinstance(what, Unknown):
        return what
    if answer.truncated or what is Carried.MOUNT:
        return Unknown("The playlist was not read to its end")
    read = read_dash if what is Carried.DASH else read_hls
    playlist = read(answer.body, answer.url)
    if found is not None and isinstance(playlist, Playlist):
        found.lists.append((url, playlist))
    return playlist


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
