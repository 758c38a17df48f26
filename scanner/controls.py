"""One control's status from the findings of its checks, and how many were settled how.  Pure.

On one asset the worst finding decides; over assets, some failing and some passing is `partial`;
unknown is never `met`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from checks import Status
from scanner.assessment import ControlResult, ControlStatus, Coverage, DecidedBy, Finding
from scanner.profile import Control

WORST_FIRST = (Status.FAIL, Status.ERROR, Status.PASS, Status.NOT_APPLICABLE)
Findings = Mapping[str, Sequence[Finding]]  # by check


def control_result(
    control: Control, findings: Findings, assets: Iterable[str] = ()
) -> ControlResult:
    """One control's status for one system, from the findings of its checks.

    Of each of the `assets` its deciding checks must have said something, if only that they don't
    apply: else it is unverified.
    """
    if not control.bound:  # most: only a person can say
        return ControlResult(control.id, ControlStatus.UNVERIFIED)
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
    return ControlResult(control.id, status, by, hinted, spoke, faults_of(control, findings))


def faults_of(control: Control, findings: Findings) -> tuple[str, ...]:
    """What fails of a control: check@asset, which is what a statement answers."""
    failing = {
        f"{one.check}@{one.asset}"
        for check in control.bound
        for one in findings.get(check, ())
        if one.status is Status.FAIL
    }
    return tuple(sorted(failing))


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
    return Coverage(**Counter(map(_settled_how, results)))


def _settled_how(result: ControlResult) -> str:
    """Which of the five parts of a coverage it counts in."""
    if result.status is ControlStatus.NOT_APPLICABLE:
        return "not_applicable"
    if result.decided_by in {DecidedBy.ATTESTATION, DecidedBy.WAIVER}:
        return "attested"
    if result.decided_by in {DecidedBy.CHECKS, DecidedBy.RUNS}:
        return "decided"
    return "hinted" if result.hinted else "unverified"


def score(results: Iterable[ControlResult]) -> float:
    """Percent of the applicable controls that are met; 100 only when all are."""
    applicable = [r for r in results if r.status is not ControlStatus.NOT_APPLICABLE]
    met = sum(r.status is ControlStatus.MET for r in applicable)
    if not applicable:
        return 0.0
    return int(1000 * met / len(applicable)) / 10
