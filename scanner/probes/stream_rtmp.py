"""Talk to a server of RTMP as a stranger: connect to the application, begin to play the stream.

Where publishing may be tried: a second connection begins to publish under a name of chance, sends
no media, and ends.  nginx-rtmp says `NetStream.Publish.Start` before its rules and its `on_publish`
refuse, and then hangs up: only who is still let in some seconds later may publish.
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from facts.base import Unknown
from facts.declared import Target
from facts.stream_urls import anonymous, rtmp_parts
from facts.stream_wire import NOT_ALLOWED, Tried, WireFacts
from scanner.probes import rtmp_said, stream_line
from scanner.probes.rtmp_said import code, is_error, is_over, is_status, named
from scanner.probes.rtmp_wire import Chunks, Message, command, read_command
from scanner.probes.stream_line import (
    Ended,
    Garbled,
    Line,
    beside,
    chance,
    explained,
    line,
    trial,
)
from scanner.reach import Reach

CLEAR = 1935  # where RTMP is when it is in clear
NO_STREAM = Unknown("The inventory's address names no stream, so playing was not tried")
HUNG_UP = "The server hung up on the application; its name may be wrong"
NO_ANSWER = "The server did not say whether it takes the stream"


class _Shut(Exception):
    """The server does not let a stranger into the application."""

    def __init__(self, means: bool | Unknown, software: str | Unknown) -> None:
        super().__init__()
        self.means = means  # False: because it asks who comes; else why that can't be told
        self.software = software


@dataclass
class _Session:
    """A connection, and where in it a stranger is."""

    line: Line
    hears: Hearing
    stream: int = 0
    software: str = ""


@dataclass
class _Visit:
    """The connections of one visit."""

    target: Target
    reach: Reach
    says: dict[str, str] = field(default_factory=dict)
    inside: bool = False  # a stranger was let into the application

    @property
    def secure(self) -> bool:
        """Does the address ask for TLS?"""
        return urlsplit(self.target.url).scheme == "rtmps"

    @contextmanager
    def enter(
        self, port: int, *, tls: bool, says: dict[str, str] | None = None
    ) -> Iterator[_Session]:
        """A connection that is inside the application.  Raises `_Shut`, `Garbled`, `OSError`."""
        said = self.says if says is None else says
        with line(self.target, self.reach, port, tls=tls) as talk:
            session = _Session(talk, Hearing(talk))
            _greet(talk)
            try:
                _connect(session, self.target, self.reach, said)
            except Ended:
                raise _Shut(Unknown(HUNG_UP), Unknown(HUNG_UP)) from None
            yield session

    def look(self) -> tuple[str | Unknown, Tried]:
        """Which software it names, and whether the stream plays."""
        try:
            with self.enter(self.target.port, tls=self.secure) as session:
                self.inside = True
                return session.software, trial(lambda: _play(session, self.target, self.says))
        except _Shut as shut:
            return shut.software, shut.means

    def publish(self) -> bool | Unknown:
        """May a stranger publish?"""
        try:
            with self.enter(self.target.port, tls=self.secure) as session:
                return _publish(session, self.says)
        except _Shut as shut:
            return shut.means

    def twin(self) -> bool | Unknown:
        """Does RTMP in clear let a stranger as far as RTMPS does?"""
        try:
            with self.enter(CLEAR, tls=False, says={}):
                return True
        except _Shut as shut:
            if shut.means is False:  # it asks who comes: the application is there
                return True
            return False if self.inside else shut.means


def gather(target: Target, reach: Reach) -> WireFacts:
    """Connect, play, and where it is allowed publish.

    Raises `Absent` when nothing listens there, `Undecided` when it does not speak RTMP.
    """
    visit = _Visit(target, reach)
    with explained(target):
        software, played = visit.look()
    published = trial(visit.publish) if "publish" in target.active else NOT_ALLOWED
    twin = beside(visit.twin) if visit.secure else None
    return WireFacts(software, visit.secure, twin, played, published, visit.says)


def _greet(talk: Line) -> None:
    """The handshake.  Raises `Garbled` when it is not RTMP's."""
    talk.say(b"\x03" + bytes(8) + os.urandom(1528))
    if talk.exactly(1) != b"\x03":
        raise Garbled
    talk.say(talk.exactly(1536))
    talk.exactly(1536)


