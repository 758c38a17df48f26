"""What a site's start page loads and shows: its scripts, their libraries, and its software."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from facts.base import Unknown
from facts.libraries import Library
from facts.products import Product

MOST_SCRIPTS = 200  # of one page

_OPEN = re.compile(r"<script(?=[\s/>])", re.IGNORECASE | re.ASCII)
_CLOSE = re.compile(r"</script", re.IGNORECASE | re.ASCII)
_SRC = re.compile(
    r"(?:^|[\s\"'/])src\s{0,8}=\s{0,8}(?:\"([^\"]{0,2000})\"|'([^']{0,2000})'|([^\s\"'>]{1,2000}))",
    re.IGNORECASE,
)
_TYPE = re.compile(r"(?:^|\s)type\s{0,8}=\s{0,8}[\"']?([\w/+.-]{0,60})", re.IGNORECASE)
_BASE = re.compile(
    r"<base\s[^>]{0,200}?href\s{0,8}=\s{0,8}[\"']?([^\s\"'>]{1,2000})", re.IGNORECASE
)
_SCRIPT_TYPES = ("", "module", "text/javascript", "application/javascript", "text/ecmascript",
                 "application/x-javascript", "text/jscript")  # fmt: skip


@dataclass(frozen=True)
class ScriptFacts:
    """The start page's scripts.  Only those of the site itself are fetched."""

    observed_at: datetime
    page: str  # the start page's address, after the site's own redirects
    software: tuple[Product, ...] | Unknown  # what its headers name
    scripts: Mapping[str, bool | Unknown] | Unknown  # the site's own: could it be read?
    foreign: tuple[str, ...] = ()  # addresses of other sites' scripts, known by name alone
    libraries: tuple[Library, ...] | Unknown = ()
    cut: tuple[str, ...] = ()  # the site's own scripts of which only the beginning was read


def script_sources(page: str, url: str) -> tuple[str, ...]:
    """The absolute addresses of a page's scripts, in order, each once, http and https only."""
    text = _without_comments(page)
    base = _BASE.search(text)
    root = _join(url, base[1]) if base else url
    found = [
        _join(root or url, (src[1] or src[2] or src[3] or "").strip())
        for tag, _ in _scripts(text)
        for src in [_SRC.search(tag)]
        if src
    ]
    fetched = [one for one in found if urlsplit(one).scheme in ("http", "https")]
    return tuple(dict.fromkeys(fetched))[:MOST_SCRIPTS]


def inline_scripts(page: str) -> str:
    """The text of a page's own scripts, one after the other."""
    return "\n".join(
        text for tag, text in _scripts(_without_comments(page)) if not _SRC.search(tag)
    )


def _scripts(text: str) -> Iterator[tuple[str, str]]:
    """Each script's attributes and text.  Linear, whatever the page is."""
    at = 0
    while start := _OPEN.search(text, at):
        opened = text.find(">", start.end())
        if opened < 0:
            return
        closed = _CLOSE.search(text, opened)
        at = closed.start() if closed else len(text)
        tag = text[start.end() : opened][:4000]
        kind = _TYPE.search(tag)
        if (kind[1].lower() if kind else "") in _SCRIPT_TYPES:
            yield tag, text[opened + 1 : at]


def _without_comments(text: str) -> str:
    parts, at = [], 0
    while (start := text.find("<!--", at)) >= 0:
        end = text.find("-->", start + 4)
        parts.append(text[at:start])
        if end < 0:
            return "".join(parts)
        at = end + 3
    parts.append(text[at:])
    return "".join(parts)


def _join(base: str, relative: str) -> str:
    """An absolute address without its fragment; "" when there is none."""
    try:
        joined = urljoin(base, relative)
        urlsplit(joined).port  # noqa: B018  # a bad port raises
        return joined.partition("#")[0] if relative else ""
    except ValueError:
        return ""
