"""Findings to an assessment: each control, system, agency, and the programme's share.  Pure.

The rules are those of the design: on one asset the worst finding decides; over assets, some failing
and some passing is `partial`; unknown is never `met`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from checks import Status
from scanner.assessment import (
    AgencyAssessment,
    Assessment,
    ControlResult,
    ControlStatus,
    Coverage,
    DecidedBy,
    Failure,
    Finding,
    ProgrammeAssessment,
    RunInfo,
    SystemAssessment,
)
from scanner.inventory import Agency, Dossier, Inventory, System
from scanner.profile import Control, Profile

WORST_FIRST = (Status.FAIL, Status.ERROR, Status.PASS, Status.NOT_APPLICABLE)
Findings = Mapping[str, Sequence[Finding]]  # by check


def assess(
    run: RunInfo,
    profile: Profile,
    inventory: Inventory,
    findings: Sequence[Finding],
    failures: Sequence[Failure],
    as_of: date | None = None,
) -> Assessment:
    """Everything for every agency of the inventory, scanned in this run or not.

    `as_of` is the day on which it is shown: a run of another year is no longer "assessed within
    the year".  Without it, the run's own day counts.
    """
    by_system: dict[tuple[str, str], dict[str, list[Finding]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for finding in findings:
        by_system[finding.agency, finding.system][finding.check].append(finding)
    broken = {failure.agency for failure in failures}
    this_year = as_of is None or as_of.year == run.started.year
    level = inventory.programme.target.level

    def of(agency: Agency) -> AgencyAssessment:
        seen = {system.id: by_system.get((agency.id, system.id), {}) for system in agency.systems}
        systems = tuple(_system(one, profile, seen[one.id]) for one in agency.systems)
        counted = [one.id for one in systems if one.level >= level]
        gaps = agency.id in broken or not all(_all_spoke(profile, seen[one]) for one in counted)
        assessed = run.complete and this_year and bool(counted) and not gaps
        return _agency(agency, systems, level, assessed=assessed)

    agencies = tuple(of(agency) for agency in inventory.agencies)
    programme = _programme(inventory, agencies)
    return Assessment(run, programme, agencies, tuple(findings), tuple(failures))


def _all_spoke(profile: Profile, findings: Findings) -> bool:
    """Did every check of the profile say something of this system?"""
    return any(findings.values()) and all(findings.get(check) for check in profile.checks())


def control_result(
    control: Control, findings: Findings, assets: Iterable[str] = ()
) -> ControlResult:
    """One control's status for one system, from the findings of its checks.

    Of each of the `assets` its deciding checks must have said something, if only that they don't
    apply: else it is unverified.
    """
    decided = _status(control.decides, findings, assets)
    status = decided or ControlStatus.UNVERIFIED
    alarm = _failing(_status(control.hints, findings))  # a person must confirm it
    spoke = tuple(check for check in control.bound if findings.get(check))
    by = DecidedBy.CHECKS
    if control.advice and (alarm or _failing(status)):
        status = ControlStatus.UNVERIFIED
    elif alarm and status is not ControlStatus.NOT_MET:
        status, by = ControlStatus.PARTIAL, by if _failing(decided) else DecidedBy.NONE
    if status is ControlStatus.UNVERIFIED:
        by = DecidedBy.NONE
    hinted = by is DecidedBy.NONE and any(_saw(findings[check]) for check in spoke)
    return ControlResult(control.id, status, by, hinted, spoke)


def _saw(findings: Iterable[Finding]) -> bool:
    return any(one.status in {Status.PASS, Status.FAIL} for one in findings)


def _failing(status: ControlStatus | None) -> bool:
    return status in {ControlStatus.NOT_MET, ControlStatus.PARTIAL}


def _status(
    checks: Iterable[str], findings: Findings, assets: Iterable[str] = ()
) -> ControlStatus | None:
    """What these checks say together, over all assets; None when none of them spoke."""
    silent = False
    by_asset: dict[str, set[Status]] = defaultdict(set)
    for name in checks:
        seen = {finding.asset for finding in findings.get(name, ())}
        silent = silent or not seen or not seen.issuperset(assets)
        for finding in findings.get(name, ()):
            by_asset[finding.asset].add(finding.status)
    if not by_asset:
        return None
    worst = {next(s for s in WORST_FIRST if s in seen) for seen in by_asset.values()}
    if Status.FAIL in worst:
        return ControlStatus.PARTIAL if Status.PASS in worst else ControlStatus.NOT_MET
    if Status.ERROR in worst or silent:
        return ControlStatus.UNVERIFIED
    return ControlStatus.MET if Status.PASS in worst else ControlStatus.NOT_APPLICABLE


def coverage(results: Iterable[ControlResult]) -> Coverage:
    """How the controls were settled; the parts add up to all of them."""
    total = Coverage()
    for result in results:
        if result.status is ControlStatus.NOT_APPLICABLE:
            total += Coverage(not_applicable=1)
        elif result.decided_by in {DecidedBy.ATTESTATION, DecidedBy.WAIVER}:
            total += Coverage(attested=1)
        elif result.decided_by is DecidedBy.CHECKS:
            total += Coverage(decided=1)
        elif result.hinted:
            total += Coverage(hinted=1)
        else:
            total += Coverage(unverified=1)
    return total


def _settled(result: ControlResult) -> bool:
    """Is this control out of the way: met, validly waived, or not applicable?"""
    by_waiver = result.decided_by is DecidedBy.WAIVER
    return by_waiver or result.status in {ControlStatus.MET, ControlStatus.NOT_APPLICABLE}


def _score(results: Iterable[ControlResult]) -> float:
    """Percent of the applicable controls that are met; 100 only when all are."""
    applicable = [r for r in results if r.status is not ControlStatus.NOT_APPLICABLE]
    met = sum(r.status is ControlStatus.MET for r in applicable)
    if not applicable:
        return 0.0
    return int(1000 * met / len(applicable)) / 10


def _system(system: System, profile: Profile, findings: Findings) -> SystemAssessment:
    assets = frozenset(asset.id for asset in system.assets)
    results = tuple(control_result(control, findings, assets) for control in profile.controls)
    something = any(r.status is not ControlStatus.NOT_APPLICABLE for r in results)
    return SystemAssessment(
        id=system.id,
        name=system.name,
        level=system.level,
        results=results,
        compliant=something and all(_settled(r) for r in results),
        score=_score(results),
        coverage=coverage(results),
        dossier_approved=_approved(system.dossier),
    )


def _approved(dossier: Dossier) -> bool:
    return dossier.state == "approved" and bool(dossier.decision)


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
    assessed: bool,
) -> AgencyAssessment:
    counted = [system for system in systems if system.level >= level]
    compliant = bool(counted) and all(system.compliant for system in counted)
    approved = bool(counted) and all(system.dossier_approved for system in counted)
    results = [result for system in counted for result in system.results]
    return AgencyAssessment(
        id=agency.id,
        name=agency.name,
        electronic=agency.electronic,
        systems=systems,
        compliant=compliant,
        score=_score(results),
        coverage=coverage(results),
        readings=_Readings(approved, compliant, assessed).table(),
    )


def _programme(inventory: Inventory, agencies: tuple[AgencyAssessment, ...]) -> ProgrammeAssessment:
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
