"""The scorecard as a PDF, made by typst: real text, bookmarks, tags, PDF/A-3a and PDF/UA-1.

An agency's findings are inside as a CSV; the programme's, many times as many, are not.  The same
scorecard gives the same bytes.
"""

from __future__ import annotations

import json
from datetime import UTC
from functools import cache
from pathlib import Path

import typst

from reports import csv_report
from reports.pdf_data import document
from reports.view import Scorecard

HERE = Path(__file__).parent
FONTS = HERE / "fonts"
TEMPLATE = HERE / "templates" / "scorecard.typ"
AGES = 11  # typst keeps what the last ten documents needed


def render(card: Scorecard) -> bytes:
    """The programme's report, or that of the one agency of `card.only`."""
    day = card.run.as_of or card.run.started.date()
    inputs = {
        "d": json.dumps(document(card), ensure_ascii=False),
        "csv": csv_report.render(card).decode("utf-8") if card.only else "",
        "lang": card.lang,
        "year": str(day.year),
        "month": str(day.month),
        "day": str(day.day),
    }
    made = _compiler().compile(
        sys_inputs=inputs,
        pdf_standards=["a-3a", "ua-1"],
        timestamp=int(card.run.started.astimezone(UTC).timestamp()),
        format="pdf",
    )
    _forget()
    assert isinstance(made, bytes)
    return made


@cache
def _fonts() -> typst.Fonts:
    """Ours, and the ones that typst brings; the machine's own would change the bytes."""
    return typst.Fonts(include_system_fonts=False, font_paths=[str(FONTS)])


@cache
def _compiler() -> typst.Compiler:
    """One for the process: it has read the fonts and the template."""
    return typst.Compiler(str(TEMPLATE), root=str(TEMPLATE.parent), font_paths=_fonts())


@cache
def _blank() -> typst.Compiler:
    return typst.Compiler(font_paths=_fonts())


def _forget() -> None:
    """Let typst forget the last document's parts, or each new one takes 70 MB more; no other call
    does.  It takes less time than keeping them.
    """
    for _ in range(AGES):
        _blank().compile(b"", format="svg")
