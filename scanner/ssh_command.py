"""One command over a connection: fed by its standard input, listened to within bounds."""

from __future__ import annotations

import selectors
import time
from contextlib import suppress
from dataclasses import dataclass

import paramiko

from facts.base import Undecided
from scanner.reach import Reach

WAIT = 60.0  # seconds for the session, and for the command to be taken
LINGER = 2.0  # seconds, after the command's last word
CHUNK = 32 << 10
NO_STATUS = -1  # paramiko's: the channel was closed without one

NO_SESSION = "The host takes the key, and refuses a session"
NO_COMMAND = "The host takes the key, and refuses to run a command"


@dataclass(frozen=True)
class Heard:
    """What a command said; why it stopped being listened to, where it did not end by itself."""

    out: bytes
    err: bytes
    code: int | None = None  # None: it never said
    late: bool = False
    flood: bool = False


def plain(error: Exception) -> str:
    """What went wrong, as printable text of one line."""
    text = str(error) or type(error).__name__
    return "".join(c for c in text if c.isprintable())[:160]


def command(
    transport: paramiko.Transport,
    text: str,
    stdin: bytes,
    reach: Reach,
    *,
    where: str,
    until: bytes,
    most: int,
    seconds: float,
) -> Heard:
    """Run one command: feed it, read what it says, at most `most` bytes, for so many seconds.

    Once its output ends with `until` it is done, whatever still holds its session open.

    Raises `Undecided` when no session or no command can be had; whatever happens later is `Heard`.
    """
    ends = time.monotonic() + reach.remaining(seconds)
    try:
        channel = transport.open_session(timeout=min(WAIT, reach.remaining(WAIT)))
    except (paramiko.SSHException, EOFError, OSError) as error:
        raise Undecided(NO_SESSION, f"{where}: {plain(error)}") from None
    with channel:
        channel.settimeout(min(WAIT, reach.remaining(WAIT)))
        try:
            channel.exec_command(text)
        except (paramiko.SSHException, EOFError, OSError) as error:
            raise Undecided(NO_COMMAND, f"{where}: {plain(error)}") from None
        return _Talk(channel, stdin, until, most, ends).hear(reach)


class _Talk:
    """Writes and reads by turns, so that neither side can block the other."""

    def __init__(
        self, channel: paramiko.Channel, stdin: bytes, until: bytes, most: int, ends: float
    ) -> None:
        self._channel, self._left, self._until = channel, stdin, until
        self._most, self._ends, self._done = most, ends, False
        self._out, self._err = bytearray(), bytearray()
        self._open = True

    def hear(self, reach: Reach) -> Heard:
        """Until it ends, is too late, or has said too much."""
        channel = self._channel
        channel.settimeout(0.0)
        with selectors.DefaultSelector() as ready:
            ready.register(channel.fileno(), selectors.EVENT_READ)
            while True:
                over = channel.exit_status_ready() or channel.closed
                moved = self._read() | self._write()
                if len(self._out) + len(self._err) > self._most:
                    return self._heard(flood=True)
                if moved:
                    self._settle()
                    continue
                if over and (channel.closed or channel.eof_received):
                    return self._heard()
                left = self._ends - time.monotonic()
                if left <= 0 or reach.stop.is_set():
                    return self._heard(late=not self._done)
                ready.select(min(left, 0.02 if self._left else 0.25))

    def _settle(self) -> None:
        """After the last word: a moment for the other stream and the exit code."""
        if not self._done and self._out.endswith(self._until):
            self._done, self._ends = True, min(self._ends, time.monotonic() + LINGER)

    def _heard(self, *, late: bool = False, flood: bool = False) -> Heard:
        code = self._channel.recv_exit_status() if self._channel.exit_status_ready() else NO_STATUS
        known = None if code == NO_STATUS else code
        return Heard(bytes(self._out), bytes(self._err), known, late, flood)

    def _read(self) -> bool:
        moved = False
        with suppress(TimeoutError, OSError):
            if self._channel.recv_ready():
                self._out += self._channel.recv(CHUNK)
                moved = True
            if self._channel.recv_stderr_ready():
                self._err += self._channel.recv_stderr(CHUNK)
                moved = True
        return moved

    def _write(self) -> bool:
        if not self._open:
            return False
        try:
            if self._left:
                if not self._channel.send_ready():
                    return False
                self._left = self._left[self._channel.send(self._left[:CHUNK]) :]
            if not self._left:
                self._channel.shutdown_write()
                self._open = False
        except (TimeoutError, OSError, EOFError, paramiko.SSHException):
            self._open, self._left = False, b""
        return True
