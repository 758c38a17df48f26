"""Trials of faults that TLS 1.2 and older versions can have, with messages made by hand.

Only the "no" is found here.  What may be a fault is a doubt: sslyze tries it again, with real
cryptography, and its word counts.
"""

from __future__ import annotations

import asyncio
import os
import socket
import struct
from collections.abc import Awaitable, Callable, Sequence

from scanner.probes.tls_exchange import PATIENCE, Silence
from scanner.probes.tls_line import Line
from scanner.probes.tls_names import SSLV3, exchange, suites
from scanner.probes.tls_shakes import NoSuiteInCommon, renegotiates
from scanner.probes.tls_wire import (
    ALERT,
    CCS,
    CERTIFICATE,
    DATA,
    HANDSHAKE,
    HEARTBEAT,
    RENEGOTIATION,
    Flight,
    Offer,
    group_names,
)

CLIENT_KEY_EXCHANGE = 16
BAD_RECORD_MAC = 20
WANTS_CERTIFICATE = {40, 41, 42, 116}  # alerts of a server that will not go on without one
_SECRET = bytes(range(46))

DOUBT = {"doubt": True}  # an answer that sslyze has to replace
ROBOT_NO_RSA, ROBOT_NO_ORACLE = "NOT_VULNERABLE_RSA_NOT_SUPPORTED", "NOT_VULNERABLE_NO_ORACLE"

Try = Callable[[str, str, Awaitable[object]], Awaitable[None]]


def trials(
    line: Line, version: int, accepted: Sequence[int], attempt: Try, *, modern: bool
) -> list[Awaitable[None]]:
    """Every trial at this version, the highest below TLS 1.3.

    `modern`: TLS 1.3 is spoken too.  No library that can has Heartbleed or the CCS fault.
    """
    groups = tuple(group_names(version))
    offer = Offer(version, tuple(accepted), groups, line.name, compression=True, heartbeat=True)
    first = asyncio.ensure_future(line.ask(offer))
    return [
        attempt("attacks", "tls_compression", _compression(first)),
        attempt("attacks", "heartbleed", _heartbleed(first, modern=modern)),
        attempt("attacks", "session_renegotiation", _renegotiation(line, version, first)),
        attempt("attacks", "openssl_ccs_injection", _ccs(line, offer, modern=modern)),
        attempt("attacks", "robot", _robot(line, offer)),
    ]


def nothing_old() -> dict[str, dict[str, object]]:
    """What is known of a service that speaks nothing below TLS 1.3: it has none of these."""
    return {
        "tls_compression": {"supports_compression": False},
        "heartbleed": {"is_vulnerable_to_heartbleed": False},
        "session_renegotiation": {
            "supports_secure_renegotiation": True,
            "is_vulnerable_to_client_renegotiation_dos": False,
        },
        "openssl_ccs_injection": {"is_vulnerable_to_ccs_injection": False},
        "robot": {"robot_result": ROBOT_NO_RSA},
    }


async def _taken(first: Awaitable[Flight]) -> Flight:
    flight = await first
    if not flight.accepted:  # it was, a moment ago
        raise Silence
    return flight


async def _compression(first: Awaitable[Flight]) -> object:
    return {"supports_compression": (await _taken(first)).compressed}


async def _heartbleed(first: Awaitable[Flight], *, modern: bool) -> object:
    """A server whose library has no heartbeat (RFC 6520) does not echo the extension."""
    if modern or HEARTBEAT not in (await _taken(first)).extensions:
        return {"is_vulnerable_to_heartbleed": False}
    return DOUBT


async def _renegotiation(line: Line, version: int, first: Awaitable[Flight]) -> object:
    told: dict[str, object] = {
        "supports_secure_renegotiation": RENEGOTIATION in (await _taken(first)).extensions
    }
    try:
        async with line.open() as sock:
            sock.setblocking(True)
            dos = await asyncio.to_thread(renegotiates, sock, version, line.name)
        told["is_vulnerable_to_client_renegotiation_dos"] = dos
    except NoSuiteInCommon as error:
        wants = (await first).wants_certificate
        name = "ClientCertificateRequested" if wants else type(error).__name__
        told |= {"error": name, "detail": str(error)}
    return told


