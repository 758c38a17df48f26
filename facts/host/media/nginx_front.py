"""Where nginx hands connections on to its RTMP servers: `stream {}`, with TLS or without.  Pure.

Behind it every publisher comes from loopback, so that a rule which lets loopback in lets everybody
in; only with PROXY's protocol on both sides the module sees their own addresses.  Sources:
nginx.org/en/docs/stream/ngx_stream_proxy_module.html, ..._access_module.html.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from facts.host.media.model import host_port
from facts.host.media.nginx_http import by_address
from facts.host.nginx_tree import Directive

Block = Sequence[Directive]


@dataclass(frozen=True)
class Front:
    """One place where nginx takes connections for an RTMP server behind it."""

    address: str
    port: int
    tls: bool
    goes: int  # the port behind it, on loopback
    asks: tuple[str, ...]  # what it asks itself: addresses
    named: bool  # it tells the server behind it who comes
    wide: bool  # by IPv6, too


def fronts(settings: Block) -> Iterator[Front]:
    """Each of them."""
    for outer in _of(settings, "stream"):
        for server in _of(outer.block or (), "server"):
            levels = (outer.block or (), server.block or ())
            to = [host_port(each.args[0]) for each in _of(levels[1], "proxy_pass") if each.args]
            goes = next((p[1] for p in to if p and p[0].startswith(("127.", "localhost"))), 0)
            named = any(_of(block, "proxy_protocol")[-1:] == [_ON] for block in levels)
            for each in _of(levels[1], "listen"):
                place = host_port(each.args[0]) if each.args else None
                if place and goes:
                    tls = "ssl" in each.args[1:]
                    wide = "[" in each.args[0]
                    yield Front(*place, tls, goes, by_address(levels) or (), named, wide)


_ON = Directive("proxy_protocol", ("on",))


def _of(block: Block, name: str) -> list[Directive]:
    return [each for each in block if each.name == name]
