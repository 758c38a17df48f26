"""One TLS service as connections to it: each asks one thing, and a few are open at once."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

from scanner.probes.tls_exchange import PATIENCE, PIECE, Broken, Silence, exchange
from scanner.probes.tls_starttls import MOST, NoTls, Unclear, talk
from scanner.probes.tls_wire import Flight, Offer, Reader, client_hello

PAUSE = 0.3  # seconds before an answer that failed to come is asked for once more


def line_to(service: Mapping[str, Any], gate: asyncio.Semaphore) -> Line:
    """The way to a service of a child's job."""
    name = service["name"]
    with suppress(ValueError):  # no SNI for an address (RFC 6066, 3)
        ip_address(name)
        name = ""
    return Line(service["address"], service["port"], name, service["starttls"], gate)


@dataclass(frozen=True)
class Line:
    """The way to one service.  `gate` holds as many connections as its address may have at once."""

    address: str
    port: int
    name: str  # as in SNI; empty for an address
    starttls: str
    gate: asyncio.Semaphore

    @asynccontextmanager
    async def open(self) -> AsyncIterator[socket.socket]:
        """A connection over which TLS may be spoken, non-blocking; closed at the end.

        Raises `Silence`, `Broken`, and what `tls_starttls.talk` raises.  Within it, every wait
        needs a time limit of its own.
        """
        async with self.gate:
            with socket.socket(self.family, socket.SOCK_STREAM) as sock:
                sock.setblocking(False)
                try:
                    async with asyncio.timeout(PATIENCE):
                        await asyncio.get_running_loop().sock_connect(
                            sock, (self.address, self.port)
                        )
                        if self.starttls:
                            await self.start(sock)
                    yield sock
                except TimeoutError as error:
                    raise Silence from error
                except OSError as error:
                    raise Broken(type(error).__name__) from error

    @property
    def family(self) -> socket.AddressFamily:
        """IPv4 or IPv6."""
        return socket.AF_INET6 if ":" in self.address else socket.AF_INET

    async def start(self, sock: socket.socket) -> None:
        """Ask for TLS as the service's protocol does.  Raises as `tls_starttls.talk` does."""
        loop = asyncio.get_running_loop()
        steps = talk(self.starttls, self.name or self.address)
        try:
            say, whole = next(steps)
            while True:
                if say:
                    await loop.sock_sendall(sock, say)
                answer = b""
                while not whole(answer) and len(answer) < MOST:
                    more = await loop.sock_recv(sock, 2048)
                    if not more:
                        break
                    answer += more
                say, whole = steps.send(answer)
        except StopIteration:
            return

    async def ask(self, offer: Offer) -> Flight:
        """The answer to one hello; one that is neither yes nor no is asked for twice.

        A flight without a ServerHello is a no.  Raises `Silence`, `Broken`, `Nonsense`,
        `NoTls`, `Unclear`.
        """
        for last in (False, True):
            try:
                flight = await self._once(offer)
                if flight.accepted or flight.alert is not None or last:
                    return flight
            except (Silence, Broken, NoTls, Unclear):
                if last:
                    raise
            await asyncio.sleep(PAUSE)
        raise AssertionError

    async def _once(self, offer: Offer) -> Flight:
        if self.starttls:
            async with self.open() as sock:
                return await self.flight(sock, offer)
        async with self.gate:
            return await exchange(self.address, self.port, client_hello(offer))

    async def flight(self, sock: socket.socket, offer: Offer) -> Flight:
        """Send a hello, and read the server's first flight as far as it comes."""
        reader = Reader()
        try:
            async with asyncio.timeout(PATIENCE):
                await self.send(sock, client_hello(offer))
                while not reader.ended and (data := await self.read(sock)):
                    reader.feed(data)
        except TimeoutError:
            if not reader.flight.accepted:
                raise
        return reader.flight

    async def send(self, sock: socket.socket, data: bytes) -> None:
        """Send; a server that has closed already is told by what is read."""
        with suppress(ConnectionError):
            await asyncio.get_running_loop().sock_sendall(sock, data)

    async def read(self, sock: socket.socket) -> bytes:
        """The next bytes; none when the connection was closed or reset."""
        try:
            return await asyncio.get_running_loop().sock_recv(sock, PIECE)
        except ConnectionError:
            return b""
