"""What falls due, and when: papers that expire, looks that grow old, plans, expected days.  Pure.

A requirement that nobody ever settled has no day: it is only counted, since it is due now.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from scanner.assessment import ControlResult, DecidedBy
from scanner.inventory import Agency, Inventory
from scanner.papers import Answer, Attestation, Papers, Waiver, add_months
from scanner.profile import Control
from scanner.rollup import RollUp, Standing, counted_systems
from scanner.settle import rhythm


class Kind(StrEnum):
    """What is to be done by the day."""

    SCAN = "scan"  # what was seen counts until then
    ATTEST = "attest"  # the statement counts until then
    WAIVER = "waiver"  # the waiver counts until then
    PLAN = "plan"  # what was planned is to be done by then
    DOSSIER = "dossier"  # the approval is expected by then
    MEASURES = "measures"  # the dossier's plan is expected to be carried out by then


@dataclass(frozen=True)
class Item:
    """One thing that falls due."""

    day: date  # the last day on which all is well
    agency: str  # ids
    system: str
    kind: Kind
    control: str = ""
    paper: str = ""  # its number
    by: str = ""  # who said so: who to ask
    text: str = ""  # a plan's words


@dataclass(frozen=True)
class Due:
    """What falls due, by day, and how many requirements nobody ever settled, by agency."""

    day: date
    items: tuple[Item, ...]
    never: dict[str, int]

    def within(self, until: date) -> tuple[Item, ...]:
        """What falls due by this day; what is overdue, too."""
        return tuple(item for item in self.items if item.day <= until)


def due(rolled: RollUp, inventory: Inventory, controls: Iterable[Control] = ()) -> Due:
    """Everything that has a day, of every agency, soonest first.

    Of `controls`, the profile's, those that the tool's own runs settle have a rhythm of their own.
    """
    by_runs = {control.id: rhythm(control) for control in controls if control.runs == "decides"}
    months, level = inventory.programme.rescan_months, inventory.programme.target.level
    items: list[Item] = []
    for agency, standing in zip(inventory.agencies, rolled.standings, strict=True):
        items += _papers(standing, rolled.papers, rolled.day, level)
        items += _dossier(agency, level)
        if standing.agency.seen:
            last = add_months(standing.agency.seen, months)
            items.append(Item(last, agency.id, "", Kind.SCAN))
            items += _scans(standing, standing.agency.seen, by_runs, rolled.day, last)
    items.sort(key=lambda one: (one.day, one.agency, one.system, one.kind, one.control))
    never = {one.agency.id: len(one.open) for one in rolled.standings if one.open}
    known = {(one.agency, one.system, one.control) for one in items}
    for one in rolled.standings:
        told = sum((one.agency.id, system, result.control) in known for system, result in one.open)
        if told and one.agency.id in never:
            never[one.agency.id] -= told
    return Due(rolled.day, tuple(items), {name: n for name, n in never.items() if n})


def _papers(of: Standing, papers: Papers, day: date, level: int) -> Iterator[Item]:
    # not settled: a paper on it has expired, is contested, or promises more
    left = {(system, result.control) for system, result in of.open}
    for system in counted_systems(of.agency, level):
        for result in system.results:
            key = (of.agency.id, system.id, result.control)
            open_ = key[1:] in left
            said, waived = papers.last(key, day), papers.last_waiver(key, day)
            ended = open_ and waived and not waived.withdrawn and not waived.holds(day)
            if waived and (ended or result.decided_by is DecidedBy.WAIVER):
                yield _waiver(waived)
            if said and (open_ or result.decided_by is DecidedBy.ATTESTATION):
                yield from _statement(said, result)


def _scans(
    of: Standing, seen: date, by_runs: Mapping[str, int], day: date, last: date
) -> Iterator[Item]:
    """Requirements to scan more often than what was seen counts."""
    left = {(system, result.control) for system, result in of.open}
    for system in of.agency.systems:
        for result in system.results:
            again = add_months(seen, by_runs.get(result.control, 0))
            settled = result.decided_by is DecidedBy.RUNS
            lapsed = (system.id, result.control) in left and again < day
            if result.control in by_runs and again < last and (settled or lapsed):
                yield Item(again, of.agency.id, system.id, Kind.SCAN, result.control)


def _waiver(of: Waiver) -> Item:
    until, by = of.valid_until, of.requested_by
    return Item(until, of.agency, of.system, Kind.WAIVER, of.control, of.id, by)


def _statement(of: Attestation, result: ControlResult) -> Iterator[Item]:
    where = (of.agency, of.system)
    if of.answer in {Answer.PARTIAL, Answer.NOT_MET}:
        if of.plan_by:
            yield Item(of.plan_by, *where, Kind.PLAN, of.control, of.id, of.by, of.plan)
        return
    last = result.due or of.valid_until
    yield Item(last, *where, Kind.ATTEST, of.control, of.id, of.by)


def _dossier(agency: Agency, level: int) -> Iterator[Item]:
    for system in agency.systems:
        its = system.dossier
        if system.level < level:
            continue
        if its.state != "approved" and its.expected:
            yield Item(its.expected, agency.id, system.id, Kind.DOSSIER)
        if its.plan and its.plan.state != "complete" and its.plan.expected:
            yield Item(its.plan.expected, agency.id, system.id, Kind.MEASURES)
