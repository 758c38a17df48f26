"""What a stranger's server said, made fit to be shown: bounded, and without control codes."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

LONGEST = 300  # characters of one string
MOST = 20  # entries of one list or mapping
DEEPEST = 4


def clean(value: Any, depth: int = 0) -> Any:
    """The value as JSON can hold it: strings cut and stripped, lists cut with the rest counted."""
    if isinstance(value, bool | int | float) or value is None:
        return value
    if isinstance(value, str):
        return _text(value)
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
    short = text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
    return "".join(" " if _is_control(char) else char for char in short)


def _is_control(char: str) -> bool:
    """Controls, escapes, line separators, bidirectional overrides, lone surrogates."""
    return unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
