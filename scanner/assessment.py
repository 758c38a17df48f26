"""What judging leaves behind: findings, and every control's status for one system, rolled up.

Plain frozen data.  `scanner/judge.py` makes findings, `scanner/assess.py` the rest, and
`reports/scorecard.py` shows them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from checks import Severity, Status
from scanner.basis import Basis
from scanner.dossier_file import Dossier
from scanner.papers import Papers


@dataclass(frozen=True)
class Finding:
    """One check's verdict on one target of one asset."""

    check: str
    severity: Severity
    status: Status
    agency: str
    system: str
    asset: str
    target: str  # the visit's key
    endpoint: str  # tcp/443, a URL, ...
    address: str
    reason: str  # a literal English sentence
    detail: str = ""  # language-neutral
    evidence: Mapping[str, Any] = field(default_factory=dict)
    facts: str = ""  # SHA-256 of what it was judged from, times set aside
    owner: str = ""  # SHA-256 of what the inventory says of the target
    observed: datetime | None = None  # when that was seen


@dataclass(frozen=True)
class Failure:
    """A visit that brought no facts, though it should have."""

    agency: str
    system: str
    asset: str
    probe: str
    endpoint: str
    reason: str
    detail: str = ""


class ControlStatus(StrEnum):
    """Đạt, Một phần, Chưa đạt, Không áp dụng, Chưa xác minh."""

    MET = "met"
    PARTIAL = "partial"
    NOT_MET = "not_met"
    NOT_APPLICABLE = "not_applicable"
    UNVERIFIED = "unverified"


class DecidedBy(StrEnum):
    """Who settled a control."""

    CHECKS = "checks"
    ATTESTATION = "attestation"
    WAIVER = "waiver"
    RUNS = "runs"  # the tool's own runs: "scan at least every 6 months"
    PROFILE = "profile"  # left out by it, with a reason
    NONE = "none"


@dataclass(frozen=True, slots=True)  # a country has half a million
class ControlResult:
    """One control for one system."""

    control: str
    status: ControlStatus
    decided_by: DecidedBy = DecidedBy.NONE
    hinted: bool = False  # a machine saw something, but a person must say
    checks: tuple[str, ...] = ()  # the checks that spoke
    faults: tuple[str, ...] = ()  # what fails: check@asset
    attestation: str = ""  # number of the newest statement, whether it counts or not
    waiver: str = ""  # number of the newest waiver, whether it counts or not
    contested: tuple[str, ...] = ()  # faults that the statement does not answer
    due: date | None = None  # the last day on which this holds; None: something is due now
    left_out: str = ""  # the profile's reason


@dataclass(frozen=True)
class Coverage:
    """How the controls were settled.  The five add up to all controls."""

    decided: int = 0
    hinted: int = 0
    attested: int = 0
    unverified: int = 0
    not_applicable: int = 0

    def __add__(self, other: Coverage) -> Coverage:
        return Coverage(
            self.decided + other.decided,
            self.hinted + other.hinted,
            self.attested + other.attested,
            self.unverified + other.unverified,
            self.not_applicable + other.not_applicable,
        )


@dataclass(frozen=True)
class SystemAssessment:
    """Every control's status for one system."""

    id: str
    name: str
    level: int
    results: tuple[ControlResult, ...]
    compliant: bool
    score: float  # percent of the applicable controls that are met
    coverage: Coverage
    dossier_approved: bool = False
    dossier: Dossier = field(default_factory=Dossier)


@dataclass(frozen=True)
class AgencyAssessment:
    """One agency.  `compliant` when all its systems at the programme's level or above are."""

    id: str
    name: str
    electronic: bool
    systems: tuple[SystemAssessment, ...]
    compliant: bool
    score: float
    coverage: Coverage
    readings: Mapping[str, bool] = field(default_factory=dict)  # A, B, C
    run: str = ""  # the run that looked at it; "" when none did
    seen: date | None = None  # its day, in the programme's time zone
    stale: bool = False  # too long ago: what that run saw counts for nothing


@dataclass(frozen=True)
class ProgrammeAssessment:
    """The share of the electronic press agencies that comply, under three readings."""

    name: str
    level: int
    target_percent: float
    by: date | None
    reading: str  # the one that counts
    counted: int
    compliant: int
    percent: float
    readings: Mapping[str, float] = field(default_factory=dict)  # A, B, C: percent


@dataclass(frozen=True)
class Permit:
    """The owner's paper that allowed the run.  Runs that were judged long ago do not name it."""

    document: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    networks: tuple[str, ...] = ()
    windows: tuple[str, ...] = ()  # hours; none: any


@dataclass(frozen=True)
class RunInfo:
    """Which run, by whom, against what, with which data."""

    id: str
    started: datetime
    finished: datetime | None
    scanner_version: str
    vantage: str
    profile: str
    profile_version: str
    standard: str
    data: tuple[tuple[str, str], ...] = ()  # (name, date) of each table the checks leaned on
    complete: bool = True
    as_of: date | None = None  # the day on which papers and ages count
    profile_sha256: str = ""  # of the profile's files
    papers_sha256: str = ""  # of the attestations and waivers in force that day
    facts_sha256: str = ""  # of all facts that were judged, whenever they were seen
    only: tuple[str, ...] = ()  # the run was narrowed to these areas and checks
    permit: Permit = Permit()  # frozen


@dataclass(frozen=True)
class Assessment:
    """All of it, ready to be shown."""

    run: RunInfo
    programme: ProgrammeAssessment
    agencies: tuple[AgencyAssessment, ...]
    findings: tuple[Finding, ...]
    failures: tuple[Failure, ...]
    papers: Papers = field(default_factory=Papers)
    basis: Basis = field(default_factory=Basis)
