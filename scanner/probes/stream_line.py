"""A connection to a streaming server, in clear or inside TLS: bounded in time and bytes."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from uuid import uuid4

from facts.base import Absent, Undecided, Unknown
from facts.declared import Target
from scanner.probes.http_wire import permissive_context
from scanner.reach import Reach

WAIT = 8.0  # seconds for one answer
TOTAL = 40.0  # seconds for a whole talk
MOST = 4 << 20  # bytes of a whole talk
MEDIA = 10.0  # seconds in which media comes from what is on the air
LATER = 6.0  # seconds in which a server may still refuse what it took at first

OTHER = "What answers does not speak the protocol of this address"
NO_TLS = "No TLS came about with the streaming server"
SILENT = Unknown("The streaming server did not answer")


class Ended(Exception):
    """The other side hung up."""


class NoWay(TimeoutError):
    """No connection came about, and nobody refused it."""


class Garbled(Exception):
    """What came is not of this protocol, or more than is taken."""


@dataclass
class Line:
    """An open connection."""

    sock: socket.socket
    ends: float  # monotonic seconds
    cut: threading.Event  # it was ended by us
    left: int = MOST
    kept: bytes = b""  # read, and not yet asked for

    def say(self, words: bytes) -> None:
        """Send.  Raises `Ended`, `OSError`."""
        self._wait_most(WAIT)
        try:
            self.sock.sendall(words)
        except OSError as error:
            raise self._broken(error) from None

    def hear(self, seconds: float) -> bytes:
        """The next bytes.  Raises `Ended`, `Garbled` when it is too much, `OSError`."""
        if self.kept:
            part, self.kept = self.kept, b""
            return part
        if self.left <= 0:
            raise Garbled("too much")
        self._wait_most(seconds)
        try:
            part = self.sock.recv(min(1 << 16, self.left))
        except OSError as error:
            raise self._broken(error) from None
        if not part:
            raise self._broken(BrokenPipeError())
        self.left -= len(part)
        return part

    def exactly(self, count: int) -> bytes:
        """So many bytes.  Raises what `hear` raises."""
        ends, raw = time.monotonic() + WAIT, b""
        while len(raw) < count:
            raw += self.hear(ends - time.monotonic())
        raw, self.kept = raw[:count], raw[count:]
        return raw

    def _wait_most(self, seconds: float) -> None:
        left = min(self.ends - time.monotonic(), seconds)
        if left <= 0 or self.cut.is_set():
            raise TimeoutError("the talk lasted too long")
        self.sock.settimeout(left)

    def _broken(self, error: OSError) -> Exception:
        """What it means: when we ended it ourselves, the other side did not."""
        if self.cut.is_set():
            return TimeoutError("the talk lasted too long")
        hung_up = (BrokenPipeError, ConnectionResetError, ssl.SSLEOFError, ssl.SSLZeroReturnError)
        return Ended() if isinstance(error, hung_up) else error


@contextmanager
def line(target: Target, reach: Reach, port: int, *, tls: bool) -> Iterator[Line]:
    """A connection to a port of the target's address.  Raises `OSError`, `Undecided`."""
    try:
        sock = reach.connect(target.address, port, name=target.name, timeout=WAIT)
    except ConnectionRefusedError:
        raise
    except OSError as error:
        raise NoWay(str(error)) from None
    cut = threading.Event()

    def stop() -> None:
        cut.set()
        with suppress(OSError):
            socket.socket.shutdown(sock, socket.SHUT_RDWR)

    try:
        if tls:  # no certificate is checked: that is the business of the tls checks
            sock = permissive_context().wrap_socket(
                sock, server_hostname=target.name or None, do_handshake_on_connect=False
            )
        ends = time.monotonic() + reach.remaining(TOTAL)
        with reach.limit(TOTAL, stop):
            if isinstance(sock, ssl.SSLSocket):
                _shake_hands(sock)
            yield Line(sock, ends, cut)
    finally:
        with suppress(OSError):
            sock.close()


def _shake_hands(sock: ssl.SSLSocket) -> None:
    """TLS's.  Raises `Undecided`: what speaks no TLS often waits for more instead of saying so."""
    sock.settimeout(WAIT)
    try:
        sock.do_handshake()
    except OSError as error:
        raise Undecided(NO_TLS, _brief(error)) from None


@contextmanager
def explained(target: Target) -> Iterator[None]:
    """Say what went wrong as the engine and the reader want to hear it.

    Raises `Absent` when nothing listens, `Undecided` for all else.
    """
    try:
        yield
    except ConnectionRefusedError:
        raise Absent("The connection was refused", target.endpoint) from None
    except TimeoutError:
        raise Undecided(SILENT.unknown, target.endpoint) from None
    except (Ended, Garbled):
        raise Undecided(OTHER, target.endpoint) from None


def trial(made: Callable[[], bool | Unknown]) -> bool | Unknown:
    """What a trial found; whatever went wrong is why it is not known."""
    try:
        return made()
    except (Absent, Undecided) as error:
        return Unknown(error.why, error.detail)
    except TimeoutError:
        return SILENT
    except OSError as error:
        return Unknown("The network failed", _brief(error))
    except (Ended, Garbled):
        return Unknown(OTHER)


def beside(made: Callable[[], bool | Unknown]) -> bool | Unknown:
    """Is the same offered in clear?  A port that takes no connection offers nothing.

    The server itself has just answered, so silence towards a new connection is a closed port.
    """

    def tried() -> bool | Unknown:
        try:
            return made()
        except (ConnectionRefusedError, NoWay, Ended, Garbled):
            return False

    return trial(tried)


def chance() -> str:
    """A stream's name that nobody has."""
    return f"press-scan-{uuid4().hex[:16]}"


def _brief(error: OSError) -> str:
    said = getattr(error, "reason", None) or error.strerror or type(error).__name__
    return str(said)[:120]
