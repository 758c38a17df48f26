"""A body's bytes as text: by its header, its byte-order mark, its meta element, or UTF-8."""

from __future__ import annotations

import codecs
import re

_HEADER = re.compile(r"charset\s{0,9}=\s{0,9}[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_META = re.compile(rb"<meta[^>]{0,200}?charset\s{0,9}=\s{0,9}[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LOOKED_AT = 2048  # bytes where a meta element may name the charset

# Python has codecs that are no charsets of the web, and some of them cost quadratic time.
_KNOWN = re.compile(
    r"utf-8|utf-16(-[lb]e)?|ascii|iso8859-\d+|cp125\d|cp874|tis-620|koi8-[ru]|big5|big5hkscs|gb2312"
    r"|gbk|gb18030|euc_(jp|kr)|shift_jis|cp932|cp949|iso2022_jp|mac-roman"
)


def decode(raw: bytes, content_type: str = "") -> str:
    """The text; bytes that are none in its charset are replaced, never refused."""
    for mark, name in _MARKS:
        if raw.startswith(mark):
            return raw.decode(name, "replace").removeprefix("\ufeff")
    named = _HEADER.search(content_type)
    if named is None and (meta := _META.search(raw[:_LOOKED_AT])):
        return raw.decode(_codec(meta[1].decode("ascii", "replace")), "replace")
    return raw.decode(_codec(named[1] if named else "utf-8"), "replace")


def _codec(name: str) -> str:
    """Python's codec for a charset's name; UTF-8 when it is none of the web's."""
    try:
        found = codecs.lookup(name).name
    except (LookupError, ValueError):
        return "utf-8"
    if found in ("ascii", "iso8859-1"):
        return "cp1252"  # as browsers read both
    return found if _KNOWN.fullmatch(found) else "utf-8"
