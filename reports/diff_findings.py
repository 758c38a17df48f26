"""Why a check said one thing in A and another in B.  Pure.

A verdict follows from the facts, the check's parameters, the tables, the inventory, the day and
the program alone; so whichever of these differ are the causes, and where none does there is none
to name.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import cache

from checks import Status
from facts.message import Message
from reports.diff_model import UNEXPLAINED, Cause, Why, unique
from reports.diff_parts import FindingPart, Place
from reports.diff_read import Card, Spot
from reports.i18n import LANGS, Translator
from reports.text import clean, plain, readable, shorten
from scanner.judging import NOT_VISITED

LONG = 160  # characters of what was seen
SIDES = ("A", "B")


def causes_of(a: Card, b: Card, place: Place) -> tuple[Cause, ...]:
    """Why the status at this place differs; never empty."""
    one, other = a.spots.get(place), b.spots.get(place)
    if one and other:
        found = unique(_both(a, b, one, other))
    elif one:
        found = unique(_alone("A", a, b, one))
    elif other:
        found = unique(_alone("B", b, a, other))
    else:
        found = ()
    return found or (UNEXPLAINED,)


def vantage(a: Card, b: Card) -> Cause:
    """They looked from elsewhere."""
    return Cause(Why.VANTAGE, Message("A looked {a}, B {b}", a=_from(a), b=_from(b)))


def version(a: Card, b: Card) -> Cause:
    """They were made by different versions."""
    said = Message(
        "another version of press-scan: {a}, {b}",
        a=text(a.run.scanner_version),
        b=text(b.run.scanner_version),
    )
    return Cause(Why.VERSION, said)


def data(a: Card, b: Card) -> Iterator[Cause]:
    """Tables of other days."""
    ours, theirs = ({one.name: one.date for one in card.run.data} for card in (a, b))
    for name in sorted(ours.keys() | theirs.keys()):
        then, now = ours.get(name, ""), theirs.get(name, "")
        if then != now:
            values = {"name": text(name), "a": text(then or "–"), "b": text(now or "–")}
            yield Cause(Why.DATA, Message("the table {name}: {a}, {b}", **values))


def text(said: object) -> str:
    """What a stranger may have written, harmless and short."""
    return clean(shorten(str(said), LONG))


def _both(a: Card, b: Card, one: Spot, other: Spot) -> Iterator[Cause]:
    where = _where(one.worst.place)
    seen = _something_else(one, other)
    cut = next((c for s, c in ((one, a), (other, b)) if _not_visited(s, c)), None)
    if seen and cut:
        yield incomplete("A" if cut is a else "B", where)
    elif a.run.vantage != b.run.vantage:
        yield vantage(a, b)
        if seen:
            yield Cause(Why.VANTAGE, _then_and_now(one, other), *where)
    elif seen:
        yield Cause(Why.FACT, _then_and_now(one, other), *where)
    inputs = tuple(_inputs(a, b, one, other))
    yield from inputs
    if not seen and (aged := _aged(one, other)):
        # `_aged` is of two that were seen
        days = one.worst.observed.date() != other.worst.observed.date()  # type: ignore[union-attr]
        alone = not inputs and a.run.vantage == b.run.vantage
        if days or alone:
            yield Cause(Why.AGE, aged, *where)


def _inputs(a: Card, b: Card, one: Spot, other: Spot) -> Iterator[Cause]:
    """What a verdict follows from besides the facts."""
    check = one.worst.check
    yield from parameters(a, b, check)
    if a.run.scanner_version != b.run.scanner_version:
        yield version(a, b)
    if any(card.checks[check].data for card in (a, b) if check in card.checks):
        yield from data(a, b)
    if one.owner and other.owner and one.owner != other.owner:
        says = Message("the inventories declare it differently")
        yield Cause(Why.OWNER, says, *_where(one.worst.place))


def parameters(a: Card, b: Card, check: str) -> Iterator[Cause]:
    """The values that this check was asked with, where they differ."""
    if check not in a.checks or check not in b.checks:
        return
    ours, theirs = a.checks[check].params, b.checks[check].params
    for name in sorted(ours.keys() | theirs.keys()):
        then, now = ours.get(name), theirs.get(name)
        if then != now:
            values = {"name": text(name), "a": text(then), "b": text(now)}
            says = Message("{name} is {a} in A, {b} in B", **values)
            yield Cause(Why.PARAMETER, says, text(check))


def _alone(has: str, mine: Card, yours: Card, spot: Spot) -> Iterator[Cause]:
    """Only one side says anything of this place."""
    lacks = "B" if has == "A" else "A"
    agency, _, asset, check, endpoint = spot.worst.place
    where = _where(spot.worst.place)
    if yours.checks and check not in yours.checks:
        says = Message("{lacks} does not ask it: not in its profile, or not installed", lacks=lacks)
        yield Cause(Why.PROFILE, says, *where)
    elif _narrowed(yours, check):
        yield only(lacks, yours)
    elif not any(place[0] == agency for place in yours.spots):
        says = Message("{lacks} did not look at {agency}", lacks=lacks, agency=text(agency))
        yield Cause(Why.SCOPE, says)
    elif not any(place[:3] == spot.worst.place[:3] for place in yours.spots):
        says = Message("{lacks} did not look at the asset {asset}", lacks=lacks, asset=text(asset))
        yield Cause(Why.SCOPE, says)
    elif not yours.run.complete:
        yield incomplete(lacks, where)
    else:
        if mine.run.vantage != yours.run.vantage:
            yield vantage(*((mine, yours) if has == "A" else (yours, mine)))
        values = {"has": has, "lacks": lacks, "where": text(endpoint), "says": _says(spot.worst)}
        says = Message("{where} is there in {has} ({says}), and not in {lacks}", **values)
        same = mine.run.vantage == yours.run.vantage
        yield Cause(Why.FACT if same else Why.VANTAGE, says, *where)
        if mine.run.scanner_version != yours.run.scanner_version:
            yield version(*((mine, yours) if has == "A" else (yours, mine)))


def _narrowed(card: Card, check: str) -> bool:
    """Was this check left out of a run that was asked for a few areas and checks only?"""
    return bool(card.run.only) and not {check, check.partition(".")[0]} & set(card.run.only)


def only(side: str, card: Card) -> Cause:
    """The run was narrowed."""
    said = text(", ".join(card.run.only))
    return Cause(Why.SCOPE, Message("{lacks} only looked at: {only}", lacks=side, only=said))


def incomplete(side: str, where: tuple[str, str, str] = ("", "", "")) -> Cause:
    """The run was stopped."""
    return Cause(Why.INCOMPLETE, Message("{side} was stopped before its end", side=side), *where)


def _something_else(one: Spot, other: Spot) -> bool:
    """Did they see different facts?  Where no fingerprint tells: is the evidence another one?"""
    if one.facts and other.facts:
        return one.facts != other.facts
    return (one.worst.evidence, one.worst.detail) != (other.worst.evidence, other.worst.detail)


def _not_visited(spot: Spot, card: Card) -> bool:
    unseen = spot.status is Status.ERROR and spot.worst.reason in _not_visited_said()
    return unseen and not card.run.complete


@cache
def _not_visited_said() -> frozenset[str]:
    return frozenset(clean(Translator(lang)(NOT_VISITED)) for lang in LANGS)


def _then_and_now(one: Spot, other: Spot) -> Message:
    return Message(
        "A saw ({when_a}): {a}; B saw ({when_b}): {b}",
        when_a=_moment(one.worst.observed),
        when_b=_moment(other.worst.observed),
        a=_says(one.worst),
        b=_says(other.worst),
    )


def _aged(one: Spot, other: Spot) -> Message | None:
    first, second = one.worst.observed, other.worst.observed
    if not first or not second or first == second or not (one.facts and other.facts):
        return None
    days = abs((second.date() - first.date()).days)
    values = {"a": first.date(), "b": second.date(), "n": days, "later": SIDES[first < second]}
    if days:
        return Message("the same was seen, {n} days later in {later} ({a}, {b})", **values)
    values = {"a": first, "b": second, "later": SIDES[first < second]}
    return Message("the same was seen, later in {later} ({a}, {b})", **values)


def _says(finding: FindingPart) -> str:
    """The reason, with its detail or else the evidence: `Broken versions: accepted: TLSv1.0`."""
    more = finding.detail or readable(plain(finding.evidence), "true", "false")
    return text(f"{finding.reason}: {more}" if more not in ("", "–") else finding.reason)


def _moment(when: datetime | None) -> object:
    return when or "–"


def _from(card: Card) -> Message:
    if card.run.vantage == "internal":
        return Message("from inside")
    return Message("from outside")


def _where(place: Place) -> tuple[str, str, str]:
    return text(place[3]), text(place[2]), text(place[4])
