"""Which requirements of one standard took over which of another.  Pure.

A requirement says it under `maps_to` (where it went) or `legacy` (what it takes over); either is
enough, in either profile.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from scanner.profile import Profile
from scanner.profile_file import Control


@dataclass(frozen=True)
class Row:
    """A requirement, and those of the other profile that it became or came from."""

    control: Control
    partners: tuple[Control, ...]


@dataclass(frozen=True)
class Crosswalk:
    """Every requirement of two profiles: those of the first, and what is left of the second."""

    rows: tuple[Row, ...]
    without: tuple[Control, ...]  # requirements of the second that no row names

    @property
    def alone(self) -> tuple[Control, ...]:
        """Requirements of the first profile that have no partner."""
        return tuple(row.control for row in self.rows if not row.partners)


def crosswalk(first: Profile, second: Profile) -> Crosswalk:
    """From the first profile's requirements to the second's, in the order of both."""
    there = {control.id: place for place, control in enumerate(second.controls)}
    partners: dict[str, set[str]] = defaultdict(set)
    for name, other in _said(first):
        partners[name].add(other)
    for name, other in _said(second):
        partners[other].add(name)
    rows = []
    for control in first.controls:
        places = sorted(there[one] for one in partners[control.id] if one in there)
        rows.append(Row(control, tuple(second.controls[place] for place in places)))
    named = {partner.id for row in rows for partner in row.partners}
    return Crosswalk(tuple(rows), tuple(new for new in second.controls if new.id not in named))


def _said(profile: Profile) -> Iterator[tuple[str, str]]:
    """What the profile's own requirements say of those of others."""
    for control in profile.controls:
        for other in (*control.maps_to, *control.legacy):
            yield control.id, other
