"""What a web server said of a stream."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class WebFacts:
    """The answer at the declared address."""

    status: int
    server: str = ""  # its Server header
