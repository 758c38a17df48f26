"""What services on UDP say to one packet each: which answer a stranger, and with too much.

Packets are in `PACKETS`; readers take a raw answer.  Sources: RFC 1035 (DNS), ntpd's mode 7
(`ntp_request.h`), RFC 1157 and 3416 (SNMP), UPnP Device Architecture 1.1 (SSDP), memcached's
protocol.txt, RFC 1798 (CLDAP), IPMI 2.0 section 13.2.3 (presence ping), RFC 1350 (TFTP).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from facts.base import NOT_GATHERED, Unknown


@dataclass(frozen=True)
class Question:
    """One packet to one port."""

    port: int
    packet: bytes
    abused: Callable[[bytes], bool]  # of an answer: could it be turned against a third party?
    any_port: bool = False  # the answer may come from another port


@dataclass(frozen=True)
class UdpFacts:
    """What came back.  Each question is sent again when nothing comes back."""

    observed_at: datetime
    answered: Mapping[str, bool | Unknown]  # by question: did a service answer?
    abused: Mapping[str, bool | Unknown]  # by question: did it answer with what is abused?
    silent: tuple[str, ...] = ()  # asked twice; neither an answer nor "nothing listens here"
    reachable: bool | Unknown = NOT_GATHERED  # is the host known to be there, by anything?
    ports: Mapping[str, int] = field(default_factory=dict)  # by question


def dns(raw: bytes) -> bool:
    """The answer to `. NS` with recursion desired: is this resolver open to strangers?

    RA says that recursion is offered to who asks, whatever came of it; a referral to the root
    without RA is an answer about foreign names as well.  REFUSED is as it should be.
    """
    if len(raw) < 12 or not raw[2] & 0x80:
        return False
    code, recursion, authority = raw[3] & 0x0F, bool(raw[3] & 0x80), bool(raw[2] & 0x04)
    if code in (1, 4, 5):  # format error, not implemented, refused
        return False
    records = int.from_bytes(raw[6:8], "big") + int.from_bytes(raw[8:10], "big")
    return recursion or (code == 0 and records > 0 and not authority)


def ntp(raw: bytes) -> bool:
    """The answer to MON_GETLIST_1: does it hold a list?  An error code (no data) holds none."""
    if len(raw) < 8 or raw[0] & 0x87 != 0x87 or raw[3] != 42:
        return False
    return raw[4] >> 4 == 0 and int.from_bytes(raw[4:6], "big") & 0x0FFF > 0


def snmp(raw: bytes) -> bool:
    """The answer to a GET with the community `public`: a response PDU with that community."""
    return raw[:1] == b"\x30" and b"\x04\x06public\xa2" in raw[:32]


def ssdp(raw: bytes) -> bool:
    """The answer to M-SEARCH."""
    return raw.startswith(b"HTTP/1.") and b" 200" in raw[:16]


def memcached(raw: bytes) -> bool:
    """The answer to `version` in memcached's UDP frame."""
    return raw[8:].startswith(b"VERSION ")


def cldap(raw: bytes) -> bool:
    """The answer to a rootDSE search: a search entry, or the end of an (empty) search."""
    return raw[:1] == b"\x30" and re.search(rb"\x02\x01\x07[\x64\x65]", raw[:16]) is not None


def never(raw: bytes) -> bool:
    """It is asked only to learn whether something is there."""
    return not isinstance(raw, bytes)


def _get(version: int) -> bytes:
    """An SNMP GET of sysDescr.0 with the community `public`."""
    bound = bytes.fromhex("300c06082b060102010101000500")
    ids = bytes.fromhex("020453434150020100020100")
    pdu = ids + b"\x30" + bytes([len(bound)]) + bound
    body = b"\x02\x01" + bytes([version]) + b"\x04\x06public\xa0" + bytes([len(pdu)]) + pdu
    return b"\x30" + bytes([len(body)]) + body


def _search() -> bytes:
    """A CLDAP search of the rootDSE: base "", (objectClass=*), attribute 1.1 (none)."""
    ask = bytes.fromhex("04000a01000a0100020100020101010100870b") + b"objectClass"
    ask += b"\x30\x05\x04\x031.1"
    body = b"\x02\x01\x07\x63" + bytes([len(ask)]) + ask
    return b"\x30" + bytes([len(body)]) + body


_SEARCH_SSDP = (
    b'M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: "ssdp:discover"\r\n'
    b"MX: 1\r\nST: ssdp:all\r\n\r\n"
)

QUESTIONS: Mapping[str, Question] = {
    "dns": Question(53, bytes.fromhex("505301000001000000000000 00 0002 0001"), dns),
    "ntp": Question(123, bytes.fromhex("1700032a00000000"), ntp),
    "snmp-v1": Question(161, _get(0), snmp),
    "snmp-v2c": Question(161, _get(1), snmp),
    "ssdp": Question(1900, _SEARCH_SSDP, ssdp, any_port=True),
    "memcached": Question(11211, bytes.fromhex("0001000000010000") + b"version\r\n", memcached),
    "cldap": Question(389, _search(), cldap),
    "ipmi": Question(623, bytes.fromhex("0600ff06000011be80000000"), never),
    "tftp": Question(69, b"\x00\x01press-scan-no-such-file\x00octet\x00", never, any_port=True),
}
