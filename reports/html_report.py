"""The scorecard as one HTML file that asks for nothing else: no script, no font, no picture.

Jinja2 escapes everything; what servers sent was made harmless in the view already.
"""

from __future__ import annotations

import re
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from reports import labels
from reports.i18n import Translator
from reports.labels import Labels
from reports.view import Scorecard
from reports.view_system import Counts

PLACES = 20  # shown of one fault in one agency; the JSON has all
DETAILED = 20  # agencies whose details the programme's page holds; with more, it links to theirs
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
        places=PLACES,
        first=FIRST,
        detailed=len(card.agencies) <= DETAILED,
    )
    return text.encode("utf-8", "replace")


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
