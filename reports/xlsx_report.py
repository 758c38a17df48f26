"""The scorecard as an XLSX workbook: a summary, requirements, findings, and a plan to fill in.

No formula and no macro is in it; every text is a text.  The same scorecard gives the same bytes.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from typing import cast

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Font, NamedStyle
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from reports import labels
from reports.tables import Column, Table, Tables, Value
from reports.view import Scorecard
from scanner.sheet_style import BOX, DARK, FONT, INPUT, PALE, a4, fill, text_cell

LONGEST = 32_000  # characters: a cell takes 32,767
MOST = 1_048_575  # rows below the heading
HEADING, LINE, TALLEST = 30.0, 13.5, 400.0  # points
LETTERS = 1.15  # to a unit of width, with what wrapping loses
A3 = 8
EPOCH = (1980, 1, 1, 0, 0, 0)  # of every file in the archive
MODIFIED = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*")
DAY, MOMENT = "dd/mm/yyyy", "dd/mm/yyyy hh:mm"


def render(card: Scorecard) -> bytes:
    """The workbook."""
    tables = Tables(card)
    book = Workbook(write_only=True)
    for style in _styles():
        book.add_named_style(style)
    book.properties.title = card.programme.name
    book.properties.creator = "press-scan"
    _summary(book, card, tables)
    for table in (tables.controls, tables.findings, tables.actions):
        _sheet(book, table, tables)
    out = io.BytesIO()
    book.save(out)
    return _same(out.getvalue(), card.run.started)


def _styles() -> Iterator[NamedStyle]:
    top = Alignment(wrap_text=True, vertical="top")
    middle = Alignment(wrap_text=True, vertical="center", horizontal="center")
    yield NamedStyle("ours", font=Font(name=FONT, size=10), alignment=top, border=BOX)
    yield NamedStyle("day", font=Font(name=FONT, size=10), alignment=top, border=BOX,
                     number_format=DAY)  # fmt: skip
    yield NamedStyle("moment", font=Font(name=FONT, size=10), alignment=top, border=BOX,
                     number_format=MOMENT)  # fmt: skip
    yield NamedStyle("yours", font=Font(name=FONT, size=10), alignment=top, border=BOX,
                     fill=fill(INPUT))  # fmt: skip
    yield NamedStyle("your_day", font=Font(name=FONT, size=10), alignment=top, border=BOX,
                     fill=fill(INPUT), number_format=DAY)  # fmt: skip
    yield NamedStyle("top", font=Font(name=FONT, size=10, bold=True, color="FFFFFF"),
                     fill=fill(DARK), alignment=middle, border=BOX)  # fmt: skip
    yield NamedStyle("top_yours", font=Font(name=FONT, size=10, bold=True, color=DARK),
                     fill=fill(PALE), alignment=middle, border=BOX)  # fmt: skip
    yield NamedStyle("name", font=Font(name=FONT, size=14, bold=True, color=DARK))
    yield NamedStyle("line", font=Font(name=FONT, size=10))


def _summary(book: Workbook, card: Scorecard, tables: Tables) -> None:
    """What a vice-chairman reads: the target, how far it is, and the agencies."""
    t, page = tables.t, _page(book, tables.t("Summary"))
    table = tables.agencies
    _widths(page, table.columns)
    page.append([_cell(page, card.programme.name, "name")])
    lines = list(_lines(card, tables))
    page.row_dimensions[len(lines) + 3].height = HEADING
    for line in lines:
        page.append([_cell(page, line, "line")])
    page.append([])
    page.append([_cell(page, t(one.heading), "top") for one in table.columns])
    for at, row in enumerate(table.rows, len(lines) + 4):
        height(page, at, row, table.columns)
        page.append([_cell(page, value, _style(value)) for value in row])


def _lines(card: Scorecard, tables: Tables) -> Iterator[str]:
    t, run = tables.t, card.run
    yield labels.target(t, card.programme)
    yield f"{labels.share(t, card.programme)}. {labels.standing(t, card.programme)}."
    yield labels.coverage(t, card.coverage)
    yield from labels.since(t, card.agencies[0].time if card.only else card.time)
    yield t("Profile: {name} ({version})", name=card.profile, version=run.profile_version)
    yield t("Run {id}: {when}", id=run.id, when=labels.when(t, run))
    yield labels.fingerprints(t, card.fingerprints)


def _sheet(book: Workbook, table: Table, tables: Tables) -> None:
    """A table with its headings frozen and a filter on each."""
    page = _page(book, table.title)
    _widths(page, table.columns)
    page.freeze_panes = "A2"
    page.print_title_rows = "1:1"
    page.page_setup.paperSize = A3
    page.row_dimensions[1].height = HEADING
    page.append([
        _cell(page, tables.t(one.heading), "top_yours" if one.to_fill_in else "top")
        for one in table.columns
    ])  # fmt: skip
    rows = 0
    for row in table.rows:
        if rows == MOST:
            break
        rows += 1
        height(page, rows + 1, row, table.columns)
        page.append([
            _cell(page, value, _fill_in(column) if column.to_fill_in else _style(value))
            for value, column in zip(row, table.columns, strict=True)
        ])  # fmt: skip
    page.auto_filter.ref = f"A1:{get_column_letter(len(table.columns))}{rows + 1}"
    for at, column in enumerate(table.columns, 1):
        if column.to_fill_in and _is_day(column) and rows:
            days = DataValidation("date", operator="greaterThan", formula1="DATE(2000,1,1)")
            days.add(f"{get_column_letter(at)}2:{get_column_letter(at)}{rows + 1}")
            page.data_validations.append(days)


def _page(book: Workbook, title: str) -> Worksheet:
    """A page that is written row by row: its settings go first.  They are a common page's."""
    page = cast(Worksheet, book.create_sheet(title))
    a4(page, "landscape")
    return page


