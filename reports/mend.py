"""What to mend, worst and most wide-spread first; and what could not be looked at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from checks import Severity, Status
from reports.text import shorten
from reports.view import Failed, Gap, Mend, Seen


def mends(findings: Iterable[Seen]) -> tuple[Mend, ...]:
    """The failing checks: the worst first, then those that hit the most."""
    by_check: dict[str, list[Seen]] = defaultdict(list)
    for one in findings:
        if one.status == Status.FAIL:
            by_check[one.check.id].append(one)
    found = [
        Mend(seen[0].check, min((s.severity for s in seen), key=_rank), tuple(seen))
        for seen in by_check.values()
    ]
    return tuple(
        sorted(found, key=lambda m: (_rank(m.severity), -len(m.agencies), -len(m.seen), m.check.id))
    )


def _rank(severity: str) -> int:
    return Severity(severity).rank


def gaps_of(
    findings: Iterable[Seen], failed: Iterable[Failed], names: Mapping[str, str]
) -> tuple[Gap, ...]:
    """Failed visits and undecided checks, put together by place and reason.  `names`: agencies'."""
    probes: dict[tuple[str, ...], list[str]] = defaultdict(list)
    undecided: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for visit in failed:
        says = shorten(f"{visit.reason}: {visit.detail}" if visit.detail else visit.reason)
        probes[visit.agency, visit.system, visit.asset, visit.endpoint, says].append(visit.probe)
    for one in findings:
        if one.status == Status.ERROR:
            key = (one.agency, one.system, one.asset, one.endpoint, one.says)
            undecided[key].append(one.check.id)
    return tuple(
        Gap(
            agency, names.get(agency, agency), system, asset, endpoint, says,
            probes=tuple(sorted(set(probes.get((agency, system, asset, endpoint, says), ())))),
            checks=tuple(sorted(set(undecided.get((agency, system, asset, endpoint, says), ())))),
        )
        for agency, system, asset, endpoint, says in sorted({*probes, *undecided})
    )  # fmt: skip
