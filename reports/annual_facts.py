"""What the yearly report is made of: the programme as it stood on the day of the cut.  Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from checks import Severity, Status
from scanner.assess import Look
from scanner.assessment import (
    AgencyAssessment,
    ControlResult,
    Coverage,
    Finding,
    ProgrammeAssessment,
    RunInfo,
    SystemAssessment,
)
from scanner.dossier import Contradiction, all_contradictions
from scanner.due import Item
from scanner.due import due as find_due
from scanner.inventory import Agency, Inventory, System
from scanner.papers import Attestation
from scanner.profile import Profile
from scanner.report_settings import ReportSettings
from scanner.rollup import RollUp

OPENS = (12, 15)  # month and day on which a data year begins, a year before (Art. 35.3)
PROVINCE, MINISTRY = (12, 9), (12, 14)  # the day before 10 December; the data year's last
SERIOUS = (Severity.CRITICAL, Severity.HIGH)
AHEAD = 92  # days for which the report tells what falls due


@dataclass(frozen=True)
class SystemYear:
    """One system at the level, or above."""

    agency: Agency
    system: System
    of: SystemAssessment
    looked: bool  # a whole scan looked at it within the data year
    serious: tuple[Finding, ...]  # faults that are critical or high

    def plan_of(self, result: ControlResult, year: Year) -> Attestation | None:
        """What somebody plans for a requirement that is not met."""
        return year.statements.get((self.agency.id, result.attestation))


@dataclass(frozen=True)
class Year:
    """All of it."""

    year: int
    day: date  # of the cut
    opens: date
    inventory: Inventory
    profile: Profile
    settings: ReportSettings
    programme: ProgrammeAssessment
    agencies: tuple[AgencyAssessment, ...]
    systems: tuple[SystemYear, ...]
    contradictions: tuple[Contradiction, ...]
    due: tuple[Item, ...]
    runs: tuple[RunInfo, ...]  # that it rests on
    statements: dict[tuple[str, str], Attestation]  # by agency and number

    @property
    def coverage(self) -> Coverage:
        """Who settled how many requirements."""
        return sum((one.of.coverage for one in self.systems), Coverage())

    def systems_of(self, agency: str) -> Iterator[SystemYear]:
        """An agency's."""
        return (one for one in self.systems if one.agency.id == agency)


def cut(year: int, settings: ReportSettings, *, ministry: bool) -> date:
    """The day whose data count."""
    named = settings.cuts.ministry if ministry else settings.cuts.province
    return named or date(year, *(MINISTRY if ministry else PROVINCE))


def facts(
    year: int,
    rolled: RollUp,
    inventory: Inventory,
    profile: Profile,
    settings: ReportSettings,
    look: Callable[[str, str], Look | None],  # a run and an agency's id -> what it saw, judged
) -> Year:
    """The facts of a roll-up that was made on the day of the cut, with all results in it."""
    opens = date(year - 1, *OPENS)
    systems: list[SystemYear] = []
    runs: dict[str, RunInfo] = {}
    for agency, standing in zip(inventory.agencies, rolled.standings, strict=True):
        one = standing.agency
        seen = look(one.run, one.id) if one.run and not one.stale else None
        if seen:
            runs[seen.run.id] = seen.run
        looked = bool(one.seen and one.seen >= opens and not one.stale)
        faults = _serious(seen)
        systems += [
            SystemYear(agency, system, of, looked, tuple(f for f in faults if f.system == of.id))
            for system, of in zip(agency.systems, one.systems, strict=True)
            if of.level >= inventory.programme.target.level
        ]
    until = date.fromordinal(rolled.day.toordinal() + AHEAD)
    return Year(
        year=year,
        day=rolled.day,
        opens=opens,
        inventory=inventory,
        profile=profile,
        settings=settings,
        programme=rolled.programme,
        agencies=tuple(one.agency for one in rolled.standings),
        systems=tuple(systems),
        contradictions=all_contradictions(inventory, rolled.day),
        due=find_due(rolled, inventory, profile.controls).within(until),
        runs=tuple(runs.values()),
        statements={(one.agency, one.id): one for one in rolled.papers.attestations},
    )


def _serious(seen: Look | None) -> list[Finding]:
    found = (
        [f for f in seen.findings if f.status is Status.FAIL and f.severity in SERIOUS]
        if seen
        else []
    )
    return sorted(found, key=lambda f: (f.severity.rank, f.check, f.asset, f.endpoint))
