"""What a stranger's server said, made fit to be shown: bounded, and without control codes."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

LONGEST = 300  # characters of one string
MOST = 20  # entries of one list or mapping
DEEPEST = 4
MOST_BITS = 64  # a longer number is shown as text

# What a terminal obeys: CSI and closed OSC sequences whole, then any other escape (ECMA-48).
_ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"
    r"|(?:\x1b\]|\x9d)[^\x07\x1b\x9c\x9d]*(?:\x07|\x1b\\|\x9c)"
    r"|\x1b[ -/]*[0-~]?"
)


def clean(value: Any, depth: int = 0) -> Any:
    """The value as JSON can hold it: strings cut and stripped, lists cut with the rest counted."""
    if type(value) is str:  # most are
        return _text(value)
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return int(value) if value.bit_length() <= MOST_BITS else _text(hex(value))
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, bytes):
        return _text(value[: 4 * LONGEST].decode("utf-8", "replace"))
    if depth >= DEEPEST:
        return _text(str(value))
    if isinstance(value, Mapping):
        pairs = list(value.items())
        kept = {_text(str(key)): clean(item, depth + 1) for key, item in pairs[:MOST]}
        return {**kept, "…": f"+{len(pairs) - MOST}"} if len(pairs) > MOST else kept
    if isinstance(value, list | tuple | set | frozenset):
        items = sorted(value, key=str) if isinstance(value, set | frozenset) else list(value)
        kept_items = [clean(item, depth + 1) for item in items[:MOST]]
        return [*kept_items, f"+{len(items) - MOST}"] if len(items) > MOST else kept_items
    return _text(str(value))


def _text(text: str) -> str:
    """The text without what a terminal obeys, on one line, cut."""
    shown = text[: 8 * LONGEST]
    if not shown.isprintable():  # nearly all are
        bare = _ESCAPES.sub("", shown)
        shown = "".join(" " if _is_control(char) else char for char in bare)
    return shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 1]}…"


def _is_control(char: str) -> bool:
    """Controls, line separators, bidirectional overrides, lone surrogates."""
    return unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
