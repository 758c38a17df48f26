"""Questions to one name server, and its answers: packets of strangers, read with dnspython."""

from __future__ import annotations

from dataclasses import dataclass

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype

REFUSED = {dns.rcode.REFUSED, dns.rcode.NOTAUTH, dns.rcode.NOTIMP}
REFUSALS = {dns.rcode.REFUSED, dns.rcode.NOTAUTH, dns.rcode.NOTIMP, dns.rcode.SERVFAIL,
            dns.rcode.FORMERR, dns.rcode.NXDOMAIN}  # fmt: skip


@dataclass(frozen=True)
class Reply:
    """An answer to our question."""

    code: dns.rcode.Rcode
    authoritative: bool
    offers: bool  # to look names up
    records: int  # in its answer
    other: bool  # a record that is no SOA is among them


def question(name: str, kind: str, *, recurse: bool = False) -> bytes:
    """A question as it goes over the wire.  Raises `ValueError` for what is no name."""
    try:
        asked = dns.message.make_query(dns.name.from_text(name), kind)
    except dns.exception.DNSException as error:
        raise ValueError(name) from error
    asked.flags = dns.flags.RD if recurse else dns.flags.Flag(0)
    return asked.to_wire()


def reply(raw: bytes, asked: bytes) -> Reply | None:
    """The answer to this very question; None for anything else."""
    if len(raw) < 12 or raw[:2] != asked[:2] or not raw[2] & 0x80:
        return None
    try:
        told = dns.message.from_wire(raw, ignore_trailing=True, raise_on_truncation=False)
    except (dns.exception.DNSException, ValueError, IndexError, AssertionError):
        return None
    kinds = [rrset.rdtype for rrset in told.answer for _ in rrset]
    return Reply(
        told.rcode(),
        bool(told.flags & dns.flags.AA),
        bool(told.flags & dns.flags.RA),
        len(kinds),
        any(kind != dns.rdatatype.SOA for kind in kinds),
    )


def frames(raw: bytes) -> list[bytes]:
    """The whole messages in what came over TCP, each with its length before it (RFC 1035 4.2.2)."""
    found, at = [], 0
    while at + 2 <= len(raw):
        size = int.from_bytes(raw[at : at + 2], "big")
        if at + 2 + size > len(raw):
            break
        found.append(raw[at + 2 : at + 2 + size])
        at += 2 + size
    return found


def given(raw: bytes, asked: bytes) -> bool | None:
    """Did a server begin to give the zone?  None while that can't be told.

    A first SOA alone may be a refusal to come; a further record is the zone's (RFC 5936).
    """
    records = 0
    for frame in frames(raw):
        told = reply(frame, asked)
        if told is None:
            return None
        if told.code != dns.rcode.NOERROR:
            return False if told.code in REFUSALS and not records else None
        records += told.records
        if told.other or records > 1:
            return True
        if not told.records:
            return False
    return None