async def _ccs(line: Line, offer: Offer, *, modern: bool) -> object:
    """A ChangeCipherSpec before its time (CVE-2014-0224): a sound server ends the connection."""
    if not modern:
        async with line.open() as sock:
            if (await line.flight(sock, offer)).done:
                early = _record(CCS, offer.version, b"\x01")
                early += _record(DATA, offer.version, b"\x00\x00")
                if await _reaction(line, sock, early) == f"alert {BAD_RECORD_MAC}":
                    return DOUBT
    return {"is_vulnerable_to_ccs_injection": False}


async def _robot(line: Line, offer: Offer) -> object:
    """Does the server tell well-padded secrets from others (robotattack.org)?"""
    rsa = [suite for suite in offer.suites if exchange(suite) == "RSA"]
    rsa.sort(key=lambda suite: "_GCM_" not in suites()[suite])
    if not rsa:
        return {"robot_result": ROBOT_NO_RSA}
    wanted = Offer(offer.version, rsa, offer.groups, offer.name)
    reactions = [await _oracle(line, wanted, wrong) for wrong in range(5)]
    if len(set(reactions)) != 1:
        return DOUBT
    return {"robot_result": ROBOT_NO_ORACLE}


async def _oracle(line: Line, offer: Offer, wrong: int) -> str:
    """What the server does about a secret that is wrong in this way; 0 is a right one."""
    async with line.open() as sock:
        flight = await line.flight(sock, offer)
        if not flight.done or not flight.certificates:
            raise Silence
        modulus, exponent = _key(flight.certificates[0])
        size = (modulus.bit_length() + 7) // 8
        secret = int.from_bytes(_padded(size, offer.version, wrong), "big")
        key = pow(secret, exponent, modulus).to_bytes(size, "big")
        if offer.version > SSLV3:
            key = struct.pack(">H", size) + key
        said = b""
        if flight.wants_certificate:
            said += _message(offer.version, CERTIFICATE, b"\x00\x00\x00")
        said += _message(offer.version, CLIENT_KEY_EXCHANGE, key)
        said += _record(CCS, offer.version, b"\x01")
        said += _record(HANDSHAKE, offer.version, os.urandom(80))
        reaction = await _reaction(line, sock, said)
        if flight.wants_certificate and reaction in {f"alert {one}" for one in WANTS_CERTIFICATE}:
            raise ClientCertificateRequested
        return reaction


class ClientCertificateRequested(Exception):
    """The service does not go on without a client's certificate."""


def _key(certificate: bytes) -> tuple[int, int]:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.x509 import load_der_x509_certificate

    key = load_der_x509_certificate(certificate).public_key()
    if not isinstance(key, RSAPublicKey):
        raise TypeError("not an RSA key")
    numbers = key.public_numbers()
    return numbers.n, numbers.e


def _padded(size: int, version: int, wrong: int) -> bytes:
    """A secret in PKCS #1 v1.5 padding: right, or wrong in one of four ways."""
    padding = (b"\xab\xcd" * size)[: size - 51]
    told = struct.pack(">H", version)
    return (
        b"\x00\x02" + padding + b"\x00" + told + _SECRET,
        b"\x41\x17" + padding + b"\x00" + told + _SECRET,
        b"\x00\x02" + padding + b"\x11" + _SECRET + b"\x00\x11",
        b"\x00\x02" + padding + b"\x11\x11\x11" + _SECRET,
        b"\x00\x02" + padding + b"\x00\x02\x02" + _SECRET,
    )[wrong]


async def _reaction(line: Line, sock: socket.socket, said: bytes) -> str:
    """What comes back when this is said: an alert with its number, data, an end, or nothing."""
    answer = b""
    try:
        async with asyncio.timeout(PATIENCE):
            await line.send(sock, said)
            while len(answer) < 7 and (more := await line.read(sock)):
                answer += more
    except TimeoutError:
        return "silence"
    if len(answer) >= 7 and answer[0] == ALERT:
        return f"alert {answer[6]}"
    return "data" if answer else "end"


def _message(version: int, kind: int, body: bytes) -> bytes:
    return _record(HANDSHAKE, version, bytes([kind]) + len(body).to_bytes(3, "big") + body)


def _record(kind: int, version: int, body: bytes) -> bytes:
    return struct.pack(">BHH", kind, version, len(body)) + body
