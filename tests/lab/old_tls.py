"""TLS servers of long ago: tlslite-ng for SSLv3, RC4, NULL and anonymous suites; and relays that
give a server of today one old fault.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from tests.lab.hostile import Hostile, hostile
from tests.lab.issuer import Issued

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # it has a door for asyncore too
    from tlslite.api import HandshakeSettings, TLSConnection, X509CertChain, parsePEMKey

ALERT, CCS, HEARTBEAT = 21, 20, 24

# The client's records so far -> what is said to the last one, instead of what the server says.
Answer = Callable[[list[bytes]], bytes | None]


@contextmanager
def tlslite(address: str, cert: Issued, *, anonymous: bool = False, **wanted: object):
    """A service of tlslite-ng; `wanted` are attributes of its settings."""
    chain, key = X509CertChain(), parsePEMKey(cert.key_pem, private=True)
    chain.parsePemList(cert.chain_pem)
    how = HandshakeSettings()
    for name, value in wanted.items():
        setattr(how, name, value)

    def serve(sock: socket.socket, _: Hostile) -> None:
        sock.settimeout(1)
        one = TLSConnection(sock)
        with contextlib.suppress(Exception):
            if anonymous:
                one.handshakeServer(anon=True, settings=how)
            else:
                one.handshakeServer(certChain=chain, privateKey=key, settings=how)
            one.read(max=1)

    with hostile(address, serve) as server:
        yield server.port


@contextmanager
def relay(address: str, port: int, answer: Answer) -> Iterator[int]:
    """A way to a real service; to some of the client's records it answers itself, and ends."""

    def serve(sock: socket.socket, server: Hostile) -> None:
        sock.settimeout(1)
        with socket.create_connection((address, port), timeout=5) as inner:
            back = threading.Thread(target=_pump, args=(inner, sock), daemon=True)
            back.start()
            records: list[bytes] = []
            while head := _exactly(sock, 5):
                records.append(head + _exactly(sock, int.from_bytes(head[3:5], "big")))
                said = answer(records)
                if said is not None:
                    server.over.wait(0.2)  # what the server said before comes first
                    sock.sendall(said)
                    return
                inner.sendall(records[-1])

    with hostile(address, serve) as server:
        yield server.port


def _exactly(sock: socket.socket, size: int) -> bytes:
    read = b""
    while len(read) < size:
        more = sock.recv(size - len(read))
        if not more:
            return b""
        read += more
    return read


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)


def heartbleed(records: list[bytes]) -> bytes | None:
    """Answers a heartbeat with more than it was sent (CVE-2014-0160)."""
    record = records[-1]
    if record[0] == HEARTBEAT:
        return bytes([HEARTBEAT]) + record[1:3] + b"\x00\x13\x02\x00\x10" + b"\x01" * 16
    return None


def early_ccs(records: list[bytes]) -> bytes | None:
    """Takes a ChangeCipherSpec before its time, and stumbles over what follows (CVE-2014-0224)."""
    record = records[-1]
    if record[0] == CCS and len(records) == 2:
        return bytes([ALERT]) + record[1:3] + b"\x00\x02\x02\x14"
    return None


def oracle(key: RSAPrivateKey) -> Answer:
    """Tells a badly padded secret from others by another alert (Bleichenbacher, 1998)."""
    numbers = key.private_numbers()
    modulus = numbers.public_numbers.n

    def answer(records: list[bytes]) -> bytes | None:
        record = records[-1]
        if record[0] != 22 or record[5] != 16:  # no ClientKeyExchange
            return None
        secret = pow(int.from_bytes(record[11:], "big"), numbers.d, modulus)
        if secret >> (modulus.bit_length() - 16) == 2:
            return None
        return bytes([ALERT]) + record[1:3] + b"\x00\x02\x02\x33"

    return answer
