"""URLs, taken apart without trust: a stranger wrote them.  Pure; bad ones become "" or False."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit

from facts.http import Answer

LONGEST = 2000  # characters of a URL that are kept

_PORTS = {"http": 80, "https": 443}
_SPACE = "\t\n\x0c\r "


def split(url: str) -> SplitResult | None:
    """The parts of an http or https URL with a host, or None for anything else."""
    try:
        parts = urlsplit(url)
        good = parts.scheme in _PORTS and parts.hostname and parts.port != 0
    except ValueError:
        return None
    return parts if good else None


def absolute(base: str, reference: str) -> str:
    """Where a reference leads from a page, without its fragment; "" when it is no URL at all.

    As browsers do, tabs and line ends inside are dropped, and backslashes are slashes.
    """
    text = reference.strip(_SPACE)[:LONGEST]
    for odd in "\t\n\r":
        text = text.replace(odd, "")
    if re.match(r"(?:https?:)?[\\/]", text, re.IGNORECASE):
        path, mark, query = text.partition("?")
        text = path.replace("\\", "/") + mark + query
    try:
        parts = urlsplit(urljoin(base, text))
        return urlunsplit(parts._replace(scheme=parts.scheme.lower(), fragment=""))[:LONGEST]
    except ValueError:
        return ""


def host(url: str) -> str:
    """The host as the network writes it: lower case, IDNA, without a trailing dot; or ""."""
    parts = split(url)
    return wire_name(parts.hostname or "") if parts else ""


def wire_name(name: str) -> str:
    """A host name as the network writes it: `Báo.vn.` is `xn--bo-mia.vn`."""
    plain = name.strip("[]").rstrip(".").lower()
    if plain.isascii():
        return plain
    try:
        return plain.encode("idna").decode("ascii")
    except UnicodeError:
        return plain


def port(url: str) -> int:
    """The port, the scheme's own when none is written; 0 for no URL."""
    parts = split(url)
    return (parts.port or _PORTS[parts.scheme]) if parts else 0


def secure(url: str) -> bool:
    """Is it an https URL?"""
    parts = split(url)
    return parts is not None and parts.scheme == "https"


def origin(url: str) -> tuple[str, str, int]:
    """Scheme, host and port: what browsers call an origin."""
    parts = split(url)
    return (parts.scheme if parts else "", host(url), port(url))


def same_site(one: str, other: str) -> bool:
    """Do two URLs name the same host, `www.` aside?"""
    a, b = host(one), host(other)
    return bool(a) and a.removeprefix("www.") == b.removeprefix("www.")


def root(url: str) -> str:
    """The URL of the root of the same origin: `https://www.example.vn:8443/`."""
    parts = split(url)
    return f"{parts.scheme}://{parts.netloc}/" if parts else ""


def plain_urls(url: str) -> tuple[str, ...]:
    """Where plain HTTP would answer for a site.

    `https://name/` has one such place, port 80.  `https://name:8443/` has two: its own port, which
    some servers let answer without TLS, and port 80.  A site declared as http is its own.
    """
    parts = split(url)
    if parts is None:
        return ()
    if parts.scheme == "http":
        return (url,)
    name = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    path = urlunsplit(("", "", parts.path or "/", parts.query, ""))
    standard = f"http://{name}{path}"
    if port(url) == 443:
        return (standard,)
    return (f"http://{name}:{parts.port}{path}", standard)


def onward(answer: Answer) -> str:
    """Where a redirect leads (absolute; it may be no web address), or "" when it is none."""
    where = answer.all("Location")
    if answer.status not in (301, 302, 303, 307, 308) or not where:
        return ""
    return absolute(answer.url, where[0])
