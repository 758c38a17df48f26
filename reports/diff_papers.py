"""Why people's papers settled a requirement in A and not in B, or otherwise.  Pure.

The same paper lies under another number in another store; it is known by what it says.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from facts.message import Message
from reports.diff_findings import text
from reports.diff_model import Cause, Why
from reports.diff_parts import ControlPart
from reports.diff_read import Card
from scanner.assessment import DecidedBy
from scanner.papers import Attestation, Key, Waiver, same

Paper = Attestation | Waiver


def paper_causes(
    a: Card, b: Card, key: Key, one: ControlPart, other: ControlPart
) -> Iterator[Cause]:
    """What differs in the papers that the two results rest on; nothing where none matters."""
    by = {one.decided_by, other.decided_by}
    if DecidedBy.ATTESTATION in by or one.contested != other.contested:
        yield from _differ(
            (a, b), (a.papers.last(key, a.day), b.papers.last(key, b.day)),
            (a.papers.attestations, b.papers.attestations),
        )  # fmt: skip
        yield from _contested(one, other)
    if DecidedBy.WAIVER in by:
        yield from _differ(
            (a, b), (a.papers.last_waiver(key, a.day), b.papers.last_waiver(key, b.day)),
            (a.papers.waivers, b.papers.waivers),
        )  # fmt: skip


def _differ(
    cards: tuple[Card, Card],
    newest: tuple[Paper | None, Paper | None],
    every: tuple[tuple[Paper, ...], tuple[Paper, ...]],
) -> Iterator[Cause]:
    held = tuple(bool(p and p.holds(card.day)) for p, card in zip(newest, cards, strict=True))
    if held == (True, True):
        if newest[0] and newest[1] and not same(newest[0], newest[1]):
            yield _other(newest[0], newest[1])
        return
    for has, lacks in ((0, 1), (1, 0)):
        paper = newest[has]
        if paper and held[has]:
            yield _missing("AB"[has], "AB"[lacks], paper, newest[lacks], every[lacks], cards[lacks])


def _missing(
    has: str, lacks: str, paper: Paper, theirs: Paper | None, every: tuple[Paper, ...], card: Card
) -> Cause:
    """Why a paper that counts on one side has no match on the other."""
    day, name = card.day, _name(paper)
    twin = next((one for one in every if one.key == paper.key and same(one, paper)), None)
    if twin and twin.withdrawn and twin.withdrawn <= day:
        values = {"lacks": lacks, "name": name, "day": twin.withdrawn}
        return Cause(Why.WITHDRAWN, Message("{name} is withdrawn in {lacks} since {day}", **values))
    if twin and _begins(twin) > day:
        values = {"lacks": lacks, "name": name, "begins": _begins(twin), "day": day}
        says = Message("{name} counts from {begins} on; {lacks} is assessed on {day}", **values)
        return Cause(Why.NOT_YET, says)
    ended = twin if twin and twin.valid_until < day else theirs
    if ended and ended.valid_until < day:
        values = {"lacks": lacks, "name": _name(ended), "ended": ended.valid_until, "day": day}
        says = Message("{name} expired on {ended}; {lacks} is assessed on {day}", **values)
        return Cause(Why.EXPIRED, says)
    values = {"has": has, "name": name, "until": paper.valid_until}
    if isinstance(paper, Waiver):
        return Cause(Why.WAIVER, Message("only {has} has {name}, until {until}", **values))
    return Cause(Why.ATTESTATION, Message("only {has} has {name}, until {until}", **values))


def _other(one: Paper, other: Paper) -> Cause:
    """Both count, and say different things."""
    values: dict[str, object] = {"a": _name(one), "b": _name(other)}
    if isinstance(one, Attestation) and isinstance(other, Attestation):
        files = ({file.sha256 for file in one.evidence}, {file.sha256 for file in other.evidence})
        if files[0] != files[1] and one.answer is other.answer:
            values |= {"here": _shown(files[0]), "there": _shown(files[1])}
            says = Message("other evidence: {a} rests on {here}, {b} on {there}", **values)
            return Cause(Why.EVIDENCE, says)
    return Cause(Why.STATEMENT, Message("A rests on {a}, B on {b}", **values))


def _contested(one: ControlPart, other: ControlPart) -> Iterator[Cause]:
    """A statement that does not answer a fault which both machines show."""
    for side, mine, theirs in (("A", one, other), ("B", other, one)):
        known = [fault for fault in mine.contested if fault in theirs.faults]
        if known and mine.contested != theirs.contested:
            values = {"side": side, "faults": text(", ".join(known))}
            says = Message("the statement in {side} does not answer: {faults}", **values)
            yield Cause(Why.CONTESTED, says)


def _begins(paper: Paper) -> date:
    return paper.valid_from if isinstance(paper, Waiver) else paper.made


def _name(paper: Paper) -> Message:
    """What it is called: a number is its store's own, so the day or the decision tells it too."""
    if isinstance(paper, Waiver):
        number, decision = text(paper.id), text(paper.decision)
        return Message("the waiver {id} ({decision})", id=number, decision=decision)
    return Message("the statement {id} of {day}", id=text(paper.id), day=paper.made)


def _shown(digests: set[str]) -> str:
    return ", ".join(sorted(text(one[:12]) for one in digests)) or "–"
