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
    holds,
    host_port,
    unread,
)
from facts.host.media.nginx_front import Front, fronts
from facts.host.media.nginx_http import guards
from facts.host.nginx_tree import Directive

PRODUCT = "nginx-rtmp"
CONFIG = "/etc/nginx/nginx.conf"

Block = Sequence[Directive]
Levels = Sequence[Block]

LOCAL = "127.0.0.1"  # from where nginx hands on
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
    before = [one for one in fronts(settings) if one.goes in {door.port for door in doors}]
    return Server(
        PRODUCT,
        config=CONFIG,
        doors=(*doors, *(Door("rtmp", one.address, one.port, one.tls) for one in before)),
        items=tuple(
            item
            for (outer, server), listens in zip(servers, ports, strict=True)
            for item in _items(outer, server, listens, before)
        ),
        pages=tuple(_pages(settings)),
        default_passwords=(),
    )


def _of(block: Block, name: str) -> list[Directive]:
    return [each for each in block if each.name == name]


def _listens(server: Block) -> tuple[Door, ...]:
    """Its `listen` lines; nginx-rtmp has no default port but 1935."""
    found = [host_port(each.args[0], 1935) for each in _of(server, "listen") if each.args]
    return tuple(Door("rtmp", place[0], place[1], tls=False) for place in found if place)


def _items(
    outer: Block, server: Block, listens: Sequence[Door], before: Sequence[Front]
) -> Iterator[Item]:
    """Each application, at its own ports and at each place where nginx hands on to them."""
    ports = tuple(door.port for door in listens)
    lines = [each for each in _of(server, "listen") if each.args]
    wide = any("[" in each.args[0] for each in lines)  # IPv6 too
    told = {place[1] for each in lines if "proxy_protocol" in each.args
            and (place := host_port(each.args[0], 1935))}  # fmt: skip
    for each in _of(server, "application"):
        levels = (outer, server, each.block or ())
        name = (each.args[0] if each.args else "")[:100]
        takes = _takes(levels)
        publish = _asked(levels, "publish", _families(wide)) if takes else (CLOSED,)
        yield Item(name, publish, _asked(levels, "play", _families(wide)), ports)
        for one in before:
            if one.goes in ports:
                who = _families(one.wide) if one.named and one.goes in told else (LOCAL,)
                publish = _through(one, levels, "publish", who) if takes else (CLOSED,)
                yield Item(name, publish, _through(one, levels, "play", who), (one.port,))


def _through(front: Front, levels: Levels, action: str, who: Sequence[str]) -> tuple[str, ...]:
    """What is asked of those whom nginx hands on."""
    asked = (*front.asks, *_asked(levels, action, who))
    return (CLOSED,) if CLOSED in asked else tuple(dict.fromkeys(asked))


def _takes(levels: Levels) -> bool:
    """Does this application do anything with what is published to it?"""
    on = any((own := _nearest(levels, name)) and own[-1].args[:1] == ("on",) for name in _TAKES)
    records = (own := _nearest(levels, "record")) and own[-1].args[:1] != ("off",)
    return bool(on or records or any(_nearest(levels, name) for name in _RECORDS[1:]))


def _nearest(levels: Levels, name: str) -> list[Directive]:
    return next((own for block in reversed(levels) if (own := _of(block, name))), [])


def _asked(levels: Levels, action: str, who: Sequence[str]) -> tuple[str, ...]:
    """What is asked of those who publish, or who play."""
    found = _by_address(levels, action, who)
    called = bool(_nearest(levels, f"on_{action}") or _nearest(levels[:2], "on_connect"))
    return (*found, *((CALLBACK,) if called and CLOSED not in found else ()))


def _families(wide: bool) -> tuple[str, ...]:
    """The mark of each family of addresses from which strangers come."""
    return (".", ":") if wide else (".",)


def _by_address(levels: Levels, action: str, who: Sequence[str]) -> tuple[str, ...]:
    """By allow and deny, for strangers or for those from loopback: nothing, a list, or nobody."""
    rules = [
        (each.name == "allow", each.args[-1])
        for block in reversed(levels)
        for each in block
        if each.name in {"allow", "deny"}
        and each.args
        and (len(each.args) == 1 or action in each.args[:-1])
    ]
    decided = [_of_local(rules) if one == LOCAL else _decided(rules, one) for one in who]
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


def _of_local(rules: Sequence[tuple[bool, str]]) -> tuple[str, ...]:
    """The first rule that fits 127.0.0.1 decides."""
    allow = next((allow for allow, who in rules if who == "all" or holds(who, LOCAL)), True)
    return () if allow else (CLOSED,)


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
