"""An agency's papers on one page: what counts, what has expired, and what falls due soon.  Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from reports.view import AgencyCard, Scorecard
from reports.view_system import ControlRow, Note

SOON = 60  # days ahead that are told
PLAN = "plan"
_PAPERS = ("attestation", "waiver")


@dataclass(frozen=True)
class PaperRow:
    """A statement or a waiver, and the requirement that it is about."""

    system: str
    row: ControlRow
    note: Note


@dataclass(frozen=True)
class DueRow:
    """What ends, or was promised, on one day: requirements of one system, settled in one way."""

    day: date
    system: str
    by: str  # what settled them; or "plan": somebody promised to mend them by then
    rows: tuple[ControlRow, ...]


@dataclass(frozen=True)
class PaperList:
    """The papers of one agency, on the day of the assessment."""

    held: tuple[PaperRow, ...]
    gone: tuple[PaperRow, ...]  # expired and not replaced, or not begun: they count for nothing
    soon: tuple[DueRow, ...]  # within `SOON` days, the soonest first; overdue plans, too


def paper_list(card: Scorecard, agency: AgencyCard) -> PaperList:
    """What is said beside an agency's requirements, gathered."""
    papers = [
        PaperRow(system.name, row, note)
        for system in agency.systems
        for row in system.controls
        for note in row.notes
        if note.kind in _PAPERS
    ]
    last = (card.run.as_of or card.run.started.date()) + timedelta(days=SOON)
    found: dict[tuple[date, str, str], list[ControlRow]] = defaultdict(list)
    for day, system, by, row in _days(agency):
        if day <= last:
            found[day, system, by].append(row)
    return PaperList(
        held=tuple(one for one in papers if one.note.counts),
        gone=tuple(one for one in papers if not one.note.counts),
        soon=tuple(DueRow(*key, tuple(found[key])) for key in sorted(found)),
    )


def _days(agency: AgencyCard) -> Iterator[tuple[date, str, str, ControlRow]]:
    for system in agency.systems:
        for row in system.controls:
            if row.due:
                yield row.due, system.name, row.decided_by, row
            for note in row.notes:
                if note.planned and note.counts:
                    yield note.planned, system.name, PLAN, row
