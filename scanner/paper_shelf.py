"""Attestations and waivers, kept: written once, never changed, at most withdrawn with a reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter

from scanner.papers import Attestation, Papers, Waiver
from scanner.tables import PAPER

_TYPES: dict[str, TypeAdapter[Any]] = {
    "attestation": TypeAdapter(Attestation),
    "waiver": TypeAdapter(Waiver),
}
_PREFIX = {"attestation": "A", "waiver": "W"}
_ATTEMPTS = 100  # another hand may take the same number


class NoSuchPaper(LookupError):
    """No attestation or waiver has this number, or it is withdrawn already."""


class PaperShelf:
    """The store's part that holds papers."""

    _engine: sa.Engine

    def add_papers(self, papers: Sequence[Attestation | Waiver]) -> list[Attestation | Waiver]:
        """Write them down, all or none; they come back with their numbers and the time.

        Whatever number and time they bring is replaced: `A-0001`, `W-0001` and so on.
        """
        for _ in range(_ATTEMPTS):
            try:
                with self._engine.begin() as db:
                    return _write(db, papers)
            except sa.exc.IntegrityError:
                continue
        raise RuntimeError("no free number for a paper")

    def papers(self, agencies: Iterable[str] | None = None) -> Papers:
        """Every attestation and waiver, in the order of writing; of these agencies when named."""
        query = sa.select(PAPER).order_by(PAPER.c.recorded, PAPER.c.id)
        wanted = None if agencies is None else frozenset(agencies)
        if wanted is not None and len(wanted) == 1:  # many at once are more than SQL takes
            query = query.where(PAPER.c.agency == next(iter(wanted)))
        with self._engine.connect() as db:
            rows = db.execute(query)
            found = [_paper(row) for row in rows if wanted is None or row.agency in wanted]
        return Papers(
            tuple(one for one in found if isinstance(one, Attestation)),
            tuple(one for one in found if isinstance(one, Waiver)),
        )

    def withdraw(self, number: str, day: date, why: str) -> Attestation | Waiver:
        """From this day on the paper counts for nothing; it stays written.

        Raises `NoSuchPaper`.
        """
        unless = (PAPER.c.id == number) & PAPER.c.withdrawn.is_(None)
        with self._engine.begin() as db:
            change = PAPER.update().where(unless).values(withdrawn=day, withdrawn_why=why)
            if not db.execute(change).rowcount:
                raise NoSuchPaper(number)
            return _paper(db.execute(sa.select(PAPER).where(PAPER.c.id == number)).one())


def _write(db: sa.Connection, papers: Sequence[Attestation | Waiver]) -> list[Attestation | Waiver]:
    now, written, last = datetime.now(UTC), [], dict[str, int]()
    for paper in papers:
        kind = "waiver" if isinstance(paper, Waiver) else "attestation"
        last[kind] = (last[kind] if kind in last else _count(db, kind)) + 1
        numbered = replace(paper, id=f"{_PREFIX[kind]}-{last[kind]:04}", recorded=now)
        db.execute(
            PAPER.insert().values(
                id=numbered.id, kind=kind, agency=numbered.agency, recorded=now,
                body=_TYPES[kind].dump_json(numbered).decode(), withdrawn_why="",
            )
        )  # fmt: skip
        written.append(numbered)
    return written


def _count(db: sa.Connection, kind: str) -> int:
    """How many there are: nothing is ever taken away, so this is the last number."""
    every = sa.select(sa.func.count()).select_from(PAPER).where(PAPER.c.kind == kind)
    return int(db.scalar(every) or 0)


def _paper(row: Any) -> Attestation | Waiver:
    paper: Attestation | Waiver = _TYPES[row.kind].validate_json(row.body)
    return replace(paper, withdrawn=row.withdrawn) if row.withdrawn else paper
