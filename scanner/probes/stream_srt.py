"""Talk to a server of SRT."""

from __future__ import annotations

from facts.base import Undecided
from facts.declared import Target
from facts.stream_wire import WireFacts
from scanner.reach import Reach


def gather(target: Target, reach: Reach) -> WireFacts:  # noqa: ARG001  # follows in a moment
    """Raises `Undecided`."""
    raise Undecided("This was not tried", "SRT")
