"""Why a requirement's result is one in A and another in B.  Pure.

It follows from its rule in the profile, what its checks said, the papers, the day, and whether the
run was whole.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from checks import Status
from facts.message import Message
from reports.diff_findings import causes_of, incomplete, only, text, version
from reports.diff_model import Cause, Why, unique
from reports.diff_papers import paper_causes
from reports.diff_parts import ControlPart, Place
from reports.diff_read import Card
from scanner.assessment import DecidedBy
from scanner.papers import Key, add_months
from scanner.settle import YEARLY

_TOLD = (Status.PASS, Status.FAIL)


_Assets = Mapping[tuple[str, str], frozenset[str]]


@dataclass(frozen=True)
class Pair:
    """The two sides, and where their checks said something else."""

    a: Card
    b: Card

    @cached_property
    def differing(self) -> Mapping[tuple[str, str], Sequence[Place]]:
        """By agency and system: where the status differs, or only one side says anything."""
        found: dict[tuple[str, str], list[Place]] = defaultdict(list)
        for place in sorted(self.a.spots.keys() | self.b.spots.keys()):
            one, other = self.a.spots.get(place), self.b.spots.get(place)
            if not one or not other or one.status is not other.status:
                found[place[:2]].append(place)
        return found

    @cached_property
    def learnt(self) -> tuple[_Assets, _Assets]:
        """In A and in B, by agency and system: the assets of which anything was learnt."""
        return _learnt(self.a), _learnt(self.b)

    def sides(self) -> tuple[tuple[str, Card], tuple[str, Card]]:
        """Each with its name."""
        return ("A", self.a), ("B", self.b)


def _learnt(card: Card) -> _Assets:
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for place, spot in card.spots.items():
        if spot.status in _TOLD:
            found[place[:2]].add(place[2])
    return {key: frozenset(assets) for key, assets in found.items()}


def control_causes(pair: Pair, key: Key, one: ControlPart, other: ControlPart) -> tuple[Cause, ...]:
    """Everything that differs of what the two results rest on; of equal ones, the papers alone."""
    if one.left_out != other.left_out:
        return tuple(_left_out(one, other))
    papers = tuple(paper_causes(pair.a, pair.b, key, one, other))
    if (one.status, one.decided_by) == (other.status, other.decided_by):
        return unique(papers)
    bound = _bound(pair, key[2], one, other)
    found = [
        *_rule(pair, key[2]),
        *_seen(pair, key, bound),
        *_whole(pair, key, one, other),
        *papers,
    ]
    if not found and pair.a.run.scanner_version != pair.b.run.scanner_version:
        found = [version(pair.a, pair.b)]
    return unique(found)


def _left_out(one: ControlPart, other: ControlPart) -> Iterator[Cause]:
    for side, part in (("A", one), ("B", other)):
        if part.left_out:
            values = {"side": side, "reason": text(part.left_out)}
            says = Message("the profile of {side} leaves it out: {reason}", **values)
            yield Cause(Why.LEFT_OUT, says)


def _bound(pair: Pair, control: str, one: ControlPart, other: ControlPart) -> frozenset[str]:
    """Every check that speaks for it on either side."""
    rules = [card.controls[control] for _, card in pair.sides() if control in card.controls]
    named = (check for rule in rules for check in (*rule.decides, *rule.hints))
    return frozenset({*one.checks, *other.checks, *named})


def _rule(pair: Pair, control: str) -> Iterator[Cause]:
    one, other = pair.a.controls.get(control), pair.b.controls.get(control)
    if not one or not other or one == other:
        return
    ours, theirs = (", ".join(sorted({*x.decides, *x.hints})) or "–" for x in (one, other))
    if ours != theirs:
        values = {"a": text(ours), "b": text(theirs)}
        says = Message("the profiles bind it to other checks: {a} in A, {b} in B", **values)
    else:
        says = Message("the profiles settle it by another rule")
    yield Cause(Why.RULE, says)


def _seen(pair: Pair, key: Key, bound: frozenset[str]) -> Iterator[Cause]:
    """What its checks said differently, or that one side's look is too old to count."""
    if not bound:
        return
    stale = {side: card.agencies[key[0]].stale for side, card in pair.sides()}
    for side, card in pair.sides():
        if stale[side] and not all(stale.values()):
            yield _too_old(side, card, key[0])
    if any(stale.values()):
        return  # what it saw counts for nothing
    for place in pair.differing.get(key[:2], ()):
        if place[3] in bound:
            yield from causes_of(pair.a, pair.b, place)


def _whole(pair: Pair, key: Key, one: ControlPart, other: ControlPart) -> Iterator[Cause]:
    """A requirement to scan is settled by whole runs: why one side's run does not do."""
    if DecidedBy.RUNS not in {one.decided_by, other.decided_by}:
        return
    learnt = [assets.get(key[:2], frozenset[str]()) for assets in pair.learnt]
    for (side, card), part, mine in zip(pair.sides(), (one, other), learnt, strict=True):
        if part.decided_by is not DecidedBy.RUNS:
            yield from _not_whole(side, card, key, (learnt[0] | learnt[1]) - mine)


def _not_whole(side: str, card: Card, key: Key, unseen: frozenset[str]) -> Iterator[Cause]:
    seen = card.agencies[key[0]].seen
    if not card.run.complete:
        yield incomplete(side)
    if card.run.only:
        yield only(side, card)
    whole = card.run.complete and not card.run.only
    if whole and seen is None:
        says = Message("{lacks} did not look at {agency}", lacks=side, agency=text(key[0]))
        yield Cause(Why.SCOPE, says)
    elif whole and unseen:
        names = text(", ".join(sorted(unseen)))
        says = Message("{lacks} learnt nothing of: {assets}", lacks=side, assets=names)
        yield Cause(Why.SCOPE, says)
    rule = card.controls.get(key[2])
    every = (rule.every if rule else None) or YEARLY
    if seen and add_months(seen, every) < card.day:
        yield _too_old(side, card, key[0])


def _too_old(side: str, card: Card, agency: str) -> Cause:
    values = {"side": side, "seen": card.agencies[agency].seen or "–", "day": card.day}
    says = Message("the look of {side} ({seen}) is too old to count on {day}", **values)
    return Cause(Why.STALE, says)
