"""Where two assessments differ, and why: an agency's own run and an auditor's.  Pure.

A requirement's result follows from its rule in the profile, what the checks said, the papers, the
day, and whether a run was whole.  Each of these that differs, and that this result rests on, is
named as a cause; where none does, the difference is called unexplained.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set

from facts.message import Message
from reports.diff_became import became
from reports.diff_controls import Pair, control_causes
from reports.diff_findings import (
    causes_of,
    data,
    incomplete,
    only,
    text,
    vantage,
    version,
)
from reports.diff_model import (
    UNEXPLAINED,
    Cause,
    Comparison,
    Difference,
    Level,
    Prints,
    Side,
    Weight,
    Why,
    unique,
)
from reports.diff_parts import AgencyPart, ControlPart, Place, SystemPart
from reports.diff_read import Card
from scanner.assessment import DecidedBy
from scanner.fingerprint import of_findings

_LEVELS = list(Level)


def compare(a: Card, b: Card, agency: str = "", flapping: Set[Place] | None = None) -> Comparison:
    """A and B, or one agency's part of both (by its id).

    `flapping` are the places whose findings have come and gone more than once, where that is known.
    """
    if agency:
        a, b = a.only(agency), b.only(agency)
    pair = Pair(a, b)
    found = sorted((*_agencies(pair), *_findings(pair)), key=_order)
    runs, other = unique(_runs(a, b)), _other_facts(pair)
    faults = became(a, b, flapping)
    return Comparison(a, b, _prints(a, b), runs, tuple(found), other, agency, faults)


def _order(one: Difference) -> tuple[object, ...]:
    level = _LEVELS.index(one.level)
    return one.weight, level, one.agency, one.system, one.id, one.asset, one.endpoint


def _other_facts(pair: Pair) -> int:
    """At how many places something else was seen, with the same verdict."""
    both = pair.a.spots.keys() & pair.b.spots.keys()
    same = both.difference(*pair.differing.values())
    seen = ((pair.a.spots[place].facts, pair.b.spots[place].facts) for place in same)
    return sum(1 for one, other in seen if one and other and one != other)


def fingerprints(card: Card) -> tuple[str, str, str]:
    """Of the profile, the facts and the papers of what is compared: SHA-256, or "" for none."""
    told = all(one.facts for one in card.findings)
    facts = of_findings(card.findings) if told else ""
    return card.run.profile.sha256, facts, card.papers.digest(card.day)


def _prints(a: Card, b: Card) -> Prints:
    """What an older version's file does not tell is not the same as anything."""
    ours, theirs = fingerprints(a), fingerprints(b)
    profile, facts, papers = (one == other for one, other in zip(ours, theirs, strict=True))
    told = all(card.run.as_of for card in (a, b))
    seen = bool(ours[1]) or not (a.findings or b.findings)
    return Prints(profile and bool(ours[0]), facts and seen, papers and told)


def _runs(a: Card, b: Card) -> Iterator[Cause]:
    """How the runs differ as a whole."""
    yield from _profiles(a, b)
    if a.run.scanner_version != b.run.scanner_version:
        yield version(a, b)
    yield from data(a, b)
    if a.run.vantage != b.run.vantage:
        yield vantage(a, b)
    for side, card in (("A", a), ("B", b)):
        if not card.run.complete and a.run.complete is not b.run.complete:
            yield incomplete(side)
    if set(a.run.only) != set(b.run.only):
        yield from (only(side, card) for side, card in (("A", a), ("B", b)) if card.run.only)


def _profiles(a: Card, b: Card) -> Iterator[Cause]:
    one, other = a.run.profile, b.run.profile
    if one != other:
        names = {
            "a": text(f"{one.id} {one.version} {one.sha256[:12]}".strip()),
            "b": text(f"{other.id} {other.version} {other.sha256[:12]}".strip()),
        }
        yield Cause(Why.PROFILE, Message("another profile: {a} in A, {b} in B", **names))


def _agencies(pair: Pair) -> Iterator[Difference]:
    a, b = pair.a.agencies, pair.b.agencies
    for name in sorted(a.keys() | b.keys()):
        one, other = a.get(name), b.get(name)
        if one and other:
            inside = list(_systems(pair, one, other))
            yield from inside
            systems = (cause for its in inside if its.level is Level.SYSTEM for cause in its.causes)
            yield from _verdict((name, ""), one, other, (*systems, *_levels(one, other)))
        else:
            yield from _verdict((name, ""), one, other, (_lonely(name, one),))


def _levels(one: AgencyPart, other: AgencyPart) -> Iterator[Cause]:
    """An agency complies by its systems from the programme's level on."""
    levels = {its.id: its.level for its in other.systems}
    for its in one.systems:
        if its.level != levels.get(its.id, its.level):
            values = {"id": text(its.id), "a": its.level, "b": levels[its.id]}
            says = Message("the system {id} is of level {a} in A, {b} in B", **values)
            yield Cause(Why.OWNER, says)


