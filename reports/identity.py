"""What machine formats need of a finding: an identity that lasts, and where it is."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from urllib.parse import quote
from uuid import UUID, uuid5

from reports.view import AgencyCard, Scorecard, Seen
from reports.view_system import SystemCard
from scanner.papers import Waiver

SPACE = UUID("5f1c1d0e-3f5b-5a53-9d7b-7a6f8a7f3c11")  # press-scan's own, for uuid5
PARTS = 300  # characters of a path's part


def uuid(*parts: str) -> str:
    """The same parts have the same UUID (version 5, RFC 9562) on every machine."""
    return str(uuid5(SPACE, harmless("\x1f".join(parts))))


def identity(of: Seen) -> str:
    """What a finding is known by from run to run: not its address, which may change any night."""
    parts = (of.check.id, of.agency, of.system, of.asset, of.endpoint)
    return hashlib.sha256(harmless("\x1f".join(parts)).encode()).hexdigest()


def harmless(text: str) -> str:
    """Text that UTF-8 can hold."""
    return text.encode("utf-8", "backslashreplace").decode()


def path(of: Seen) -> str:
    """`bao-bac-lieu/portal/web-1`, as a relative URI reference (RFC 3986)."""
    parts = (of.agency, of.system, of.asset)
    return "/".join(quote(harmless(one)[:PARTS], safe="") for one in parts)


def systems(card: Scorecard) -> Iterable[tuple[AgencyCard, SystemCard]]:
    """Every system with its agency, in order."""
    return ((agency, system) for agency in card.agencies for system in agency.systems)


def waivers(card: Scorecard) -> Mapping[tuple[str, str], Waiver]:
    """The waivers that settle a requirement in this scorecard, by agency and system and number."""
    settled = {
        (agency.id, row.waiver)
        for agency, system in systems(card)
        for row in system.controls
        if row.decided_by == "waiver"
    }
    known = {(one.agency, one.id): one for one in card.papers.waivers}
    return {key: one for key, one in known.items() if key in settled}
