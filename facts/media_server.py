"""What the web pages of one host's streaming servers answer to a stranger: each trial."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from facts.base import NOT_GATHERED, Unknown
from facts.http import Answer
from facts.media_pages import LOOKED_AT
from facts.products import Product, from_headers

TEXT = 200  # characters kept of what a server says of itself


@dataclass(frozen=True)
class Shown:
    """A product with its version, and where it is shown."""

    product: Product
    where: str  # "http://203.0.113.5:8000 Server"


@dataclass(frozen=True)
class Door:
    """One port (under one name) where pages may be, or where RTSP is spoken."""

    base: str  # "http://203.0.113.5:8000", "rtsp://203.0.113.5:554"
    port: int
    web: bool | Unknown = NOT_GATHERED  # False: closed, or it speaks something else
    trials: Mapping[str, str | Unknown] = field(default_factory=dict)  # by path; see `read_page`
    server: str = ""  # its Server header
    shown: tuple[Shown, ...] = ()


@dataclass(frozen=True)
class MediaServerFacts:
    """One host: the doors that were tried.  No page is kept."""

    observed_at: datetime
    doors: tuple[Door, ...]
    untried: tuple[int, ...] = ()  # ports of such pages that nobody tried
    others: tuple[Door, ...] = ()  # those of RTSP, which have no pages

    def found(self, names: Iterable[str]) -> tuple[str, ...]:
        """The addresses that showed one of these pages."""
        wanted = frozenset(names)
        return tuple(
            f"{door.base}{_plain(path)} ({page})"
            for door in self.doors
            for path, page in door.trials.items()
            if isinstance(page, str) and page in wanted
        )

    def unknown(self) -> Iterator[Unknown]:
        """Why something about the pages is not known."""
        for door in self.doors:
            if isinstance(door.web, Unknown):
                yield door.web
            yield from (page for page in door.trials.values() if isinstance(page, Unknown))

    def open_ports(self) -> frozenset[int]:
        """Ports where a web server answers, or may."""
        return frozenset(door.port for door in self.doors if door.web is not False)

    @property
    def shown(self) -> tuple[Shown, ...]:
        """Every version that is shown anywhere."""
        doors = (*self.doors, *self.others)
        return tuple(dict.fromkeys(shown for door in doors for shown in door.shown))


def _plain(path: str) -> str:
    return path.partition("?")[0]


_NUMBER = r"(\d{1,6}(?:\.\d{1,6}){1,4})"
_TOLD: tuple[tuple[str, re.Pattern[str]], ...] = (  # in headers and banners
    ("icecast", re.compile(rf"\bIcecast(?:-KH)?[ /]{_NUMBER}", re.IGNORECASE)),
    ("srs", re.compile(rf"\bSRS/{_NUMBER}")),
    ("wowza", re.compile(rf"\bWowza ?(?:Streaming ?Engine|Media ?Server)(?:[ /]| [^/<]{{0,40}}? )"
                         rf"{_NUMBER}", re.IGNORECASE)),
    ("shoutcast", re.compile(rf"\bSHOUTcast[^0-9<]{{0,60}}?v?{_NUMBER}", re.IGNORECASE)),
    ("mediamtx", re.compile(rf"\bmediamtx[ /]v?{_NUMBER}", re.IGNORECASE)),
    ("gstreamer-rtsp-server", re.compile(rf"\bGStreamer RTSP server[ /]{_NUMBER}", re.IGNORECASE)),
    ("live555", re.compile(r"\bLIVE555 Streaming Media v?(\d{4}\.\d\d\.\d\d)", re.IGNORECASE)),
)  # fmt: skip
_PAGE_TOLD: Mapping[str, tuple[tuple[str, re.Pattern[str]], ...]] = {
    "nginx-rtmp-stat": (
        ("nginx", re.compile(rf"<nginx_version>{_NUMBER}<")),
        ("nginx-rtmp", re.compile(rf"<nginx_rtmp_version>{_NUMBER}<")),
    ),
    "icecast-status": (("icecast", re.compile(rf'"server_id":"Icecast {_NUMBER}')),),
    "icecast-admin": (("icecast", re.compile(rf"<server_id>Icecast {_NUMBER}")),),
    "srs-api": (("srs", re.compile(rf'"version"\s*:\s*"{_NUMBER}"')),),
    "shoutcast-statistics": (("shoutcast", re.compile(rf"<VERSION>{_NUMBER}")),),
}


def told(text: str) -> tuple[Product, ...]:
    """The streaming servers that a Server header or banner names with a version."""
    found = ((name, mark.search(text[:TEXT])) for name, mark in _TOLD)
    return tuple(Product(name, next(filter(None, m.groups()))) for name, m in found if m)


def read_shown(base: str, page: str, path: str, answer: Answer) -> tuple[Shown, ...]:
    """The exact versions that an answer shows: in its Server header, and on a page of ours."""
    header = answer.header("Server")[:TEXT]
    own = told(header)
    known = {product.name for product in own}
    usual = [p for p in from_headers(answer.headers) if p.version and p.name not in known]
    headers = [Shown(product, f"{base} Server") for product in (*own, *usual)]
    start = answer.body[:LOOKED_AT]
    marks = ((name, mark.search(start)) for name, mark in _PAGE_TOLD.get(page, ()))
    where = f"{base}{_plain(path)}"
    return (*headers, *(Shown(Product(name, m[1]), where) for name, m in marks if m))


_SERVER = re.compile(rb"^server:[ \t]*([^\r\n]{0,200})", re.IGNORECASE | re.MULTILINE)


def read_rtsp(raw: bytes) -> str | None:
    """The Server header of an answer of RTSP ("" for none), or None for what is no such answer."""
    head = raw[:LOOKED_AT].partition(b"\r\n\r\n")[0]
    if not re.match(rb"RTSP/1\.0 \d{3}", head):
        return None
    match = _SERVER.search(head)
    return match[1].decode("latin-1").strip() if match else ""
