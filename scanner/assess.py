"""Findings to an assessment: each control, system, agency, and the programme's share.  Pure.

What machines saw, what people said of it, and the day on which it is told; a look that is too old
counts for nothing, and an agency that nobody looked at is not compliant rather than absent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo

from checks import CHECKS, Status
from scanner.assessment import (
    AgencyAssessment,
    Assessment,
    ControlResult,
    ControlStatus,
    DecidedBy,
    Failure,
    Finding,
    ProgrammeAssessment,
    RunInfo,
    SystemAssessment,
)
from scanner.basis import basis_of
from scanner.controls import Findings, control_result, coverage, score
from scanner.dossier import approved
from scanner.fingerprint import of_findings
from scanner.inventory import Agency, Inventory, System
from scanner.papers import Papers, add_months
from scanner.profile import Control, Profile
from scanner.settle import Said, rhythm, settle, settled


@dataclass(frozen=True)
class Rules:
    """What every agency is assessed by."""

    profile: Profile
    papers: Papers
    day: date  # on which papers and ages count
    level: int  # from which on systems count
    zone: ZoneInfo
    rescan_months: int  # an older look counts for nothing

    @classmethod
    def of(cls, profile: Profile, inventory: Inventory, papers: Papers, day: date) -> Rules:
        """Those of an inventory's programme."""
        programme = inventory.programme
        zone = ZoneInfo(programme.timezone)
        level, months = programme.target.level, programme.rescan_months
        return cls(profile, papers, day, level, zone, months)


@dataclass(frozen=True)
class Look:
    """What one run saw of one agency."""

    run: RunInfo
    findings: Sequence[Finding]
    failures: Sequence[Failure]


def assess(
    run: RunInfo,
    profile: Profile,
    inventory: Inventory,
    findings: Sequence[Finding],
    failures: Sequence[Failure],
    papers: Papers | None = None,
    as_of: date | None = None,
) -> Assessment:
    """Everything for every agency of the inventory, scanned in this run or not.

    `as_of` is the day on which it is shown, without it the run's own: papers expire, a look grows
    old, a run of another year is no longer "assessed within the year".
    """
    zone = ZoneInfo(inventory.programme.timezone)
    day = as_of or run.started.astimezone(zone).date()
    mine = (papers or Papers()).of(agency.id for agency in inventory.agencies)
    rules = Rules.of(profile, inventory, mine, day)
    found: dict[str, list[Finding]] = defaultdict(list)
    failed: dict[str, list[Failure]] = defaultdict(list)
    for finding in findings:
        found[finding.agency].append(finding)
    for failure in failures:
        failed[failure.agency].append(failure)
    agencies = tuple(
        agency_assessment(one, Look(run, found[one.id], failed[one.id]), rules)
        for one in inventory.agencies
    )
    info = replace(
        run,
        as_of=day,
        profile_sha256=profile.digest,
        papers_sha256=mine.digest(day),
        facts_sha256=of_findings(findings),
    )
    programme = programme_assessment(inventory, agencies)
    basis = basis_of(profile, CHECKS)
    return Assessment(info, programme, agencies, tuple(findings), tuple(failures), mine, basis)


def agency_assessment(agency: Agency, look: Look | None, rules: Rules) -> AgencyAssessment:
    """One agency, by what its newest run saw; None: no run ever looked."""
    by_system: dict[str, dict[str, list[Finding]]] = defaultdict(lambda: defaultdict(list))
    for finding in look.findings if look else ():
        by_system[finding.system][finding.check].append(finding)
    saw = look is not None and any(map(_told, look.findings))  # not only visits that failed
    seen = look.run.started.astimezone(rules.zone).date() if look and saw else None
    until = add_months(seen, rules.rescan_months) if seen else None
    stale = until is not None and rules.day > until
    whole = seen if look and look.run.complete and not look.run.only else None
    systems = tuple(
        _system(
            system,
            rules,
            {} if stale else by_system[system.id],
            _Context(agency.id, system.id, until, whole),
        )
        for system in agency.systems
    )
    counted = [one.id for one in systems if one.level >= rules.level]
    spoke = all(_all_spoke(rules.profile, by_system[one]) for one in counted)
    this_year = seen is not None and seen.year == rules.day.year
    clean = look is not None and look.run.complete and not look.failures
    assessed = bool(counted) and this_year and clean and spoke
    looked = {finding.system for finding in look.findings if _told(finding)} if look else set()
    fresh = not stale and looked.issuperset(counted)
    return replace(
        _agency(agency, systems, rules.level, fresh=fresh, assessed=assessed),
        run=look.run.id if look and seen else "",
        seen=seen,
        stale=stale,
    )


