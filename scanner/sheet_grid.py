"""Reads a questionnaire's Excel file into a `Form`: finds the table and the first page's facts.

Columns are found by the hidden row of keys, else by their headings in either language; they may
stand in any order.  Raises `SheetError` with the place of what is missing.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter, range_boundaries

from facts.message import Message
from scanner.sheet_form import Cell, Entry, Form, Place, SheetError, Wrong
from scanner.sheet_words import COLUMNS, DEFAULTS, HEAD, NEEDED, Speaker, fold, headings
from scanner.xlsx_guard import MOST_ROWS, Looked, NoSheet, guard, read

MOST_COLUMNS = 60  # further right nothing is looked for
TOP = 15  # rows in which the headings are looked for
MOST_PAGES = 20
LONGEST_CELL = 32_767  # characters, as Excel has it
_BROKEN = (ValueError, KeyError, TypeError, IndexError, AttributeError, OSError, OverflowError,
           SyntaxError, RuntimeError, AssertionError, NotImplementedError)  # fmt: skip

Grid = Sequence[Sequence[Cell]]


@dataclass(frozen=True)
class _Page:
    """One page's cells, by row and column from 0."""

    place: Place
    rows: Grid


def form(path: Path, speakers: Sequence[Speaker]) -> Form:
    """The filled-in questionnaire.  Raises `SheetError`."""
    whole = Place(str(path))
    try:
        pages = _pages(guard(read(path)), whole)
    except NoSheet as error:
        raise SheetError([Wrong(whole, error.message)]) from None
    table, top, columns = _table(pages, whole, speakers)
    entries = _entries(table, top, columns, headings(speakers))
    return Form(whole, _head(pages, table), tuple(entries))


def _pages(looked: Looked, whole: Place) -> list[_Page]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what the library leaves out: we read values alone
            # data_only: a formula is neither read nor computed; the guard knows where they are
            book = load_workbook(looked.content, read_only=True, keep_links=False, data_only=True)
            return [_page(page, looked, whole) for page in book.worksheets[:MOST_PAGES]]
    except _BROKEN:
        damaged = Message("this is no Excel file (.xlsx), or it is damaged: save it again as .xlsx")
        raise SheetError([Wrong(whole, damaged)]) from None


def _page(page: Any, looked: Looked, whole: Place) -> _Page:
    title, marks = str(page.title), looked.marks[page._worksheet_path]
    joined = [range_boundaries(one) for one in marks.merged]
    rows = page.iter_rows(max_row=MOST_ROWS, max_col=MOST_COLUMNS)
    cells = [
        [
            _cell(cell, _place(whole, title, at, column), marks.formulas, joined)
            for column, cell in enumerate(row, 1)
        ]
        for at, row in enumerate(rows, 1)
    ]
    return _Page(Place(whole.file, title), cells)


def _place(whole: Place, title: str, row: int, column: int) -> Place:
    return Place(whole.file, title, row, column, f"{get_column_letter(column)}{row}")


def _cell(cell: Any, place: Place, formulas: Set[str], joined: Sequence[tuple[Any, ...]]) -> Cell:
    value, odd = cell.value, None
    if place.cell in formulas:
        return Cell(place, "=…", Message("a formula is not taken: write the text itself"))
    if value is None:
        return Cell(place)
    if cell.data_type == "e":
        odd = Message("the cell shows an error: write the text itself")
    elif any(a <= place.column <= c and b <= place.row <= d for a, b, c, d in joined):
        odd = Message("merged cells are not taken: take them apart, one answer a row")
    elif isinstance(value, str) and len(value) > LONGEST_CELL:
        odd, value = Message("the text is too long: at most {limit} characters",
                             limit=LONGEST_CELL), value[:LONGEST_CELL]  # fmt: skip
    return Cell(place, value, odd)


def _table(
    pages: Sequence[_Page], whole: Place, speakers: Sequence[Speaker]
) -> tuple[_Page, int, dict[str, int]]:
    """The page of questions, its first row below the headings, and each column's place."""
    known = headings(speakers)
    found = [(page, *top) for page in pages if (top := _top(page, known))]
    if not found:
        message = Message("no page holds the questions: export the questionnaire again")
        raise SheetError([Wrong(whole, message)])
    page, row, columns = found[0]
    wrong = [
        Wrong(page.place, Message('the column "{name}" is missing: export the questionnaire again',
                                  name=Message.of(column.heading)))
        for column in COLUMNS
        if column.key in NEEDED and column.key not in columns
    ]  # fmt: skip
    if len(found) > 1:
        wrong.append(Wrong(found[1][0].place, Message("a second page of questions: take one away")))
    if wrong:
        raise SheetError(wrong)
    return page, row, columns


def _top(page: _Page, known: Mapping[str, str]) -> tuple[int, dict[str, int]] | None:
    """Where the table begins, by the hidden keys or else by the headings."""
    keys = {column.key: column.key for column in COLUMNS}
    for at, row in enumerate(page.rows[:TOP]):
        texts = [cell.value if isinstance(cell.value, str) else "" for cell in row]
        for words in ([keys.get(text) for text in texts], [known.get(fold(t)) for t in texts]):
            columns = {key: column for column, key in reversed([*enumerate(words)]) if key}
            if {"id", "answer"} <= columns.keys():
                return at + 1, columns
    return None


def _entries(
    page: _Page, top: int, columns: Mapping[str, int], known: Mapping[str, str]
) -> Iterator[Entry]:
    for row in page.rows[top:]:
        cells = {key: row[at] for key, at in columns.items() if key in (*NEEDED, "requirement")}
        control = cells["id"]
        if any(known.get(fold(str(cell.value))) == key for key, cell in cells.items()):
            continue  # the headings, below their keys
        if any(cells[key].value not in (None, "") for key in NEEDED):
            yield Entry(control, cells)


def _head(pages: Sequence[_Page], table: _Page) -> dict[str, Cell]:
    """The first page's facts: a key, a label, a value."""
    found: dict[str, Cell] = {}
    for page in pages:
        for row in page.rows if page is not table else ():
            for key, value in zip(row, row[2:], strict=False):
                if key.value in (*HEAD, *DEFAULTS):
                    found.setdefault(str(key.value), value)
    return found
