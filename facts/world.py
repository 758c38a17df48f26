"""What everyone knows: support dates, known-exploited software, advisories.  Pure look-ups."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class World:
    """The tables in force, each with its date."""

    data: tuple[tuple[str, str], ...] = ()  # (name, date) of every table
