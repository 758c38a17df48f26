"""What a scorecard shows of the time before it: earlier scores, and what became of the findings.

Plain frozen data; `scanner/history.py` reads it from the store.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class Point:
    """One run's result: an agency's score, or the share of agencies that comply; in percent."""

    run: str
    day: date
    percent: float
    compliant: bool  # for the programme: the target is reached


@dataclass(frozen=True)
class Since:
    """What became of the failing findings since the run before."""

    run: str  # the run before
    day: date
    percent: float  # its result
    new: int = 0  # fails now and did not before
    mended: int = 0  # failed before and is seen not to now
    same: int = 0  # fails as before
    flapping: int = 0  # of all these: those that have come and gone more than once
    unseen: int = 0  # failed before, and could not be assessed now


@dataclass(frozen=True)
class Timeline:
    """How things went up to this run.  Empty: there was no run before that can be compared."""

    trend: tuple[Point, ...] = ()  # oldest first, this run last
    since: Since | None = None


@dataclass(frozen=True)
class History:
    """The programme's timeline, and each agency's by its id."""

    programme: Timeline = Timeline()
    agencies: Mapping[str, Timeline] = field(default_factory=dict)

    def of(self, agency: str) -> Timeline:
        """An agency's."""
        return self.agencies.get(agency, Timeline())


NO_TIME = Timeline()
NO_HISTORY = History()
