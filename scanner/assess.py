"""Findings to an assessment: each control, system, agency, and the programme's share.  Pure.

The rules are those of the design: on one asset the worst finding decides; over assets, some failing
and some passing is `partial`; unknown is never `met`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

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
) -> Assessment:
    """Everything for every agency of the inventory, scanned in this run or not."""
    by_system: dict[tuple[str, str], dict[str, list[Finding]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for finding in findings:
        by_system[finding.agency, finding.system][finding.check].append(finding)
    broken = {failure.agency for failure in failures}
    level = inventory.programme.target.level
    agencies = tuple(
        _agency(
            agency,
            tuple(
                _system(s, profile, by_system.get((agency.id, s.id), {})) for s in agency.systems
            ),
            level,
            looked_at=run.complete and agency.id not in broken,
            seen=any(by_system.get((agency.id, s.id)) for s in agency.systems),
        )
        for agency in inventory.agencies
    )
    programme = _programme(inventory, agencies)
    return Assessment(run, programme, agencies, tuple(findings), tuple(failures))


def control_result(control: Control, findings: Findings) -> ControlResult:
    """One control's status for one system, from the findings of its checks."""
    decided = _status(control.decides, findings)
    hinted = _status(control.hints, findings)
    spoke = tuple(check for check in control.bound if findings.get(check))
    result = ControlResult(control.id, ControlStatus.UNVERIFIED, checks=spoke)
    if control.decides:
        status = decided or ControlStatus.UNVERIFIED
        if control.advice and status in {ControlStatus.NOT_MET, ControlStatus.PARTIAL}:
            return _with(result, ControlStatus.UNVERIFIED, hinted=True)
        if status is ControlStatus.MET and _failing(hinted):
            status = ControlStatus.PARTIAL
        if status is ControlStatus.UNVERIFIED:
            return _with(result, status, hinted=bool(spoke))
        return _with(result, status, DecidedBy.CHECKS)
    if control.hints and hinted:
        failing = _failing(hinted) and not control.advice
        status = ControlStatus.PARTIAL if failing else ControlStatus.UNVERIFIED
        return _with(result, status, hinted=hinted is not ControlStatus.NOT_APPLICABLE)
    return result


def _with(
    result: ControlResult,
    status: ControlStatus,
    by: DecidedBy = DecidedBy.NONE,
    *,
    hinted: bool = False,
) -> ControlResult:
    return ControlResult(result.control, status, by, hinted, result.checks)


def _failing(status: ControlStatus | None) -> bool:
    return status in {ControlStatus.NOT_MET, ControlStatus.PARTIAL}


def _status(checks: Iterable[str], findings: Findings) -> ControlStatus | None:
    """What these checks say together, over all assets; None when none of them spoke."""
    names = tuple(checks)
    silent = any(not findings.get(name) for name in names)
    by_asset: dict[str, set[Status]] = defaultdict(set)
    for name in names:
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
    met = sum(_settled(r) for r in applicable)
    if not applicable:
        return 0.0
    return int(1000 * met / len(applicable)) / 10


def _system(system: System, profile: Profile, findings: Findings) -> SystemAssessment:
    results = tuple(control_result(control, findings) for control in profile.controls)
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
    looked_at: bool,
    seen: bool,
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
        readings=_Readings(approved, compliant, bool(counted) and looked_at and seen).table(),
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
