"""How OSCAL 1.1.3 spells its data types."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from reports.text import clean

NS = "https://press-scan.invalid/ns/oscal"  # names our properties; nothing answers there
_NAME = re.compile(r"[^\w.-]", re.ASCII)


def line(text: str) -> str:
    """A `string`: one line, not empty, without blanks at its ends."""
    return clean(text).encode("utf-8", "backslashreplace").decode().strip() or "–"


def moment(when: datetime) -> str:
    """A `dateTime-with-timezone`."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def prop(name: str, value: str) -> dict[str, str]:
    """One of our own properties."""
    return {"name": name, "ns": NS, "value": line(value)}


def token(text: str) -> str:
    """A `token`: a letter or underscore first, then letters, digits, `.`, `-` and `_`."""
    spelled = _NAME.sub("_", text)
    return spelled if spelled[:1].isalpha() else f"_{spelled}"
