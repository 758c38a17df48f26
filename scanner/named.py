"""What an asset names: its sites, its ports, its hosts, and what lies under a domain.  Pure."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from scanner.inventory import Agency, Asset, System

SITES = {"web", "cms"}  # roles that imply a site, when no URL is given
HTTP_PORTS = {"http": 80, "https": 443}
STREAM_PORTS = {"rtmp": 1935, "rtmps": 443, "rtsp": 554, "rtsps": 322, "srt": 9000}


def urls_of(asset: Asset) -> tuple[str, ...]:
    """The declared sites; an asset with the role of one has its address as its site."""
    if asset.urls or not SITES & set(asset.roles):
        return asset.urls
    host = f"[{asset.address}]" if ":" in asset.address else asset.address
    return (f"https://{host}/",)


def declared_ports(asset: Asset) -> Iterator[int]:
    """The ports of its sites, TLS services and streams."""
    for url in urls_of(asset):
        yield port_of(url)
    for tls in asset.tls:
        yield tls.port
    for stream in asset.streams:
        yield stream_port(stream.url)


def stream_port(url: str) -> int:
    """The port of a stream's URL."""
    parts = urlsplit(url)
    return parts.port or {**STREAM_PORTS, **HTTP_PORTS}[parts.scheme]


def port_of(url: str) -> int:
    """The port of a site's URL."""
    parts = urlsplit(url)
    return parts.port or HTTP_PORTS[parts.scheme]


def hosts_of(agency: Agency) -> tuple[str, ...]:
    """The hosts of an agency that the inventory names."""
    names = set()
    for asset in (asset for system in agency.systems for asset in system.assets):
        urls = (*urls_of(asset), *(one.url for one in asset.streams))
        names |= {asset.address, *(urlsplit(url).hostname or "" for url in urls)}
        names |= {one.name for one in asset.tls}
    return tuple(sorted(name.lower() for name in names if name))


def names_under(zone: str, system: System) -> tuple[tuple[str, ...], tuple[tuple[str, int], ...]]:
    """The names of a system that lie under a domain, and its sites and streams among them."""
    names, services = set(), set()
    for asset in system.assets:
        web = [(urlsplit(url).hostname or "", port_of(url)) for url in urls_of(asset)]
        streams = [(urlsplit(s.url).hostname or "", stream_port(s.url)) for s in asset.streams]
        services |= {one for one in (*web, *streams) if _is_under(one[0], zone)}
        others = (asset.address, *(tls.name for tls in asset.tls))
        names |= {name for name in others if _is_under(name, zone)}
    names |= {name for name, _ in services}
    return tuple(sorted(names)), tuple(sorted(services))


def _is_under(name: str, zone: str) -> bool:
    return name == zone or name.endswith(f".{zone}")
