"""What a scorecard shows of one system: its requirements, group by group, and its dossier."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from scanner.assessment import Coverage


@dataclass(frozen=True)
class Note:
    """One line beside a requirement."""

    kind: str  # attestation, waiver, contested, left_out, due
    text: str
    more: str = ""  # what was said at length
    counts: bool = True  # False: it has expired, or did not begin
    planned: date | None = None  # by when what is not met will be mended


@dataclass(frozen=True)
class PaperCount:
    """How many papers count, and how many have expired and were not replaced."""

    attestations: int = 0
    waivers: int = 0
    expired: int = 0
    until: date | None = None  # the first day on which one of them ends

    def __add__(self, other: PaperCount) -> PaperCount:
        return PaperCount(
            self.attestations + other.attestations,
            self.waivers + other.waivers,
            self.expired + other.expired,
            min(filter(None, (self.until, other.until)), default=None),
        )


@dataclass(frozen=True)
class Counts:
    """How many controls have which status."""

    met: int = 0
    partial: int = 0
    not_met: int = 0
    not_applicable: int = 0
    unverified: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.met + other.met,
            self.partial + other.partial,
            self.not_met + other.not_met,
            self.not_applicable + other.not_applicable,
            self.unverified + other.unverified,
        )

    @property
    def total(self) -> int:
        """All of them."""
        return self.met + self.partial + self.not_met + self.not_applicable + self.unverified

    @property
    def applicable(self) -> int:
        """All but the ones that don't apply: what the score is of."""
        return self.total - self.not_applicable


@dataclass(frozen=True)
class ControlRow:
    """One control of one system."""

    id: str
    clause: str
    standard: str
    group: str
    title: str
    status: str
    decided_by: str
    hinted: bool
    checks: tuple[str, ...]
    faults: tuple[str, ...] = ()  # what fails: check@asset
    contested: tuple[str, ...] = ()  # faults that came after the statement
    left_out: str = ""  # the profile's reason
    attestation: str = ""  # number of the newest statement, whether it counts or not
    waiver: str = ""
    due: date | None = None  # the last day on which this holds; None: something is due now
    notes: tuple[Note, ...] = ()
    source: str = ""  # where the requirement was read
    confidence: str = ""  # how sure that is: high, medium, low
    every: int | None = None  # months: the requirement's own rhythm
    advice: bool = False  # the standard only suggests its values


@dataclass(frozen=True)
class Group:
    """The controls of one group."""

    id: str
    title: str
    counts: Counts
    controls: tuple[ControlRow, ...]


@dataclass(frozen=True)
class SystemCard:
    """One system."""

    id: str
    name: str
    level: int
    compliant: bool
    score: float
    coverage: Coverage
    dossier_approved: bool
    groups: tuple[Group, ...]
    counts: Counts
    dossier: tuple[tuple[str, str], ...] = ()  # (what, value) for a person
    contradictions: tuple[str, ...] = ()

    @property
    def controls(self) -> tuple[ControlRow, ...]:
        """All, group after group."""
        return tuple(row for group in self.groups for row in group.controls)
