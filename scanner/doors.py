"""Where the pages of a host's streaming servers may be: declared, or found open.  Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

from facts.declared import Doors
from facts.media_pages import OWN_PORTS
from facts.ports import Port, PortFacts
from scanner.inventory import Asset
from scanner.named import stream_port

MOST = 12  # doors of one host
RTSP = (554, 8554)
_TLS_PORTS = (443, 8443, 1990)
# What nmap asked and recognised, and is no web server.
_OTHERS = frozenset({
    "ssh", "ftp", "ftps", "telnet", "smtp", "smtps", "imap", "imaps", "pop3", "pop3s", "domain",
    "mysql", "postgresql", "redis", "memcached", "mongodb", "ms-sql-s", "oracle-tns", "rsync",
    "microsoft-ds", "netbios-ssn", "msrpc", "nfs", "rpcbind", "ldap", "ldaps", "rtmp", "rtmpe",
    "ms-wbt-server", "vnc", "sip", "ntp", "amqp", "mqtt", "x11", "kerberos-sec",
})  # fmt: skip
# What usually has these numbers, where nmap could not tell.
_NOT_WEB = frozenset({21, 22, 23, 25, 53, 110, 111, 139, 143, 445, 465, 587, 873, 993, 995, 1433,
                      1935, 2049, 3306, 3389, 5432, 5900, 6379, 11211, 27017})  # fmt: skip


def has_media(asset: Asset) -> bool:
    """Does the owner say that it streams?"""
    return "streaming" in asset.roles or bool(asset.streams)


def media_doors(asset: Asset, address: str, swept: Any, sites: Iterable[str]) -> Doors:
    """The doors of one address of an asset: `swept` is what its port sweep brought.

    `sites` are the asset's own web addresses.  What a failed sweep did not try stays untried.
    """
    declared = dict.fromkeys(_declared(asset, address, sites))
    told = tuple(_number(url) for url in declared if url.startswith("http"))
    if not isinstance(swept, PortFacts):
        return Doors(tuple(declared)[:MOST], told, tuple(OWN_PORTS))
    shut = {"closed", "filtered"}
    urls = {url: None for url in declared if swept.state(_number(url)) not in shut}
    taken = {_number(url) for url in urls}
    found = [p for p in sorted(swept.open_ports(), key=_rank) if p.number not in taken]
    found = [p for p in found if p.number not in _elsewhere(asset)]
    for port in found:
        if scheme := _scheme(port):
            urls[f"{scheme}://{_host(asset, address)}:{port.number}"] = None
    left = [_number(url) for url in tuple(urls)[MOST:]]
    untried = [*(n for n in OWN_PORTS if not swept.state(n) and n not in taken), *left]
    web = [*told, *(p.number for p in found if not p.guessed and _is_web(p))]
    answered = swept.answered is True
    return Doors(tuple(urls)[:MOST], _once(web), _once(untried), answered)


def _once(ports: list[int]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(ports))


def _is_web(port: Port) -> bool:
    return "http" in port.service or port.service in {"icecast", "shoutcast"}


def _elsewhere(asset: Asset) -> set[int]:
    """The ports of declared streams of other protocols: RTMPS on 443 is no web server."""
    rest = ("rtmp", "rtmps", "rtsps", "srt")
    return {stream_port(s.url) for s in asset.streams if urlsplit(s.url).scheme in rest}


def _declared(asset: Asset, address: str, sites: Iterable[str]) -> Iterator[str]:
    for url in (*sites, *(stream.url for stream in asset.streams)):
        parts = urlsplit(url)
        name = (parts.hostname or address).lower()
        host = f"[{name}]" if ":" in name else name
        if parts.scheme in {"http", "https"}:
            yield f"{parts.scheme}://{host}:{parts.port or (443, 80)[parts.scheme == 'http']}"
        elif parts.scheme == "rtsp":
            yield f"rtsp://{host}:{parts.port or 554}"


def _host(asset: Asset, address: str) -> str:
    """The name that a found port is asked by: the declared one."""
    name = asset.address or address
    return f"[{name}]" if ":" in name else name.lower()


def _rank(port: Port) -> tuple[bool, int]:
    """The ports that these pages usually have come first."""
    return port.number not in OWN_PORTS, port.number


def _scheme(port: Port) -> str:
    if port.service in {"rtsp", "rtsp-alt"} or port.number in RTSP:
        return "rtsp"
    if port.guessed and port.number in _NOT_WEB:
        return ""
    if not port.guessed and port.service in _OTHERS:
        return ""
    secure = port.tls or port.service in {"https", "https-alt"} or port.number in _TLS_PORTS
    return "https" if secure else "http"


def _number(url: str) -> int:
    return urlsplit(url).port or 0
