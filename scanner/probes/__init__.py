"""The probes, by name: each visits one kind of target and brings one type of facts.

A probe is a module with `gather(target, reach) -> facts`, or, where one child serves many targets,
`gather_many(targets, reach) -> Iterator[(target, facts | Exception)]`.  It raises `Absent` when the
thing is not there, `Undecided` when it could not look; anything else becomes a failed visit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # a probe's child imports this package too, and wants to begin at once
    from pydantic import TypeAdapter

    from facts.declared import Kind

PLUGINS = "press_scan.probes"  # the entry-point group: each names a Probe


@dataclass(frozen=True)
class Probe:
    """Where a probe lives, whom it visits, what it brings, and what it may cost."""

    module: str
    visits: Kind
    brings: type[Any]
    seconds: float = 60.0  # time limit of one visit (of a batch: for each target in it)
    connections: int = 1  # at once to one address; the engine allows five in all
    batch: int = 1  # targets in one `gather_many`
    pool: str = "threads"  # "threads", or "sweeps" for nmap: waits; "children": uses a processor

    @property
    def types(self) -> frozenset[type[Any]]:
        """Every type of facts that a check may read of it: a log-in brings one for each area."""
        from facts.host.areas import HostFacts
        from facts.host.areas import types as part_types

        return frozenset({self.brings, *(part_types() if self.brings is HostFacts else ())})

    @cached_property
    def codec(self) -> TypeAdapter[Any]:
        """Its facts to JSON and back."""
        from pydantic import TypeAdapter

        return TypeAdapter(self.brings)


@cache
def table() -> Mapping[str, Probe]:
    """Every probe by its name, the plug-ins' too."""
    from importlib.metadata import entry_points

    from scanner.probes.table import PROBES  # the table imports every fact type

    return {**PROBES, **{entry.name: entry.load() for entry in entry_points(group=PLUGINS)}}
