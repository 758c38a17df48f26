"""Look at a stream that a web server carries, as a stranger, and where need be as a viewer.

A stranger asks without the passwords and tokens of the declared address.  Only where that brings
no playlist is the whole address asked for, to see what its playlists name.  An endless answer is
cut after a few kilobytes; of media and keys nothing is kept.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from facts.base import Absent, Undecided, Unknown
from facts.declared import Lead, Target
from facts.http import Answer
from facts.manifest_clock import newest
from facts.playlists import Playlist
from facts.stream_urls import anonymous, shown
from facts.stream_web import Carried, Door, WebFacts
from facts.stream_wire import NOT_ALLOWED, Tried
from facts.urls import secure
from scanner.probes import stream_publish, stream_rtc
from scanner.probes.http_session import Session
from scanner.probes.stream_doors import doors
from scanner.probes.stream_twin import twin
from scanner.probes.stream_walk import (
    MISSING,
    NOT_LET_IN,
    REFUSED,
    SAMPLE,
    Walk,
    carried,
    list_at,
    walk,
)
from scanner.reach import Reach

TARGETS = 3  # target durations in which a live playlist moves on
LONGEST = 60.0  # seconds that are waited for it
USUAL = 10.0  # seconds: a target duration where the playlist names none
STEP = 0.5  # seconds between two looks, at least
LEADS = 20

NO_SEGMENT = "A segment that the playlist names was not handed out"
NO_LIST = Unknown("No playlist that names segments was read")
BY_DRM = Unknown("Whether a stranger may play it is decided by a DRM system")
NO_SIGN = Unknown("The manifest does not show whether the programme goes on")
TOO_SLOW = "The playlist's segments last too long to wait for the next ones"


@dataclass
class _Look:
    """One visit: who asks, and what they were given."""

    target: Target
    reach: Reach
    stranger: Session
    visitor: Session  # who was given the playlists: the stranger, or a viewer
    theirs: Walk  # what the stranger was given
    found: Walk  # what the visitor was given

    def facts(self) -> WebFacts:
        """All that is asked, in an order that leaves the waiting to the end."""
        answer = self.theirs.answer
        opened = doors(self.found, self.stranger, self.visitor)
        published = self._published()
        secure_, twin, played = self._secure(), self._twin(), self._played(opened)
        moves, target, waited = self._moves()
        return WebFacts(
            answer.status,
            answer.header("Server")[:200],
            secure_, twin, played, published,
            carried=self.found.carried,
            sources=tuple(self.found.sources),
            read=self._read(),
            doors=opened,
            drm=self.found.named("drm"),
            moves=moves, target=target, waited=waited,
        )  # fmt: skip

    def _read(self) -> bool | Unknown:
        what = self.found.carried
        return what if isinstance(what, Unknown) else self.found.read

    def _secure(self) -> bool | Unknown:
        parts = [one for one in self.found.sources if one.part in ("playlist", "segment")]
        if not secure(self.target.url) or any(one.scheme == "http" for one in parts):
            return False
        return self._read()

    def _twin(self) -> Tried:
        url = anonymous(self.target.url)
        return twin(self.stranger, url, self.theirs.answer, _is_stream)

    def _played(self, opened: tuple[Door, ...]) -> Tried:
        """Does a stranger get media?"""
        what = self.theirs.carried
        if isinstance(what, Unknown):
            return False if what.unknown == NOT_LET_IN else what
        if what is Carried.MOUNT:
            return True
        steps = [self._sampled(), *(one.given for one in opened if one.kind == "key")]
        if self.theirs.named("drm") and not self.theirs.named("keys"):
            steps.append(BY_DRM)
        if False in [one for one in steps if not isinstance(one, Unknown)]:
            return False
        return next((one for one in steps if isinstance(one, Unknown)), True)

    def _sampled(self) -> bool | Unknown:
        for url, one in self.theirs.media():
            fresh = list_at(self.stranger, url) if one.live else one
            sample = fresh.sample if isinstance(fresh, Playlist) else one.sample
            got = self.stranger.try_ask(sample, most=SAMPLE)
            if isinstance(got, Unknown):
                return got
            if got.status in REFUSED:
                return False
            if got.status in (200, 206) and got.size:
                return True
            return Unknown(NO_SEGMENT, str(got.status))
        return self.theirs.read if isinstance(self.theirs.read, Unknown) else NO_LIST

    def _published(self) -> Tried:
        server = self.theirs.answer.header("Server").lower()
        if self.found.carried is not Carried.MOUNT and "icecast" not in server:
            return None
        if "publish" not in self.target.active:
            return NOT_ALLOWED
        icecast = "icecast" in server
        return stream_publish.mount(self.stranger, self.target.url, icecast=icecast)

    def _moves(self) -> tuple[Tried, float, float]:
        """Does the programme go on?  With the target duration, and how long was waited."""
        what = self.found.carried
        if isinstance(what, Unknown):
            gone = self.found.answer.status in MISSING
            return (False if gone else what), 0.0, 0.0
        if what is Carried.MOUNT:
            return True, 0.0, 0.0
        media = list(self.found.media())
        live = [(url, one) for url, one in media if one.live]
        if not live:
            reason = self.found.read if isinstance(self.found.read, Unknown) else NO_LIST
            return (None if media else reason), 0.0, 0.0
        url, one = next((pair for pair in live if pair[1].position), live[0])
        if not one.position and what is Carried.DASH:
            return self._counted(url, one), one.target, 0.0
        began = time.monotonic()
        try:
            moved = self._wait(url, one)
        except Undecided as spent:
            if self.reach.stop.is_set():
                raise
            moved = Unknown(spent.why, spent.detail)
        return moved, one.target, round(time.monotonic() - began, 1)

    def _counted(self, url: str, one: Playlist) -> bool | Unknown:
        """Is a segment there that has just become whole, by the server's own clock?"""
        answer = self.visitor.try_ask(url)
        now = parsed(answer.header("Date")) if isinstance(answer, Answer) else None
        named = newest(one.clock, now) if one.clock and now else ()
        gone: list[bool] = []
        for segment in named:
            got = self.visitor.try_ask(segment, most=SAMPLE)
            if isinstance(got, Answer) and got.status in (200, 206) and got.size:
                return True
            gone.append(isinstance(got, Answer) and got.status in MISSING)
        return False if named and all(gone) else NO_SIGN

    def _wait(self, url: str, one: Playlist) -> bool | Unknown:
        patience = TARGETS * (one.target or USUAL)
        ends = time.monotonic() + min(patience, LONGEST)
        last: Playlist | Unknown = one
        while (left := ends - time.monotonic()) > 0:
            self.reach.stop.wait(min(left, max(STEP, one.target / 2)))
            self.reach.remaining(1)
            last = list_at(self.visitor, url)
            if isinstance(last, Playlist) and last.position and last.position != one.position:
                return True
        if isinstance(last, Unknown):
            return last
        if not last.live:
            return False  # it has just come to its end
        return Unknown(TOO_SLOW, f"{one.target:g} s") if patience > LONGEST else False


