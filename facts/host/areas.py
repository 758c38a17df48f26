"""The areas of a host: what each asks, and how it reads the answers.

An area is a package here with `asks(look)` and `read(answers, system)`; a plug-in adds one by the
entry point `press_scan.host`.  One log-in asks the questions of all of them in one batch.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib.metadata import entry_points
from typing import Any

from facts.base import Unknown
from facts.declared import Look
from facts.host import (
    apache,
    cron,
    firewall,
    nginx,
    packages,
    processes,
    sockets,
    sshd,
    system,
    units,
)
from facts.host.area import Area
from facts.host.asks import Answers, Ask
from facts.host.system import SystemFacts
from facts.host.table import AREAS

LOG = logging.getLogger(__name__)

PLUGINS = "press_scan.host"  # the entry-point group: each names an Area


@dataclass(frozen=True)
class HostFacts:
    """What one log-in brought: the system, and each area's facts as JSON."""

    observed_at: datetime
    system: SystemFacts
    parts: Mapping[str, str | Unknown] = field(default_factory=dict)  # area -> its facts, JSON

    def split(self) -> dict[type[Any], Any]:
        """Every area's facts by their type; `Unknown` where they were not gathered."""
        split: dict[type[Any], Any] = {SystemFacts: self.system}
        for name, area in areas().items():
            part = self.parts.get(name, Unknown("This area was not gathered", name))
            split[area.brings] = part if isinstance(part, Unknown) else _decoded(name, area, part)
        return split


def types() -> frozenset[type[Any]]:
    """Every type of facts that one log-in brings."""
    return frozenset({SystemFacts, *(area.brings for area in areas().values())})


@cache
def areas() -> Mapping[str, Area]:
    """Every area by its name, the plug-ins' too."""
    return {**AREAS, **{entry.name: entry.load() for entry in entry_points(group=PLUGINS)}}


SHARED = (
    system,
    units,
    processes,
    packages,
    sockets,
    nginx,
    apache,
    cron,
    firewall,
    sshd,
)  # what several areas read


def asks(look: Look) -> tuple[Ask, ...]:
    """Every question to a host, in the order in which they are put."""
    shared = [ask for module in SHARED for ask in module.ASKS]
    return (*shared, *(ask for area in areas().values() for ask in area.asks(look)))


def read(answers: Answers, observed_at: datetime) -> HostFacts:
    """The facts that the answers hold.  An area whose reader breaks is `Unknown`."""
    about = system.read(answers, observed_at)
    parts = {name: _read(name, area, answers, about) for name, area in areas().items()}
    return HostFacts(observed_at, about, parts)


def _read(name: str, area: Area, answers: Answers, about: SystemFacts) -> str | Unknown:
    """One area's facts; a reader that breaks is a bug of ours, and costs that area alone."""
    try:
        return area.codec.dump_json(area.read(answers, about)).decode()
    except Exception:
        LOG.exception("the reader of %s broke", name)
        return Unknown("The host's answers could not be read; the trace is in the log", name)


def _decoded(name: str, area: Area, part: str) -> Any:
    try:
        return area.codec.validate_json(part)
    except ValueError:
        return Unknown("These facts were stored by another version", name)
