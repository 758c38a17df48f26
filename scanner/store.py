"""What was seen, kept: in SQLite by default, or in PostgreSQL (`scanner.database`).

Only the engine's thread writes; workers never come here.  Several runs may write at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import platformdirs
import sqlalchemy as sa
from pydantic import TypeAdapter

from scanner.database import Database, patient, plain_url, shown
from scanner.inventory import Inventory
from scanner.judgement_shelf import JudgementShelf
from scanner.notice_shelf import NoticeShelf
from scanner.paper_shelf import PaperShelf
from scanner.rows import inventory_of, known_of, packed, packed_inventory, unpacked
from scanner.tables import BASELINE, OBSERVATION, RUN
from scanner.version import scanner_version
from scanner.visit import Observation

STREAMED = 100  # observations in memory at once


class StoreError(Exception):
    """The store can't be opened or does not hold what was asked for; the message says what."""


@dataclass(frozen=True)
class Options:
    """What a run was asked to do; enough to go on with it, or to judge it again."""

    profile: str
    vantage: str = "external"
    agencies: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()  # trials that do more than read, where the paper names them


_OPTIONS = TypeAdapter(Options)


@dataclass(frozen=True)
class Run:
    """One execution of `scan`."""

    id: str
    state: str
    started: datetime
    finished: datetime | None
    inventory_path: str
    inventory_sha256: str
    inventory: Inventory
    options: Options
    scanner_version: str


@dataclass(frozen=True)
class Earlier:
    """A run that was before another, without its inventory."""

    id: str
    started: datetime
    options: Options
    inventory_sha256: str


def default_url() -> str:
    """The store's place when nobody names one."""
    folder = platformdirs.user_data_path("press-scan", ensure_exists=True)
    return f"sqlite:///{folder / 'press-scan.db'}"


class Store(JudgementShelf, NoticeShelf, PaperShelf):
    """The runs, their observations and judgements."""

    def __init__(self, url: str = "") -> None:
        """Open, and bring the schema up to date.  `url` may be a file's path.

        Raises `StoreError`.
        """
        try:
            address = plain_url(url or default_url())
            self._database = Database(address)
        except (sa.exc.SQLAlchemyError, ImportError, OSError) as error:
            raise StoreError(f"{shown(url)}: {_cause(error)}") from error
        self.url = address.render_as_string(hide_password=False)
        self._engine = self._database.engine

    @property
    def evidence_path(self) -> Path:
        """Where evidence files lie unless told otherwise: beside the database."""
        if self._database.is_file:
            return self._database.file.parent / "evidence"
        return platformdirs.user_data_path("press-scan") / "evidence"

    def alone(self, inventory: str, wait: float) -> AbstractContextManager[None]:
        """Nobody else scans this inventory into this server while it is held.

        For a file there is nothing to hold.  Raises `scanner.database.Taken` after `wait` seconds.
        """
        return self._database.hold(f"scan {inventory}", wait)

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    def forked(self) -> None:
        """In a child that was forked: leave the parent's connections alone, and make others."""
        self._engine.dispose(close=False)

    # -- runs

    def new_run(self, path: str, sha256: str, inventory: Inventory, options: Options) -> Run:
        """Open a run.  Its id is the day and a number: `20261122-0001`."""
        now = datetime.now(UTC)
        row = {
            "state": "running",
            "started": now,
            "inventory_path": path,
            "inventory_sha256": sha256,
            "inventory": packed_inventory(inventory),
            "options": _OPTIONS.dump_json(options).decode(),
            "scanner_version": scanner_version(),
        }
        day = f"{now.astimezone():%Y%m%d}"
        for _ in range(1000):
            try:
                with self._engine.begin() as db:
                    newest = db.scalar(
                        sa.select(sa.func.max(RUN.c.id)).where(RUN.c.id.like(f"{day}-%"))
                    )
                    number = int(newest.partition("-")[2]) + 1 if newest else 1
                    db.execute(RUN.insert().values(id=f"{day}-{number:04}", **row))
                return self.run(f"{day}-{number:04}")
            except sa.exc.IntegrityError:
                continue  # another scan took the number
        raise StoreError("no free number for a run")

    @patient
    def run(self, name: str) -> Run:
        """A run by its id, or `latest`.  Raises `StoreError` when there is none."""
        query = sa.select(RUN)
        latest = name == "latest"
        query = query.order_by(RUN.c.id.desc()) if latest else query.where(RUN.c.id == name)
        with self._engine.connect() as db:
            row = db.execute(query.limit(1)).one_or_none()
        if row is None:
            raise StoreError("the store holds no run yet" if latest else f"no run {name}")
        return _run(row)

    def runs(self, path: str = "", state: str = "") -> list[Run]:
        """All runs, newest first; of one inventory, in one state, when named."""
        query = sa.select(RUN).order_by(RUN.c.id.desc())
        query = query.where(RUN.c.inventory_path == path) if path else query
        query = query.where(RUN.c.state == state) if state else query
        with self._engine.connect() as db:
            return [_run(row) for row in db.execute(query)]

    def earlier(self, run: Run) -> list[Earlier]:
        """The whole runs of the same inventory that began before this one, newest first."""
        of = RUN.c
        query = sa.select(of.id, of.started, of.options, of.inventory_sha256)
        query = query.where(of.inventory_path == run.inventory_path, of.state == "done")
        query = query.where(of.started < run.started).order_by(of.started.desc())
        with self._engine.connect() as db:
            return [
                Earlier(row.id, _utc(row.started), _OPTIONS.validate_json(row.options), row[3])
                for row in db.execute(query)
            ]

    @patient
    def end_run(self, run: str, state: str) -> None:
        """Say how a run ended: done, interrupted, deadline; or that it is running again."""
        finished = None if state == "running" else datetime.now(UTC)
        with self._engine.begin() as db:
            db.execute(RUN.update().where(RUN.c.id == run).values(state=state, finished=finished))

    # -- observations

    @patient
    def keep(self, run: str, observations: list[Observation]) -> None:
        """Write observations down, at once and for good; a failed visit may be made again."""
        if not observations:
            return
        self._database.assert_held()
        with self._engine.begin() as db:
            for seen in observations:
                where = _visit(run, seen.target, seen.probe)
                if db.scalar(sa.select(OBSERVATION.c.sha256).where(where)) == seen.sha256:
                    continue  # it arrived before the connection was lost
                db.execute(OBSERVATION.delete().where(where, OBSERVATION.c.outcome == "failed"))
                db.execute(OBSERVATION.insert().values(run=run, **packed(seen)))

    def observations(self, run: str) -> Iterator[Observation]:
        """All observations of a run, in the order of their targets."""
        query = sa.select(OBSERVATION).where(OBSERVATION.c.run == run)
        order = (OBSERVATION.c.target, OBSERVATION.c.probe)
        with self._engine.connect() as db:
            rows = db.execute(query.order_by(*order), execution_options={"yield_per": STREAMED})
            for row in rows:
                yield unpacked(row)

    @patient
    def observation(self, run: str, target: str, probe: str) -> Observation | None:
        """One observation, or None when the visit was not made."""
        which = {"of_run": run, "of_target": target, "of_probe": probe}
        with self._engine.connect() as db:
            row = db.execute(_ONE_VISIT, which).one_or_none()
        return None if row is None else unpacked(row)

    @patient
    def known(self, run: str, target: str, probe: str) -> Any:
        """What one visit brought, or the exception that says why nothing; None: not visited."""
        which = {"of_run": run, "of_target": target, "of_probe": probe}
        with self._engine.connect() as db:
            row = db.execute(_ONE_KNOWN, which).one_or_none()
        return None if row is None else known_of(row, probe)

    @patient
    def visits(self, run: str, target: str) -> dict[str, Callable[[], Any]]:
        """What each visit to a target brought, by probe: called, it says what `known` says."""
        with self._engine.connect() as db:
            rows = db.execute(_ALL_KNOWN, {"of_run": run, "of_target": target}).all()
        return {row.probe: partial(known_of, row, row.probe) for row in rows}

    @patient
    def digest(self, run: str) -> str:
        """SHA-256 over the digests of a run's observations, in the order of their targets."""
        columns = OBSERVATION.c
        query = sa.select(columns.sha256).where(columns.run == run)
        with self._engine.connect() as db:
            every = db.scalars(query.order_by(columns.target, columns.probe))
            return sha256("\n".join(every).encode()).hexdigest()

    # -- the accepted baseline

    def accept_baseline(self, run: Run) -> None:
        """From now on, drift on this run's inventory is measured against it."""
        where = BASELINE.c.inventory_path == run.inventory_path
        row = {"inventory_path": run.inventory_path, "run": run.id, "accepted": datetime.now(UTC)}
        with self._engine.begin() as db:
            db.execute(BASELINE.delete().where(where))
            db.execute(BASELINE.insert().values(**row))

    def baseline(self, inventory_path: str) -> str:
        """The accepted run of an inventory, or ""."""
        query = sa.select(BASELINE.c.run).where(BASELINE.c.inventory_path == inventory_path)
        with self._engine.connect() as db:
            return db.scalar(query) or ""


