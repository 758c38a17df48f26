"""Tells what answered a TLS client's hello: TLS, another protocol, or nothing that makes sense."""

from __future__ import annotations

import re
from enum import Enum

ENOUGH = 16  # bytes that decide


class Speech(Enum):
    """What the first bytes of an answer are."""

    TLS = "tls"
    OTHER = "other"  # certainly another protocol
    NONSENSE = "nonsense"


# How services greet, or answer what they don't understand.
_OTHERS = re.compile(
    rb"HTTP/\d|<!doctype|<html|SSH-[12]|RFB \d|\* OK|\* BYE|\+OK|-ERR|(220|421|500|502|554)[ -]"
    rb"|@RSYNCD|ICY 200|RTSP/1|<\?xml|AMQP|ERROR\r\n",
    re.IGNORECASE,
)
_ALERT, _HANDSHAKE, _SSLV2_HELLO = 0x15, 0x16, 0x04


def speech(answer: bytes) -> Speech:
    """What the beginning of an answer to a ClientHello is."""
    if len(answer) >= 3 and answer[0] in (_ALERT, _HANDSHAKE) and answer[1] == 3:
        return Speech.TLS
    if len(answer) >= 3 and answer[0] & 0x80 and answer[2] == _SSLV2_HELLO:
        return Speech.TLS
    if _OTHERS.match(answer) or _mysql(answer):
        return Speech.OTHER
    return Speech.NONSENSE


def _mysql(answer: bytes) -> bool:
    """A MySQL or MariaDB server's greeting: length, packet number 0, protocol 10 (or an error)."""
    return len(answer) >= 6 and answer[2:4] == b"\0\0" and answer[4] in (0x0A, 0xFF)
