"""What a domain publishes, and how its name servers treat a stranger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from ipaddress import ip_address, ip_network

from facts.base import Unknown


class Signed(StrEnum):
    """What the resolver makes of a zone's signatures."""

    VALID = "valid"
    UNSIGNED = "unsigned"
    NO_DS = "no_ds"  # keys are published, and the zone above does not vouch for them
    BOGUS = "bogus"  # it refuses to answer, because the signatures do not hold


@dataclass(frozen=True)
class Served:
    """One address of a name server, asked directly."""

    server: str
    address: str
    authoritative: bool | Unknown | None  # it answers for the zone; None: it may not be asked
    transfer: bool | Unknown  # it gives the whole zone to a stranger
    recursion: bool | Unknown  # it looks other names up for a stranger


@dataclass(frozen=True)
class ZoneFacts:
    """One declared domain."""

    observed_at: datetime
    apex: str  # the zone that the domain lies in
    servers: Mapping[str, tuple[str, ...] | Unknown]  # name server -> its addresses
    served: tuple[Served, ...]
    signed: Signed | Unknown
    caa: tuple[str, ...] | Unknown  # the records that hold for the domain
    dangling: Mapping[str, bool | Unknown]  # alias, name or mail server -> its end is gone
    ends: Mapping[str, str]  # the same -> where it leads
    ipv6: Mapping[str, bool | Unknown]  # site or stream (host:port) -> it answers over IPv6


def networks(addresses: tuple[str, ...]) -> frozenset[str]:
    """The networks that they lie in, as far as routing tells them apart: /24, and /48 of IPv6."""
    found = set()
    for address in addresses:
        try:
            place = ip_address(address)
        except ValueError:
            continue
        wide = 24 if place.version == 4 else 48
        found.add(str(ip_network(f"{address}/{wide}", strict=False)))
    return frozenset(found)


def issuers(caa: tuple[str, ...]) -> tuple[str, ...]:
    """Who may issue certificates by CAA records as a zone file writes them (RFC 8659).

    `0 issue "ca.example"` names one; `0 issue ";"` nobody (an empty text); other tags say nothing
    of it.
    """
    found = []
    for record in caa:
        words = record.split(maxsplit=2)
        if len(words) == 3 and words[1].lower() == "issue":
            found.append(words[2].strip().strip('"').partition(";")[0].strip())
    return tuple(found)
