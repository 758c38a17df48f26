"""A scorecard with no more in it than the summary tells, made one agency at a time.

What passed, the evidence and the requirements one by one are left out as soon as they are counted:
the summary of a country needs little more memory than that of one agency.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache

from checks import Status
from reports.mend import mends
from reports.notes import counted
from reports.scorecard import scorecard
from reports.sources import Profile, registered
from reports.view import AgencyCard, Gap, Scorecard, Seen
from scanner.assessment import Assessment, Coverage
from scanner.papers import Papers
from scanner.timeline import NO_HISTORY, History


def brief(
    head: Assessment,
    parts: Iterable[Assessment],
    profile: Profile,
    lang: str,
    history: History = NO_HISTORY,
) -> Scorecard:
    """From an assessment without its agencies, and each agency's part of it."""
    cards: list[AgencyCard] = []
    faults: dict[str, tuple[Seen, ...]] = {}
    gaps: dict[str, tuple[Gap, ...]] = {}
    describe = cache(registered(lang))
    for part in parts:
        card = scorecard(_told(part), profile, lang, describe=describe, history=history)
        (one,) = card.agencies
        held = counted(part.papers, part.run.as_of or part.run.started.date())
        cards.append(replace(one, systems=(), mends=(), gaps=(), papers=held))
        faults[one.id] = tuple(_thin(seen) for seen in card.findings if seen.status == Status.FAIL)
        gaps[one.id] = card.gaps
    by_id = sorted(faults)
    return replace(
        scorecard(head, profile, lang, history=history),
        agencies=tuple(cards),
        mends=mends(seen for name in by_id for seen in faults[name]),
        gaps=tuple(gap for name in by_id for gap in gaps[name]),
        coverage=sum((card.coverage for card in cards), Coverage()),
    )


def _told(part: Assessment) -> Assessment:
    """Without the findings that the summary does not tell of, and without papers: no notes."""
    wrong = tuple(one for one in part.findings if one.status in {Status.FAIL, Status.ERROR})
    return replace(part, findings=wrong, papers=Papers())


def _thin(seen: Seen) -> Seen:
    return replace(seen, evidence={}, labelled=(), detail="", controls=())
