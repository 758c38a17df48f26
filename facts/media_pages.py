"""The pages by which streaming servers are run and watched: where they are, and their own marks.

A status alone proves nothing: many sites answer 200 for every path.  Each page must show marks
that no other page has, and a path that cannot exist must not show them.

Seen on real servers: nginx-rtmp 1.2.2 and Icecast 2.4.4.  By their documentation and sources:
MediaMTX (apidocs/openapi.yaml), SRS (trunk/src/app/srs_app_http_api.cpp), Wowza Streaming Engine
(REST API, Manager, HTTP providers), SHOUTcast DNAS 2 (XML responses).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from facts.base import Unknown
from facts.http import Answer

LOOKED_AT = 8192  # characters of a body
ASKS = "asks"  # of a page: it wants a log-in, or refuses strangers
REFUSED = (401, 403, 407)
BUSY = (429, 502, 503, 504)


@dataclass(frozen=True)
class Page:
    """One kind of page."""

    marks: tuple[re.Pattern[str], ...]  # its content shows all of them
    manages: bool = False  # it runs the server, or shows its inside
    lists: bool = False  # it lists streams, sources or clients
    status: int = 200

    def shown(self, answer: Answer) -> bool:
        """Is this the page itself?"""
        start = answer.body[:LOOKED_AT]
        return answer.status == self.status and all(mark.search(start) for mark in self.marks)


def _marks(*patterns: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern, re.IGNORECASE | re.MULTILINE) for pattern in patterns)


PAGES: Mapping[str, Page] = {
    "nginx-rtmp-stat": Page(
        _marks(r"\A\s*(?:<\?xml[^>]{0,200}>|<!--|\s){0,9}", r"<rtmp>", r"<nginx_rtmp_version>"),
        lists=True,
    ),
    # `record` with a method that does not exist, for an application that does not: nothing is
    # walked and nothing is done; the module alone says 204 to it
    "nginx-rtmp-control": Page(_marks(r"\A\Z"), manages=True, status=204),
    # what follows "icestats" is no valid JSON in 2.4.4 when some settings are not the maker's
    "icecast-status": Page(
        _marks(r'\A\s*\{\s*"icestats"\s*:', r'"(?:server_start|server_id|source)\w{0,20}"\s*:'),
        lists=True,
    ),
    "icecast-status-page": Page(
        _marks(r"<title>icecast streaming media server", r"<h1[^>]{0,40}>icecast2? status"),
        lists=True,
    ),
    "icecast-admin": Page(
        _marks(r"<icestats>", r"<(?:server_start|source_client_connections|server_id)>"),
        manages=True,
        lists=True,
    ),
    "mediamtx-api": Page(
        _marks(r"\A\s*\{", r'"itemCount"\s*:\s*\d', r'"pageCount"\s*:\s*\d', r'"items"\s*:\s*\['),
        manages=True,
        lists=True,
    ),
    "mediamtx-metrics": Page(
        _marks(r"^paths(?:\{name=|\s+\d)", r"^(?:rtsp|rtsps|rtmp|rtmps|srt|webrtc|hls)_[a-z]+[{ ]"),
        manages=True,
        lists=True,
    ),
    "srs-metrics": Page(_marks(r"^# HELP srs_", r"^srs_[a-z_]+[{ ]"), manages=True),
    "go-pprof": Page(
        _marks(r"<title>/debug/pprof/</title>", r"full goroutine stack dump"), manages=True
    ),
    "srs-api": Page(
        _marks(r'\A\s*\{\s*"code"\s*:\s*0\b', r'"data"\s*:\s*\{\s*"major"\s*:\s*\d', r'"revision"'),
        manages=True,
    ),
    "srs-streams": Page(
        _marks(r'\A\s*\{\s*"code"\s*:\s*0\b', r'"server"\s*:', r'"streams"\s*:\s*\['),
        manages=True,
        lists=True,
    ),
    "wowza-rest": Page(
        _marks(r"(?:<Servers\b|\A\s*\{)", r"/v2/servers/", r"serverName|<Server\b"), manages=True
    ),
    "wowza-manager": Page(
        _marks(r"<html", r"wowza streaming engine manager|manage your wowza streaming engine"),
        manages=True,
    ),
    "wowza-counts": Page(
        _marks(r"<Wowza(?:StreamingEngine|MediaServer)", r"<ConnectionsCurrent>"),
        manages=True,
        lists=True,
    ),
    "shoutcast-statistics": Page(
        _marks(r"<SHOUTCASTSERVER>", r"<(?:STREAMSTATS|TOTALSTREAMS)>"), lists=True
    ),
    "shoutcast-admin": Page(
        _marks(r"<title>\s{0,9}shoutcast (?:server |dnas )?administrator"),
        manages=True,
    ),
}

CONTROL = "/control/record/press-scan?app=press-scan-nothing&name=press-scan-nothing"

# Where each page usually is.  What is asked of a server: see `paths_of`.
PATHS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "nginx-rtmp": {
        "/stat": ("nginx-rtmp-stat",),
        "/rtmp_stat": ("nginx-rtmp-stat",),
        "/statistics": ("nginx-rtmp-stat", "shoutcast-statistics"),
        CONTROL: ("nginx-rtmp-control",),
    },
    "icecast": {
        "/status-json.xsl": ("icecast-status",),
        "/status.xsl": ("icecast-status-page",),
        "/admin/stats": ("icecast-admin",),
    },
    "mediamtx": {
        "/v3/paths/list": ("mediamtx-api",),
        "/metrics": ("mediamtx-metrics", "srs-metrics"),
        "/debug/pprof/": ("go-pprof",),
    },
    "srs": {"/api/v1/versions": ("srs-api",), "/api/v1/streams": ("srs-streams",)},
    "wowza": {
        "/v2/servers": ("wowza-rest",),
        "/enginemanager/login.htm": ("wowza-manager",),
        "/connectioncounts": ("wowza-counts",),
    },
    "shoutcast": {
        "/statistics": ("nginx-rtmp-stat", "shoutcast-statistics"),
        "/admin.cgi": ("shoutcast-admin",),
    },
}
PATH_PAGES: Mapping[str, tuple[str, ...]] = {
    path: names for group in PATHS.values() for path, names in group.items()
}

# Ports that these pages have by themselves, and whose they are.
OWN_PORTS: Mapping[int, tuple[str, ...]] = {
    1985: ("srs",),
    1990: ("srs",),
    8000: ("icecast", "shoutcast"),
    8086: ("wowza",),
    8087: ("wowza",),
    8088: ("wowza",),
    9972: ("mediamtx",),  # SRS's metrics, at the same path
    9997: ("mediamtx",),
    9998: ("mediamtx",),
    9999: ("mediamtx",),
}
_SERVERS: tuple[tuple[str, tuple[str, ...]], ...] = (  # what a Server header holds
    ("icecast", ("icecast",)),
    ("shoutcast", ("shoutcast",)),
    ("ultravox", ("shoutcast",)),
    ("mediamtx", ("mediamtx",)),
    ("rtsp-simple-server", ("mediamtx",)),
    ("srs/", ("srs",)),
    ("wowza", ("wowza",)),
    ("winstone", ("wowza",)),
    ("nginx", ("nginx-rtmp",)),
    ("openresty", ("nginx-rtmp",)),
    ("tengine", ("nginx-rtmp",)),
)
_FRONTS = ("nginx", "openresty", "tengine", "apache", "caddy", "envoy", "traefik", "haproxy",
           "litespeed", "iis", "cloudflare", "varnish")  # fmt: skip
_BEHIND = ("/status-json.xsl", "/admin/stats", "/v3/paths/list", "/api/v1/streams")


def paths_of(port: int, server: str) -> tuple[str, ...]:
    """What is asked at a port whose answers carry this Server header: few and fitting.

    A known web server may stand in front of another; one that does not say what it is, is asked
    everything.
    """
    low = server.lower()
    groups = [group for word, found in _SERVERS if word in low for group in found]
    groups += OWN_PORTS.get(port, ())
    paths = [path for group in groups for path in PATHS[group]]
    if any(word in low for word in _FRONTS):
        paths += _BEHIND
    return tuple(dict.fromkeys(paths or PATH_PAGES))


def read_page(path: str, answer: Answer | Unknown, missing: Answer) -> str | Unknown:
    """Which page a path showed: its name, `ASKS`, or "" for none of ours.

    `missing` is the answer to a path that cannot exist: what shows the same marks everywhere, or
    refuses everything, is no find.
    """
    if isinstance(answer, Unknown):
        return answer
    if answer.status in BUSY and answer.status != missing.status:
        return Unknown("The server refused to answer further", f"HTTP {answer.status}")
    for name in PATH_PAGES.get(path, ()):
        page = PAGES[name]
        if page.shown(answer) and not page.shown(missing):
            return name
    return ASKS if answer.status in REFUSED and answer.status != missing.status else ""


def pages(holds: Callable[[Page], bool]) -> frozenset[str]:
    """The names of the pages of which something holds."""
    return frozenset(name for name, page in PAGES.items() if holds(page))


MANAGING = pages(lambda page: page.manages)
LISTING = pages(lambda page: page.lists)
