"""nginx's streaming module: who may publish to each application and play it, and its pages.

Sources: github.com/arut/nginx-rtmp-module/wiki/Directives and its ngx_rtmp_access_module.c: rules
of an inner block come before those of the outer one, the first that fits decides, and without one
everybody may come.  A callback is inherited where the inner block has none of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from facts.base import Unknown
from facts.host.media.model import (
    ADDRESSES,
    CALLBACK,
    CLOSED,
    Door,
    Item,
    Page,
    Server,
    everybody,
    host_port,
    unread,
)
from facts.host.media.nginx_http import guards
from facts.host.nginx_tree import Directive

PRODUCT = "nginx-rtmp"
CONFIG = "/etc/nginx/nginx.conf"

Block = Sequence[Directive]
Levels = Sequence[Block]

PAGES = {"rtmp_stat": False, "rtmp_control": True}  # whether it manages
_TAKES = ("live", "hls", "dash")  # an application without one of them serves files alone
_RECORDS = ("record", "exec_publish", "exec", "exec_push")


def read(settings: tuple[Directive, ...] | Unknown | None) -> Server | None:
    """The server; None where nginx has no streaming module in its settings."""
    if settings is None:
        return None
    if isinstance(settings, Unknown):
        return unread(PRODUCT, settings, CONFIG)
    blocks = _of(settings, "rtmp")
    if not blocks:
        return None
    servers = [(outer.block or (), each.block or ()) for outer in blocks
               for each in _of(outer.block or (), "server")]  # fmt: skip
    ports = [_listens(server) for _, server in servers]
    doors = tuple(door for listens in ports for door in listens)
    items = tuple(
        item
        for (outer, server), listens in zip(servers, ports, strict=True)
        for item in _items(outer, server, listens)
    )
    return Server(
        PRODUCT,
        config=CONFIG,
        doors=(*doors, *_over_tls(settings, doors)),
        items=_reached_over_tls(items, settings, doors),
        pages=tuple(_pages(settings)),
        default_passwords=(),
    )


def _of(block: Block, name: str) -> list[Directive]:
    return [each for each in block if each.name == name]


def _listens(server: Block) -> tuple[Door, ...]:
    """Its `listen` lines; nginx-rtmp has no default port but 1935."""
    found = [host_port(each.args[0], 1935) for each in _of(server, "listen") if each.args]
    return tuple(Door("rtmp", place[0], place[1], tls=False) for place in found if place)


def _over_tls(settings: Block, plain: Sequence[Door]) -> tuple[Door, ...]:
    """Where nginx itself takes RTMPS and hands it to one of these doors (`stream {}`)."""
    return tuple(
        Door("rtmp", place[0], place[1], tls=True) for place, _ in _handed_on(settings, plain)
    )


def _handed_on(settings: Block, plain: Sequence[Door]) -> Iterator[tuple[tuple[str, int], int]]:
    """(where TLS is taken, the door's port that it goes to)."""
    ports = {door.port for door in plain}
    for outer in _of(settings, "stream"):
        for server in _of(outer.block or (), "server"):
            block = server.block or ()
            to = [host_port(each.args[0]) for each in _of(block, "proxy_pass") if each.args]
            goes = next((p[1] for p in to if p and p[0].startswith(("127.", "localhost"))), 0)
            for each in _of(block, "listen"):
                place = host_port(each.args[0]) if each.args else None
                if place and "ssl" in each.args[1:] and goes in ports:
                    yield place, goes


def _reached_over_tls(
    items: tuple[Item, ...], settings: Block, plain: Sequence[Door]
) -> tuple[Item, ...]:
    """The items, at the ports where RTMPS is taken for them too."""
    more = [(place[1], goes) for place, goes in _handed_on(settings, plain)]
    return tuple(
        Item(
            item.name,
            item.publish,
            item.play,
            (*item.ports, *(port for port, goes in more if goes in item.ports)),
        )
        for item in items
    )


def _items(outer: Block, server: Block, listens: Sequence[Door]) -> Iterator[Item]:
    ports = tuple(door.port for door in listens)
    wide = any("[" in each.args[0] for each in _of(server, "listen") if each.args)  # IPv6 too
    for each in _of(server, "application"):
        levels = (outer, server, each.block or ())
        name = each.args[0] if each.args else ""
        publish = _asked(levels, "publish", wide) if _takes(levels) else (CLOSED,)
        yield Item(name[:100], publish, _asked(levels, "play", wide), ports)


def _takes(levels: Levels) -> bool:
    """Does this application do anything with what is published to it?"""
    on = any((own := _nearest(levels, name)) and own[-1].args[:1] == ("on",) for name in _TAKES)
    records = (own := _nearest(levels, "record")) and own[-1].args[:1] != ("off",)
    return bool(on or records or any(_nearest(levels, name) for name in _RECORDS[1:]))


def _nearest(levels: Levels, name: str) -> list[Directive]:
    return next((own for block in reversed(levels) if (own := _of(block, name))), [])


def _asked(levels: Levels, action: str, wide: bool) -> tuple[str, ...]:
    """What is asked of those who publish, or who play."""
    by_address = _by_address(levels, action, wide)
    called = bool(_nearest(levels, f"on_{action}") or _nearest(levels[:2], "on_connect"))
    return (*by_address, *((CALLBACK,) if called and CLOSED not in by_address else ()))


def _by_address(levels: Levels, action: str, wide: bool) -> tuple[str, ...]:
    """By allow and deny, for each family of addresses: nothing, a list alone, or nobody."""
    rules = [
        (each.name == "allow", each.args[-1])
        for block in reversed(levels)
        for each in block
        if each.name in {"allow", "deny"}
        and each.args
        and (len(each.args) == 1 or action in each.args[:-1])
    ]
    families = [_decided(rules, ":")] if wide else []
    decided = [_decided(rules, "."), *families]
    if any(not one for one in decided):
        return ()
    return (CLOSED,) if all(one == (CLOSED,) for one in decided) else (ADDRESSES,)


def _decided(rules: Sequence[tuple[bool, str]], mark: str) -> tuple[str, ...]:
    some = False
    for allow, who in rules:
        if who == "all" or (mark in who and everybody(who)):
            if allow:
                return ()
            return (ADDRESSES,) if some else (CLOSED,)
        some = some or (allow and mark in who)
    return ()


def _pages(settings: Block) -> Iterator[Page]:
    for outer in _of(settings, "http"):
        for server in _of(outer.block or (), "server"):
            block = server.block or ()
            for name, levels in _places((outer.block or (), block)):
                asks = guards(levels)
                for address, port in _http_listens(block):
                    yield Page(name, PAGES[name], address, port, asks)


def _places(levels: tuple[Block, ...]) -> Iterator[tuple[str, tuple[Block, ...]]]:
    """Each page, and the blocks that it stands in."""
    for name in PAGES:
        own = _of(levels[-1], name)
        if own and own[-1].args[:1] != ("off",):
            yield name, levels
    for each in _of(levels[-1], "location"):
        yield from _places((*levels, each.block or ()))


def _http_listens(server: Block) -> Iterator[tuple[str, int]]:
    listens = _of(server, "listen")
    if not listens:
        yield "", 80
    for each in listens:
        text = each.args[0] if each.args else "80"
        if text.startswith("unix:"):
            yield text[:100], 0
        elif place := host_port(text, 80):
            yield place
