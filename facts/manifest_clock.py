"""Manifests of DASH whose segments the clock counts: which are the newest?  Pure.

Segment n of a period is whole when n segments have lasted since the period began (ISO/IEC 23009-1,
5.3.9.5.3); the manifest itself need not change for hours.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime

NEWEST = 3  # segments, one of which must be there: three durations
NUMBER = "\ue000"  # stands for the number in a template; nobody writes it


@dataclass(frozen=True)
class Clock:
    """What counts the segments."""

    began: float  # seconds since 1970
    lasts: float  # seconds that a segment lasts
    first: int  # number of the first
    template: str  # the URL, with NUMBER where the number stands
    width: int = 0  # digits of the number at least


def newest(clock: Clock, now: datetime) -> tuple[str, ...]:
    """The URLs of the last segments that should be whole, newest first."""
    count = math.floor((now.timestamp() - clock.began) / clock.lasts)
    numbers = [clock.first + count - back for back in range(1, NEWEST + 1)]
    return tuple(
        clock.template.replace(NUMBER, str(number).zfill(clock.width))
        for number in numbers
        if number >= clock.first
    )


def seconds_since_1970(text: str) -> float | None:
    """A time of XML Schema; UTC where it names no zone."""
    try:
        said = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    moment = said if said.tzinfo else said.replace(tzinfo=UTC)
    try:
        return moment.timestamp()
    except OverflowError:
        return None
