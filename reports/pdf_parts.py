"""Pieces that the agency's and the programme's PDF have in common."""

from __future__ import annotations

from typing import Any

from reports import labels
from reports.i18n import Translator
from reports.view_system import Counts
from scanner.timeline import Timeline

STATUSES = ("met", "partial", "not_met", "unverified", "not_applicable")
FIRST = 5  # of what to do first
POINTS = 8  # runs that the chart shows
LONG = 900  # characters in a row of a table that may go on over the page


def counts(of: Counts) -> list[tuple[str, int]]:
    """How many requirements have which status, in the order of a bar's parts."""
    return [(code, getattr(of, code)) for code in STATUSES]


def timeline(t: Translator, of: Timeline) -> dict[str, Any]:
    """The trend as points for a chart and as text; what became of the faults."""
    points = of.trend[-POINTS:] if of.since else ()
    return {
        "points": [[t.date(one.day), t.percent(one.percent), one.percent] for one in points],
        "says": [f"{one}." for one in labels.since(t, of)]
        or [t("There was no run before this one to compare it with.")],
    }


def row(*cells: Any, long: int) -> dict[str, Any]:
    """A row of a table; it stays on one page unless its texts are too long for that."""
    return {"cells": list(cells), "long": long > LONG}


def code_marks(text: str) -> list[str]:
    """A check's text, cut where `code` begins and ends: every second piece is code."""
    pieces = text.split("`")
    return pieces if len(pieces) % 2 else [text]
