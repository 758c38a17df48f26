"""What changed for the worse between two runs: all that a nightly scan says with `-q`.

Addresses are left out of the comparison, since a name may lead to another one every night; of
several addresses the worst one counts.  What the later run did not look at is no change.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from checks import Severity, Status
from scanner.assessment import Assessment, ControlStatus, Finding

AGENCY, CONTROL, FAULT, BLIND = "agency", "control", "fault", "blind"
WORSE_STATUS = (
    ControlStatus.MET,
    ControlStatus.UNVERIFIED,
    ControlStatus.PARTIAL,
    ControlStatus.NOT_MET,
)
WORST = (Status.FAIL, Status.ERROR, Status.PASS, Status.NOT_APPLICABLE)

Place = tuple[str, ...]


@dataclass(frozen=True, slots=True)  # a country has many on its first night
class Change:
    """One thing that is worse than it was."""

    kind: str  # agency: complies no more; control: fell; fault: new; blind: no longer decidable
    agency: str  # its name
    system: str = ""
    place: str = ""
    what: str = ""  # the check's, the control's or the probe's id
    severity: str = ""
    was: str = ""
    now: str = ""
    reason: str = ""  # literal English
    detail: str = ""


def changes_for_worse(before: Assessment | None, after: Assessment) -> list[Change]:
    """What is worse in `after`, agencies first, then controls, faults and blind spots.

    Without an earlier run everything that is not well is news, save the controls' statuses.
    """
    names = {one.id: one.name for one in after.agencies}
    return [
        *_agencies(before, after),
        *_controls(before, after),
        *_faults(before, after, names),
        *_failures(before, after, names),
    ]


def worse_by_agency(pairs: Iterable[tuple[Assessment | None, Assessment]]) -> list[Change]:
    """The same in the same order, from each agency's part before and after, one pair at a time."""
    found: list[tuple[tuple[int, int, str], Change]] = []
    for place, (before, after) in enumerate(pairs):
        (one,) = after.agencies
        for change in changes_for_worse(before, after):
            if change.kind in {FAULT, BLIND} and change.severity:
                section, rank = 2 + (change.kind == BLIND), Severity(change.severity).rank
                found.append(((section, rank, one.id), change))
            else:
                section = {AGENCY: 0, CONTROL: 1}.get(change.kind, 4)
                found.append(((section, place, ""), change))
    return [change for _, change in sorted(found, key=lambda pair: pair[0])]


def _agencies(before: Assessment | None, after: Assessment) -> Iterable[Change]:
    complied = {one.id for one in before.agencies if one.compliant} if before else set()
    for one in after.agencies:
        if one.id in complied and not one.compliant:
            yield Change(AGENCY, one.name, was="compliant", now="not_compliant")


def _controls(before: Assessment | None, after: Assessment) -> Iterable[Change]:
    old = _statuses(before) if before else {}
    for agency in after.agencies:
        for system in agency.systems:
            for one in system.results:
                was = old.get((agency.id, system.id, one.control))
                if was is not None and _rank(one.status) > _rank(was):
                    yield Change(
                        CONTROL, agency.name, system.id, what=one.control, was=was, now=one.status
                    )


def _faults(
    before: Assessment | None, after: Assessment, names: Mapping[str, str]
) -> Iterable[Change]:
    old = _worst(before.findings) if before else {}
    new = sorted(_worst(after.findings).items(), key=lambda i: (i[1].severity.rank, i[0]))
    for kind, status in ((FAULT, Status.FAIL), (BLIND, Status.ERROR)):
        for key, one in new:
            was = old.get(key)
            if one.status is status and (was is None or _counts(was.status, status)):
                yield Change(
                    kind,
                    names.get(one.agency, one.agency),
                    one.system,
                    f"{one.asset} · {one.endpoint}",
                    one.check,
                    one.severity,
                    was.status if was else "",
                    one.status,
                    one.reason,
                    one.detail,
                )


def _failures(
    before: Assessment | None, after: Assessment, names: Mapping[str, str]
) -> Iterable[Change]:
    """Visits that fail now and brought no finding that would say so."""
    told = {(f.agency, f.system, f.asset, f.endpoint) for f in after.findings}
    failed = before.failures if before else ()
    old = {(f.agency, f.system, f.asset, f.endpoint, f.probe) for f in failed}
    for one in after.failures:
        place = (one.agency, one.system, one.asset, one.endpoint)
        if place not in told and (*place, one.probe) not in old:
            where = f"{one.asset} · {one.endpoint}"
            name = names.get(one.agency, one.agency)
            yield Change(
                BLIND, name, one.system, where, one.probe, reason=one.reason, detail=one.detail
            )


def _counts(was: Status, now: Status) -> bool:
    """A fault that can't be seen any more is not worse than the fault."""
    if now is Status.ERROR:
        return was in (Status.PASS, Status.NOT_APPLICABLE)
    return was is not now


def _worst(findings: Iterable[Finding]) -> dict[Place, Finding]:
    worst: dict[Place, Finding] = {}
    for one in findings:
        key = (one.agency, one.system, one.asset, one.check, one.endpoint)
        known = worst.get(key)
        if known is None or WORST.index(one.status) < WORST.index(known.status):
            worst[key] = one
    return worst


def _statuses(of: Assessment) -> dict[Place, ControlStatus]:
    return {
        (agency.id, system.id, one.control): one.status
        for agency in of.agencies
        for system in agency.systems
        for one in system.results
    }


def _rank(status: ControlStatus) -> int:
    return WORSE_STATUS.index(status) if status in WORSE_STATUS else 0
