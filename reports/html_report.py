"""The scorecard as one HTML file that asks for nothing else: no script, no font, no picture.

Jinja2 escapes everything; what servers sent was made harmless in the view already.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, partial

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from reports import labels
from reports.i18n import Translator
from reports.labels import Labels
from reports.paper_list import paper_list
from reports.view import Scorecard
from reports.view_system import ControlRow, Counts

PLACES = 20  # shown of one fault in one agency; the JSON has all
DETAILED = 20  # agencies whose details the programme's page holds; with more, it links to theirs
FEW = 3  # requirements of one day that are named
FIRST = 5  # of what to do first
STATUSES = ("met", "partial", "not_met", "unverified", "not_applicable")


def render(card: Scorecard) -> bytes:
    """The page, UTF-8: the programme with every agency, or the one agency of `card.only`."""
    t = Translator(card.lang)
    page = _environment().get_template("scorecard.html.j2")
    text = page.render(
        card=card,
        t=t,
        say=labels,
        label=Labels(t),
        statuses=STATUSES,
        papers=partial(paper_list, card),
        reached=reached,
        left_out=left_out(card),
        sources=sorted({row.source for row in rows(card) if row.source}),
        today=card.run.as_of or card.run.started.date(),
        few=FEW,
        places=PLACES,
        first=FIRST,
        detailed=len(card.agencies) <= DETAILED,
    )
    return text.encode("utf-8", "replace")


def reached(card: Scorecard, reading: str) -> int:
    """How many of the agencies that are counted comply under a reading."""
    return sum(1 for one in card.agencies if one.electronic and one.readings.get(reading))


def rows(card: Scorecard) -> Iterator[ControlRow]:
    """Every requirement of every system."""
    return (row for one in card.agencies for system in one.systems for row in system.controls)


def left_out(card: Scorecard) -> list[ControlRow]:
    """The requirements that the profile leaves out, each once, in its order."""
    return list({row.id: row for row in rows(card) if row.left_out}.values())


def segments(of: Counts, width: float) -> list[tuple[str, float, float]]:
    """(status, x, width) of each part of a bar; what is there is at least a hair wide."""
    parts = []
    x = 0.0
    for status in STATUSES:
        many = getattr(of, status)
        if many:
            wide = width * many / of.total
            parts.append((status, round(x, 2), round(max(wide - 1, 0.6), 2)))
            x += wide
    return parts


def marked(text: str) -> Markup:
    """Escaped, with `words like this` as code."""
    return Markup(re.sub("`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704  # escaped


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["segments"] = segments
    environment.filters["marked"] = marked
    return environment
