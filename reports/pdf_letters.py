"""Letters that our two fonts have, and places where a long word may break.  Pure.

What a server says must neither show as an empty box nor run out of the page: a letter that no font
of ours has is written out (`\\u6f22`), and a word longer than a column can be broken anywhere.
"""

from __future__ import annotations

import re

from reports.text import clean

BREAK = "\u200b"  # a space of no width
WORD = 20  # letters that fit into any column
# Latin with Vietnamese, Greek, Cyrillic, punctuation, money, arrows, signs, shapes: those of them
# that Be Vietnam Pro or DejaVu Sans Mono can draw.  tests/reports/test_pdf_letters.py draws all.
RANGES = (
    (0x20, 0x1C3), (0x1CD, 0x1E3), (0x1E6, 0x1F0), (0x1F8, 0x221), (0x224, 0x241),
    (0x250, 0x2B9), (0x2BB, 0x2C1), (0x2C6, 0x2C9), (0x300, 0x341), (0x374, 0x3CE),
    (0x3D0, 0x3E1), (0x3F0, 0x45F), (0x490, 0x49B), (0x4A2, 0x4A5), (0x4AA, 0x4B3),
    (0x4C0, 0x4C4), (0x4CF, 0x4F9), (0x1E00, 0x1E99), (0x1EA0, 0x1EF9), (0x2010, 0x2023),
    (0x2026, 0x2026), (0x2030, 0x2037), (0x2039, 0x203A), (0x203C, 0x203E), (0x2044, 0x2049),
    (0x20A0, 0x20B5), (0x20B8, 0x20BA), (0x20BD, 0x20BD), (0x2190, 0x2213), (0x2215, 0x2215),
    (0x2217, 0x2220), (0x2227, 0x222D), (0x2234, 0x223D), (0x2241, 0x2269), (0x226D, 0x228B),
    (0x2500, 0x25FF), (0x2713, 0x2713), (0x2717, 0x2717),
)  # fmt: skip
_OTHER = re.compile("[^" + "".join(f"{chr(a)}-{chr(b)}" for a, b in RANGES[1:]) + " -\u01c3]")
_WORDS = re.compile(r"(?<!\S)(?![0-9a-f]{64}(?!\S))\S+")  # but no SHA-256: it is to be copied
_PIECES = re.compile(rf"[^/._:@;,?&=-]{{1,{WORD // 2}}}[/._:@;,?&=-]*|[/._:@;,?&=-]{{1,{WORD}}}")


def shown(text: object) -> str:
    """One line of letters that can be printed."""
    return _OTHER.sub(_written_out, clean(text))


def breakable(text: str) -> str:
    """The same; words too long for a column may break after punctuation, and in any case."""
    return _WORDS.sub(_pieces, text) if len(text) > WORD else text


def _written_out(found: re.Match[str]) -> str:
    code = ord(found.group())
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _pieces(found: re.Match[str]) -> str:
    if len(found.group()) <= WORD:
        return found.group()
    return BREAK.join(_PIECES.findall(found.group()))
