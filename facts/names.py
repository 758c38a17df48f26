"""What the resolver says of a name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class NameFacts:
    """A name's addresses: those that the guard permits, and those that it refuses."""

    observed_at: datetime
    addresses: tuple[str, ...]
    refused: tuple[str, ...] = ()
