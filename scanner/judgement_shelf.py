"""What a run was judged to be, kept: the whole, and each agency's part by itself."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeVar

import sqlalchemy as sa
from pydantic import TypeAdapter

from scanner.assessment import Assessment, RunInfo
from scanner.basis import Basis
from scanner.marks import Marks, marks, packed, unpacked
from scanner.papers import Papers, together
from scanner.tables import AGENCY_JUDGEMENT, JUDGEMENT

_ASSESSMENT = TypeAdapter(Assessment)
QUICKLY = 3  # of 9: an eighth more bytes than the usual 6, in less than half of the time
T = TypeVar("T")


class JudgementShelf:
    """The store's part that holds judgements."""

    _engine: sa.Engine

    def keep_judgement(self, run: str, profile: str, assessment: Assessment) -> None:
        """Keep what a run was judged to be, for reports and comparisons."""
        head = replace(assessment, agencies=(), findings=(), failures=(), papers=Papers())
        parts = (row_of(place, part) for place, part in enumerate(_apart(assessment)))
        self.keep_parts(run, profile, parts, lambda: head)

    def keep_parts(
        self,
        run: str,
        profile: str,
        parts: Iterable[Mapping[str, Any]],
        head: Callable[[], Assessment],
    ) -> None:
        """The same, from each agency's part as it comes, as `row_of` makes it.

        `head` is asked when all have come, and nothing is written before.
        """
        key = {"run": run, "profile": profile}
        rows = [{**key, **part} for part in parts]
        whole = {**key, "judged": datetime.now(UTC), "assessment": _packed(head())}
        with self._engine.begin() as db:
            for table in (AGENCY_JUDGEMENT, JUDGEMENT):
                db.execute(table.delete().where(_is(table, run, profile)))
            db.execute(JUDGEMENT.insert().values(**whole))
            for row in rows:
                db.execute(AGENCY_JUDGEMENT.insert().values(**row))

    def judged(self, run: str) -> list[RunInfo]:
        """Under which profiles a run was judged, newest first, with the fingerprints."""
        query = sa.select(JUDGEMENT.c.assessment).where(JUDGEMENT.c.run == run)
        with self._engine.connect() as db:
            blobs = list(db.scalars(query.order_by(JUDGEMENT.c.judged.desc())))
        return [_unpacked(blob).run for blob in blobs]

    def judgement_head(self, run: str, profile: str) -> Assessment | None:
        """A judgement without its agencies."""
        query = sa.select(JUDGEMENT.c.assessment).where(_is(JUDGEMENT, run, profile))
        with self._engine.connect() as db:
            blob = db.scalar(query)
        return _unpacked(blob) if blob else None

    def judged_agencies(self, run: str, profile: str) -> list[str]:
        """Whose parts a judgement has, in the inventory's order."""
        query = sa.select(AGENCY_JUDGEMENT.c.agency).where(_is(AGENCY_JUDGEMENT, run, profile))
        with self._engine.connect() as db:
            return list(db.scalars(query.order_by(AGENCY_JUDGEMENT.c.position)))

    def parts(self, run: str, profile: str) -> Iterator[Assessment]:
        """Each agency's part of a judgement, in the inventory's order; one in memory at a time."""
        head = self.judgement_head(run, profile)
        for agency in self.judged_agencies(run, profile):
            if head and (part := self._part(run, profile, agency)):
                yield _together(head, [part])

    def part(self, run: str, profile: str, agency: str, head: Assessment) -> Assessment | None:
        """One agency's part of a judgement whose `judgement_head` is known; None: it has none."""
        part = self._part(run, profile, agency)
        return _together(head, [part]) if part else None

    def _part(self, run: str, profile: str, agency: str) -> Assessment | None:
        parts = AGENCY_JUDGEMENT.c
        where = _is(AGENCY_JUDGEMENT, run, profile) & (parts.agency == agency)
        with self._engine.connect() as db:
            blob = db.scalar(sa.select(parts.assessment).where(where))
        return _unpacked(blob) if blob else None

    def scores(self, profile: str, agency: str) -> dict[str, tuple[float, bool]]:
        """How an agency was judged after each run under a profile: (score, compliant) by run."""
        parts = AGENCY_JUDGEMENT.c
        query = sa.select(parts.run, parts.score, parts.compliant)
        query = query.where((parts.profile == profile) & (parts.agency == agency))
        with self._engine.connect() as db:
            return {row.run: (row.score, row.compliant) for row in db.execute(query)}

    def marks(self, run: str, profile: str, agency: str) -> Marks:
        """How each check of an agency ended after a run; empty when it was not judged then."""
        parts = AGENCY_JUDGEMENT.c
        where = _is(AGENCY_JUDGEMENT, run, profile) & (parts.agency == agency)
        with self._engine.connect() as db:
            row = db.execute(sa.select(parts.marks, parts.assessment).where(where)).one_or_none()
        if row is None:
            return {}
        return unpacked(row.marks) if row.marks else marks(_unpacked(row.assessment).findings)

    def judgement(self, run: str, profile: str = "", agency: str = "") -> Assessment | None:
        """The newest judgement of a run, under one profile when named; one agency's part of it.

        The programme's share stays that of the whole.
        """
        query = sa.select(JUDGEMENT).where(JUDGEMENT.c.run == run)
        query = query.where(JUDGEMENT.c.profile == profile) if profile else query
        parts = AGENCY_JUDGEMENT.c
        with self._engine.connect() as db:
            row = db.execute(query.order_by(JUDGEMENT.c.judged.desc()).limit(1)).one_or_none()
            if row is None:
                return None
            of = sa.select(parts.assessment).where(_is(AGENCY_JUDGEMENT, run, row.profile))
            of = of.where(parts.agency == agency) if agency else of
            found = [_unpacked(blob) for blob in db.scalars(of.order_by(parts.position))]
        whole = _together(_unpacked(row.assessment), found)
        return _only(whole, agency) if agency else whole


