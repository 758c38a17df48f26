"""Talk to a server of RTSP as a stranger: ask for the stream's description, and to set it up.

Nothing is played: a server that sets a stream up for a stranger plays it too.  Where publishing may
be tried, a stream with a name of chance is announced; no media is set up for it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from facts.base import Unknown
from facts.declared import Target
from facts.stream_urls import anonymous
from facts.stream_wire import NOT_ALLOWED, WireFacts
from scanner.probes import rtsp_wire, stream_line
from scanner.probes.rtsp_wire import Answer
from scanner.probes.stream_line import Garbled, Line, beside, chance, explained, line, trial
from scanner.reach import Reach

CLEAR = {8322: 8554}  # where RTSP in clear is, beside RTSPS; else
USUAL = 554

ASKS = {401, 403, 407}
MISSING = {404, 410, 454}
TAKES_NONE = {405, 455, 501}  # the method is not there

NOT_THERE = "The server does not know this stream; it may be off the air"
OTHERWISE = "The server answered neither yes nor no"
SDP = (
    "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=press-scan\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\n"
    "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 packetization-mode=1\r\n"
    "a=control:streamid=0\r\n"
)


@dataclass
class _Session:
    """A connection."""

    line: Line
    agent: str
    number: int = 0
    answers: rtsp_wire.Answers = field(default_factory=rtsp_wire.Answers)

    def ask(self, method: str, url: str, **headers: str) -> Answer:
        """The answer to a request.  Raises `Ended`, `Garbled`, `OSError`."""
        self.number += 1
        self.line.say(rtsp_wire.request(method, url, self.number, self.agent, **headers))
        ends = time.monotonic() + stream_line.WAIT
        while True:
            try:
                found = self.answers.feed(self.line.hear(ends - time.monotonic()))
            except ValueError as error:
                raise Garbled(str(error)) from None
            for answer in found:
                if answer.headers.get("cseq", str(self.number)) == str(self.number):
                    return answer


@dataclass
class _Visit:
    """The connections of one visit."""

    target: Target
    reach: Reach
    says: dict[str, str] = field(default_factory=dict)
    status: int = 0  # of DESCRIBE

    def __post_init__(self) -> None:
        self.url = anonymous(self.target.url)
        self.secure = urlsplit(self.url).scheme == "rtsps"

    def look(self) -> tuple[str | Unknown, bool | Unknown]:
        """Which software it names, and whether the stream is set up for a stranger."""
        with line(self.target, self.reach, self.target.port, tls=self.secure) as talk:
            session = _Session(talk, self.reach.agent)
            software = session.ask("OPTIONS", self.url).headers.get("server", "")[:200]
            return software, trial(lambda: self._played(session))

    def _played(self, session: _Session) -> bool | Unknown:
        told = session.ask("DESCRIBE", self.url, Accept="application/sdp")
        self.status = told.status
        self.says["describe"] = " ".join((str(told.status), *told.schemes))
        if told.status in ASKS:
            return False
        if told.status in MISSING:
            return Unknown(NOT_THERE, str(told.status))
        where = told.control(self.url)
        if told.status != 200 or not where:
            return Unknown(OTHERWISE, str(told.status))
        transport = "RTP/AVP/TCP;unicast;interleaved=0-1"
        ready = session.ask("SETUP", where, Transport=transport)
        self.says["setup"] = str(ready.status)
        self._leave(session, self.url, ready)
        if ready.status in ASKS:
            return False
        return True if ready.status == 200 else Unknown(OTHERWISE, str(ready.status))

    def publish(self) -> bool | Unknown:
        """May a stranger announce a stream?"""
        url = rtsp_wire.beside(self.url, chance())
        with line(self.target, self.reach, self.target.port, tls=self.secure) as talk:
            session = _Session(talk, self.reach.agent)
            told = session.ask("ANNOUNCE", url, Content_Type="application/sdp", body=SDP)
            self.says["publish"] = " ".join((str(told.status), *told.schemes))
            if told.status == 200:
                self._leave(session, url, told)
                return True
        refused = told.status in ASKS | MISSING | TAKES_NONE
        return False if refused else Unknown(OTHERWISE, str(told.status))

    @staticmethod
    def _leave(session: _Session, url: str, told: Answer) -> None:
        """Give back what the server keeps for us."""
        name = told.headers.get("session", "").partition(";")[0].strip()
        if name.isascii() and name.isalnum():
            trial(lambda: session.ask("TEARDOWN", url, Session=name).status == 200)

    def twin(self) -> bool | Unknown:
        """Does RTSP in clear know the same stream?"""
        port = CLEAR.get(self.target.port, USUAL)
        host = f"[{self.target.address}]" if ":" in self.target.address else self.target.name
        parts = urlsplit(self.url)
        url = parts._replace(scheme="rtsp", netloc=f"{host}:{port}").geturl()
        with line(self.target, self.reach, port, tls=False) as talk:
            session = _Session(talk, self.reach.agent)
            status = session.ask("DESCRIBE", url, Accept="application/sdp").status
        return self._offered(status)

    def _offered(self, status: int) -> bool | Unknown:
        """Is it the same stream, in clear?  What neither side knows tells nothing."""
        if status in {200, 401, 407}:
            return True
        if status == 403 or 300 <= status < 400:
            return False
        if status in MISSING and self.status and self.status not in MISSING:
            return False
        return Unknown(NOT_THERE if status in MISSING else OTHERWISE, str(status))


def gather(target: Target, reach: Reach) -> WireFacts:
    """Describe, set up, and where it is allowed announce.

    Raises `Absent` when nothing listens there, `Undecided` when it does not speak RTSP.
    """
    visit = _Visit(target, reach)
    with explained(target):
        software, played = visit.look()
    published = trial(visit.publish) if "publish" in target.active else NOT_ALLOWED
    twin = beside(visit.twin) if visit.secure else None
    return WireFacts(software, visit.secure, twin, played, published, visit.says)
