"""What contradicts itself in a system's level dossier, and whether the approval counts.  Pure.

Form 08 of Decree 331/2026 is printed from the dossier: what stands here must not be found by who
receives it.  Some contradictions bear on the approval: it does not count while they stand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from facts.message import Message
from scanner.dossier_file import Dossier, Plan
from scanner.inventory import Agency, Inventory, System

BY_LAW = 3  # the level that Art. 13 of Decree 331/2026 sets from these counts on:
PEOPLE = 100_000  # whose basic personal data a system holds,
SENSITIVE_PEOPLE = 10_000  # or sensitive personal data

FIRST_LEVELS = date(2016, 7, 1)  # Decree 85/2016 in force: before it there were no levels
ND331_BEGINS = date(2026, 8, 19)  # Art. 38 of Decree 331/2026
ND85_ENDS = date(2026, 12, 31)  # last day to approve under Decree 85: Art. 39.1 of Decree 331
MEASURES_BY = date(2027, 6, 30)  # measures of systems approved before: Art. 45.1 of Law 116/2025


@dataclass(frozen=True)
class Contradiction:
    """Two things in a dossier that can't both be right, or one that a form would lack."""

    code: str
    message: Message
    path: tuple[str, ...]  # where in the system: ("dossier", "date")
    bears: bool = False  # on the approval: it does not count
    agency: str = ""  # ids
    system: str = ""


def contradictions(agency: Agency, system: System, day: date) -> tuple[Contradiction, ...]:
    """Everything in a system's dossier that contradicts itself on this day."""
    found = of_system(system.dossier, system.level, day)
    return tuple(replace(one, agency=agency.id, system=system.id) for one in found)


def of_system(dossier: Dossier, level: int, day: date) -> tuple[Contradiction, ...]:
    """The same, of the dossier of a system of this level."""
    return (*_of_dossier(dossier, day), *_level(dossier, level))


def all_contradictions(inventory: Inventory, day: date) -> tuple[Contradiction, ...]:
    """Those of every system, in the inventory's order."""
    return tuple(
        one
        for agency in inventory.agencies
        for system in agency.systems
        for one in contradictions(agency, system, day)
    )


def approved(dossier: Dossier, day: date) -> bool:
    """Is the level approved, with number and day, and nothing that bears on it in the way?"""
    bears = any(one.bears for one in _of_dossier(dossier, day))
    return dossier.state == "approved" and not bears


def _of_dossier(dossier: Dossier, day: date) -> Iterator[Contradiction]:
    yield from _approval(dossier, day) if dossier.state == "approved" else _open(dossier, day)
    yield from _proposed(dossier, day)
    yield from _appraised(dossier, day)
    yield from _regulation(dossier, day)
    if dossier.plan:
        yield from _plan(dossier, dossier.plan, day)


def _approval(of: Dossier, day: date) -> Iterator[Contradiction]:
    if not of.decision:
        said = Message("the dossier is approved, but its decision has no number")
        yield _bears("approved-without-number", "decision", said)
    if not of.date:
        said = Message("the dossier is approved, but its decision has no date")
        yield _bears("approved-without-date", "date", said)
    elif of.date > day:
        said = Message("the decision is dated {date}, which is still to come", date=of.date)
        yield _bears("approved-in-future", "date", said)
    elif of.date < FIRST_LEVELS:
        said = Message("the decision is dated {date}, but levels exist since {first} only",
                       date=of.date, first=FIRST_LEVELS)  # fmt: skip
        yield _bears("approved-before-levels", "date", said)
    elif of.law == "nd331" and of.date < ND331_BEGINS:
        said = Message("the decision of {date} cannot rest on Decree 331/2026, in force since"
                       " {first}", date=of.date, first=ND331_BEGINS)  # fmt: skip
        yield _notice("approved-before-decree-331", "law", said)
    elif of.law == "nd85" and of.date > ND85_ENDS:
        said = Message("the decision of {date} cannot rest on Decree 85/2016: levels were approved"
                       " under it until {last}", date=of.date, last=ND85_ENDS)  # fmt: skip
        yield _notice("approved-after-decree-85", "law", said)


def _open(of: Dossier, day: date) -> Iterator[Contradiction]:
    """Of a dossier that is not approved."""
    if of.decision or of.date:
        said = Message("an approval is named, but the dossier's state is another")
        yield _notice("approval-without-state", "state", said)
    if not of.expected:
        said = Message("the dossier is not approved, and nobody says when it will be (expected)")
        yield _notice("not-approved-without-expected", "expected", said)
    elif of.expected < day:
        said = Message("the approval was expected by {date}, which is past", date=of.expected)
        yield _notice("expected-is-past", "expected", said)
    elif of.law == "nd85" and of.expected > ND85_ENDS:
        said = Message("the approval is expected by {date}, but levels are approved under Decree"
                       " 85/2016 until {last} only", date=of.expected, last=ND85_ENDS)  # fmt: skip
        yield _notice("expected-after-decree-85", "expected", said)


