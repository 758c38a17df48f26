"""HTML as a stream of tags and texts, in one pass that never goes back.

Python's own parser may take quadratic time over a hostile page, and BeautifulSoup holds a tree of
it.  This follows the tokenizer of the HTML standard (13.2.5) as far as tags and attributes go:
every byte is looked at a bounded number of times, and nothing is ever refused.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

_NAME = re.compile(r"[^\t\n\f\r />]+")
_GAP = re.compile(r"[\t\n\f\r /]*")
_ATTRIBUTE = re.compile(r"=?[^\t\n\f\r />=]*")
_EQUALS = re.compile(r"[\t\n\f\r ]*=[\t\n\f\r ]*")
_BARE = re.compile(r"[^\t\n\f\r >]*")
_COMMENT_END = re.compile(r"--!?>")

# Elements whose content is text and no markup.
RAW = frozenset({"script", "style", "title", "textarea", "xmp", "iframe", "noembed", "noframes"})
_RAW_END = {name: re.compile(rf"</{name}(?=[\t\n\f\r />])", re.IGNORECASE) for name in RAW}


@dataclass(frozen=True)
class Start:
    """A start tag; names in lower case, the first of equal attributes wins.

    `content` is what stands in an element that holds text only (`RAW`), else "".
    """

    name: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    content: str = ""

    def get(self, attribute: str) -> str:
        """An attribute's value, entities resolved; "" when absent."""
        return self.attributes.get(attribute, "")


@dataclass(frozen=True)
class End:
    """An end tag."""

    name: str


@dataclass(frozen=True)
class Text:
    """Text between tags, entities resolved."""

    text: str


Token = Start | End | Text


def tokens(source: str) -> Iterator[Token]:
    """The tags and texts of a page, in order."""
    at = 0
    while 0 <= at < len(source):
        opening = source.find("<", at)
        if opening < 0:
            opening = len(source)
        if opening > at:
            yield Text(unescape(source[at:opening]))
        kind = source[opening + 1 : opening + 2]
        if kind.isascii() and kind.isalpha():
            tag, at = _start(source, opening + 1)
            if tag:
                yield tag
        elif kind == "/" and source[opening + 2 : opening + 3].isalpha():
            name, _, at = _tag(source, opening + 2)
            if at >= 0:
                yield End(name)
        elif kind in ("/", "!", "?"):
            at = _skip(source, opening)
        else:
            if opening < len(source):
                yield Text("<")
            at = opening + 1


def unescape(text: str) -> str:
    """Resolve entities; a number that is none is left as it stands."""
    if "&" not in text:
        return text
    try:
        return html.unescape(text)
    except ValueError:  # a number of thousands of digits
        return text


def _start(source: str, at: int) -> tuple[Start | None, int]:
    """The start tag whose name begins at `at`, with its raw content, and where it ends."""
    name, attributes, at = _tag(source, at)
    if at < 0:
        return None, -1
    if name == "plaintext":
        return Start(name, attributes, source[at:]), len(source)
    if name not in RAW:
        return Start(name, attributes), at
    end = _RAW_END[name].search(source, at)
    stop = end.start() if end else len(source)
    return Start(name, attributes, source[at:stop]), stop


def _tag(source: str, at: int) -> tuple[str, dict[str, str], int]:
    """Name, attributes and end of a tag; -1 when the page ends inside it: then it is none."""
    match = _NAME.match(source, at)
    assert match
    name, at = match[0].lower(), match.end()
    attributes: dict[str, str] = {}
    while True:
        gap = _GAP.match(source, at)
        at = gap.end() if gap else at
        if at >= len(source):
            return name, attributes, -1
        if source[at] == ">":
            return name, attributes, at + 1
        key = _ATTRIBUTE.match(source, at)
        assert key and key.end() > at
        value, at = _value(source, key.end())
        if at < 0:
            return name, attributes, -1
        attributes.setdefault(key[0].lower(), value)


def _value(source: str, at: int) -> tuple[str, int]:
    """An attribute's value and its end; "" without an equals sign."""
    equals = _EQUALS.match(source, at)
    if equals is None:
        return "", at
    at = equals.end()
    quote = source[at : at + 1]
    if quote in ('"', "'"):
        end = source.find(quote, at + 1)
        return (unescape(source[at + 1 : end]), end + 1) if end >= 0 else ("", -1)
    bare = _BARE.match(source, at)
    assert bare
    return unescape(bare[0]), bare.end()


def _skip(source: str, at: int) -> int:
    """Where a comment, a doctype or a bogus one ends; -1 when it does not."""
    if not source.startswith("<!--", at):
        end = source.find(">", at)
        return end + 1 if end >= 0 else -1
    if source.startswith((">", "->"), at + 4):
        return source.index(">", at) + 1
    match = _COMMENT_END.search(source, at + 4)
    return match.end() if match else -1