def gather(target: Target, reach: Reach) -> tuple[WebFacts, tuple[Lead, ...]]:
    """What the declared address answers, and the TLS services that it leads to.

    Raises `Absent` when nothing listens there, `Undecided` when nobody answers properly.
    """
    bare = anonymous(target.url)
    with (
        Session(target, reach, shown, icy=True) as stranger,
        Session(target, reach, shown, icy=True) as viewer,
    ):
        place = stream_rtc.place_of(bare)
        if place is not None:
            return stream_rtc.gather(target, stranger, place), ()
        theirs = _answered(walk(stranger, bare))
        visitor, found = stranger, theirs
        if bare != target.url and isinstance(theirs.carried, Unknown):
            visitor, found = viewer, _answered(walk(viewer, target.url))
        facts = _Look(target, reach, stranger, visitor, theirs, found).facts()
    named = {(one.host, one.port): None for one in facts.sources if one.scheme == "https"}
    return facts, tuple(Lead(name, at) for name, at in named if name)[:LEADS]


def parsed(date: str) -> datetime | None:
    """The time that a server says it is."""
    try:
        said = parsedate_to_datetime(date)
    except ValueError:
        return None
    return said if said.tzinfo else said.replace(tzinfo=UTC)


def _answered(found: Walk | Unknown) -> Walk:
    if isinstance(found, Unknown):
        kind = Absent if found.unknown == "The connection was refused" else Undecided
        raise kind(found.unknown, found.detail)
    return found


def _is_stream(answer: Answer) -> bool:
    return not isinstance(carried(answer), Unknown)
