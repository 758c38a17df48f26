"""A signed domain of two name servers on two networks, which tell strangers nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from facts.zone import Served, Signed, ZoneFacts
from tests.factories import GOOD

SERVERS = {"ns1.bao.test": ("203.0.113.53",), "ns2.dns.test": ("198.51.100.53",)}


def served(name: str = "ns1.bao.test", address: str = "203.0.113.53", **changes: object) -> Served:
    """A name server that was asked."""
    kept = Served(name, address, authoritative=True, transfer=False, recursion=False)
    return replace(kept, **changes)


GOOD[ZoneFacts] = ZoneFacts(
    observed_at=datetime(2026, 11, 23, 3, 0, tzinfo=UTC),
    apex="bao.test",
    servers=SERVERS,
    served=(served(), served("ns2.dns.test", "198.51.100.53")),
    signed=Signed.VALID,
    caa=('0 issue "ca.test"',),
    dangling={"www.bao.test": False, "ns1.bao.test": False},
    ends={"www.bao.test": "cdn.test", "ns1.bao.test": "ns1.bao.test"},
    ipv6={"bao.test:443": True},
)


def zone(**changes: object) -> ZoneFacts:
    """The good facts, otherwise changed."""
    return replace(GOOD[ZoneFacts], **changes)
