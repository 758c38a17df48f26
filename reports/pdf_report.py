"""The scorecard as a PDF, made by typst: real text, bookmarks, tags, PDF/A-3, fonts of our own.

The findings as CSV are inside as an attachment.  The same scorecard gives the same bytes.
"""

from __future__ import annotations

import json
from datetime import UTC
from pathlib import Path

import typst

from reports import csv_report
from reports.pdf_data import Data
from reports.view import Scorecard

HERE = Path(__file__).parent
FONTS = HERE / "fonts"
TEMPLATE = HERE / "templates" / "scorecard.typ"


def render(card: Scorecard) -> bytes:
    """The programme's report, or that of the one agency of `card.only`."""
    day = card.run.as_of or card.run.started.date()
    inputs = {
        "d": json.dumps(Data(card).document(), ensure_ascii=False),
        "csv": csv_report.render(card).decode("utf-8"),
        "lang": card.lang,
        "year": str(day.year),
        "month": str(day.month),
        "day": str(day.day),
    }
    made = typst.compile(
        str(TEMPLATE),
        root=str(TEMPLATE.parent),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        sys_inputs=inputs,
        pdf_standards="a-3a",
        timestamp=int(card.run.started.astimezone(UTC).timestamp()),
        format="pdf",
    )
    return bytes(made)
