"""What people say about a control: attestations with their evidence, and waivers.  Pure data.

Nothing here is ever changed: a newer statement takes the place of an older one, a withdrawn one
counts for nothing from that day on, and what counted on a day can be told years later.
"""

from __future__ import annotations

import json
from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import TypeVar

from scanner.digest import Lines

Key = tuple[str, str, str]  # agency, system, control


class Answer(StrEnum):
    """What a person says of a control."""

    MET = "met"
    EQUIVALENT = "equivalent"  # another measure does what the requirement is for
    NOT_APPLICABLE = "not_applicable"
    PARTIAL = "partial"
    NOT_MET = "not_met"


@dataclass(frozen=True)
class Evidence:
    """A file that was handed in; its content lies in the evidence folder under its digest."""

    name: str  # as it was called
    sha256: str
    size: int  # bytes
    kind: str  # its extension, by what it holds: pdf, png, xlsx ...


@dataclass(frozen=True)
class Attestation:
    """A person's statement for one control of one system."""

    id: str
    agency: str
    system: str
    control: str
    answer: Answer
    statement: str
    by: str  # who says so
    made: date
    valid_until: date  # the last day on which it counts
    recorded: datetime
    evidence: tuple[Evidence, ...] = ()
    document: str = ""  # number of a paper that proves it
    seen: tuple[str, ...] = ()  # the faults that the machine showed then: check@asset
    plan: str = ""  # of what is not met: what will be done,
    plan_by: date | None = None  # and by when
    withdrawn: date | None = None  # from this day on it counts for nothing

    @property
    def key(self) -> Key:
        """Whose control it speaks of."""
        return self.agency, self.system, self.control

    def holds(self, day: date) -> bool:
        """Does it count on this day?"""
        gone = self.withdrawn is not None and self.withdrawn <= day
        return self.made <= day <= self.valid_until and not gone


@dataclass(frozen=True)
class Waiver:
    """An accepted deviation from one control of one system."""

    id: str
    agency: str
    system: str
    control: str
    reason: str
    decision: str  # number of the decision that accepts it
    requested_by: str
    approved_by: str  # never who requested it
    valid_from: date
    valid_until: date  # the last day on which it counts
    recorded: datetime
    withdrawn: date | None = None

    @property
    def key(self) -> Key:
        """Whose control it speaks of."""
        return self.agency, self.system, self.control

    def holds(self, day: date) -> bool:
        """Does it count on this day?"""
        gone = self.withdrawn is not None and self.withdrawn <= day
        return self.valid_from <= day <= self.valid_until and not gone


P = TypeVar("P", Attestation, Waiver)


@dataclass(frozen=True)
class Papers:
    """The statements and waivers of some systems, also those that count no longer."""

    attestations: tuple[Attestation, ...] = ()
    waivers: tuple[Waiver, ...] = ()

    def last(self, key: Key, day: date) -> Attestation | None:
        """The newest statement that was made by this day, valid or not."""
        if not (said := self._said.get(key)):
            return None
        made = [
            one for one in said if one.made <= day and not (one.withdrawn and one.withdrawn <= day)
        ]
        return max(made, key=lambda one: (one.made, one.recorded, one.id), default=None)

    def attestation(self, key: Key, day: date) -> Attestation | None:
        """What counts on this day: the newest statement, if it is valid then.

        An older one that would still be valid does not come back when a newer one has expired.
        """
        newest = self.last(key, day)
        return newest if newest and newest.holds(day) else None

    def waiver(self, key: Key, day: date) -> Waiver | None:
        """The waiver that counts on this day; of several the one that lasts longest."""
        valid = [one for one in self._waived.get(key, ()) if one.holds(day)]
        return max(valid, key=lambda one: (one.valid_until, one.recorded, one.id), default=None)

    def last_waiver(self, key: Key, day: date) -> Waiver | None:
        """The waiver that counts, or else the one that ended last before this day."""
        if not (waived := self._waived.get(key)):
            return None
        begun = [one for one in waived if one.valid_from <= day]
        ended = max(begun, key=lambda one: (one.valid_until, one.recorded, one.id), default=None)
        return self.waiver(key, day) or ended

    def of(self, agencies: Iterable[str]) -> Papers:
        """Those of these agencies."""
        wanted = frozenset(agencies)
        return Papers(
            tuple(one for one in self.attestations if one.agency in wanted),
            tuple(one for one in self.waivers if one.agency in wanted),
        )

    def in_force(self, day: date) -> Papers:
        """What counts on this day."""
        said = (self.attestation(key, day) for key in self._said)
        return Papers(
            tuple(one for one in said if one),
            tuple(one for key in self._waived for one in self._waived[key] if one.holds(day)),
        )

    def digest(self, day: date) -> str:
        """SHA-256 over what counts on this day: the papers' fingerprint.  "" when nothing does.

        Numbers of our own, the time of writing down and what the machine showed are left out:
        the same statements give the same fingerprint in an agency's store and in an auditor's.
        """
        return Lines(self.lines(day)).hex

    def lines(self, day: date) -> list[str]:
        """What that fingerprint is of, sorted: agency after agency, in the order of their ids."""
        held = self.in_force(day)
        return sorted([*map(_line, held.attestations), *map(_line, held.waivers)])

    @cached_property
    def _said(self) -> dict[Key, list[Attestation]]:
        return _by_key(self.attestations)

    @cached_property
    def _waived(self) -> dict[Key, list[Waiver]]:
        return _by_key(self.waivers)


def together(many: Sequence[Papers]) -> Papers:
    """All of them, in this order."""
    return Papers(
        tuple(one for papers in many for one in papers.attestations),
        tuple(one for papers in many for one in papers.waivers),
    )


def _by_key(papers: Sequence[P]) -> dict[Key, list[P]]:
    found: dict[Key, list[P]] = {}
    for one in papers:
        found.setdefault(one.key, []).append(one)
    return found


_OWN = {"id", "recorded", "seen"}


def same(one: Attestation | Waiver, other: Attestation | Waiver) -> bool:
    """Do both say the same, in whatever store they lie, withdrawn or not?"""
    return _line(replace(one, withdrawn=None)) == _line(replace(other, withdrawn=None))


def _line(one: Attestation | Waiver) -> str:
    told = {name: value for name, value in vars(one).items() if name not in _OWN}
    if isinstance(one, Attestation):
        told["evidence"] = sorted(file.sha256 for file in one.evidence)
    return json.dumps(told, ensure_ascii=False, sort_keys=True, default=str)


def add_months(day: date, months: int) -> date:
    """The same day, months later; the month's last day where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
