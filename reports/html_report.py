"""The scorecard as one HTML file that asks for nothing else: no font, no picture, no request.

Jinja2 escapes everything; what servers sent was made harmless in the view already.  The page's
policy allows one style and one script, by their hashes; the script only hides and shows rows.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from hashlib import sha256
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from reports import labels
from reports.glossary import glossary
from reports.html_charts import STATUSES, arcs, dots, height, segments
from reports.html_filter import Filters
from reports.i18n import Translator
from reports.labels import Labels
from reports.paper_list import DueRow, paper_list
from reports.ranking import ranked
from reports.view import AgencyCard, Scorecard
from reports.view_system import ControlRow

PLACES = 20  # shown at once of one fault in one agency; the others are folded
DETAILED = 10  # agencies whose details the programme's page holds; with more, it links to theirs
FEW = 3  # requirements of one day, agencies of one fault, that are named at once
FIRST = 10  # of what to do first
SOON = 15  # rows of what falls due soon in the programme
POINTS = 12  # runs that the trend shows


@dataclass(frozen=True)
class Due:
    """What falls due in one agency."""

    agency: AgencyCard
    row: DueRow


@dataclass(frozen=True)
class Part:
    """Text of ours that stands in the page as it is, and its hash for the page's policy."""

    text: Markup
    hash: str


def render(card: Scorecard) -> bytes:
    """The page, UTF-8: the programme with every agency, or the one agency of `card.only`."""
    t = Translator(card.lang)
    agencies = ranked(card)
    page = _environment().get_template("scorecard.html.j2")
    text = page.render(
        card=card,
        t=t,
        say=labels,
        label=Labels(t),
        agencies=agencies,
        filters=Filters(card, agencies),
        statuses=STATUSES,
        papers=partial(paper_list, card),
        soon=() if card.only else soon(card, agencies),
        reached=reached,
        left_out=left_out(card),
        sources=sorted({row.source for row in rows(card) if row.source}),
        today=card.run.as_of or card.run.started.date(),
        few=FEW,
        places=PLACES,
        first=FIRST,
        due_rows=SOON,
        points=POINTS,
        detailed=len(agencies) <= DETAILED,
        style=part("scorecard.css"),
        script=part("filter.js"),
        explained=partial(explained, t),
        told_day=partial(told_day, t),
    )
    return text.encode("utf-8", "replace")


@cache
def part(name: str) -> Part:
    """A file beside the templates."""
    text = files("reports").joinpath("templates", name).read_text("utf-8").strip()
    digest = b64encode(sha256(text.encode()).digest()).decode()
    return Part(Markup(text), f"sha256-{digest}")  # noqa: S704  # a file of ours


def soon(card: Scorecard, agencies: tuple[AgencyCard, ...]) -> list[Due]:
    """What falls due in any agency within the days that `paper_list` tells, the first day first."""
    due = [Due(one, row) for one in agencies for row in paper_list(card, one).soon]
    return sorted(due, key=lambda one: one.row.day)


def told_day(t: Translator, day: str) -> str:
    """A table's day as the language writes it; anything else as it is."""
    try:
        return t.date(date.fromisoformat(day))
    except ValueError:
        return day


def explained(t: Translator, page: str) -> list[tuple[str, str]]:
    """The words of a part of the page that may want explaining."""
    return glossary(t, re.sub("<[^>]*>", " ", page))


def reached(card: Scorecard, reading: str) -> int:
    """How many of the agencies that are counted comply under a reading."""
    return sum(1 for one in card.agencies if one.electronic and one.readings.get(reading))


def rows(card: Scorecard) -> Iterator[ControlRow]:
    """Every requirement of every system."""
    return (row for one in card.agencies for system in one.systems for row in system.controls)


def left_out(card: Scorecard) -> list[ControlRow]:
    """The requirements that the profile leaves out, each once, in its order."""
    return list({row.id: row for row in rows(card) if row.left_out}.values())


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
    environment.globals.update(segments=segments, arcs=arcs, dots=dots, height=height)
    environment.filters["marked"] = marked
    return environment
