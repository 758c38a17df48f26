"""By what a run was judged: each check's parameters and each requirement's rule.  Pure.

Kept with the judgement, since a profile's file may be another one tomorrow.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from checks import Check
from facts.world import World
from scanner.profile import Profile


@dataclass(frozen=True)
class CheckRule:
    """One check as it was asked."""

    id: str
    params: Mapping[str, Any] = field(default_factory=dict)
    data: bool = False  # it leans on the tables, whose dates the run names


@dataclass(frozen=True)
class ControlRule:
    """How one requirement is settled."""

    id: str
    decides: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    advice: bool = False  # the standard only suggests its values
    every: int | None = None  # months
    runs: str = ""  # what the tool's own whole runs say of it: decides, hints


@dataclass(frozen=True)
class Basis:
    """All of it."""

    checks: tuple[CheckRule, ...] = ()
    controls: tuple[ControlRule, ...] = ()


def basis_of(profile: Profile, known: Mapping[str, Check]) -> Basis:
    """What this profile says, in the order of ids."""
    installed = (known[name] for name in sorted(profile.checks() & known.keys()))
    return Basis(
        tuple(
            CheckRule(one.id, profile.params_of(one), World in one.reads.values())
            for one in installed
        ),
        tuple(
            ControlRule(one.id, one.decides, one.hints, one.advice, one.every, one.runs)
            for one in sorted(profile.controls, key=lambda control: control.id)
        ),
    )
