"""The programme as it stands on a day: each agency by the newest run that looked at all of it.

The findings of that run are assessed again with the papers that count on the day; one agency at a
time, so that a country needs no more memory than a province.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from scanner.assess import Look, Rules, agency_assessment, programme_assessment
from scanner.assessment import (
    AgencyAssessment,
    ControlResult,
    ControlStatus,
    DecidedBy,
    Failure,
    ProgrammeAssessment,
    SystemAssessment,
)
from scanner.inventory import Agency, Inventory
from scanner.papers import Papers, together
from scanner.profile import Profile
from scanner.settle import settled
from scanner.spread import spread
from scanner.store import Run, Store

TREND = 12  # earlier runs that are shown

Judge = Callable[[Run, str], Look]  # a run and an agency's id -> what it saw, judged
_RANK = {
    ControlStatus.MET: 0,
    ControlStatus.NOT_APPLICABLE: 0,
    ControlStatus.UNVERIFIED: 1,
    ControlStatus.PARTIAL: 2,
    ControlStatus.NOT_MET: 3,
}


@dataclass(frozen=True)
class Point:
    """How an agency was judged after an earlier run."""

    run: str
    day: date
    score: float
    compliant: bool


@dataclass(frozen=True)
class Moved:
    """A requirement whose status is another than after the run before."""

    system: str
    control: str
    was: ControlStatus
    now: ControlStatus

    @property
    def worse(self) -> bool:
        """Has it fallen?"""
        return _RANK[self.now] > _RANK[self.was]


@dataclass(frozen=True)
class Standing:
    """One agency on the day."""

    agency: AgencyAssessment  # with the results that are open, or rest on papers or runs
    counted: bool  # in the target
    open: tuple[tuple[str, ControlResult], ...]  # (system, result) of what is not settled
    trend: tuple[Point, ...]  # oldest first, without the newest run
    moved: tuple[Moved, ...]  # since the run before
    failures: tuple[Failure, ...]  # visits of the newest run that brought nothing

    def reaches(self, reading: str) -> bool:
        """Does it comply under this reading?"""
        return self.agency.readings[reading]


@dataclass(frozen=True)
class RollUp:
    """The programme on a day."""

    day: date
    programme: ProgrammeAssessment
    standings: tuple[Standing, ...]
    papers: Papers


@dataclass(frozen=True)
class Source:
    """Where the roll-up comes from.

    `path` is the inventory's: runs of another inventory do not count, since nobody can tell
    whether they looked at the same things.  `whole` says whether a run visited all that the
    profile wants: one from outside alone is no look at the inside.
    """

    store: Store
    inventory: Inventory
    path: str
    profile: Profile
    judge: Judge
    whole: Callable[[Run], bool] = lambda _: True


def roll_up(source: Source, day: date, *, with_papers: bool = True, slim: bool = True) -> RollUp:
    """The programme as it stands on this day; without papers where nobody asks for them.

    `slim` leaves out the results that nobody must see to again: a country has many.
    """
    inventory = source.inventory
    done = source.store.runs(source.path, "done")
    runs = [run for run in done if not run.options.only and source.whole(run)]
    looked = [(run, _agencies(run.inventory)) for run in runs]

    def stand(agency: Agency) -> tuple[Standing, Papers | None]:
        mine = source.store.papers([agency.id])
        rules = Rules.of(source.profile, inventory, mine, day)
        own = [run for run, agencies in looked if _looked(run, agencies, agency)]
        return _standing(source, own, agency, rules, slim=slim), mine if with_papers else None

    standings: list[Standing] = []
    papers: list[Papers] = []
    for standing, mine in spread(stand, inventory.agencies, source.store.forked):
        standings.append(standing)
        papers += [mine] if mine else []
    programme = programme_assessment(inventory, [one.agency for one in standings])
    return RollUp(day, programme, tuple(standings), together(papers))


def _standing(
    source: Source, runs: Sequence[Run], agency: Agency, rules: Rules, *, slim: bool
) -> Standing:
    mine = [run for run in runs if _day(run, rules) <= rules.day]
    look = source.judge(mine[0], agency.id) if mine else None
    now = agency_assessment(agency, look, rules)
    before = _before(source, mine, agency.id)
    return Standing(
        agency=_slim(now) if slim else now,
        counted=now.electronic,
        open=tuple(_open(now, rules.level)),
        trend=tuple(_trend(source, mine, agency.id, rules)),
        moved=tuple(_moved(before, now, rules.level)) if before else (),
        failures=tuple(look.failures) if look else (),
    )


def _slim(agency: AgencyAssessment) -> AgencyAssessment:
    """With the results that somebody must see to again."""
    systems = tuple(
        replace(system, results=tuple(one for one in system.results if _matters(one)))
        for system in agency.systems
    )
    return replace(agency, systems=systems)


def _matters(result: ControlResult) -> bool:
    other = result.decided_by in {DecidedBy.CHECKS, DecidedBy.PROFILE, DecidedBy.NONE}
    return not (other and settled(result))


def _looked(run: Run, agencies: Mapping[str, Agency], agency: Agency) -> bool:
    """Did this run look at the agency as it is now?"""
    asked = not run.options.agencies or agency.id in run.options.agencies
    then = agencies.get(agency.id)
    return asked and then is not None and _places(then) == _places(agency)


def _agencies(inventory: Inventory) -> Mapping[str, Agency]:
    return {one.id: one for one in inventory.agencies}


def _places(agency: Agency) -> object:
    """What of an agency a run looks at: another asset is another look."""
    return [(system.id, system.assets) for system in agency.systems]


def _day(run: Run, rules: Rules) -> date:
    return run.started.astimezone(rules.zone).date()


def _before(source: Source, runs: Sequence[Run], agency: str) -> AgencyAssessment | None:
    """How the agency was judged after the run before the newest."""
    for run in runs[1:]:
        judged = source.store.judgement(run.id, source.profile.id, agency)
        if judged and judged.agencies:
            return judged.agencies[0]
    return None


def _trend(source: Source, runs: Sequence[Run], agency: str, rules: Rules) -> Iterator[Point]:
    scores = source.store.scores(source.profile.id, agency)
    for run in reversed(runs[1 : TREND + 1]):
        if run.id in scores:
            percent, compliant = scores[run.id]
            yield Point(run.id, _day(run, rules), percent, compliant)


def counted_systems(agency: AgencyAssessment, level: int) -> Iterator[SystemAssessment]:
    """The systems that must comply."""
    return (system for system in agency.systems if system.level >= level)


def _open(agency: AgencyAssessment, level: int) -> Iterator[tuple[str, ControlResult]]:
    for system in counted_systems(agency, level):
        for result in system.results:
            if not settled(result):
                yield system.id, result


def _moved(before: AgencyAssessment, now: AgencyAssessment, level: int) -> Iterator[Moved]:
    """Worst first: what has fallen, then what has risen."""
    was = {
        (system.id, result.control): result.status
        for system in before.systems
        for result in system.results
    }
    found = [
        Moved(system.id, result.control, was[system.id, result.control], result.status)
        for system in counted_systems(now, level)
        for result in system.results
        if _RANK[was.get((system.id, result.control), result.status)] != _RANK[result.status]
    ]
    yield from sorted(
        found, key=lambda one: (not one.worse, -_RANK[one.now], one.system, one.control)
    )
