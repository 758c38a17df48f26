"""Runs put into a store without a scan: what was "seen" are facts of the factories."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import sqlalchemy as sa

from scanner.inventory import Inventory
from scanner.probes import table
from scanner.store import Options, Store
from scanner.tables import RUN
from scanner.visit import Observation, Outcome

Facts = Mapping[tuple[str, str], object]  # (target's key, probe) -> facts


def keep_run(
    db: Path | str,
    inventory: Inventory,
    facts: Facts,
    profile: str = "level3",
    *,
    started: datetime | None = None,
    state: str = "done",
    path: str = "/kept.yaml",
    **options: object,
) -> str:
    """A run of this inventory that saw these facts; returns its id."""
    store = Store(str(db))
    digest = sha256(inventory.model_dump_json().encode()).hexdigest()
    run = store.new_run(path, digest, inventory, Options(profile, **options))
    store.keep(run.id, [observation(key, probe, said) for (key, probe), said in facts.items()])
    store.end_run(run.id, state)
    if started:
        with sa.create_engine(store.url).begin() as raw:
            change = {"started": started, "finished": started}
            raw.execute(RUN.update().where(RUN.c.id == run.id).values(**change))
    store.close()
    return run.id


def observation(key: str, probe: str, facts: object) -> Observation:
    """One visit that saw these facts; an exception is a visit that failed."""
    now = datetime.now(UTC)
    if isinstance(facts, Exception):
        return Observation(key, probe, Outcome.FAILED, now, why=str(facts))
    return Observation(key, probe, Outcome.SEEN, now, facts=table()[probe].codec.dump_json(facts))