def _all_spoke(profile: Profile, findings: Findings) -> bool:
    """Did every check of the profile say something of this system?"""
    return any(findings.values()) and all(findings.get(check) for check in profile.checks())


@dataclass(frozen=True)
class _Context:
    """Whose papers count for a system, and how old the look at it is."""

    agency: str
    system: str
    until: date | None  # the last day on which what was seen counts
    whole: date | None  # the day of a whole run

    def said(self, control: Control, rules: Rules) -> Said:
        return Said.of(rules.papers, (self.agency, self.system, control.id), rules.day)


def _system(
    system: System, rules: Rules, findings: Findings, context: _Context
) -> SystemAssessment:
    assets = frozenset(asset.id for asset in system.assets)
    looked = {one.asset for many in findings.values() for one in many if _told(one)}
    whole = context.whole if looked >= assets else None
    results = []
    for control in rules.profile.controls:
        if reason := rules.profile.left_out.get(control.id):
            results.append(_left_out(control, reason))
            continue
        machine, until = control_result(control, findings, assets), context.until
        if control.runs:
            until = add_months(whole, rhythm(control)) if whole else None
            if until and rules.day <= until:
                machine = _scanned(control, machine)
        results.append(settle(control, machine, context.said(control, rules), until))
    something = any(r.status is not ControlStatus.NOT_APPLICABLE for r in results)
    return SystemAssessment(
        id=system.id,
        name=system.name,
        level=system.level,
        results=tuple(results),
        compliant=something and all(map(settled, results)),
        score=score(results),
        coverage=coverage(results),
        dossier_approved=approved(system.dossier, rules.day),
        dossier=system.dossier,
    )


def _told(finding: Finding) -> bool:
    return finding.status in {Status.PASS, Status.FAIL}


def _left_out(control: Control, reason: str) -> ControlResult:
    status, by = ControlStatus.NOT_APPLICABLE, DecidedBy.PROFILE
    return ControlResult(control.id, status, by, left_out=reason)


def _scanned(control: Control, machine: ControlResult) -> ControlResult:
    """A requirement to scan, with a whole run in time behind it.

    Without one it stays open: somebody else's scan may be attested.
    """
    if machine.faults:
        return machine
    if control.runs == "hints":  # half of it: a person says the other half
        return replace(machine, hinted=machine.decided_by is DecidedBy.NONE)
    return replace(machine, status=ControlStatus.MET, decided_by=DecidedBy.RUNS, hinted=False)


@dataclass(frozen=True)
class _Readings:
    """The three ways to read "has a solution" (decision of the programme which one counts)."""

    approved: bool
    met: bool
    assessed: bool

    def table(self) -> dict[str, bool]:
        return {"A": self.approved, "B": self.met, "C": self.assessed}


def _agency(
    agency: Agency,
    systems: tuple[SystemAssessment, ...],
    level: int,
    *,
    fresh: bool,
    assessed: bool,
) -> AgencyAssessment:
    """`fresh`: each of its systems that count was looked at, and not too long ago."""
    counted = [system for system in systems if system.level >= level]
    compliant = fresh and bool(counted) and all(system.compliant for system in counted)
    approved = bool(counted) and all(system.dossier_approved for system in counted)
    results = [result for system in counted for result in system.results]
    return AgencyAssessment(
        id=agency.id,
        name=agency.name,
        electronic=agency.electronic,
        systems=systems,
        compliant=compliant,
        score=score(results),
        coverage=coverage(results),
        readings=_Readings(approved, compliant, assessed).table(),
    )


def programme_assessment(
    inventory: Inventory, agencies: Sequence[AgencyAssessment]
) -> ProgrammeAssessment:
    """The share of the electronic press agencies that comply."""
    goal = inventory.programme.target
    counted = [agency for agency in agencies if agency.electronic]

    def share(reading: str) -> float:
        reached = sum(agency.readings[reading] for agency in counted)
        return int(1000 * reached / len(counted)) / 10 if counted else 0.0

    compliant = sum(agency.readings[goal.reading] for agency in counted)
    return ProgrammeAssessment(
        name=inventory.programme.name,
        level=goal.level,
        target_percent=goal.percent,
        by=goal.by,
        reading=goal.reading,
        counted=len(counted),
        compliant=compliant,
        percent=share(goal.reading),
        readings={reading: share(reading) for reading in "ABC"},
    )
