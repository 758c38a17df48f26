"""Icecast, by icecast.xml.  Sources: icecast.org/docs, "Config File"; src/cfgfile.c of 2.4.4.

Without a source password in the file nobody may publish with one; a mount may have its own, or
ask another server.  A socket is TLS only where a certificate is named, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from facts.base import Unknown
from facts.host.media.model import (
    ANY,
    CALLBACK,
    CLOSED,
    DEFAULT,
    PASSWORD,
    Door,
    Item,
    Page,
    Server,
    host_port,
    unread,
)

PRODUCT = "icecast"
NOT_UNDERSTOOD = Unknown("The streaming server's settings were not understood", PRODUCT)
ROLES = Unknown("Rules of its own decide who may publish here", PRODUCT)
MAKERS = {"hackme", "hackmemore", "changeme", "changemetoo", "icecast", "password", "admin"}
PORT = 8000
MOST = 500  # mounts, sockets


def read(text: str | Unknown, config: str) -> Server:
    """What this file says."""
    if isinstance(text, Unknown):
        return unread(PRODUCT, text, config)
    try:
        top = fromstring(text.strip().encode("utf-8", "replace"))
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return unread(PRODUCT, NOT_UNDERSTOOD, config)
    if top.tag != "icecast":
        return unread(PRODUCT, NOT_UNDERSTOOD, config)
    doors = _doors(top)
    named = dict(_passwords(top))
    return Server(
        PRODUCT,
        config=config[:300],
        doors=doors,
        items=tuple(_items(top)),
        pages=_pages(top, doors),
        default_passwords=tuple(name for name, word in named.items() if word in MAKERS),
    )


def _text(of: Element | None, path: str) -> str:
    """What stands in the last element of this path (the last one counts)."""
    found = of.findall(path)[-1:] if of is not None else []
    return (found[0].text or "").strip() if found else ""


def _on(text: str) -> bool:
    return text.lower() in {"1", "true", "yes", "on"}


def _doors(top: Element) -> tuple[Door, ...] | Unknown:
    certificate = bool(
        _text(top, "paths/ssl-certificate") or _text(top, "paths/tls-certificate")
        or top.find(".//tls-context/tls-certificate") is not None
    )  # fmt: skip
    outer = _text(top, "bind-address")
    sockets = top.findall("listen-socket")[:MOST]
    found = []
    for socket in sockets:
        place = host_port(_text(socket, "port") or str(PORT))
        address = _text(socket, "bind-address")
        if place is None:
            return NOT_UNDERSTOOD
        found.append(_door(socket, address, place[1], certificate))
    if not sockets:
        place = host_port(_text(top, "port") or str(PORT))
        found = [Door("http", _everywhere(outer), place[1], tls=False)] if place else []
    return tuple(found) or NOT_UNDERSTOOD


def _everywhere(address: str) -> str:
    place = host_port(f"[{address}]:1")
    return place[0] if place else address[:100]


def _door(socket: Element, address: str, port: int, certificate: bool) -> Door:
    mode = _text(socket, "tls-mode").lower()
    tls: bool | Unknown = certificate and _on(_text(socket, "ssl") or _text(socket, "tls"))
    if mode in {"rfc2818", "auto_no_plain"}:
        tls = certificate
    return Door("http", _everywhere(address), port, tls)


def _passwords(top: Element) -> Iterator[tuple[str, str]]:
    """Each password that is set, by the name of its setting.  For this module alone."""
    for name in ("source-password", "relay-password", "admin-password"):
        if word := _text(top, f"authentication/{name}"):
            yield name, word
    for mount in top.findall("mount")[:MOST]:
        if word := _text(mount, "password"):
            yield f"password of {_text(mount, 'mount-name') or ANY}"[:120], word


def _items(top: Element) -> Iterator[Item]:
    """Each mount; ANY for those that are not listed.  2.4 hands on a default mount's password and
    `no-mount` to the others, but not its authentication."""
    mounts = top.findall("mount")[:MOST]
    roles = any(found is not None for found in map(_role, (top, *mounts)))
    common = _text(top, "authentication/source-password")
    default = next((m for m in mounts if m.get("type") == "default" and not _name(m)), None)
    passed_on = _text(default, "password") or common
    for mount in mounts:
        if name := _name(mount):
            own = mount.get("type") == "default" or not _on(_text(default, "no-mount"))
            yield _item(name, mount, passed_on, own, roles)
    yield _item(ANY, default, common, True, roles)


def _name(mount: Element) -> str:
    return _text(mount, "mount-name")


def _role(of: Element) -> Element | None:
    return of.find("authentication/role")


def _item(name: str, mount: Element | None, common: str, served: bool, roles: bool) -> Item:
    publish: tuple[str, ...] | Unknown = _publish(mount, common)
    play: tuple[str, ...] | Unknown = _play(mount) if served else (CLOSED,)
    if roles:  # 2.5
        publish = publish if publish == (DEFAULT,) else ROLES
        play = ROLES
    return Item(name[:200], publish, play)


def _options(mount: Element | None) -> tuple[str, dict[str, str]]:
    """The kind of a mount's own authentication, and its options."""
    one = mount.find("authentication") if mount is not None else None
    if one is None:
        return "", {}
    options = {o.get("name", ""): o.get("value", "") for o in one.findall("option")[:MOST]}
    return one.get("type", ""), options


def _publish(mount: Element | None, common: str) -> tuple[str, ...]:
    kind, options = _options(mount)
    if kind == "url" and options.get("stream_auth"):
        return (CALLBACK,)
    word = _text(mount, "password") or common
    if not word:
        return (CLOSED,)
    return (DEFAULT,) if word in MAKERS else (PASSWORD,)


def _play(mount: Element | None) -> tuple[str, ...]:
    kind, options = _options(mount)
    if _on(_text(mount, "no-mount")):
        return (CLOSED,)
    if kind == "url":
        return (CALLBACK,) if options.get("listener_add") else ()
    return (PASSWORD,) if kind == "htpasswd" else ()


def _pages(top: Element, doors: tuple[Door, ...] | Unknown) -> tuple[Page, ...] | Unknown:
    """The administrator's pages, at every door."""
    if isinstance(doors, Unknown):
        return doors
    word = _text(top, "authentication/admin-password")
    asks = (CLOSED,) if not word else (DEFAULT,) if word in MAKERS else (PASSWORD,)
    return tuple(Page("admin", True, door.address, door.port, asks) for door in doors)
