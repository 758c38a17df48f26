"""What was before a run: the scores of the runs before it, and what became of the findings.

Only runs that began before it count, so that its scorecard stays what it was, however many follow;
and only those that looked at the same places in the same way.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from hashlib import sha256
from itertools import pairwise

from scanner.inventory import Agency, Inventory
from scanner.marks import Mark, Marks, Place
from scanner.store import Earlier, Run, Store
from scanner.timeline import NO_TIME, History, Point, Since, Timeline

TREND = 12  # runs before this one that are shown
MOST = 60  # runs before this one that are looked through for them
_SEEN = {Mark.FAIL, Mark.WELL}


def history(store: Store, run: Run, profile: str, agencies: Iterable[str] = ()) -> History:
    """What was before this run under this profile (its id), for all agencies or those named."""
    before = [one for one in store.earlier(run) if _alike(one, run)][:MOST]
    places = _places_of(store, run)
    wanted = set(agencies) or {one.id for one in run.inventory.agencies}
    mine = [one for one in run.inventory.agencies if one.id in wanted and _asked(run, one.id)]
    day = run.inventory.programme.day_of
    found = {one.id: _agency(store, run, before, profile, one, places, day) for one in mine}
    return History(_programme(store, run, before, profile, found.values(), day), found)


def _alike(one: Earlier, run: Run) -> bool:
    """Did it look in the same way?"""
    ways = [(o.vantage, set(o.only), set(o.allow)) for o in (one.options, run.options)]
    return ways[0] == ways[1]


def _asked(run: Run | Earlier, agency: str) -> bool:
    return not run.options.agencies or agency in run.options.agencies


def _agency(
    store: Store,
    run: Run,
    before: Sequence[Earlier],
    profile: str,
    agency: Agency,
    places: Callable[[Earlier], Mapping[str, str]],
    day: Callable[[datetime], date],
) -> Timeline:
    scores = store.scores(profile, agency.id)
    if run.id not in scores:
        return NO_TIME
    past = _past(store, before, profile, agency, places)
    if not past:
        return NO_TIME
    shown: list[Run | Earlier] = [*reversed(past), run]
    trend = tuple(Point(one.id, day(one.started), *scores[one.id]) for one in shown)
    now = store.marks(run.id, profile, agency.id)
    old = [store.marks(one.id, profile, agency.id) for one in past]
    return Timeline(trend, became(now, old, trend[-2]))


def became(now: Marks, before: Sequence[Marks], last: Point) -> Since:
    """What became of the failing findings: `before` is newest first, `last` its newest run.

    A finding that could not be seen in between is what it was when it was last seen.
    """
    counts = dict.fromkeys(("new", "mended", "same", "flapping", "unseen"), 0)
    for place in {*now, *before[0]}:
        line = [marks[place] for marks in before if place in marks]
        known = next((mark for mark in line if mark in _SEEN), None)
        kind = _kind(now.get(place), known)
        if kind:
            counts[kind] += 1
        if _flaps([now.get(place), *line]):
            counts["flapping"] += 1
    return Since(last.run, last.day, last.percent, **counts)


def _kind(now: Mark | None, known: Mark | None) -> str:
    if now is Mark.FAIL:
        return "same" if known is Mark.FAIL else "new"
    if known is not Mark.FAIL:
        return ""
    return "mended" if now is Mark.WELL else "unseen"


def flapping(marks: Sequence[Marks]) -> set[Place]:
    """The places whose finding has come and gone more than once in these runs, newest first."""
    everywhere = {place for one in marks for place in one}
    return {p for p in everywhere if _flaps([one.get(p) for one in marks])}


def _flaps(line: Iterable[Mark | None]) -> bool:
    seen = [mark for mark in line if mark in _SEEN]
    return sum(one is not other for one, other in pairwise(seen)) > 1


def flapping_places(store: Store, run: Run, profile: str) -> set[tuple[str, Place]]:
    """(agency, place) of what has come and gone more than once in this run and those before it."""
    before = [one for one in store.earlier(run) if _alike(one, run)][:MOST]
    places, found = _places_of(store, run), set()
    for agency in run.inventory.agencies:
        past = _past(store, before, profile, agency, places)
        marks = [store.marks(one, profile, agency.id) for one in (run.id, *(p.id for p in past))]
        found |= {(agency.id, place) for place in flapping(marks)}
    return found


def _past(
    store: Store,
    before: Sequence[Earlier],
    profile: str,
    agency: Agency,
    places: Callable[[Earlier], Mapping[str, str]],
) -> list[Earlier]:
    """The runs before that looked at the agency as it is declared, newest first."""
    scores, same = store.scores(profile, agency.id), looked_at(agency)
    return [
        one for one in before
        if one.id in scores and _asked(one, agency.id) and places(one).get(agency.id) == same
    ][:TREND]  # fmt: skip


def _programme(
    store: Store,
    run: Run,
    before: Sequence[Earlier],
    profile: str,
    agencies: Iterable[Timeline],
    day: Callable[[datetime], date],
) -> Timeline:
    same = [one for one in before if set(one.options.agencies) == set(run.options.agencies)]
    trend = list(_points(store, [run, *same], profile, day))
    if len(trend) < 2 or trend[0].run != run.id:
        return NO_TIME
    last = trend[1]
    mine = [one.since for one in agencies if one.since and one.since.run == last.run]
    counts = {
        name: sum(getattr(one, name) for one in mine)
        for name in ("new", "mended", "same", "flapping", "unseen")
    }
    return Timeline(tuple(reversed(trend)), Since(last.run, last.day, last.percent, **counts))


def _points(
    store: Store, runs: Iterable[Run | Earlier], profile: str, day: Callable[[datetime], date]
) -> Iterator[Point]:
    """Newest first."""
    left = TREND + 1
    for one in runs:
        head = store.judgement_head(one.id, profile)
        if head and left:
            left -= 1
            of = head.programme
            reached = of.counted > 0 and of.percent >= of.target_percent
            yield Point(one.id, day(one.started), of.percent, reached)


def _places_of(store: Store, run: Run) -> Callable[[Earlier], Mapping[str, str]]:
    """What a run looked at, by agency.  An inventory is read again only where it is another."""
    known = {run.inventory_sha256: _by_agency(run.inventory)}

    def places(one: Earlier) -> Mapping[str, str]:
        if one.inventory_sha256 not in known:
            known[one.inventory_sha256] = _by_agency(store.run(one.id).inventory)
        return known[one.inventory_sha256]

    return places


def _by_agency(inventory: Inventory) -> Mapping[str, str]:
    return {one.id: looked_at(one) for one in inventory.agencies}


def looked_at(agency: Agency) -> str:
    """A digest of what a run looks at: another asset is another look."""
    systems = [
        [system.id, [asset.model_dump(mode="json", by_alias=True) for asset in system.assets]]
        for system in agency.systems
    ]
    return sha256(json.dumps(systems, sort_keys=True).encode()).hexdigest()
