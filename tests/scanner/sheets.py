"""Questionnaires for tests: made in memory, filled in, damaged, and read back."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path

from openpyxl import load_workbook

import checks
from checks.words import words
from reports.i18n import LANGS, Translator
from scanner import profile
from scanner.assessment import ControlResult, ControlStatus, DecidedBy
from scanner.evidence_files import Folder
from scanner.evidence_find import Finder
from scanner.papers import Papers
from scanner.sheet import Standing, sheet_of
from scanner.sheet_form import SheetError
from scanner.sheet_grid import form
from scanner.sheet_import import Desk, take
from scanner.sheet_rows import Words
from scanner.sheet_words import COLUMNS
from scanner.sheet_xlsx import workbook
from tests.scanner.inventories import inventory

TODAY = date(2026, 11, 23)
PDF = b"%PDF-1.7\n"
BOTH = [Translator(lang) for lang in LANGS]
COLUMN = {column.key: i for i, column in enumerate(COLUMNS, 1)}
FIRST = 3  # the first question's row


@cache
def level3():
    return profile.load("level3", checks.load())


def standing(papers=None, faults=None, n=8, day=TODAY):
    """The first `n` requirements, of which the machine saw nothing but these faults."""
    whole = level3()
    short = replace(whole, controls=whole.controls[:n])
    (agency,) = inventory("127.0.0.1").agencies
    results = {
        name: ControlResult(name, ControlStatus.PARTIAL, DecidedBy.NONE, True, (), tuple(seen))
        for name, seen in (faults or {}).items()
    }
    return Standing(agency, agency.systems[0], short, results, papers or Papers(), day, "R-1")


def spoken(lang):
    known = checks.load()
    say = words(lang)
    return Words(Translator(lang), lambda name: say.title(known[name]) if name in known else name)


def export(path: Path, of=None, lang="vi", whole=False) -> Path:
    """A questionnaire in a file."""
    path.write_bytes(workbook(sheet_of(of or standing(), whole=whole), spoken(lang)))
    return path


def edit(path: Path, *changes, page=1) -> Path:
    """Write into cells: (row, column's key, value); or hand the page to a function."""
    book = load_workbook(path)
    for change in changes:
        if callable(change):
            change(book.worksheets[page])
        else:
            row, key, value = change
            book.worksheets[page].cell(row, COLUMN[key]).value = value
    book.save(path)
    return path


def answered(row, **more):
    """A row that is right."""
    given = {"answer": "Đạt", "document": "12/QĐ", "by": "Lan", "made": TODAY, **more}
    return [(row, key, value) for key, value in given.items()]


def read(path: Path, of=None, folder: Path | None = None, by=""):
    """What the file brings."""
    of = of or standing()
    finder = Finder(folder or path.parent, Folder(path.parent / "evidence"))
    return take(form(path, BOTH), Desk(of, finder, BOTH, by))


def mistakes(path: Path, of=None, **more) -> list[tuple[str, str]]:
    """Every mistake: the cell and the English message."""
    try:
        read(path, of, **more)
    except SheetError as error:
        return [(one.place.cell or one.place.sheet, str(one.message)) for one in error.wrong]
    return []


def with_part(path: Path, name: str, data: bytes | None) -> Path:
    """The same file with one part of its archive replaced, added, or (None) taken away."""
    out = BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            if part.filename != name:
                new.writestr(part, old.read(part))
        if data is not None:
            new.writestr(name, data)
    path.write_bytes(out.getvalue())
    return path


def part(path: Path, name: str) -> bytes:
    with zipfile.ZipFile(path) as archive:
        return archive.read(name)
