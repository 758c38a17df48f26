"""A short talk with one TCP service, in clear or inside TLS: bounded in time and bytes."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from facts.declared import Target
from scanner.probes.http_wire import permissive_context
from scanner.reach import Reach

WAIT = 6.0  # seconds for one answer
TOTAL = 15.0  # seconds for a whole talk
MOST = 64 << 10  # bytes of one answer

Done = Callable[[bytes], bool]


@dataclass
class Talk:
    """An open connection."""

    sock: socket.socket
    ends: float  # monotonic seconds
    host: str  # the address, as a Host header has it
    agent: str  # who asks
    cut: bool = False  # the last answer ended in silence, not in a hang-up or at its end

    def say(self, words: bytes) -> None:
        """Send.  Raises `OSError`."""
        self.sock.sendall(words)

    def hear(self, done: Done = lambda raw: b"\n" in raw, most: int = MOST) -> bytes:
        """Read until `done`, the other side hangs up, or time is up (then `cut` is True).

        Raises `OSError` when the connection breaks before anything was read.
        """
        raw, self.cut = b"", False
        ends = min(self.ends, time.monotonic() + WAIT)
        while len(raw) < most and not (raw and done(raw)):
            left = ends - time.monotonic()
            if left <= 0:
                self.cut = True
                break
            self.sock.settimeout(left)
            try:
                part = self.sock.recv(4096)
            except TimeoutError:
                continue
            except OSError:
                if raw:
                    break
                raise
            if not part:
                break
            raw += part
        return raw


@contextmanager
def talk(target: Target, reach: Reach, port: int, *, tls: bool = False) -> Iterator[Talk]:
    """A talk with a port of the target's address.

    Raises `OSError` (`ssl.SSLError` is one), `OutOfScope`, `Undecided`.
    """
    address = target.address
    sock = reach.connect(address, port, timeout=WAIT)
    try:
        if tls:  # no certificate is checked and no name is sent: this is about what lies behind
            context = permissive_context()
            sock = context.wrap_socket(sock, do_handshake_on_connect=False)
        ends = time.monotonic() + reach.remaining(TOTAL)
        with reach.limit(TOTAL, lambda: socket.socket.shutdown(sock, socket.SHUT_RDWR)):
            if isinstance(sock, ssl.SSLSocket):
                sock.do_handshake()
            yield Talk(sock, ends, f"[{address}]" if ":" in address else address, reach.agent)
    finally:
        with suppress(OSError):
            sock.close()


def refused(error: OSError) -> bool:
    """Does a TLS server turn away who shows no certificate?"""
    said = getattr(error, "reason", None) or ""
    return "CERTIFICATE_REQUIRED" in said or "ALERT_BAD_CERTIFICATE" in said