class Hearing:
    """What gives the messages of so many seconds; none of them gets lost between two callers."""

    def __init__(self, talk: Line) -> None:
        self._talk, self._chunks = talk, Chunks()
        self._next: deque[Message] = deque()

    def __call__(self, seconds: float) -> Iterator[Message]:
        """Raises `Ended`, `Garbled`, and `TimeoutError` when the whole talk was cut."""
        ends = time.monotonic() + seconds
        while True:
            while self._next:
                yield self._next.popleft()
            if (left := ends - time.monotonic()) <= 0:
                return
            try:
                self._next += self._chunks.feed(self._talk.hear(left))
            except TimeoutError:
                if self._talk.cut.is_set():
                    raise
                return
            except ValueError as error:
                raise Garbled(str(error)) from None


def _read(message: Message) -> list[Any]:
    try:
        return read_command(message)
    except ValueError as error:
        raise Garbled(str(error)) from None


def _answer(session: _Session, number: int) -> tuple[str, list[Any]]:
    """The answer to a command: its name, and what stands in it.  Raises `TimeoutError`."""
    for message in session.hears(stream_line.WAIT):
        said = _read(message)
        if said[:1] in (["_result"], ["_error"]) and said[1:2] == [float(number)]:
            return said[0], said
        if said[:1] == ["close"]:
            raise Ended
        if said[:1] == ["onStatus"] and is_error(said):
            return "_error", said
    raise TimeoutError


def _connect(session: _Session, target: Target, reach: Reach, says: dict[str, str]) -> None:
    """Into the application.  Raises `_Shut`, `Ended`, `Garbled`."""
    app = rtmp_parts(target.url)[0]
    host = urlsplit(target.url).netloc.rpartition("@")[2]
    asked = {
        "app": app,
        "type": "nonprivate",
        "flashVer": f"FMLE/3.0 (compatible; {reach.agent})",
        "tcUrl": f"{urlsplit(target.url).scheme}://{host}/{app}",
        "fpad": False,
        "capabilities": 15,
        "audioCodecs": 4071,
        "videoCodecs": 252,
    }
    session.line.say(command("connect", 1, asked))
    name, said = _answer(session, 1)
    session.software = named(said)
    if name == "_error":
        says["connect"] = code(said)
        raise _Shut(rtmp_said.shut(said, app), session.software)


def _open(session: _Session) -> list[Any]:
    """Open a stream in the application; the answer when it is refused.  Raises `Garbled`."""
    session.line.say(command("createStream", 4, None))
    name, said = _answer(session, 4)
    if name == "_error":
        return said
    number = said[3] if len(said) > 3 else None
    if not isinstance(number, float) or not 0 <= number < 1 << 31:
        raise Garbled
    session.stream = int(number)
    return []


def _play(session: _Session, target: Target, says: dict[str, str]) -> bool | Unknown:
    """Does media of the stream come to a stranger?"""
    name = rtmp_parts(anonymous(target.url))[1]
    if not name:
        return NO_STREAM
    if refused := _open(session):
        says["play"] = code(refused)
        return rtmp_said.shut(refused, name)
    session.line.say(command("play", 5, None, name, stream=session.stream, lane=8))
    over = False
    try:
        for message in session.hears(stream_line.MEDIA):
            if message.media:
                return True
            said = _read(message)
            if is_status(said):
                says["play"] = code(said)
                if is_error(said) and rtmp_said.asks(said, name):
                    return False
                over = over or is_over(said)
    except Ended:
        means = rtmp_said.left(session.software, over, says.get("play", ""))
        says["play"] = f"{says.get('play', '')}, hung up".lstrip(", ")
        return means
    return Unknown(rtmp_said.OFF_AIR, says.get("play", ""))


def _publish(session: _Session, says: dict[str, str]) -> bool | Unknown:
    """May a stranger publish?  It announces itself as encoders do, sends no media, and ends."""
    name, taken = chance(), False
    for number, word in ((2, "releaseStream"), (3, "FCPublish")):
        session.line.say(command(word, number, None, name))
    try:
        if refused := _open(session):
            says["publish"] = code(refused)
            return False
        session.line.say(command("publish", 5, None, name, "live", stream=session.stream, lane=8))
        for message in session.hears(stream_line.LATER):
            said = _read(message)
            if is_status(said) and said[1:2] not in ([2.0], [3.0]):
                says["publish"] = code(said)
                if is_error(said):
                    return False
                taken = taken or says["publish"].endswith(".Publish.Start")
        session.line.say(command("FCUnpublish", 6, None, name))
        session.line.say(command("deleteStream", 7, None, float(session.stream)))
    except Ended:
        says["publish"] = f"{says.get('publish', '')}, hung up".lstrip(", ")
        return False
    return True if taken else Unknown(NO_ANSWER, says.get("publish", ""))
