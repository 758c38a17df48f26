"""From a stream's address to what a server's settings say of it.  Pure; never a guess."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from facts.base import Unknown
from facts.host.media.model import ANY, Asked, Item, Server

PORTS = {"rtmp": 1935, "rtmps": 443, "rtsp": 554, "rtsps": 322, "srt": 9000, "http": 80,
         "https": 443}  # fmt: skip
NOT_NAMED = "No streaming server on the host has this port in its settings"
SEVERAL = "Several streaming servers on the host have this port in their settings"
NO_ITEM = "The streaming server's settings do not name this stream"


def server_of(servers: tuple[Server, ...] | Unknown, url: str, port: int = 0) -> Server | Unknown:
    """The server that serves this address, by the port in its settings."""
    if isinstance(servers, Unknown):
        return servers
    scheme, port = where(url, port)
    protocol = {"rtmps": "rtmp", "rtsps": "rtsp", "https": "http"}.get(scheme, scheme)
    found = [
        one
        for one in servers
        if not isinstance(one.doors, Unknown)
        and any(door.protocol == protocol and door.port == port for door in one.doors)
    ]
    if len(found) == 1:
        return found[0]
    if found:
        return Unknown(SEVERAL, str(port))
    unread = [one.doors for one in servers if isinstance(one.doors, Unknown)]
    return unread[0] if unread else Unknown(NOT_NAMED, f"{protocol} {port}")


def items_of(server: Server, url: str, port: int = 0) -> tuple[Item, ...] | Unknown:
    """What it serves at this address's port."""
    if isinstance(server.items, Unknown):
        return server.items
    at = where(url, port)[1]
    return tuple(item for item in server.items if not item.ports or at in item.ports)


def played(server: Server, url: str, port: int = 0) -> Asked:
    """What is asked of those who play this stream."""
    items = items_of(server, url, port)
    if isinstance(items, Unknown):
        return items
    name = _name(server.product, url)
    exact = [item for item in items if item.name == name]
    if server.product == "nginx-rtmp":  # the application stands first, and may hold slashes
        fits = [item for item in items if name == item.name or name.startswith(f"{item.name}/")]
        exact = sorted(fits, key=lambda item: -len(item.name))[:1]
    wide = [item for item in items if item.name == ANY or _pattern(item.name)]
    found = exact or (wide if server.product != "srs" else [])
    if server.product == "srs":  # which virtual host a client means, it says itself
        found = list(items)
    answers = {item.play for item in found}
    if len(answers) == 1:
        return answers.pop()
    return Unknown(NO_ITEM, server.product)


def where(url: str, port: int) -> tuple[str, int]:
    """Its scheme and its port; `port` goes before what the address says."""
    try:
        parts = urlsplit(url)
        return parts.scheme, port or parts.port or PORTS.get(parts.scheme, 0)
    except ValueError:
        return "", port


def _pattern(name: str) -> bool:
    return name != ANY and (name.startswith("~") or any(mark in name for mark in "*?["))


def _name(product: str, url: str) -> str:
    """The stream's name as this server calls it."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    path = unquote(parts.path)
    if product in {"icecast", "shoutcast"}:
        return path
    if parts.scheme == "srt":
        said = re.search(r"(?:^|&)streamid=([^&]{1,500})", parts.query)
        words = unquote(said[1]) if said else ""
        named = re.search(r"(?:^|,)r=([^,]+)", words.removeprefix("#!::"))
        return named[1] if named else words.partition(":")[2].partition(":")[0]
    if parts.scheme in {"http", "https"}:
        return path.rpartition("/")[0].strip("/")
    return path.strip("/")