def _is(table: sa.Table, run: str, profile: str) -> sa.ColumnElement[bool]:
    return (table.c.run == run) & (table.c.profile == profile)


def row_of(position: int, part: Assessment) -> dict[str, Any]:
    """An agency's part as the store keeps it, compressed; `position` is that in the inventory."""
    (one,) = part.agencies
    return {
        "agency": one.id,
        "position": position,
        "score": one.score,
        "compliant": one.compliant,
        "assessment": _packed(replace(part, basis=Basis())),  # the whole's head has it
        "marks": packed(marks(part.findings)),
    }


def _packed(part: Assessment) -> bytes:
    return zlib.compress(_ASSESSMENT.dump_json(part), QUICKLY)


def _unpacked(blob: bytes) -> Assessment:
    return _ASSESSMENT.validate_json(zlib.decompress(blob))


def _apart(whole: Assessment) -> list[Assessment]:
    """Each agency's part, in order."""
    findings = _grouped(whole.findings, lambda one: one.agency)
    failures = _grouped(whole.failures, lambda one: one.agency)
    return [
        replace(
            whole,
            agencies=(one,),
            findings=tuple(findings.get(one.id, ())),
            failures=tuple(failures.get(one.id, ())),
            papers=whole.papers.of([one.id]),
        )
        for one in whole.agencies
    ]


def _grouped(things: tuple[T, ...], key: Callable[[T], str]) -> dict[str, list[T]]:
    found: dict[str, list[T]] = {}
    for one in things:
        found.setdefault(key(one), []).append(one)
    return found


def _only(whole: Assessment, agency: str) -> Assessment:
    """An older judgement holds every agency."""
    return next((part for part in _apart(whole) if part.agencies[0].id == agency),
                replace(whole, agencies=(), findings=(), failures=(), papers=Papers()))  # fmt: skip


def _together(head: Assessment, parts: list[Assessment]) -> Assessment:
    if not parts:
        return head
    return replace(
        head,
        agencies=tuple(one for part in parts for one in part.agencies),
        findings=tuple(one for part in parts for one in part.findings),
        failures=tuple(one for part in parts for one in part.failures),
        papers=together([part.papers for part in parts]),
    )
