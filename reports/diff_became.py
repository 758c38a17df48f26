"""What became of the faults from A to B: new, mended, unchanged, unseen, coming and going."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

from checks import Status
from reports.diff_parts import Place
from reports.diff_read import Card

_WELL = {Status.PASS, Status.NOT_APPLICABLE}


@dataclass(frozen=True)
class Became:
    """The places (agency, system, asset, check, endpoint) of each kind, in order."""

    new: tuple[Place, ...] = ()  # fails in B, and does not in A
    mended: tuple[Place, ...] = ()  # fails in A, and is seen not to in B
    same: tuple[Place, ...] = ()  # fails in both
    unseen: tuple[Place, ...] = ()  # fails in A, and nobody could tell in B
    flapping: tuple[Place, ...] | None = None  # of all these; None: it takes more than two runs


def became(a: Card, b: Card, flapping: Set[Place] | None = None) -> Became:
    """`flapping` are the places that have come and gone more than once up to these runs."""
    before = {place for place, spot in a.spots.items() if spot.status is Status.FAIL}
    after = {place for place, spot in b.spots.items() if spot.status is Status.FAIL}
    well = {place for place, spot in b.spots.items() if spot.status in _WELL}
    gone = before - after
    return Became(
        new=_ordered(after - before),
        mended=_ordered(gone & well),
        same=_ordered(before & after),
        unseen=_ordered(gone - well),
        flapping=None if flapping is None else _ordered(flapping & (before | after)),
    )


def _ordered(places: Set[Place]) -> tuple[Place, ...]:
    return tuple(sorted(places))
