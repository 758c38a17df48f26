"""What one site did when it was visited politely: its answers, pages, cookies and small trials.

One SITE target is a start URL on one address.  `answers` are the GET answers of the site itself,
in the order they came, the front page among them; values of cookies are masked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from facts.base import NOT_GATHERED, Unknown
from facts.http import Answer


class PlainOutcome(StrEnum):
    """What became of one plain-HTTP request."""

    ANSWERED = "answered"  # an HTTP answer came, whatever its status
    REFUSED = "refused"  # nothing listens, or a firewall says no
    FILTERED = "filtered"  # no connection in time, twice, while HTTPS on the address answered
    TLS_ONLY = "tls_only"  # the port speaks TLS and says so (400), hangs up, or sends an alert


@dataclass(frozen=True)
class Hop:
    """One step of a walk: what was asked, the status, and where a redirect leads (absolute)."""

    url: str
    status: int
    location: str = ""  # "" when it is no redirect


@dataclass(frozen=True)
class PlainTrial:
    """What plain HTTP did at one URL.

    `counts` is False where another site answers: port 80 beside a site on a port of its own.
    """

    outcome: PlainOutcome
    hops: tuple[Hop, ...] = ()
    counts: bool = True


@dataclass(frozen=True)
class Cookie:
    """A cookie as it was set; its value is not kept."""

    name: str
    url: str  # the answer that set it
    secure: bool = False
    http_only: bool = False
    same_site: str = ""  # lower case; "" when absent
    lasting: bool = False  # Expires or Max-Age: it outlives the browser's session


@dataclass(frozen=True)
class Form:
    """A form of a page, and where it may be sent (absolute URLs; the page's own by default)."""

    method: str
    actions: tuple[str, ...]
    password: bool = False


@dataclass(frozen=True)
class Resource:
    """Something that a page loads, as an absolute URL."""

    url: str
    tag: str  # script, img, link ...; "css" for a style's url() or @import
    integrity: str = ""
    crossorigin: bool = False
    executes: bool = False  # a script that browsers run


@dataclass(frozen=True)
class Link:
    """A link of a page: where it leads (absolute), and its text."""

    url: str
    text: str = ""


@dataclass(frozen=True)
class Page:
    """What the markup of one answer says.  Counts are bounded; `cut` says that there was more."""

    url: str
    status: int = 200
    title: str = ""
    forms: tuple[Form, ...] = ()
    resources: tuple[Resource, ...] = ()
    links: tuple[Link, ...] = ()  # in a visit's facts: only those that look like a log-in
    policies: tuple[str, ...] = ()  # Content-Security-Policy in meta elements
    referrers: tuple[str, ...] = ()  # meta referrer
    cut: bool = False


@dataclass(frozen=True)
class CorsTrial:
    """What came back for one Origin."""

    origin: str
    allow_origin: str = ""
    credentials: bool = False


@dataclass(frozen=True)
class SiteFacts:
    """One site on one address, at one time."""

    observed_at: datetime
    url: str
    hops: tuple[Hop, ...] = ()  # from the start URL to the front page
    front: Answer | Unknown = NOT_GATHERED  # after redirects inside the site
    secure: Answer | Unknown | None = NOT_GATHERED  # the last HTTPS answer; None: no HTTPS there
    answers: tuple[Answer, ...] | Unknown = NOT_GATHERED
    plain: Mapping[str, PlainTrial | Unknown] = field(default_factory=dict)  # by URL
    pages: Mapping[str, Page | Unknown] = field(default_factory=dict)  # by URL
    cookies: tuple[Cookie, ...] | Unknown = NOT_GATHERED
    cors: Mapping[str, CorsTrial | Unknown] = field(default_factory=dict)  # foreign, null ...
    trace: bool | Unknown = NOT_GATHERED  # TRACE echoed the request
    allow: tuple[str, ...] | Unknown = NOT_GATHERED  # methods that OPTIONS says are offered
