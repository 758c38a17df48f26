"""Which links of a page lead to a log-in.  Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import parse_qsl, unquote, urlsplit

from facts.site import Link
from facts.urls import same_site

_PLACES = re.compile(
    r"log-?_?in|sign-?_?in|dang-?_?nhap|wp-login|wp-admin|admin(istrator|cp|panel)?|quan-?_?tri|auth"
    r"|user-?_?login|member-?_?login|account-?_?login|toa-?soan",
)
_TEXTS = re.compile(r"\b(dang nhap|log ?in|sign ?in|quan tri|toa soan dien tu|admin)\b")
_NEVER = re.compile(r"log-?out|sign-?out|dang-?xuat|thoat|delete|xoa")
_SHORT = 40  # characters of a link's text; a headline is longer


def login_links(links: Iterable[Link], page: str, most: int) -> tuple[Link, ...]:
    """The page's links into its own site that look like a log-in, the likeliest first."""
    found: dict[str, tuple[int, Link]] = {}
    for link in links:
        if link.url == page or link.url in found or not same_site(link.url, page):
            continue
        rank = _rank(link)
        if rank:
            found[link.url] = (rank, link)
    ordered = sorted(found.values(), key=lambda pair: -pair[0])
    return tuple(link for _, link in ordered[:most])


def _rank(link: Link) -> int:
    """How much a link looks like a log-in; 0 for not at all."""
    parts = urlsplit(link.url)
    words = [piece.partition(".")[0] for piece in _plain(unquote(parts.path)).split("/")]
    words += [_plain(value) for _, value in parse_qsl(parts.query[:500], max_num_fields=20)[:20]]
    if any(_NEVER.search(word) for word in words):
        return 0
    placed = any(_PLACES.fullmatch(word) for word in words)
    text = _plain(link.text)
    named = len(text) <= _SHORT and bool(_TEXTS.search(text))
    return 2 * placed + named


def _plain(text: str) -> str:
    """Lower case without Vietnamese marks: `Đăng nhập` is `dang nhap`."""
    letters = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return " ".join("".join(c for c in letters if not unicodedata.combining(c)).split())
