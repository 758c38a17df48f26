"""Every area of ours, one line each, in the order in which it is asked."""

from __future__ import annotations

from facts.host.area import Area

AREAS: dict[str, Area] = {}
