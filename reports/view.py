"""What a scorecard shows: plain frozen data in the reader's language, the same for every format.

Texts are translated and made harmless here; numbers, dates and codes (`met`, `high`, `fail`) are
as they are, and each format writes them in its own way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from reports.text import shorten
from reports.view_system import Counts, PaperCount, SystemCard
from scanner.assessment import Coverage, RunInfo
from scanner.basis import Basis
from scanner.papers import Papers
from scanner.timeline import Timeline

PLACE = 200  # characters of a place that are shown
COMPLIANT, NOT_COMPLIANT, UNPROVEN = "compliant", "not_compliant", "unproven"


@dataclass(frozen=True)
class CheckText:
    """What a check says of itself."""

    id: str
    title: str
    why: str
    fix: str
    snippets: tuple[tuple[str, str], ...] = ()  # (server, configuration to paste)

    @property
    def first_step(self) -> str:
        """The fix's first sentence."""
        head, stop, rest = self.fix.partition(". ")
        return f"{head}." if stop and rest else self.fix


@dataclass(frozen=True)
class Seen:
    """One finding."""

    check: CheckText
    status: str
    severity: str
    agency: str
    agency_name: str
    system: str
    asset: str
    endpoint: str
    address: str
    reason: str  # translated
    detail: str
    evidence: Mapping[str, Any]  # as JSON can hold it
    labelled: tuple[tuple[str, str], ...]  # the same for a person: (label, value)
    controls: tuple[str, ...]  # ids of the controls it speaks for
    facts: str = ""  # SHA-256 of what it was judged from
    owner: str = ""  # SHA-256 of what the inventory says of the place
    observed: datetime | None = None  # when that was seen

    @property
    def place(self) -> str:
        """`web-1 · tcp/443`."""
        return _place(self.asset, self.endpoint)

    @property
    def says(self) -> str:
        """The reason with its detail."""
        return shorten(f"{self.reason}: {self.detail}" if self.detail else self.reason)


@dataclass(frozen=True)
class Mend:
    """One thing to mend: a check that fails, and everywhere it does."""

    check: CheckText
    severity: str
    seen: tuple[Seen, ...]

    @property
    def says(self) -> str:
        """What is wrong, in the words that most places share."""
        reasons = Counter(one.reason for one in self.seen)
        return reasons.most_common(1)[0][0]

    @property
    def agencies(self) -> tuple[str, ...]:
        """Names of the agencies that it hits."""
        return tuple(dict.fromkeys(one.agency_name for one in self.seen))

    @property
    def controls(self) -> tuple[str, ...]:
        """Ids of the controls that it keeps from being met."""
        return tuple(sorted({control for one in self.seen for control in one.controls}))


@dataclass(frozen=True)
class Gap:
    """What should have been assessed and could not be."""

    agency: str
    agency_name: str
    system: str
    asset: str
    endpoint: str
    reason: str  # translated, with its detail
    probes: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()  # what was left undecided

    @property
    def place(self) -> str:
        """`web-1 · tcp/443`."""
        return _place(self.asset, self.endpoint)


@dataclass(frozen=True)
class Failed:
    """A visit that brought nothing, as the JSON lists it."""

    agency: str
    system: str
    asset: str
    probe: str
    endpoint: str
    reason: str
    detail: str


@dataclass(frozen=True)
class AgencyCard:
    """One agency."""

    id: str
    name: str
    electronic: bool
    compliant: bool
    verdict: str  # compliant; not_compliant; unproven: nothing fails, but not all is known
    score: float
    coverage: Coverage
    counts: Counts
    readings: Mapping[str, bool]
    systems: tuple[SystemCard, ...]
    mends: tuple[Mend, ...]
    gaps: tuple[Gap, ...]
    serious: int  # failing findings, critical and high
    by_machine: tuple[int, int]  # of the controls that checks decided: met, all
    run: str = ""  # the run that looked at it; "" when none did
    seen: date | None = None  # its day
    stale: bool = False  # too long ago: what that run saw counts for nothing
    papers: PaperCount = field(default_factory=PaperCount)
    time: Timeline = Timeline()  # noqa: RUF009  # frozen


@dataclass(frozen=True)
class ProgrammeCard:
    """The programme against its target."""

    name: str
    level: int
    target: float  # percent
    by: date | None
    reading: str
    counted: int
    compliant: int
    percent: float
    readings: Mapping[str, float]
    missing: int  # agencies that are still to comply before the target is reached
    late: bool  # the run is later than the day of the target, and it is not reached

    @property
    def reached(self) -> bool:
        """Is the target reached?"""
        return not self.missing


@dataclass(frozen=True)
class Tailored:
    """One value that a profile of one's own changed."""

    check: str
    param: str
    was: str
    now: str
    firm: bool  # the standard fixes it


@dataclass(frozen=True)
class Scorecard:
    """Everything, for the programme, or (`only`) for one agency."""

    lang: str
    run: RunInfo
    profile: str  # its title
    credit: str  # whom the profile thanks
    programme: ProgrammeCard
    agencies: tuple[AgencyCard, ...]
    findings: tuple[Seen, ...]  # worst first
    failed: tuple[Failed, ...]
    mends: tuple[Mend, ...]
    gaps: tuple[Gap, ...]
    coverage: Coverage = field(default_factory=Coverage)
    digest: str = ""  # SHA-256 over the run's observations
    only: str = ""  # the agency's id
    inside: tuple[tuple[str, str, str], ...] = ()  # (agency, system, asset) that a log-in saw
    papers: Papers = field(default_factory=Papers)  # also those that count no longer
    tailored: tuple[Tailored, ...] = ()  # what the profile changes of the one that it extends
    basis: Basis = field(default_factory=Basis)  # by what it was judged
    time: Timeline = Timeline()  # noqa: RUF009  # frozen; the programme's

    @property
    def fingerprints(self) -> tuple[str, str, str]:
        """Of the profile, the facts and the papers: the first twelve digits of each SHA-256."""
        run = self.run
        return run.profile_sha256[:12], run.facts_sha256[:12], run.papers_sha256[:12]


def _place(asset: str, endpoint: str) -> str:
    return shorten(f"{asset} · {endpoint}" if endpoint else asset, PLACE)
