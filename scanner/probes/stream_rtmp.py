"""Talk to a server of RTMP as a stranger: connect to the application, begin to play the stream.

Where publishing may be tried: a second connection begins to publish under a name of chance, sends
no media, and ends.  nginx-rtmp says `NetStream.Publish.Start` before its rules and its `on_publish`
refuse, and then hangs up: only who is still let in some seconds later may publish.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from facts.base import Unknown
from facts.declared import Target
from facts.stream_urls import anonymous, rtmp_parts
from facts.stream_wire import NOT_ALLOWED, Tried, WireFacts
from scanner.probes import stream_line
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
OVER = (".StreamNotFound", ".Stop", ".Complete", ".UnpublishNotify")
MARKS = re.compile(r"\b(auth|denied|deny|forbid|permission|40[13]\b)|unauth|not allowed|login")

OFF_AIR = "No media came from the stream; it may be off the air"
NO_STREAM = Unknown("The inventory's address names no stream, so playing was not tried")
HUNG_UP = "The server hung up on the application; its name may be wrong"
REFUSED = "The server refuses the application; its name may be wrong"
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
    hears: Callable[[float], Iterator[Message]]
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
            session = _Session(talk, _hearer(talk))
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


def _hearer(talk: Line) -> Callable[[float], Iterator[Message]]:
    """What gives the messages of so many seconds."""
    chunks = Chunks()

    def hears(seconds: float) -> Iterator[Message]:
        ends = time.monotonic() + seconds
        while (left := ends - time.monotonic()) > 0:
            try:
                part = talk.hear(left)
            except TimeoutError:
                if talk.cut.is_set():
                    raise
                return
            try:
                yield from chunks.feed(part)
            except ValueError as error:
                raise Garbled(str(error)) from None

    return hears


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
        if said[:1] == ["onStatus"] and _is_error(said):
            return "_error", said
    raise TimeoutError


def _connect(session: _Session, target: Target, reach: Reach, says: dict[str, str]) -> None:
    """Into the application, and a stream opened.  Raises `_Shut`, `Ended`, `Garbled`."""
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
        raise _shut(session, said, app, says)
    session.line.say(command("createStream", 2, None))
    name, said = _answer(session, 2)
    if name == "_error":
        raise _shut(session, said, app, says)
    number = said[3] if len(said) > 3 else None
    if not isinstance(number, float) or not 0 <= number < 1 << 31:
        raise Garbled
    session.stream = int(number)


def named(said: list[Any]) -> str:
    """How the server names itself in its answer to connect; SRS adds its version to it."""
    objects = [one for one in said[2:] if isinstance(one, dict)]
    names = [_text(one, "fmsVer") for one in objects]
    names += [_text(one.get("data"), "srs_server") for one in objects]
    return " ".join(filter(None, names))[:300]


def _shut(session: _Session, said: list[Any], app: str, says: dict[str, str]) -> _Shut:
    """What a refusal means: does it ask who comes?"""
    says["connect"] = code = _code(said)
    return _Shut(False if _asks(said, app) else Unknown(REFUSED, code), session.software)


def _asks(said: list[Any], name: str) -> bool:
    """Is a refusal about who comes?  The name that was asked for may stand in it."""
    told = f"{_code(said)} {_text(_info(said), 'description')}".lower()
    return MARKS.search(told.replace(name.lower(), "")) is not None


def _info(said: list[Any]) -> Any:
    """The last object of an answer: it holds the code."""
    return next((one for one in reversed(said) if isinstance(one, dict)), None)


def _text(thing: Any, name: str) -> str:
    value = thing.get(name) if isinstance(thing, dict) else None
    return value[:200] if isinstance(value, str) else ""


def _code(said: list[Any]) -> str:
    return _text(_info(said), "code")[:100]


def _play(session: _Session, target: Target, says: dict[str, str]) -> bool | Unknown:
    """Does media of the stream come to a stranger?"""
    name = rtmp_parts(anonymous(target.url))[1]
    if not name:
        return NO_STREAM
    session.line.say(command("play", 3, None, name, stream=session.stream, lane=8))
    over = False
    try:
        for message in session.hears(stream_line.MEDIA):
            if message.media:
                return True
            said = _read(message)
            if said[:1] in (["onStatus"], ["_error"]):
                says["play"] = code = _code(said)
                if _is_error(said) and _asks(said, name):
                    return False
                over = over or _is_error(said) or code.endswith(OVER)
    except Ended:
        if not over:  # nothing else ends a player who has just come
            says["play"] = f"{says.get('play', '')}, hung up".lstrip(", ")
            return False
    return Unknown(OFF_AIR, says.get("play", ""))


def _is_error(said: list[Any]) -> bool:
    return said[0] == "_error" or _text(_info(said), "level") == "error"


def _publish(session: _Session, says: dict[str, str]) -> bool | Unknown:
    """May a stranger publish?  It sends no media, and ends what it began."""
    session.line.say(command("publish", 3, None, chance(), "live", stream=session.stream, lane=8))
    taken = False
    try:
        for message in session.hears(stream_line.LATER):
            said = _read(message)
            if said[:1] in (["onStatus"], ["_error"]):
                says["publish"] = _code(said)
                if _is_error(said):
                    return False
                taken = taken or says["publish"].endswith(".Publish.Start")
        session.line.say(command("deleteStream", 4, None, float(session.stream)))
    except Ended:
        says["publish"] = f"{says.get('publish', '')}, hung up".lstrip(", ")
        return False
    return True if taken else Unknown(NO_ANSWER, says.get("publish", ""))
