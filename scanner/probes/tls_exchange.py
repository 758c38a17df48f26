"""One hello and its answer over a connection of its own: the step that is made most often.

It is a small state machine of callbacks, since half of a scan's time was spent in the coroutines
that did the same.
"""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress

from scanner.probes.tls_wire import Flight, Nonsense, Reader

PATIENCE = 5.0  # seconds for one answer
PIECE = 16384  # bytes read at once


class Silence(Exception):
    """No answer in time."""


class Broken(Exception):
    """The connection failed, or was broken off."""


async def exchange(address: str, port: int, hello: bytes) -> Flight:
    """The first flight that answers this hello, as far as it came.

    Raises `Silence`, `Broken` (no connection), `Nonsense`.
    """
    one = _Exchange(address, port, hello)
    try:
        return await one.answer
    finally:
        one.close()


class _Exchange:
    def __init__(self, address: str, port: int, hello: bytes) -> None:
        self._loop = asyncio.get_running_loop()
        self.answer: asyncio.Future[Flight] = self._loop.create_future()
        self._hello, self._reader = hello, Reader()
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self._sock = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        self._fd = self._sock.fileno()  # asyncio is slower with the socket itself
        self._timer = self._loop.call_later(PATIENCE, self._late)
        try:
            with suppress(BlockingIOError):
                self._sock.connect((address, port))
        except OSError as error:
            self._fail(Broken(type(error).__name__))
        else:
            self._loop.add_writer(self._fd, self._connected)

    def _connected(self) -> None:
        self._loop.remove_writer(self._fd)
        self._loop.add_reader(self._fd, self._readable)
        try:
            self._sock.send(self._hello)  # it fits into the buffer of a new socket
        except BrokenPipeError:  # closed already: what was said before that is still to be read
            return
        except OSError as error:
            self._fail(Broken(type(error).__name__))

    def _readable(self) -> None:
        try:
            data = self._sock.recv(PIECE)
        except BlockingIOError:
            return
        except ConnectionError:
            data = b""
        except OSError as error:
            self._fail(Broken(type(error).__name__))
            return
        try:
            self._reader.feed(data)
        except Nonsense as error:
            self._fail(error)
            return
        if not data or self._reader.ended:
            self._end()

    def _late(self) -> None:
        if self._reader.flight.accepted:
            self._end()
        else:
            self._fail(Silence())

    def _end(self) -> None:
        if not self.answer.done():
            self.answer.set_result(self._reader.flight)
        self.close()

    def _fail(self, error: Exception) -> None:
        if not self.answer.done():
            self.answer.set_exception(error)
        self.close()

    def close(self) -> None:
        """Leave; a second time does nothing."""
        self._timer.cancel()
        if self._fd >= 0:
            self._loop.remove_reader(self._fd) or self._loop.remove_writer(self._fd)
            self._fd = -1
            self._sock.close()
