"""Where the parts of a chart stand: numbers for the SVG.  Pure; the figures are the view's."""

from __future__ import annotations

from dataclasses import dataclass

from reports.view_system import Counts
from scanner.timeline import Point

STATUSES = ("met", "partial", "not_met", "unverified", "not_applicable")
GAP = 1  # between the parts of a bar
HAIR = 0.6  # what is there is at least as wide
LABELLED = 5  # points of a line that say their value
LEFT, TOP, WIDE, HIGH = 36, 18, 300, 100  # the plot within the trend's picture


@dataclass(frozen=True)
class Dot:
    """One run in the trend."""

    x: float
    y: float
    point: Point
    labelled: bool
    anchor: str  # how its label is aligned, so that it stays within the picture


def segments(of: Counts, width: float) -> list[tuple[str, float, float]]:
    """(status, x, width) of each part of a bar; what is there is at least a hair wide."""
    parts = []
    x = 0.0
    for status in STATUSES:
        many = getattr(of, status)
        if many:
            wide = width * many / of.total
            parts.append((status, round(x, 2), round(max(wide - GAP, HAIR), 2)))
            x += wide
    return parts


def arcs(of: Counts) -> list[tuple[str, float, float]]:
    """(status, start, length) of each part of a ring, in percent of the way round."""
    parts = segments(of, 100)
    if len(parts) == 1:
        return [(parts[0][0], 0.0, 100.0)]
    return [(status, x, round(min(wide, 100 - x), 2)) for status, x, wide in parts]


def height(percent: float) -> float:
    """How far down a percentage stands in the trend."""
    return round(TOP + HIGH * (1 - percent / 100), 1)


def dots(points: tuple[Point, ...]) -> list[Dot]:
    """The runs from left to right; first and last and some between say their value."""
    last = len(points) - 1
    step = max(1, -(-last // (LABELLED - 1)))
    return [
        Dot(
            x=round(LEFT + WIDE * at / (last or 1), 1),
            y=height(one.percent),
            point=one,
            labelled=at == last or (at % step == 0 and last - at >= step),
            anchor="end" if at == last else "middle" if at else "start",
        )
        for at, one in enumerate(points)
    ]