def _systems(pair: Pair, ours: AgencyPart, theirs: AgencyPart) -> Iterator[Difference]:
    first = {one.id: one for one in ours.systems}
    second = {one.id: one for one in theirs.systems}
    for name in sorted(first.keys() | second.keys()):
        one, other = first.get(name), second.get(name)
        if one and other:
            inside = list(_controls(pair, ours.id, one, other))
            yield from inside
            heavy = (its for its in inside if its.weight is Weight.SETTLED)
            causes = (cause for its in heavy for cause in its.causes)
            yield from _verdict((ours.id, name), one, other, causes)
            yield from _dossier(ours.id, one, other)
        else:
            yield from _verdict((ours.id, name), one, other, (_lonely(name, one),))


def _verdict(
    whose: tuple[str, str],
    one: AgencyPart | SystemPart | None,
    other: AgencyPart | SystemPart | None,
    causes: Iterable[Cause],
) -> Iterator[Difference]:
    """An agency or a system that complies on one side only, or is there on one side only."""
    if one and other and one.compliant == other.compliant:
        return
    agency, system = whose
    level = Level.SYSTEM if system else Level.AGENCY
    yield Difference(
        level, Weight.VERDICT, agency, system,
        a=_complies(one), b=_complies(other), causes=unique(causes) or (UNEXPLAINED,),
    )  # fmt: skip


def _dossier(agency: str, one: SystemPart, other: SystemPart) -> Iterator[Difference]:
    """A dossier that is approved on one side only: the programme may count by it (reading A)."""
    ours, theirs = one.dossier, other.dossier
    if ours and theirs and ours.approved != theirs.approved:
        a, b = (Side("approved" if its.approved else "not_approved") for its in (ours, theirs))
        said = Cause(Why.OWNER, Message("the inventories say different things of the dossier"))
        place = (agency, one.id, "dossier")
        yield Difference(Level.SYSTEM, Weight.STATUS, *place, a=a, b=b, causes=(said,))


def _lonely(name: str, one: AgencyPart | SystemPart | None) -> Cause:
    """Only one side has it."""
    return Cause(Why.SCOPE, Message("only {has} has {id}", has="A" if one else "B", id=text(name)))


def _complies(one: AgencyPart | SystemPart | None) -> Side:
    if one is None:
        return Side()
    return Side("compliant" if one.compliant else "not_compliant")


def _controls(
    pair: Pair, agency: str, ours: SystemPart, theirs: SystemPart
) -> Iterator[Difference]:
    first = {one.id: one for one in ours.controls}
    second = {one.id: one for one in theirs.controls}
    for name in sorted(first.keys() | second.keys()):
        one, other = first.get(name), second.get(name)
        place = (agency, ours.id, name)
        causes = control_causes(pair, place, one, other) if one and other else _alone(pair, one)
        weight = _weight(one, other, causes)
        if weight is None:
            continue
        clause = (one or other or _NONE).clause
        yield Difference(Level.CONTROL, weight, *place, clause=clause, a=_side(one), b=_side(other),
                         causes=causes or (UNEXPLAINED,))  # fmt: skip


_NONE = ControlPart.model_construct(clause="")


def _side(one: ControlPart | None) -> Side:
    return Side(one.status, one.decided_by) if one else Side()


def _weight(
    one: ControlPart | None, other: ControlPart | None, causes: tuple[Cause, ...]
) -> Weight | None:
    """None: nothing differs that is worth a word."""
    if one is None or other is None:
        present = one or other
        return Weight.STATUS if present and present.settled else Weight.SETTLED
    if one.settled != other.settled:
        return Weight.SETTLED
    if one.status is not other.status or (DecidedBy.WAIVER in {one.decided_by, other.decided_by}
                                          and one.decided_by is not other.decided_by):  # fmt: skip
        return Weight.STATUS
    papers = bool(causes) and _by_people(one, other)
    return Weight.PAPER if one.decided_by is not other.decided_by or papers else None


def _by_people(one: ControlPart, other: ControlPart) -> bool:
    return bool({one.decided_by, other.decided_by} & {DecidedBy.ATTESTATION, DecidedBy.WAIVER})


def _alone(pair: Pair, one: ControlPart | None) -> tuple[Cause, ...]:
    """A requirement that only one side has."""
    if pair.a.run.profile == pair.b.run.profile and pair.a.controls == pair.b.controls:
        return ()
    says = Message("only the profile of {has} has this requirement", has="A" if one else "B")
    return (Cause(Why.PROFILE, says),)


def _findings(pair: Pair) -> Iterator[Difference]:
    """What checks said differently, in systems that both sides have."""
    ours, theirs = (
        {(one.id, its.id) for one in card.agencies.values() for its in one.systems}
        for _, card in pair.sides()
    )
    for whose in sorted(pair.differing.keys() & ours & theirs):
        for place in pair.differing[whose]:
            _, _, asset, check, endpoint = place
            one, other = pair.a.spots.get(place), pair.b.spots.get(place)
            yield Difference(
                Level.FINDING, Weight.STATUS, *whose, check, asset=asset, endpoint=endpoint,
                a=Side(one.status if one else ""), b=Side(other.status if other else ""),
                causes=causes_of(pair.a, pair.b, place),
            )  # fmt: skip
