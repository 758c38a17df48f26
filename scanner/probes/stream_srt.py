"""Talk to an SRT listener as a stranger: does it insist on a passphrase?

It is told by how it refuses a key that nobody can open (`srt_wire`): who insists, or has none,
refuses it, and goes on listening.  To be let in would take the place of the real sender, as many
listeners (ffmpeg) serve one caller alone: that is tried only where publishing may be tried.
"""

from __future__ import annotations

import secrets
import socket
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field

from facts.base import Absent, Undecided, Unknown
from facts.declared import Target
from facts.stream_wire import NOT_ALLOWED, WireFacts
from scanner.probes import srt_wire
from scanner.probes.srt_wire import BAD_SECRET, UNSECURE, Answer
from scanner.probes.stream_line import OTHER, SILENT, chance, trial
from scanner.reach import Reach

TRIES = 3  # a packet may get lost
WAIT = 1.5  # seconds for one answer
MEDIA = 2.0  # seconds in which media comes to who was let in
PACKETS = 50  # that are read for one answer

# Refusals that are about who comes: by the listener's own rules, for want of a passphrase,
# unauthorised, forbidden, no such name, wrong mode.  Others are about the connection.
REFUSALS = {1002, BAD_SECRET, UNSECURE, 1401, 1403, 1404, 1405, 1406}
OWN = 2000  # and from here on: the server's own reasons

NOT_PLAYED = Unknown("Nobody asked to be let in: it would take the place of the real one")
NO_MEDIA = Unknown("No media came from the stream; it may be off the air")
NOT_ABOUT = "The SRT listener refused, for a reason that is not about who comes"
UNCLEAR = "How the SRT listener refused does not tell whether it has a passphrase"
SENDS = Unknown("The server sends this stream itself; whether it takes one was not seen")


@dataclass
class _Session:
    """A socket to the listener."""

    sock: socket.socket
    target: Target
    reach: Reach
    ours: int = field(default_factory=lambda: 1 + secrets.randbelow(1 << 30))

    def ask(self, packet: bytes, *, first: bool = False) -> Answer:
        """The listener's answer, to the first message or the second.

        Raises `Absent`, `Undecided`, `OSError`.
        """
        heard = False
        for _ in range(TRIES):
            self.reach.clear(self.target.address, self.target.name, f"udp/{self.target.port}")
            try:
                self.sock.send(packet)
                for raw in self.hear(WAIT):
                    heard = True
                    answer = srt_wire.read(raw)  # a late one may still be to the first
                    if answer and first is (answer.kind == srt_wire.INDUCTION):
                        return answer
            except ConnectionRefusedError:
                raise Absent("The connection was refused", self.target.endpoint) from None
        raise Undecided(OTHER if heard else SILENT.unknown, self.target.endpoint)

    def hear(self, seconds: float) -> Iterator[bytes]:
        """The packets of so many seconds, at most some."""
        ends = time.monotonic() + self.reach.remaining(seconds)
        for _ in range(PACKETS):
            left = ends - time.monotonic()
            if left <= 0:
                return
            self.sock.settimeout(left)
            try:
                yield self.sock.recv(2048)
            except TimeoutError:
                return

    def shake(self, *, key: bool = False, stream: str = "") -> Answer:
        """How the listener answers to who wants to come in."""
        told = self.ask(srt_wire.induction(self.ours), first=True)
        if not told.invites:
            raise Undecided(OTHER, self.target.endpoint)
        packet = srt_wire.conclusion(self.ours, told.cookie, key=key, stream=stream)
        return self.ask(packet)

    def leave(self, answer: Answer) -> None:
        """End what was begun."""
        with suppress(OSError):
            self.sock.send(srt_wire.shutdown(answer.socket))


@contextmanager
def _session(target: Target, reach: Reach) -> Iterator[_Session]:
    family = socket.AF_INET6 if ":" in target.address else socket.AF_INET
    reach.clear(target.address, target.name, f"udp/{target.port}")
    with closing(socket.socket(family, socket.SOCK_DGRAM)) as sock:
        sock.connect((target.address, target.port))
        yield _Session(sock, target, reach)


def _secure(answer: Answer) -> bool | Unknown:
    if answer.accepts:  # it took a key that it could not open
        return False
    known = {BAD_SECRET: True, UNSECURE: False}
    return known.get(answer.kind, Unknown(UNCLEAR, str(answer.kind)))


def _let_in(target: Target, reach: Reach, says: dict[str, str]) -> tuple[bool, bool | Unknown]:
    """Is a stranger let in to publish, and does media come instead?"""
    with _session(target, reach) as session:
        answer = session.shake(stream=f"#!::r={chance()},m=publish")
        says["publish"] = str(answer.kind) if answer.refuses else "accepted"
        if not answer.accepts:
            sure = answer.kind in REFUSALS or answer.kind >= OWN
            return False, False if sure else Unknown(NOT_ABOUT, str(answer.kind))
        media = any(srt_wire.is_media(raw) for raw in session.hear(MEDIA))
        session.leave(answer)
        return media, SENDS if media else True


def gather(target: Target, reach: Reach) -> WireFacts:
    """Whether it insists on a passphrase; where it is allowed, whether it lets a stranger in.

    Raises `Absent` when nothing listens there, `Undecided` when it does not speak SRT.
    """
    says: dict[str, str] = {}
    with _session(target, reach) as session:
        answer = session.shake(key=True)
        if answer.accepts:
            session.leave(answer)
    says["connect"] = str(answer.kind) if answer.refuses else "accepted"
    secure = _secure(answer)
    played: bool | Unknown = False if secure is True else NOT_PLAYED
    published: bool | Unknown = NOT_ALLOWED
    if "publish" in target.active:
        media = False

        def made() -> bool | Unknown:
            nonlocal media
            media, taken = _let_in(target, reach, says)
            return taken

        published = trial(made)
        if media:
            played = True
        elif played is NOT_PLAYED and published is True:
            played = NO_MEDIA
    return WireFacts(answer.library, secure, None, played, published, says)
