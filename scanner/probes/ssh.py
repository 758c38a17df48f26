"""Look at an SSH server as a stranger does: one connection, no log-in.

asyncssh does the key exchange and asks which log-in methods there are (the request "none", for a
user that does not exist); it speaks old algorithms too, so that neglected servers answer.  What
the server sent in clear is read from a copy of its first bytes.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from contextlib import suppress
from datetime import UTC, datetime

import asyncssh

from facts.base import Absent, Undecided, Unknown
from facts.declared import Target
from facts.ssh import NO_METHODS, SshFacts, methods, read
from scanner.reach import Reach

NOBODY = "press-scan-probe"  # no such user
WAIT = 10.0  # seconds to connect
TOTAL = 20.0  # seconds for all of it
HEAD = 64 << 10  # bytes of the copy

logging.getLogger("asyncssh").addHandler(logging.NullHandler())


class _Copied(socket.socket):
    """A socket that keeps what it receives first."""

    def __init__(self, fileno: int) -> None:
        super().__init__(fileno=fileno)
        self.head = bytearray()

    def recv(self, size: int, flags: int = 0, /) -> bytes:
        data = super().recv(size, flags)
        if len(self.head) < HEAD:
            self.head += data[: HEAD - len(self.head)]
        return data


def gather(target: Target, reach: Reach) -> SshFacts:
    """Identification, algorithms and log-in methods.

    Raises `Absent` when nothing listens or it is not SSH, `OSError` when the network fails.
    """
    try:
        plain = reach.connect(target.address, target.port, name=target.name, timeout=WAIT)
    except ConnectionRefusedError:
        raise Absent("No SSH service answers", target.endpoint) from None
    sock = _Copied(plain.detach())
    taken: list[str] | None = None
    failure: Exception | None = None
    try:
        sock.setblocking(False)
        with reach.limit(TOTAL, lambda: socket.socket.shutdown(sock, socket.SHUT_RDWR)):
            taken = asyncio.run(_methods(sock, reach.remaining(TOTAL)))
    except Undecided:
        raise
    except Exception as error:  # noqa: BLE001  # a strange server breaks asyncssh in strange ways
        failure = error
    finally:
        with suppress(OSError):
            sock.close()
    return _facts(bytes(sock.head), taken, failure, target)


async def _methods(sock: socket.socket, seconds: float) -> list[str]:
    """The log-in methods that the server takes for nobody."""
    async with asyncio.timeout(seconds):
        return list(
            await asyncssh.get_server_auth_methods(
                sock=sock,
                username=NOBODY,
                config=None,
                client_version="press_scan",
                kex_algs="*",
                server_host_key_algs="*",
                options=_options(),
            )
        )


def _options() -> asyncssh.SSHClientConnectionOptions:
    return asyncssh.SSHClientConnectionOptions(
        known_hosts=None, encryption_algs="*", mac_algs="*", config=None, agent_path=None
    )


def _facts(
    head: bytes, taken: list[str] | None, failure: Exception | None, target: Target
) -> SshFacts:
    if not head:
        raise failure if isinstance(failure, OSError) else ConnectionResetError()
    banner, offers = read(head)
    if isinstance(banner, Unknown):
        raise Absent("What answers is not SSH", target.endpoint)
    found = methods(taken)
    if failure is not None:
        why = f"{type(failure).__name__}: {failure}"[:120]
        found = dict.fromkeys(found, Unknown(NO_METHODS.unknown, why))
    return SshFacts(datetime.now(UTC), banner, offers, found)
