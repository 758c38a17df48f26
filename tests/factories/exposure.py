"""A site that shows nothing that it should not, and runs what is supported."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from facts.libraries import Library
from facts.paths import ODD_REQUESTS, PathFacts
from facts.products import Product
from facts.scripts import ScriptFacts
from facts.security_txt import SecurityTxt
from facts.signatures import FILES, FOLDERS, STATUS_PAGES
from tests.factories import GOOD

AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)

GOOD[PathFacts] = PathFacts(
    observed_at=AT,
    base="https://www.example.vn",
    files=dict.fromkeys(FILES, False),
    listings=dict.fromkeys(FOLDERS, False),
    status_pages=dict.fromkeys(STATUS_PAGES, False),
    errors=dict.fromkeys(ODD_REQUESTS, False),
    security_txt=SecurityTxt(
        url="https://www.example.vn/.well-known/security.txt",
        contacts=("mailto:security@example.vn",),
        expires=datetime(2027, 6, 1, tzinfo=UTC),
        expires_given=1,
        plain_text=True,
        secure=True,
    ),
)
GOOD[ScriptFacts] = ScriptFacts(
    observed_at=AT,
    page="https://www.example.vn/",
    software=(Product("nginx", "1.30.1"), Product("php", "8.4.2")),
    scripts={"https://www.example.vn/jquery.js": True},
    foreign=("https://cdn.example.org/gtag.js",),
    libraries=(Library("jquery", "3.7.1", "https://www.example.vn/jquery.js"),),
)


def paths(**changes: object) -> PathFacts:
    """The good site's paths, changed."""
    return replace(GOOD[PathFacts], **changes)


def scripts(**changes: object) -> ScriptFacts:
    """The good site's start page, changed."""
    return replace(GOOD[ScriptFacts], **changes)
