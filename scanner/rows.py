"""An observation as a row of the store, and back; and a run's inventory."""

from __future__ import annotations

import base64
import json
import zlib
from datetime import datetime
from typing import Any

from scanner.inventory import Inventory
from scanner.visit import Observation, Outcome, known

INVENTORIES = 32  # kept in memory: a year of nightly runs has few
_READ: dict[bytes, Inventory] = {}  # by how the store holds them


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


def packed_inventory(inventory: Inventory) -> bytes:
    """A run's inventory as its row holds it."""
    text = zlib.compress(inventory.model_dump_json(by_alias=True).encode())
    _READ.setdefault(text, inventory)
    return text


def inventory_of(text: bytes) -> Inventory:
    """The inventory of a run's row; a country's is large: one copy of it is enough."""
    if text not in _READ:
        if len(_READ) >= INVENTORIES:
            del _READ[next(iter(_READ))]
        _READ[text] = Inventory.model_validate_json(zlib.decompress(text))
    return _READ[text]
