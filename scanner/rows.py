"""An observation as a row of the store, and back."""

from __future__ import annotations

import base64
import json
import zlib
from datetime import datetime
from typing import Any

from scanner.visit import Observation, Outcome, known


def packed(seen: Observation) -> dict[str, Any]:
    """Its columns, without the run."""
    raw = {name: base64.b64encode(data).decode() for name, data in seen.raw.items()}
    return {
        "target": seen.target,
        "probe": seen.probe,
        "outcome": str(seen.outcome),
        "facts": zlib.compress(seen.facts),
        "why": seen.why,
        "detail": seen.detail,
        "started": seen.started_at.isoformat(),
        "seconds": seen.seconds,
        "contacts": zlib.compress(json.dumps(seen.contacts).encode()),
        "raw": zlib.compress(json.dumps(raw).encode()),
        "sha256": seen.sha256,
    }


def unpacked(row: Any) -> Observation:
    """The observation that a row holds, to the byte."""
    raw = json.loads(zlib.decompress(row.raw))
    return Observation(
        target=row.target,
        probe=row.probe,
        outcome=Outcome(row.outcome),
        facts=zlib.decompress(row.facts),
        why=row.why,
        detail=row.detail,
        started_at=datetime.fromisoformat(row.started),
        seconds=row.seconds,
        contacts=tuple(json.loads(zlib.decompress(row.contacts))),
        raw={name: base64.b64decode(data) for name, data in raw.items()},
    )


def known_of(row: Any, probe: str) -> Any:
    """What a visit brought, from the few columns that say it."""
    return known(probe, Outcome(row.outcome), zlib.decompress(row.facts), row.why, row.detail)
