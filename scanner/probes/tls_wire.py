"""TLS on the wire, as far as a client needs it that never gets past the server's first flight.

Written and read by hand: no cryptography, no state.  What is read is a stranger's; it is bounded,
and what does not follow RFC 5246 or RFC 8446 is `Nonsense`.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from scanner.probes.tls_names import (
    GROUPS,
    GROUPS13,
    SIGNATURES,
    SSLV2_SUITES,
    SSLV3,
    TLS12,
    TLS13,
    exchange,
)

MOST = 1 << 17  # bytes of one flight
RECORD = (1 << 14) + 2048  # bytes of one record
SCSV_RENEGOTIATION, SCSV_FALLBACK = 0x00FF, 0x5600  # RFC 5746, RFC 7507

CCS, ALERT, HANDSHAKE, DATA = 20, 21, 22, 23
SERVER_HELLO, CERTIFICATE, KEY_EXCHANGE, CERTIFICATE_REQUEST, DONE = 2, 11, 12, 13, 14
SNI, GROUPS_EXT, POINTS, SIGNATURES_EXT, HEARTBEAT, PADDING = 0, 10, 11, 13, 15, 21
VERSIONS_EXT, KEY_SHARE, RENEGOTIATION = 43, 51, 0xFF01
WARNING = 1
PROTOCOL_VERSION, INAPPROPRIATE_FALLBACK = 70, 86

# A ServerHello with this random is a HelloRetryRequest (RFC 8446, 4.1.3).
RETRY = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")


class Nonsense(ValueError):
    """What was read is not TLS."""


@dataclass(frozen=True)
class Offer:
    """What one ClientHello offers."""

    version: int
    suites: Sequence[int]
    groups: Sequence[int] = ()
    name: str = ""  # for SNI; none for an address
    compression: bool = False
    heartbeat: bool = False
    fallback: bool = False  # say that this is a second try with a lower version


def client_hello(offer: Offer) -> bytes:
    """The record that makes this offer.  SSLv3 gets no extensions."""
    suites = [*offer.suites, *([SCSV_FALLBACK] if offer.fallback else [])]
    extensions = b""
    if offer.version > SSLV3:
        extensions = _extensions(offer.version, tuple(offer.groups), offer.name, offer.heartbeat)
    else:
        suites.append(SCSV_RENEGOTIATION)
    body = struct.pack(">H", min(offer.version, TLS12)) + os.urandom(32)
    body += _sized(1, os.urandom(32) if offer.version == TLS13 else b"")
    body += _sized(2, struct.pack(f">{len(suites)}H", *suites))
    body += b"\x02\x01\x00" if offer.compression else b"\x01\x00"
    if extensions:
        # some load balancers hang on a hello of 256 to 511 bytes (RFC 7685)
        length = 4 + len(body) + 2 + len(extensions)
        if 255 < length < 512:
            extensions += _extension(PADDING, bytes(max(0, 512 - length - 4)))
        body += _sized(2, extensions)
    hello = b"\x01" + _sized(3, body)
    return struct.pack(">BHH", HANDSHAKE, min(offer.version, 0x0301), len(hello)) + hello


@lru_cache(1024)
def _extensions(version: int, groups: tuple[int, ...], name: str, heartbeat: bool) -> bytes:
    written = b""
    if name:
        written += _extension(SNI, _sized(2, b"\x00" + _sized(2, name.encode("ascii"))))
    if groups:
        numbers = struct.pack(f">{len(groups)}H", *groups)
        written += _extension(GROUPS_EXT, _sized(2, numbers))
    if version < TLS13:
        written += _extension(POINTS, b"\x01\x00") + _extension(RENEGOTIATION, b"\x00")
    if version >= TLS12:
        pairs = struct.pack(f">{len(SIGNATURES)}H", *SIGNATURES)
        written += _extension(SIGNATURES_EXT, _sized(2, pairs))
    if heartbeat:
        written += _extension(HEARTBEAT, b"\x01")
    if version == TLS13:
        # no key at all: the server answers with the group that it wants (RFC 8446, 4.2.8)
        written += _extension(VERSIONS_EXT, b"\x02\x03\x04") + _extension(KEY_SHARE, b"\x00\x00")
    return written


def _extension(kind: int, body: bytes) -> bytes:
    return struct.pack(">H", kind) + _sized(2, body)


def _sized(width: int, body: bytes) -> bytes:
    return len(body).to_bytes(width, "big") + body


def sslv2_hello() -> bytes:
    """An SSLv2 CLIENT-HELLO that offers every suite it has (Hickman, 1995)."""
    kinds = b"".join(SSLV2_SUITES)
    body = b"\x01\x00\x02" + struct.pack(">HHH", len(kinds), 0, 16) + kinds + os.urandom(16)
    return struct.pack(">H", 0x8000 | len(body)) + body


@dataclass
class Flight:
    """What a server answered, as far as it was read."""

    alert: int | None = None  # a fatal one
    version: int = 0  # of the ServerHello; 0 when none came
    suite: int = 0
    compressed: bool = False
    extensions: Mapping[int, bytes] = field(default_factory=dict)
    certificates: Sequence[bytes] = ()  # DER, leaf first
    group: int = 0  # of an elliptic-curve exchange
    dh_prime: int = 0  # bits
    wants_certificate: bool = False
    done: bool = False  # the flight is whole

    @property
    def accepted(self) -> bool:
        """Did a ServerHello come?"""
        return self.version != 0


class Reader:
    """Takes what comes, in pieces of any size, into a `Flight`.  Raises `Nonsense`."""

    def __init__(self) -> None:
        self.flight = Flight()
        self._records, self._messages = bytearray(), bytearray()
        self._taken = 0

    @property
    def ended(self) -> bool:
        """Is there nothing more to come that counts?"""
        flight = self.flight
        return flight.done or flight.alert is not None

    def feed(self, data: bytes) -> None:
        """Take the next bytes."""
        self._taken += len(data)
        if self._taken > MOST:
            raise Nonsense("too long")
        self._records += data
        while not self.ended and len(self._records) >= 5:
            kind, version, length = struct.unpack_from(">BHH", self._records)
            if kind not in (CCS, ALERT, HANDSHAKE, DATA) or version >> 8 != 3 or length > RECORD:
                raise Nonsense("not a record")
            if len(self._records) < 5 + length:
                return
            body = bytes(self._records[5 : 5 + length])
            del self._records[: 5 + length]
            self._record(kind, body)

    def _record(self, kind: int, body: bytes) -> None:
        if kind == ALERT:
            if len(body) != 2 or self._messages:
                raise Nonsense("not an alert")
            if body[0] != WARNING:
                self.flight.alert = body[1]
        elif kind == HANDSHAKE and body:
            self._messages += body
            self._take_messages()
        else:
            raise Nonsense("not the time for this record")

    def _take_messages(self) -> None:
        while not self.ended and len(self._messages) >= 4:
            kind, length = self._messages[0], int.from_bytes(self._messages[1:4], "big")
            if length > MOST:
                raise Nonsense("too long")
            if len(self._messages) < 4 + length:
                return
            body = bytes(self._messages[4 : 4 + length])
            del self._messages[: 4 + length]
            self._message(kind, body)

    def _message(self, kind: int, body: bytes) -> None:
        flight = self.flight
        try:
            if kind == SERVER_HELLO and not flight.accepted:
                _server_hello(flight, body)
            elif not flight.accepted:
                raise Nonsense("a flight begins with a ServerHello")
            elif kind == CERTIFICATE and not flight.certificates:
                flight.certificates = tuple(_pieces(_whole(body, 3), 3))
            elif kind == KEY_EXCHANGE:
                _key_exchange(flight, body)
            elif kind == CERTIFICATE_REQUEST:
                flight.wants_certificate = True
            elif kind == DONE:
                flight.done = True
        except (IndexError, struct.error) as error:
            raise Nonsense("a message is too short") from error


def _server_hello(flight: Flight, body: bytes) -> None:
    version, random = struct.unpack_from(">H32s", body)
    at = 35 + body[34]
    suite, compression = struct.unpack_from(">HB", body, at)
    rest = body[at + 3 :]
    extensions = dict(_pairs(_whole(rest, 2))) if rest else {}
    told = extensions.get(VERSIONS_EXT)
    if told is not None:
        version = int.from_bytes(told, "big")
    if not SSLV3 <= version <= TLS13 or compression > 1 or body[34] > 32:
        raise Nonsense("not a ServerHello")
    flight.version, flight.suite, flight.compressed = version, suite, compression == 1
    flight.extensions = extensions
    if version == TLS13:
        share = extensions.get(KEY_SHARE, b"")
        if random == RETRY or len(share) >= 2:
            flight.group = int.from_bytes(share[:2], "big") if share else 0
        flight.done = True  # what follows is encrypted


def _key_exchange(flight: Flight, body: bytes) -> None:
    kind = exchange(flight.suite)
    if kind == "ECDHE" and body[0] == 3:  # a named curve
        flight.group = struct.unpack_from(">H", body, 1)[0]
    elif kind == "DHE":
        length = struct.unpack_from(">H", body)[0]
        if len(body) < 2 + length:
            raise Nonsense("a message is too short")
        flight.dh_prime = int.from_bytes(body[2 : 2 + length], "big").bit_length()


def _whole(body: bytes, width: int) -> bytes:
    """What is left after a length that must fit."""
    if len(body) < width or int.from_bytes(body[:width], "big") != len(body) - width:
        raise Nonsense("a length is wrong")
    return body[width:]


def _pieces(body: bytes, width: int) -> Iterator[bytes]:
    at = 0
    while at < len(body):
        length = int.from_bytes(body[at : at + width], "big")
        piece = body[at + width : at + width + length]
        if not piece or len(piece) != length:
            raise Nonsense("a length is wrong")
        yield piece
        at += width + length


def _pairs(body: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(body):
        kind, length = struct.unpack_from(">HH", body, at)
        piece = body[at + 4 : at + 4 + length]
        if len(piece) != length:
            raise Nonsense("a length is wrong")
        yield kind, piece
        at += 4 + length


def sslv2_suites(answer: bytes) -> tuple[str, ...] | None:
    """The suites of an SSLv2 SERVER-HELLO; None while it is not whole.

    Raises `Nonsense` for anything else.
    """
    if len(answer) < 2:
        return None
    length = struct.unpack_from(">H", answer)[0] & 0x7FFF
    if not answer[0] & 0x80 or length < 11 or (len(answer) > 2 and answer[2] != 4):
        raise Nonsense("not an SSLv2 hello")
    if len(answer) < 2 + length:
        return None
    certificate, kinds, connection = struct.unpack_from(">HHH", answer, 7)
    if 11 + certificate + kinds + connection != length or kinds % 3:
        raise Nonsense("not an SSLv2 hello")
    at = 13 + certificate
    told = [answer[place : place + 3] for place in range(at, at + kinds, 3)]
    return tuple(SSLV2_SUITES[kind] for kind in told if kind in SSLV2_SUITES)


def group_names(version: int) -> Mapping[int, str]:
    """The groups that may be offered with this version, by their numbers."""
    return GROUPS13 if version == TLS13 else GROUPS
