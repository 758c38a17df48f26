"""Judge a run agency by agency, and keep each part as it is done: memory stays flat.

What comes out is what `Judgement.assessment` gives, to the last digit of its fingerprints.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

from checks import CHECKS, Severity, Status
from scanner.assess import Rules, agency_assessment, programme_assessment
from scanner.assessment import AgencyAssessment, Assessment, RunInfo
from scanner.basis import basis_of
from scanner.digest import Lines
from scanner.fingerprint import lines_of
from scanner.inventory import Agency
from scanner.judging import Judgement, incomplete


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


class _Parts:
    """Each agency's part with its place in the inventory, and then what is left: the head."""

    def __init__(self, judgement: Judgement) -> None:
        self._judgement = judgement
        self._inventory = judgement.run.inventory
        zone = ZoneInfo(self._inventory.programme.timezone)
        self._day = judgement.as_of or judgement.run.started.astimezone(zone).date()
        self._facts, self._papers = Lines(), Lines()
        self._thin: dict[int, AgencyAssessment] = {}
        self.tally = Tally()

    def __iter__(self) -> Iterator[tuple[int, Assessment]]:
        """In the order of ids, which is that of the fingerprints' lines."""
        for place, agency in sorted(enumerate(self._inventory.agencies), key=_by_id):
            part = self._part(agency)
            (one,) = part.agencies
            self._thin[place] = replace(one, systems=())
            self._facts.add(lines_of(part.findings))
            self._papers.add(part.papers.lines(self._day))
            self.tally += Tally.of(part)
            yield place, part

    def head(self) -> Assessment:
        """All but the agencies."""
        agencies = [self._thin[place] for place in sorted(self._thin)]
        info = replace(self._info, papers_sha256=self._papers.hex, facts_sha256=self._facts.hex)
        programme = programme_assessment(self._inventory, agencies)
        basis = basis_of(self._judgement.profile, CHECKS)
        return Assessment(info, programme, (), (), (), basis=basis)

    def _part(self, agency: Agency) -> Assessment:
        look = self._judgement.look(agency.id)
        papers = self._judgement.store.papers([agency.id])
        rules = Rules.of(self._judgement.profile, self._inventory, papers, self._day)
        one = agency_assessment(agency, look, rules)
        programme = programme_assessment(self._inventory, [one])
        findings, failures = tuple(look.findings), tuple(look.failures)
        return Assessment(self._info, programme, (one,), findings, failures, papers)

    @property
    def _info(self) -> RunInfo:
        profile = self._judgement.profile.digest
        return replace(self._judgement.info, as_of=self._day, profile_sha256=profile)


def _by_id(placed: tuple[int, Agency]) -> str:
    return placed[1].id