def _cause(error: Exception) -> str:
    """What to mend; a driver's long words, on one line."""
    if isinstance(error, ImportError) and (error.name or "").startswith("psycopg"):
        return "PostgreSQL needs its driver: pip install 'press-scan[workers]'"
    return " ".join(str(getattr(error, "orig", None) or error).split())


def _visit(run: str, target: str, probe: str) -> sa.ColumnElement[bool]:
    columns = OBSERVATION.c
    return (columns.run == run) & (columns.target == target) & (columns.probe == probe)


_THAT_TARGET = (OBSERVATION.c.run == sa.bindparam("of_run")) & (
    OBSERVATION.c.target == sa.bindparam("of_target")
)
_THAT_VISIT = _THAT_TARGET & (OBSERVATION.c.probe == sa.bindparam("of_probe"))
_ONE_VISIT = sa.select(OBSERVATION).where(_THAT_VISIT)
_JUDGED = (OBSERVATION.c.outcome, OBSERVATION.c.facts, OBSERVATION.c.why, OBSERVATION.c.detail)
_ONE_KNOWN = sa.select(*_JUDGED).where(_THAT_VISIT)
_ALL_KNOWN = sa.select(OBSERVATION.c.probe, *_JUDGED).where(_THAT_TARGET)


def _run(row: Any) -> Run:
    return Run(
        id=row.id,
        state=row.state,
        started=_utc(row.started),
        finished=_utc(row.finished) if row.finished else None,
        inventory_path=row.inventory_path,
        inventory_sha256=row.inventory_sha256,
        inventory=inventory_of(row.inventory),
        options=_OPTIONS.validate_json(row.options),
        scanner_version=row.scanner_version,
    )


def _utc(when: datetime) -> datetime:
    """SQLite forgets the zone, PostgreSQL answers in the session's."""
    return when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)
