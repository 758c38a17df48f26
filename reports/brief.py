"""A scorecard with no more in it than the summary tells, made one agency at a time.

What passed, the evidence and the requirements one by one are left out as soon as they are counted:
the summary of a country needs little more memory than that of one agency.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cache, cached_property

from checks import Status
from reports.mend import mends
from reports.notes import counted
from reports.scorecard import scorecard
from reports.sources import Profile, registered
from reports.view import AgencyCard, CheckText, Gap, Scorecard, Seen
from reports.view_system import Group, SystemCard
from scanner.assessment import Assessment, Coverage
from scanner.papers import Papers
from scanner.timeline import NO_HISTORY, History


@dataclass(frozen=True)
class Short:
    """What the whole tells of one agency."""

    card: AgencyCard
    faults: tuple[Seen, ...]
    gaps: tuple[Gap, ...]
    inside: tuple[tuple[str, str, str], ...]

    @classmethod
    def of(cls, card: Scorecard) -> Short:
        """Of an agency's own scorecard."""
        (one,) = card.agencies
        systems = tuple(_left_out(system) for system in one.systems)
        thin = replace(one, systems=systems, mends=(), gaps=())
        failing = (seen for seen in card.findings if seen.status == Status.FAIL)
        return cls(thin, tuple(_thin(seen) for seen in failing), card.gaps, card.inside)


class Brief:
    """Takes each agency's scorecard as it comes, and keeps what the whole one tells of it."""

    def __init__(self) -> None:
        self._cards: list[AgencyCard] = []
        self._faults: dict[str, tuple[Seen, ...]] = {}
        self._gaps: dict[str, tuple[Gap, ...]] = {}
        self._inside: set[tuple[str, str, str]] = set()

    def add(self, short: Short) -> None:
        """One agency's."""
        self._cards.append(short.card)
        self._faults[short.card.id] = short.faults
        self._gaps[short.card.id] = short.gaps
        self._inside.update(short.inside)

    def whole(self, head: Scorecard) -> Scorecard:
        """The programme's, from the scorecard of an assessment without its agencies."""
        by_id = sorted(self._faults)
        return replace(
            head,
            agencies=tuple(self._cards),
            mends=mends(seen for name in by_id for seen in self._faults[name]),
            gaps=tuple(gap for name in by_id for gap in self._gaps[name]),
            coverage=sum((card.coverage for card in self._cards), Coverage()),
            inside=tuple(sorted(self._inside)),
        )


@dataclass(frozen=True)
class Briefing:
    """Makes them: of each agency, and of the whole."""

    profile: Profile
    lang: str
    history: History = NO_HISTORY

    @cached_property
    def _describe(self) -> Callable[[str], CheckText]:
        return cache(registered(self.lang))

    def short(self, part: Assessment) -> Short:
        """From an agency's part of an assessment."""
        card = scorecard(
            _told(part), self.profile, self.lang, describe=self._describe, history=self.history,
            thin=True,
        )  # fmt: skip
        (one,) = card.agencies
        held = counted(part.papers, part.run.as_of or part.run.started.date())
        return Short.of(replace(card, agencies=(replace(one, papers=held, systems=()),)))

    def whole(self, head: Assessment, parts: Iterable[Short]) -> Scorecard:
        """From an assessment without its agencies, and each agency's part."""
        kept = Brief()
        for part in parts:
            kept.add(part)
        return kept.whole(scorecard(head, self.profile, self.lang, history=self.history))


def _told(part: Assessment) -> Assessment:
    """Without the findings that the summary does not tell of, and without papers: no notes."""
    wrong = tuple(one for one in part.findings if one.status in {Status.FAIL, Status.ERROR})
    return replace(part, findings=wrong, papers=Papers())


def _thin(seen: Seen) -> Seen:
    return replace(seen, evidence={}, labelled=(), detail="", controls=())


def _left_out(of: SystemCard) -> SystemCard:
    """Of its requirements, those that the profile leaves out."""
    rows = tuple(row for row in of.controls if row.left_out)
    return replace(of, groups=(Group("", "", of.counts, rows),))
