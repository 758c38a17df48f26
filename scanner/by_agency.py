"""Judge a run agency by agency, and keep each part as it is done: memory stays flat.

What comes out is what `Judgement.assessment` gives, to the last digit of its fingerprints.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from zoneinfo import ZoneInfo

from checks import CHECKS, Severity, Status
from scanner.assess import Rules, agency_assessment, programme_assessment
from scanner.assessment import AgencyAssessment, Assessment
from scanner.basis import basis_of
from scanner.digest import Lines
from scanner.fingerprint import lines_of
from scanner.inventory import Agency
from scanner.judgement_shelf import row_of
from scanner.judging import Judgement, incomplete
from scanner.spread import spread


@dataclass(frozen=True)
class Tally:
    """What decides how a command ends."""

    incomplete: bool = False  # something should have been assessed and could not be
    failing: frozenset[Severity] = frozenset()  # severities of failing findings
    compliant: Mapping[str, bool] = field(default_factory=dict)  # by agency

    @classmethod
    def of(cls, assessment: Assessment) -> Tally:
        """That of an assessment."""
        return cls(
            incomplete(assessment),
            frozenset(one.severity for one in assessment.findings if one.status is Status.FAIL),
            {one.id: one.compliant for one in assessment.agencies},
        )

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.incomplete or other.incomplete,
            self.failing | other.failing,
            {**self.compliant, **other.compliant},
        )


def judge_and_keep(judgement: Judgement) -> Tally:
    """Judge a run, and keep what it was judged to be."""
    parts = _Parts(judgement)
    store, run = judgement.store, judgement.run.id
    store.keep_parts(run, judgement.profile.id, parts, parts.head)
    return parts.tally


@dataclass(frozen=True)
class _Judged:
    """What is sent of an agency that was judged: the rest is in the row, compressed."""

    place: int  # in the inventory
    row: Mapping[str, Any]
    thin: AgencyAssessment
    facts: tuple[str, ...]
    papers: tuple[str, ...]
    tally: Tally


class _Parts:
    """Each agency's row with its place in the inventory, and then what is left: the head."""

    def __init__(self, judgement: Judgement) -> None:
        self._judgement = judgement
        self._inventory = judgement.run.inventory
        zone = ZoneInfo(self._inventory.programme.timezone)
        self._day = judgement.as_of or judgement.run.started.astimezone(zone).date()
        profile = judgement.profile.digest
        self._info = replace(judgement.info, as_of=self._day, profile_sha256=profile)
        self._facts, self._papers = Lines(), Lines()
        self._thin: dict[int, AgencyAssessment] = {}
        self.tally = Tally()

    def __iter__(self) -> Iterator[Mapping[str, Any]]:
        """In the order of ids, which is that of the fingerprints' lines."""
        agencies = sorted(enumerate(self._inventory.agencies), key=_by_id)
        for one in spread(self._judge, agencies, self._judgement.store.forked):
            self._thin[one.place] = one.thin
            self._facts.add(one.facts)
            self._papers.add(one.papers)
            self.tally += one.tally
            yield one.row

    def head(self) -> Assessment:
        """All but the agencies."""
        agencies = [self._thin[place] for place in sorted(self._thin)]
        info = replace(self._info, papers_sha256=self._papers.hex, facts_sha256=self._facts.hex)
        programme = programme_assessment(self._inventory, agencies)
        basis = basis_of(self._judgement.profile, CHECKS)
        return Assessment(info, programme, (), (), (), basis=basis)

    def _judge(self, placed: tuple[int, Agency]) -> _Judged:
        place, agency = placed
        part = self._part(agency)
        (one,) = part.agencies
        return _Judged(
            place,
            row_of(place, part),
            replace(one, systems=()),
            tuple(lines_of(part.findings)),
            tuple(part.papers.lines(self._day)),
            Tally.of(part),
        )

    def _part(self, agency: Agency) -> Assessment:
        look = self._judgement.look(agency.id)
        papers = self._judgement.store.papers([agency.id])
        rules = Rules.of(self._judgement.profile, self._inventory, papers, self._day)
        one = agency_assessment(agency, look, rules)
        programme = programme_assessment(self._inventory, [one])
        findings, failures = tuple(look.findings), tuple(look.failures)
        return Assessment(self._info, programme, (one,), findings, failures, papers)


def _by_id(placed: tuple[int, Agency]) -> str:
    return placed[1].id
