"""The findings as CSV (RFC 4180): UTF-8 with a mark, so that Excel shows Vietnamese.

Spreadsheets run what looks like a formula, so such a cell begins with an apostrophe.
"""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime

from reports.tables import Tables, Value
from reports.view import Scorecard

MARK = "\ufeff"
FORMULA = ("=", "+", "-", "@", "\t", "\r")
LONGEST = 32_000  # characters: a spreadsheet's cell takes 32,767


def render(card: Scorecard) -> bytes:
    """One row a finding, the worst first, under headings in the scorecard's language."""
    tables = Tables(card)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([tables.t(column.heading) for column in tables.findings.columns])
    writer.writerows(map(_row, tables.findings.rows))
    return (MARK + out.getvalue()).encode("utf-8", "replace")


def _row(values: tuple[Value, ...]) -> list[str]:
    return [cell(value) for value in values]


def cell(value: Value) -> str:
    """As a cell shows it: days as ISO 8601, a text never as a formula."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, date):
        return value.isoformat()
    if not isinstance(value, str):
        return str(value)
    text = value[:LONGEST]
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) else text
