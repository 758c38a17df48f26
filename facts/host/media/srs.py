"""SRS, by srs.conf.  Sources: ossrs.io/lts/en-us/docs (Security, HTTP Callback, HTTP API).

With `security` on, nobody may unless a rule allows it, or all rules deny and none fits; one that
denies goes before one that allows (srs_app_security.cpp).  No SRS was to be had for the tests: its
settings are tried as files alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from facts.base import Unknown
from facts.host.media.model import (
    ADDRESSES,
    ANY,
    CALLBACK,
    CLOSED,
    DEFAULT,
    PASSWORD,
    Door,
    Item,
    Page,
    Server,
    everybody,
    host_port,
    unread,
)
from facts.host.nginx_tree import Directive, tree

PRODUCT = "srs"
NOT_UNDERSTOOD = Unknown("The streaming server's settings were not understood", PRODUCT)

Block = Sequence[Directive]

MAKERS = {"admin", "password"}  # what stands in the files that come with it

# block, protocol, usual port, is it TLS
_SERVERS = (
    ("rtmps", "rtmp", 1443, True),
    ("http_server", "http", 8080, False),
    ("srt_server", "srt", 10080, False),
)


def read(text: str | Unknown, config: str) -> Server:
    """What this file says."""
    if isinstance(text, Unknown):
        return unread(PRODUCT, text, config)
    top = tree({config: text}, config, config.rpartition("/")[0])
    if isinstance(top, Unknown) or not top:
        return unread(PRODUCT, NOT_UNDERSTOOD, config)
    api = _block(top, "http_api")
    word = _value(_block(api, "auth"), "password")
    return Server(
        PRODUCT,
        config=config[:300],
        doors=tuple(_doors(top)),
        items=tuple(_items(top)),
        pages=tuple(_pages(api)),
        default_passwords=("http_api.auth.password",) if word in MAKERS else (),
    )


def _of(block: Block, name: str) -> list[Directive]:
    return [each for each in block if each.name == name]


def _block(block: Block, name: str) -> Block:
    found = _of(block, name)
    return (found[-1].block or ()) if found else ()


def _value(block: Block, name: str, default: str = "") -> str:
    found = _of(block, name)
    return found[-1].args[0] if found and found[-1].args else default


def _on(block: Block) -> bool:
    return _value(block, "enabled", "off") == "on"


def _listens(block: Block, port: int) -> Iterator[tuple[str, int]]:
    words = [word for each in _of(block, "listen") for word in each.args] or [str(port)]
    for word in words:
        if place := host_port(word):
            yield place


def _doors(top: Block) -> Iterator[Door]:
    plain = _block(top, "rtmp")  # since 6
    for place in _listens(plain if plain else top, 1935):
        yield Door("rtmp", *place, tls=False)
    for name, protocol, port, safe in _SERVERS:
        block = _block(top, name)
        if _on(block):
            tls = safe or (protocol == "srt" and bool(_value(block, "passphrase")))
            for place in _listens(block, port):
                yield Door(protocol, *place, tls, takes=protocol != "http")
            https = _block(block, "https")
            if _on(https):
                for place in _listens(https, 8088):
                    yield Door(protocol, *place, tls=True, takes=protocol != "http")


def _items(top: Block) -> Iterator[Item]:
    """Each virtual host: SRS asks by virtual host, and not by application."""
    hosts = [each for each in _of(top, "vhost") if each.args]
    for each in hosts:
        block = each.block or ()
        if _value(block, "enabled", "on") == "on":
            name = ANY if each.args[0] == "__defaultVhost__" else each.args[0]
            yield Item(name[:100], _asked(block, "publish"), _asked(block, "play"))
    if not any(each.args[0] == "__defaultVhost__" for each in hosts):
        yield Item(ANY, (CLOSED,), (CLOSED,))


def _asked(host: Block, action: str) -> tuple[str, ...]:
    hooks = _block(host, "http_hooks")
    called = _on(hooks) and any(_of(hooks, name) for name in (f"on_{action}", "on_connect"))
    by_address = _by_address(_block(host, "security"), action)
    return (*by_address, *((CALLBACK,) if called and by_address != (CLOSED,) else ()))


def _by_address(security: Block, action: str) -> tuple[str, ...]:
    if not _on(security):
        return ()
    allowed, denied = (
        [e.args[1] for e in _of(security, name) if e.args[:1] == (action,) and len(e.args) > 1]
        for name in ("allow", "deny")
    )
    if any(_all(one) for one in denied):
        return (CLOSED,)
    if allowed:
        return () if any(_all(one) for one in allowed) else (ADDRESSES,)
    only_denies = _of(security, "deny") and not _of(security, "allow")
    return () if only_denies else (CLOSED,)


def _all(word: str) -> bool:
    return word == "all" or everybody(word)


def _pages(api: Block) -> Iterator[Page]:
    if not _on(api):
        return
    auth = _block(api, "auth")
    word = _value(auth, "password") if _on(auth) else ""
    asks = (DEFAULT,) if word in MAKERS else (PASSWORD,) if word else ()
    for place in _listens(api, 1985):
        yield Page("http_api", True, *place, asks)
