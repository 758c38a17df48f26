"""The first hello to a service: is TLS spoken here at all?

It tells a service that is not there, or speaks something else, from one that is broken; and it
spares all other trials to what hangs.
"""

from __future__ import annotations

import asyncio
import socket

from facts.tls_greeting import ENOUGH, Speech, speech
from scanner.probes.tls_line import Line
from scanner.probes.tls_names import GROUPS, TLS12, suites_of
from scanner.probes.tls_starttls import NoTls, Unclear
from scanner.probes.tls_wire import Offer, client_hello

PAUSE = 0.5  # seconds before a second try
OFFERED = 90  # suites

Word = dict[str, str]


async def greet(line: Line, patience: float) -> Word | None:
    """Say hello: None when TLS may be spoken here, else what became of it, as JSON.

    `patience` is how many seconds an answer may take.
    """
    for last in (False, True):
        try:
            async with line.gate, asyncio.timeout(patience):
                return await _greet(line)
        except NoTls:
            return {"word": "no starttls"}
        except Unclear:
            return None
        except ConnectionRefusedError:
            word = {"word": "refused"}
        except TimeoutError:
            word = {"word": "silence"}
        except ConnectionError:
            word = {"word": "broken"}
        except OSError as error:
            word = {"word": "failed", "detail": error.strerror or type(error).__name__}
        if last:
            return word
        await asyncio.sleep(PAUSE)
    return None


async def _greet(line: Line) -> Word | None:
    with socket.socket(line.family, socket.SOCK_STREAM) as sock:
        sock.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(sock, (line.address, line.port))
        if line.starttls:
            await line.start(sock)
            return None
        try:
            answer = await _answer(sock, line.name)
        except ConnectionError:  # an old or choosy TLS server may do so; the trials tell
            return None
    said = speech(answer) if answer else Speech.TLS
    if said is Speech.TLS:
        return None
    return {"word": said.value, "detail": ascii(answer[:24].decode("latin-1"))}


async def _answer(sock: socket.socket, name: str) -> bytes:
    """The beginning of what is said to a hello.  Raises `ConnectionError` when nothing is."""
    loop = asyncio.get_running_loop()
    answer = b""
    try:
        await loop.sock_sendall(
            sock, client_hello(Offer(TLS12, suites_of(TLS12)[:OFFERED], tuple(GROUPS), name))
        )
        while len(answer) < ENOUGH and (more := await loop.sock_recv(sock, 4096)):
            answer += more
    except ConnectionError:
        if not answer:
            raise
    return answer
