"""Text that came from elsewhere, made harmless and short before it is shown.

Servers and owners choose what stands in evidence, names and addresses.  Whatever they send,
nothing of it may steer a terminal, turn a line round, or fill a page.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import asdict, is_dataclass
from datetime import date
from enum import Enum
from typing import Any

LONG = 400  # characters of one value; the JSON has all of it
MANY = 12  # members of one list
DEEP = 4  # lists within lists
_PILES = re.compile("([\u0300-\u036f]{2})[\u0300-\u036f]+")  # marks piled on one letter
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}  # controls, format marks, lone surrogates ...


def clean(text: object) -> str:
    """One line, composed letters; whatever can't be seen is written out (`\\x1b`, `\\u202e`)."""
    composed = unicodedata.normalize("NFC", str(text))
    if composed.isprintable():  # nearly all are
        return composed if composed.isascii() else _PILES.sub(r"\1", composed)
    return "".join(_visible(char) for char in _PILES.sub(r"\1", composed))


def shorten(text: str, limit: int = LONG) -> str:
    """At most `limit` characters; what was cut off shows as an ellipsis."""
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"


def plain(value: object) -> Any:
    """The same as JSON can hold it: str, int, float, bool, None, lists, and dicts by text keys."""
    if value is None or (isinstance(value, bool | int | str) and not isinstance(value, Enum)):
        return value
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(key): plain(value[key]) for key in sorted(value, key=str)}
    if isinstance(value, Set):
        return sorted((plain(one) for one in value), key=str)
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return [plain(one) for one in value]
    return str(value)


def readable(value: object, yes: str, no: str, depth: int = 0) -> str:
    """A `plain` value on one line for a person: `TLSv1.0, TLSv1.1`, `port: 23; name: telnet`."""
    if isinstance(value, bool):
        return yes if value else no
    if value is None or value in ("", [], {}):
        return "–"
    if depth >= DEEP:
        return "…"
    if isinstance(value, dict):
        parts = [f"{clean(k)}: {readable(v, yes, no, depth + 1)}" for k, v in _first(value.items())]
        return shorten("; ".join(parts))
    if isinstance(value, list):
        inner = [readable(one, yes, no, depth + 1) for one in _first(value)]
        return shorten(", ".join(f"({one})" if "; " in one else one for one in inner))
    return shorten(clean(value))


def unaccented(text: str) -> str:
    """Vietnamese in ASCII, for a terminal that has nothing else: `Bao Bac Lieu`."""
    swapped = text.translate(_ASCII)
    bare = "".join(c for c in unicodedata.normalize("NFD", swapped) if not unicodedata.combining(c))
    return bare.encode("ascii", "replace").decode()


_ASCII = str.maketrans(
    {"đ": "d", "Đ": "D", "–": "-", "—": "-", "…": "~", "·": "-", "→": ">", "─": "-"}
    | {"“": '"', "”": '"', "«": '"', "»": '"', "’": "'", "≥": ">=", "≤": "<=", "█": "#", "░": "."}
)


def _visible(char: str) -> str:
    kind = unicodedata.category(char)
    if kind == "Zs" or char in "\t\n\r":
        return " "
    if kind not in _HIDDEN:
        return char
    code = ord(char)
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"


def _first(given: Iterable[Any]) -> list[Any]:
    """The first few, and an ellipsis when there are more."""
    members = list(given)
    if len(members) <= MANY:
        return members
    more = ("…", f"+{len(members) - MANY}") if isinstance(members[0], tuple) else "…"
    return [*members[:MANY], more]