def _widths(page: Worksheet, columns: tuple[Column, ...]) -> None:
    for at, column in enumerate(columns, 1):
        page.column_dimensions[get_column_letter(at)].width = column.width


def height(
    page: Worksheet, row: int, values: tuple[Value, ...], columns: tuple[Column, ...]
) -> None:
    """High enough for its texts: a program that opens it measures nothing."""
    lines = max(
        -(-len(value) // int(column.width * LETTERS)) if isinstance(value, str) else 1
        for value, column in zip(values, columns, strict=True)
    )
    page.row_dimensions[row].height = min(LINE * max(lines, 1) + 3, TALLEST)


def _style(value: Value) -> str:
    return "moment" if isinstance(value, datetime) else "day" if isinstance(value, date) else "ours"


def _is_day(column: Column) -> bool:
    return column.heading in {"By when", "Done on"}


def _fill_in(column: Column) -> str:
    return "your_day" if _is_day(column) else "yours"


def _cell(page: Worksheet, value: Value, style: str) -> Cell:
    if isinstance(value, datetime):
        value = value.replace(tzinfo=None)  # a spreadsheet knows no zones: UTC
    made = WriteOnlyCell(page)
    made.style = style
    if isinstance(value, str):
        text_cell(made, value[:LONGEST])
    else:
        made.value = value
    return made


def _same(raw: bytes, when: datetime) -> bytes:
    """The same archive without the time of its writing."""
    out = io.BytesIO()
    told = rb"\g<1>" + when.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    with zipfile.ZipFile(io.BytesIO(raw)) as was, zipfile.ZipFile(out, "w") as now:
        for one in was.infolist():
            held = was.read(one)
            if one.filename == "docProps/core.xml":
                held = MODIFIED.sub(told, held)
            now.writestr(zipfile.ZipInfo(one.filename, EPOCH), held, zipfile.ZIP_DEFLATED)
    return out.getvalue()
