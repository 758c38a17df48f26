"""What a site's robots.txt says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from facts.base import Unknown


@dataclass(frozen=True)
class RobotsFacts:
    """The paths that robots.txt asks crawlers to leave alone."""

    observed_at: datetime
    hidden: tuple[str, ...] | Unknown


def read(text: str) -> tuple[str, ...]:
    """The `Disallow` paths of a robots.txt (RFC 9309), in order, at most a hundred."""
    lines = (line.partition("#")[0].partition(":") for line in text.splitlines())
    paths = [value.strip() for key, _, value in lines if key.strip().lower() == "disallow"]
    return tuple(path for path in paths if path)[:100]
