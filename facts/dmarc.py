"""DMARC: find the policy that holds for a domain (RFC 7489, and the walk of RFC 9989)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from facts.base import Unknown

POLICIES = ("none", "quarantine", "reject")
MOST_NAMES = 8  # names that are asked, from the domain upwards
LONGEST = 4096

_VERSION = re.compile(r"v\s*=\s*DMARC1\s*(?:;|$)")
_TAG = re.compile(r"\s*([a-z][a-z0-9_]*)\s*=\s*(.*?)\s*", re.DOTALL)


@dataclass(frozen=True)
class Dmarc:
    """A record, read."""

    tags: Mapping[str, str] = field(default_factory=dict)
    fault: str = ""  # the part that is not valid

    def policy(self, *, below: bool) -> str:
        """What it asks for the domain, or for those below it; "" when it is not valid."""
        own = self.tags.get("p", "").lower()
        asked = self.tags.get("sp", own).lower() if below else own
        return asked if not self.fault and own in POLICIES and asked in POLICIES else ""

    @property
    def testing(self) -> bool:
        """Does it ask receivers not to apply it (`t=y`, or `pct=0`)?"""
        share = self.tags.get("pct", "")
        none = share.isascii() and share.isdigit() and not int(share[:9])
        return self.tags.get("t", "").lower() == "y" or none


@dataclass(frozen=True)
class Holds:
    """The record that holds for a domain."""

    at: str = ""  # the domain that publishes it; "": none does
    record: str = ""
    dmarc: Dmarc = Dmarc()
    below: bool = False  # it stands above the domain
    several: bool = False  # there are more than one, so that none holds


def dmarc_records(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Those of a name's TXT records that are DMARC's."""
    return tuple(text for text in texts if _VERSION.match(text))


def dmarc(record: str) -> Dmarc:
    """Read one record; never raises."""
    if len(record) > LONGEST:
        return Dmarc(fault=record[:60])
    tags: dict[str, str] = {}
    for part in record.split(";"):
        if not part.strip():
            continue
        match = _TAG.fullmatch(part)
        if match is None or match[1] in tags:
            return Dmarc(tags, part.strip()[:200])
        tags[match[1]] = match[2]
    return Dmarc(tags)


def asked(domain: str) -> tuple[str, ...]:
    """The domains at which a policy may stand: itself, and those above, but for the top level."""
    labels = domain.split(".")
    starts = range(max(1, len(labels) - 1))
    upwards = [".".join(labels[at:]) for at in starts]
    return (upwards[0], *upwards[1:][-(MOST_NAMES - 1) :])


def holds(domain: str, records: Mapping[str, tuple[str, ...] | Unknown]) -> Holds | Unknown:
    """The policy: the domain's own, else that of its organisation above it."""
    found: list[Holds] = []
    for name, told in _told(domain, records):
        if isinstance(told, Unknown):
            return told
        if not told:
            continue
        if len(told) > 1:
            one = Holds(name, told[0], below=name != domain, several=True)
        else:
            one = Holds(name, told[0], dmarc(told[0]), name != domain)
        if name == domain:
            return one
        kind = one.dmarc.tags.get("psd", "").lower()
        if kind == "y" and found:
            break  # the organisation is the name below this register's
        found.append(one)
        if kind == "n":
            break
    return found[-1] if found else Holds()


def _told(
    domain: str, records: Mapping[str, tuple[str, ...] | Unknown]
) -> Iterator[tuple[str, tuple[str, ...] | Unknown]]:
    for name in asked(domain):
        yield name, records.get(name, Unknown("This was not looked up", name))
