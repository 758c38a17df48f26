"""What is left to do until an agency complies, and in which order agencies are best taken.  Pure.

Under reading B every requirement must be settled, so there is no choice of requirements: the set
to mend is the set of those that are open.  What may be fewer are the things to do: a check that is
mended frees every requirement that it speaks for, and a scan every one that it left undecided.
Under A it is the dossiers' steps, under C a whole look without a gap.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from scanner.assessment import ControlResult, DecidedBy
from scanner.inventory import Agency, Goal, Inventory
from scanner.profile import Control, Profile
from scanner.rollup import RollUp, Standing, counted_systems

STEPS = ("none", "drafted", "proposed", "appraised", "approved")


class Kind(StrEnum):
    """What kind of thing is to be done."""

    MEND = "mend"  # a fault: the check's fix
    LOOK = "look"  # scan, or give the log-in that is missing
    ATTEST = "attest"  # a person says, and proves it
    DOSSIER = "dossier"  # the next steps of a system's level dossier
    LEVEL = "level"  # the agency has no system at the level


@dataclass(frozen=True)
class Action:
    """One thing to do; `frees` are the requirements (system, id) that it helps to settle."""

    kind: Kind
    system: str
    what: str  # mend: the check; attest: the requirement; dossier: its state
    assets: tuple[str, ...] = ()  # mend: where
    frees: tuple[tuple[str, str], ...] = ()
    steps: int = 1  # what it counts for in the order


@dataclass(frozen=True)
class Plan:
    """What is left for one agency."""

    agency: str
    name: str
    open: tuple[tuple[str, str], ...]  # (system, requirement): the smallest set to settle
    actions: tuple[Action, ...]

    @property
    def effort(self) -> int:
        """Things to do."""
        return sum(action.steps for action in self.actions)


@dataclass(frozen=True)
class WhatIf:
    """The order that brings the most agencies over the line soonest."""

    reading: str
    plans: tuple[Plan, ...]  # of those that count and do not comply, in that order
    complying: int  # now
    counted: int
    needed: int  # that must comply for the target

    @property
    def enough(self) -> int:
        """After how many of the plans the target is reached."""
        return max(0, self.needed - self.complying)


def what_if(rolled: RollUp, inventory: Inventory, profile: Profile) -> WhatIf:
    """What is to be done, agency by agency, fewest things first.

    Agencies share no work, so taking the ones with the fewest things first brings, after any
    amount of work, the most agencies over the line (Smith's rule with equal weights).
    """
    goal = inventory.programme.target
    agencies = {agency.id: agency for agency in inventory.agencies}
    controls = {control.id: control for control in profile.controls}
    plans = [
        _plan(one, agencies[one.agency.id], goal, controls)
        for one in rolled.standings
        if one.counted and not one.reaches(goal.reading)
    ]
    counted = sum(one.counted for one in rolled.standings)
    done = counted - len(plans)
    plans.sort(key=lambda plan: (plan.effort, len(plan.open), plan.agency))
    return WhatIf(goal.reading, tuple(plans), done, counted, needed(goal, counted))


def needed(goal: Goal, counted: int) -> int:
    """How many of the counted agencies must comply for the target."""
    exact = Fraction(str(goal.percent)) * counted / 100
    return -(-exact.numerator // exact.denominator)


def _plan(of: Standing, agency: Agency, goal: Goal, controls: Mapping[str, Control]) -> Plan:
    if not any(counted_systems(of.agency, goal.level)):
        actions: Iterable[Action] = [Action(Kind.LEVEL, "", str(goal.level))]
        left: tuple[tuple[str, str], ...] = ()
    elif goal.reading == "A":
        actions, left = _dossiers(of, agency, goal.level), ()
    elif goal.reading == "C":
        actions, left = _looks(of, goal.level), ()
    else:
        actions = [*_settling(of.open, controls)]
        actions += _unseen(of, goal.level, actions)
        left = tuple((system, result.control) for system, result in of.open)
    return Plan(of.agency.id, of.agency.name, left, tuple(actions))


def _dossiers(of: Standing, agency: Agency, level: int) -> Iterator[Action]:
    systems = {system.id: system for system in agency.systems}
    for one in counted_systems(of.agency, level):
        if not one.dossier_approved:
            state = systems[one.id].dossier.state
            steps = max(1, len(STEPS) - 1 - STEPS.index(state))  # approved: mend what contradicts
            yield Action(Kind.DOSSIER, one.id, state, steps=steps)


def _looks(of: Standing, level: int) -> Iterator[Action]:
    broken = {failure.system for failure in of.failures}
    systems = [system.id for system in counted_systems(of.agency, level)]
    for system in [one for one in systems if one in broken] or systems[:1]:
        yield Action(Kind.LOOK, system, "")


def _unseen(of: Standing, level: int, planned: Sequence[Action]) -> Iterator[Action]:
    """Looks at systems that nobody looked at in time, whatever people attested of them."""
    looks = {action.system for action in planned if action.kind is Kind.LOOK}
    if of.agency.seen is None or of.agency.stale or not planned:
        for system in counted_systems(of.agency, level):
            if system.id not in looks:
                yield Action(Kind.LOOK, system.id, "")


def _wants_a_word(control: Control, result: ControlResult) -> bool:
    """Must a person speak?  Also where somebody said that it is worse than the machine sees."""
    by_machine = control.decides or control.runs == "decides"
    return not by_machine or result.decided_by is DecidedBy.ATTESTATION


def _settling(
    left: Sequence[tuple[str, ControlResult]], controls: Mapping[str, Control]
) -> Iterator[Action]:
    """Faults first, then looks, then people."""
    mends: dict[tuple[str, str], tuple[set[str], list[tuple[str, str]]]] = {}
    looks: dict[str, list[tuple[str, str]]] = {}
    people: list[Action] = []
    for system, result in left:
        frees = (system, result.control)
        control = controls.get(result.control)
        for fault in result.faults:
            check, _, asset = fault.rpartition("@")
            where, freed = mends.setdefault((system, check), (set(), []))
            where.add(asset)
            if frees not in freed:
                freed.append(frees)
        if control is None or _wants_a_word(control, result):
            people.append(Action(Kind.ATTEST, system, result.control, frees=(frees,)))
        elif not result.faults:
            looks.setdefault(system, []).append(frees)
    for (system, check), (where, freed) in sorted(mends.items()):
        yield Action(Kind.MEND, system, check, tuple(sorted(where)), tuple(freed))
    for system, freed in looks.items():
        yield Action(Kind.LOOK, system, "", frees=tuple(freed))
    yield from people
