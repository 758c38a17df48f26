"""Writes a questionnaire as an Excel file: a page to read first, and the table of questions.

The table may be sorted and filtered: each row carries its requirement's id.  Texts from elsewhere
are written as text, never as formulas.
"""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from facts.message import N_
from scanner import sheet_style as style
from scanner.sheet import Sheet
from scanner.sheet_first import first_page
from scanner.sheet_rows import Value, Words, row
from scanner.sheet_style import text_cell
from scanner.sheet_words import COLUMNS, Column

KEYS_ROW, HEADING_ROW, FIRST_ROW = 1, 2, 3
PRINTED = 14  # columns; the machine's own are not
QUESTIONS = N_("Questions")
LETTER = {column.key: get_column_letter(i) for i, column in enumerate(COLUMNS, 1)}
_DAY = "dd/mm/yyyy"


def workbook(sheet: Sheet, words: Words) -> bytes:
    """The file's bytes."""
    book = Workbook()
    first = book.active
    assert isinstance(first, Worksheet)
    table = book.create_sheet(words.t(QUESTIONS))
    last = FIRST_ROW + len(sheet.questions) - 1
    _headings(table, words)
    for at, question in enumerate(sheet.questions, FIRST_ROW):
        values = row(at - FIRST_ROW + 1, question, words)
        for i, column in enumerate(COLUMNS, 1):
            _put(style.at(table, at, i), values.get(column.key), column)
        style.height(table, at, _texts(values), least=2)
    _table_look(table, last, words)
    _print_setup(table, sheet, words)
    answers = f"'{table.title}'!${LETTER['answer']}${FIRST_ROW}:${LETTER['answer']}${last}"
    first_page(first, sheet, words, answers)
    _properties(book, sheet, words)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _headings(table: Worksheet, words: Words) -> None:
    for i, column in enumerate(COLUMNS, 1):
        text_cell(style.at(table, KEYS_ROW, i), column.key)
        cell = style.at(table, HEADING_ROW, i)
        text_cell(cell, words.t(column.heading))
        style.heading(cell, ours=column.kind == "fixed")
        table.column_dimensions[get_column_letter(i)].width = column.width
    table.row_dimensions[KEYS_ROW].hidden = True
    table.row_dimensions[HEADING_ROW].height = 34
    table.column_dimensions[LETTER["seen"]].hidden = True


def _texts(values: Mapping[str, Value]) -> list[tuple[str, float]]:
    return [
        (text, column.width)
        for column in COLUMNS
        if isinstance(text := values.get(column.key), str) and column.key not in {"id", "seen"}
    ]


def _put(cell: Cell, value: Value, column: Column) -> None:
    if isinstance(value, str):
        if value:
            text_cell(cell, value)
    else:
        cell.value = value
    style.body(cell, column.kind, machine=column.key in {"id", "seen"})
    if column.kind in {"text", "line", "answer"}:
        cell.number_format = "@"  # what is typed stays as typed
    elif column.kind == "day":
        cell.number_format = _DAY


def _table_look(table: Worksheet, last: int, words: Words) -> None:
    table.freeze_panes = f"{LETTER['saw']}{FIRST_ROW}"
    table.auto_filter.ref = f"A{HEADING_ROW}:{LETTER['seen']}{max(last, HEADING_ROW)}"
    table.sheet_view.zoomScale = 90
    if last >= FIRST_ROW:
        style.validations(table, FIRST_ROW, last, LETTER, words.t)
        style.reminders(table, FIRST_ROW, last, LETTER, words.t)


def _print_setup(table: Worksheet, sheet: Sheet, words: Words) -> None:
    style.a4(table, "landscape")
    table.print_title_rows = f"{HEADING_ROW}:{HEADING_ROW}"
    last = max(FIRST_ROW, FIRST_ROW + len(sheet.questions) - 1)
    table.print_area = f"A{HEADING_ROW}:{get_column_letter(PRINTED)}{last}"
    whose = f"{sheet.head.agency_name} – {sheet.head.system_name}".replace("&", "&&")
    header, footer = table.oddHeader, table.oddFooter
    assert header is not None and footer is not None
    header.left.text = whose[:120]
    footer.right.text = words.t("Page {page} of {pages}", page="&P", pages="&N")
    header.left.size = footer.right.size = 9


def _properties(book: Workbook, sheet: Sheet, words: Words) -> None:
    book.properties.title = words.t("Questionnaire: {name}", name=sheet.head.system_name)
    book.properties.creator = "press-scan"
    book.active = 0
