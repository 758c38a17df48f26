"""`status`, `status --what-if` and `due` as JSON: codes and numbers, no sentences."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from reports.text import clean
from scanner.dossier import Contradiction
from scanner.due import Due, Item
from scanner.rollup import RollUp, Standing
from scanner.whatif import WhatIf


def status_json(
    rolled: RollUp,
    profile: str,
    contradictions: Sequence[Contradiction],
    plans: WhatIf | None = None,
) -> dict[str, Any]:
    """Everything that the text says, and the series behind each trend."""
    programme = rolled.programme
    found: dict[str, Any] = {
        "schema": "press-scan/status/1",
        "as_of": rolled.day.isoformat(),
        "profile": profile,
        "programme": {
            "name": clean(programme.name),
            "target": {
                "level": programme.level,
                "percent": programme.target_percent,
                "by": programme.by and programme.by.isoformat(),
                "reading": programme.reading,
            },
            "counted": programme.counted,
            "compliant": programme.compliant,
            "percent": programme.percent,
            "readings": {
                name: {
                    "agencies": sum(one.reaches(name) for one in rolled.standings if one.counted),
                    "percent": percent,
                }
                for name, percent in sorted(programme.readings.items())
            },
        },
        "agencies": [_agency(one) for one in rolled.standings],
        "contradictions": [_contradiction(one) for one in contradictions],
    }
    if plans:
        found["what_if"] = _plans(plans)
    return found


def due_json(of: Due, items: Iterable[Item]) -> dict[str, Any]:
    """What falls due."""
    rows = [{**asdict(item), "day": item.day.isoformat(), "late": item.day < of.day}
            for item in items]  # fmt: skip
    return {
        "schema": "press-scan/due/1",
        "as_of": of.day.isoformat(),
        "due": rows,
        "without_a_day": of.never,
    }


def _agency(one: Standing) -> dict[str, Any]:
    of = one.agency
    return {
        "id": of.id,
        "name": clean(of.name),
        "counted": one.counted,
        "left_out": "" if one.counted else "not_electronic",
        "readings": dict(of.readings),
        "score": of.score,
        "coverage": asdict(of.coverage),
        "open": [{"system": system, "control": result.control, "status": str(result.status)}
                 for system, result in one.open],
        "run": of.run,
        "seen": of.seen and of.seen.isoformat(),
        "stale": of.stale,
        "trend": [{"run": point.run, "day": point.day.isoformat(), "score": point.score,
                   "compliant": point.compliant} for point in one.trend],
        "moved": [{"system": moved.system, "control": moved.control, "was": str(moved.was),
                   "now": str(moved.now), "worse": moved.worse} for moved in one.moved],
    }  # fmt: skip


def _contradiction(one: Contradiction) -> dict[str, Any]:
    return {
        "agency": one.agency,
        "system": one.system,
        "code": one.code,
        "message": str(one.message),
        "bears_on_approval": one.bears,
    }


def _plans(of: WhatIf) -> dict[str, Any]:
    return {
        "reading": of.reading,
        "complying": of.complying,
        "counted": of.counted,
        "needed": of.needed,
        "enough": of.enough,
        "agencies": [
            {
                "id": plan.agency,
                "effort": plan.effort,
                "open": [{"system": system, "control": control} for system, control in plan.open],
                "actions": [
                    {"kind": str(one.kind), "system": one.system, "what": one.what,
                     "assets": list(one.assets), "steps": one.steps,
                     "frees": [{"system": s, "control": c} for s, c in one.frees]}
                    for one in plan.actions
                ],
            }
            for plan in of.plans
        ],
    }  # fmt: skip
