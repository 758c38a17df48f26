"""The order of version numbers as makers write them: 2.4.57, 1.1.1w, 9.2p1, 3.0.0-rc.1."""

from __future__ import annotations

import re
from functools import total_ordering
from itertools import dropwhile

_START = re.compile(r"v?(\d{1,18}(?:\.\d{1,18}){0,15})", re.IGNORECASE | re.ASCII)
_TOKEN = re.compile(r"\d{1,18}|[a-z]+", re.ASCII)
_EARLY = {"alpha", "beta", "rc", "pre", "dev", "next", "canary", "nightly", "snapshot", "preview"}
_EARLY_BEFORE_DIGIT = {"a", "b", "c", "m"}  # 1.9.0b1 is a beta; 1.1.1b is a later letter
_MOST = 120  # characters; no maker writes more

_Token = tuple[int, int, str]
_END: _Token = (1, 0, "")  # above a pre-release mark, below everything else


@total_ordering
class Version:
    """A version that can be compared.  1.0 equals 1.0.0; 3.0.0-rc.1 is below 3.0.0.

    Raises `ValueError` when the text does not start with a number.
    """

    def __init__(self, text: str) -> None:
        match = _START.match(text.strip()[:_MOST])
        if match is None:
            raise ValueError(f"this is no version: {text[:_MOST]!r}")
        self.text = match.string
        numbers = [int(part) for part in match[1].split(".")]
        self.release = tuple(reversed(list(dropwhile(lambda n: n == 0, reversed(numbers)))))
        self.dotted = match[1]
        self._rest = _tokens(match.string[match.end() :].lower())

    def __repr__(self) -> str:
        return f"Version({self.text!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Version) and self._key == other._key

    def __lt__(self, other: Version) -> bool:
        return self._key < other._key

    def __hash__(self) -> int:
        return hash(self._key)

    @property
    def _key(self) -> tuple[tuple[int, ...], tuple[_Token, ...]]:
        return self.release, self._rest


def prefixes(text: str) -> tuple[str, ...]:
    """The dotted beginnings of a version, longest first: 1.1.1w → 1.1.1w, 1.1.1, 1.1, 1.

    Empty when the text is no version.
    """
    try:
        version = Version(text)
    except ValueError:
        return ()
    parts = version.dotted.split(".")
    dotted = [".".join(parts[:size]) for size in range(len(parts), 0, -1)]
    whole = re.match(r"v?([0-9a-z.]+)", version.text, re.IGNORECASE)
    return tuple(dict.fromkeys(([whole[1]] if whole else []) + dotted))


def _tokens(rest: str) -> tuple[_Token, ...]:
    words = _TOKEN.findall(rest)
    kinds = []
    for word, after in zip(words, [*words, ""][1:], strict=True):
        if word.isdigit():
            kinds.append((2, int(word), ""))
        elif word in _EARLY or (word in _EARLY_BEFORE_DIGIT and after.isdigit()):
            kinds.append((0, 0, word))
        else:
            kinds.append((3, 0, word))
    return (*kinds, _END)
