"""How a questionnaire looks, what its cells offer, and what they remind of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from textwrap import wrap
from typing import Literal

from openpyxl.cell.cell import Cell
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.dimensions import RowDimension
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from scanner.papers import Answer
from scanner.sheet_words import ANSWERS, COLUMNS, Speaker

FONT = "Arial"  # on every machine, with every Vietnamese letter
DARK, PALE, INPUT, GREY = "1F3864", "D9E2F3", "FFFBE6", "F2F2F2"
GREEN, AMBER, RED, MISSING = "E2F0D9", "FFF2CC", "F8D7DA", "F8CBAD"
LINE = 13.5  # points
NARROW_LETTERS = 1.05  # letters to a unit of width
EARLIEST = "DATE(2000,1,1)"
_LINE = Side(style="thin", color="BFBFBF")
BOX = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")  # Excel reads _x0041_ as A


def text_cell(cell: Cell, text: str) -> None:
    """Write a text that a spreadsheet takes as nothing but text."""
    cell.value = _ESCAPE.sub("_x005F_", text)
    cell.data_type = "s"  # whatever it looks like
    if text[:1] in tuple("=+-@"):
        cell.quotePrefix = True


def a4(page: Worksheet, orientation: Literal["landscape", "portrait"]) -> None:
    """On A4, one page wide; a portrait is one page in all."""
    page.page_setup.orientation = orientation
    page.page_setup.paperSize = 9  # A4
    page.page_setup.fitToWidth = 1
    page.page_setup.fitToHeight = 1 if orientation == "portrait" else 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    margins = page.page_margins
    margins.left = margins.right = 0.3
    margins.top = margins.bottom = 0.5


class _Row(RowDimension):
    """A row's height to begin with; it goes on growing with its text."""

    customHeight = False  # noqa: N815  # openpyxl's name


def height(page: Worksheet, row: int, texts: Iterable[tuple[str, float]], least: int = 1) -> None:
    """High enough for these texts, by their columns' widths; no program measures it when opening.

    `least` is in lines.
    """
    lines = max([least, *(_lines(text, width) for text, width in texts)])
    page.row_dimensions[row] = _Row(page, index=row, ht=LINE * lines + 3)


def _lines(text: str, width: float) -> int:
    """How many lines a text takes, words kept whole."""
    fitting = max(1, int(width * NARROW_LETTERS))
    return sum(len(wrap(line, fitting)) or 1 for line in text.split("\n"))


def at(page: Worksheet, row: int, column: int) -> Cell:
    """One cell; row and column count from 1."""
    cell = page.cell(row, column)
    assert isinstance(cell, Cell)
    return cell


def fill(colour: str) -> PatternFill:
    """A plain ground."""
    return PatternFill("solid", start_color=colour, end_color=colour)


def heading(cell: Cell, *, ours: bool) -> None:
    """A column's heading: ours dark, those to fill in with a lighter ground."""
    cell.font = Font(name=FONT, size=10, bold=True, color="FFFFFF" if ours else DARK)
    cell.fill = fill(DARK if ours else PALE)
    cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal="center")
    cell.border = BOX


def body(cell: Cell, kind: str, *, machine: bool) -> None:
    """A cell of the table: grey ones are not to be touched, yellow ones are to be filled in."""
    size, colour = (8, "8C8C8C") if machine else (10, "000000")
    cell.font = Font(name=FONT, size=size, color=colour)
    cell.fill = fill(GREY if machine else "FFFFFF" if kind == "fixed" else INPUT)
    centred = kind == "day" or cell.column == 1
    cell.alignment = Alignment(
        wrap_text=True, vertical="top", horizontal="center" if centred else "left"
    )
    cell.border = BOX


def validations(
    table: Worksheet, first: int, last: int, letter: Mapping[str, str], t: Speaker
) -> None:
    """The list of answers, a hint for days, and a stop before what must stay as it is."""
    listed = ",".join(t(words) for words in ANSWERS.values())
    answer = DataValidation(type="list", formula1=f'"{listed}"', allow_blank=True)
    answer.errorTitle, answer.error = t("Answer"), t("Choose one of the five answers.")
    answer.showErrorMessage = True
    # a warning: where the computer writes dates another way, text like 23/11/2026 is taken too
    day = DataValidation(type="date", operator="greaterThanOrEqual", formula1=EARLIEST,
                         allow_blank=True, errorStyle="warning")  # fmt: skip
    day.promptTitle, day.prompt = t("A day"), t("Write it like 23/11/2026.")
    day.error, day.showErrorMessage, day.showInputMessage = day.prompt, True, True
    fixed = DataValidation(type="custom", formula1="FALSE", allow_blank=False)
    fixed.errorTitle = t("Leave as it is")
    fixed.error = t("This cell is not to be changed.")
    fixed.showErrorMessage = True
    for column in COLUMNS:
        chosen = {"answer": answer, "day": day, "fixed": fixed}.get(column.kind)
        if chosen:
            chosen.add(f"{letter[column.key]}{first}:{letter[column.key]}{last}")
    for one in (answer, day, fixed):
        table.add_data_validation(one)


def reminders(
    table: Worksheet, first: int, last: int, letter: Mapping[str, str], t: Speaker
) -> None:
    """Colours that change while the sheet is filled in: the answer, and what it still lacks."""
    for keys, formula, colour in _rules({key: f"${at}{first}" for key, at in letter.items()}, t):
        for key in keys:
            rule = Rule(type="expression", dxf=DifferentialStyle(fill=fill(colour)))
            rule.formula = [formula]
            table.conditional_formatting.add(f"{letter[key]}{first}:{letter[key]}{last}", rule)


def _rules(cell: Mapping[str, str], t: Speaker) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """Columns, when they change, and to which colour."""

    def answered(*which: Answer) -> str:
        return "OR(" + ",".join(f'{cell["answer"]}="{t(ANSWERS[one])}"' for one in which) + ")"

    empty = {key: f'{at}=""' for key, at in cell.items()}
    proofless = f"{empty['document']},{empty['evidence']}"
    planless = f"{empty['statement']},OR({empty['plan']},{empty['plan_by']})"
    good, bad = (Answer.MET, Answer.EQUIVALENT), (Answer.PARTIAL, Answer.NOT_MET)
    reason = answered(Answer.EQUIVALENT, Answer.NOT_APPLICABLE)
    yield ("answer",), answered(*good, Answer.NOT_APPLICABLE), GREEN
    yield ("answer",), answered(Answer.PARTIAL), AMBER
    yield ("answer",), answered(Answer.NOT_MET), RED
    yield ("document", "evidence"), f"AND({answered(*good)},{proofless})", MISSING
    yield ("statement",), f"AND({reason},{empty['statement']})", MISSING
    yield ("statement", "plan", "plan_by"), f"AND({answered(*bad)},{planless})", MISSING
