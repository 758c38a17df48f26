"""A stream's URL: its parts, and how it is shown, for it may hold a key.  Pure."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit, urlunsplit

HIDDEN = "***"
PRIVATE = frozenset({"ingest", "contribution"})  # uses whose stream names are keys
KEYED = frozenset({"rtmp", "rtmps"})  # here the last part of the path is the key
_SECRET = re.compile("^.$|tok|pass|pwd|key|auth|sig|user|login|secret|hash|md5|expire|policy", re.I)


def shown(url: str, use: str = "public") -> str:
    """The URL as records and reports have it: no value of its query, no stream key.

    The names in the query stay; a part without a name may be a token, and goes.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return HIDDEN
    named = (part.partition("=") for part in parts.query.split("&") if part)
    query = "&".join(f"{name}={HIDDEN}" if equals else HIDDEN for name, equals, _ in named)
    path = parts.path
    if use in PRIVATE and parts.scheme in KEYED and rtmp_parts(url)[1]:
        path = f"{path.rstrip('/').rpartition('/')[0]}/{HIDDEN}"
    netloc = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, netloc, path, query, ""))


def rtmp_parts(url: str) -> tuple[str, str]:
    """The application and the stream of an RTMP URL, the stream with its query.

    `rtmp://host/live/news` is ("live", "news"); with one part alone it names no stream.
    """
    parts = urlsplit(url)
    steps = [step for step in parts.path.split("/") if step]
    if len(steps) < 2:
        return "".join(steps), ""
    query = f"?{parts.query}" if parts.query else ""
    return "/".join(steps[:-1]), steps[-1] + query


def names_passphrase(url: str) -> bool:
    """Does the URL hold SRT's passphrase?"""
    pairs = parse_qsl(urlsplit(url).query, keep_blank_values=True)
    return any(name.strip().lower() == "passphrase" for name, _ in pairs)


def anonymous(url: str) -> str:
    """The URL as a stranger knows it: without user, password, tokens and signatures.

    What only chooses (a camera's `channel=1`) stays.
    """
    parts = urlsplit(url)
    query = "&".join(
        part
        for part in parts.query.split("&")
        if "=" in part and not _SECRET.search(part.partition("=")[0])
    )
    netloc = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, netloc, parts.path, query, ""))