def _proposed(of: Dossier, day: date) -> Iterator[Contradiction]:
    """Proposed, then appraised, then approved."""
    approval = of.date if of.state == "approved" else None
    if not of.proposed:
        return
    if of.state in {"none", "drafted"}:
        said = Message("a day of proposing is given, but the dossier is not proposed yet")
        yield _notice("proposed-without-state", "state", said)
    elif approval and of.proposed > approval:
        said = Message("the dossier was proposed on {date}, after its approval of {other}",
                       date=of.proposed, other=approval)  # fmt: skip
        yield _bears("proposed-after-approval", "proposed", said)
    elif of.appraisal.date and of.proposed > of.appraisal.date:
        said = Message("the dossier was proposed on {date}, after its appraisal of {other}",
                       date=of.proposed, other=of.appraisal.date)  # fmt: skip
        yield _notice("proposed-after-appraisal", "proposed", said)
    elif of.proposed > day:
        said = Message("the day of proposing, {date}, is still to come", date=of.proposed)
        yield _notice("proposed-in-future", "proposed", said)


def _appraised(of: Dossier, day: date) -> Iterator[Contradiction]:
    approval = of.date if of.state == "approved" else None
    appraised = of.appraisal.date
    if of.state in {"none", "drafted", "proposed"} and (appraised or of.appraisal.document):
        said = Message("an appraisal is named, but the dossier is not appraised yet")
        yield _notice("appraised-without-state", "state", said)
    elif appraised and approval and appraised > approval:
        said = Message("the dossier was appraised on {date}, after its approval of {other}",
                       date=appraised, other=approval)  # fmt: skip
        yield _bears("appraised-after-approval", "appraisal", said, "date")
    elif appraised and appraised > day:
        said = Message("the day of the appraisal, {date}, is still to come", date=appraised)
        yield _notice("appraised-in-future", "appraisal", said, "date")


def _regulation(of: Dossier, day: date) -> Iterator[Contradiction]:
    its = of.regulation
    if its.date and not its.decision:
        said = Message("the security regulation has a day, but its decision has no number")
        yield _notice("regulation-without-number", "regulation", said, "decision")
    if its.decision and not its.date:
        said = Message("the decision of the security regulation has no date")
        yield _notice("regulation-without-date", "regulation", said, "date")
    elif its.date and of.state == "approved" and of.date and its.date > of.date:
        said = Message("the security regulation is of {date}, after the approval of {other}",
                       date=its.date, other=of.date)  # fmt: skip
        yield _notice("regulation-after-approval", "regulation", said, "date")
    elif its.date and its.date > day:
        said = Message("the security regulation is dated {date}, which is still to come",
                       date=its.date)  # fmt: skip
        yield _notice("regulation-in-future", "regulation", said, "date")


def _plan(of: Dossier, plan: Plan, day: date) -> Iterator[Contradiction]:
    if plan.state == "complete":
        if of.state != "approved":
            said = Message("the plan is carried out in full, but the dossier is not approved")
            yield _notice("plan-complete-without-approval", "plan", said, "state")
    elif not plan.expected:
        said = Message("the plan is not carried out in full, and nobody says when it will be")
        yield _notice("plan-without-expected", "plan", said, "expected")
    elif plan.expected < day:
        said = Message("the plan was to be carried out by {date}, which is past",
                       date=plan.expected)  # fmt: skip
        yield _notice("plan-is-past", "plan", said, "expected")
    elif of.state != "approved" and of.expected and plan.expected < of.expected:
        said = Message("the plan is to be carried out by {date}, before the approval expected by"
                       " {other}", date=plan.expected, other=of.expected)  # fmt: skip
        yield _notice("plan-before-approval", "plan", said, "expected")
    elif of.law == "nd85" and plan.expected > MEASURES_BY:
        said = Message("the plan is to be carried out by {date}, but systems approved under Decree"
                       " 85/2016 must meet the new measures by {last}",
                       date=plan.expected, last=MEASURES_BY)  # fmt: skip
        yield _notice("plan-after-transition", "plan", said, "expected")


def _level(dossier: Dossier, level: int) -> Iterator[Contradiction]:
    """The level against its basis: Art. 13 of Decree 331/2026, and 10.5 (risk) or a policy."""
    basis = dossier.basis
    if basis is None:
        if level >= BY_LAW:
            said = Message("the basis of level {level} is not given: data, risk or policy",
                           level=level)  # fmt: skip
            yield _notice("level-without-basis", "basis", said)
        return
    enough = basis.people >= PEOPLE or basis.sensitive_people >= SENSITIVE_PEOPLE
    if enough and level < BY_LAW:
        said = Message("the system has level {level}, but holds the data of so many people that it"
                       " is of level 3 (Art. 13 of Decree 331/2026)",
                       level=level)  # fmt: skip
        yield replace(_notice("level-too-low", "level", said), path=("level",))
    # Decree 85 had other counts; what was approved under it stays as it was approved
    if basis.kind != "data" or enough or dossier.law == "nd85" or level < BY_LAW:
        return
    said = Message("level {level} rests on the number of people, but {people} (basic data) and"
                   " {sensitive} (sensitive data) are fewer than Art. 13 of Decree 331/2026 wants:"
                   " {many} or {some}", level=level, people=basis.people, many=PEOPLE,
                   sensitive=basis.sensitive_people, some=SENSITIVE_PEOPLE)  # fmt: skip
    yield _notice("too-few-people", "basis", said)


def _notice(code: str, key: str, said: Message, *more: str) -> Contradiction:
    return Contradiction(code, said, ("dossier", key, *more))


def _bears(code: str, key: str, said: Message, *more: str) -> Contradiction:
    return Contradiction(code, said, ("dossier", key, *more), bears=True)
