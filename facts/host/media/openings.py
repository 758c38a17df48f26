"""What a stranger may do at a server, by its settings: publish, play, manage.  Pure."""

from __future__ import annotations

from facts.base import Unknown
from facts.host.media.mapping import items_of, played, where
from facts.host.media.model import DEFAULT, Door, Item, Page, Server, open_to_all

MOST = 20  # names that are told


def takers(server: Server, url: str, port: int = 0) -> tuple[str, ...] | Unknown:
    """The applications, mounts and paths to which a stranger may publish, by any of its doors.

    A door on loopback counts where it is the declared port: something hands strangers on to it.
    """
    if isinstance(server.items, Unknown):
        return server.items
    if isinstance(server.doors, Unknown):
        return server.doors
    own = where(url, port)[1]
    reached = [door for door in server.doors if not door.loopback or door.port == own]
    doors = [door for door in reached if door.takes]
    found = {item.name: _taken(item, doors) for item in server.items}
    taken = tuple(name for name, is_open in found.items() if is_open is True)
    unsure = [is_open for is_open in found.values() if isinstance(is_open, Unknown)]
    return unsure[0] if unsure and not taken else taken[:MOST]


def _taken(item: Item, doors: list[Door]) -> bool | Unknown:
    asked = open_to_all(item.publish)
    if asked is False:
        return False
    shut = [_shut(door) for door in doors if not item.ports or door.port in item.ports]
    if any(each is False for each in shut):
        return asked
    return next((each for each in shut if isinstance(each, Unknown)), False)


def _shut(door: Door) -> bool | Unknown:
    """Does it ask everybody for SRT's passphrase?"""
    return door.tls if door.protocol == "srt" else False


def playable(server: Server, url: str, port: int = 0) -> bool | Unknown:
    """May a stranger play this stream?"""
    scheme, own = where(url, port)
    doors = () if isinstance(server.doors, Unknown) else server.doors
    if scheme == "srt" and any(
        door.protocol == "srt" and door.port == own and door.tls is True for door in doors
    ):
        return False
    return open_to_all(played(server, url, port))


def pages(server: Server, *, manages: bool) -> tuple[Page, ...] | Unknown:
    """The pages that others than the host itself reach: those that manage, or those that list."""
    if isinstance(server.pages, Unknown):
        return server.pages
    return tuple(page for page in server.pages if page.manages is manages and not page.loopback)


def unguarded(server: Server, *, manages: bool) -> tuple[str, ...] | Unknown:
    """Those of them that show themselves to a stranger, or to who knows the maker's password."""
    listed = pages(server, manages=manages)
    if isinstance(listed, Unknown):
        return listed
    found = {f"{page.name} ({page.port})": open_to_all(page.asks) for page in listed}
    shown = tuple(name for name, is_open in found.items() if is_open is True)
    unsure = [is_open for is_open in found.values() if isinstance(is_open, Unknown)]
    return unsure[0] if unsure and not shown else shown[:MOST]


def by_default(server: Server) -> tuple[str, ...] | Unknown:
    """The pages, reached from elsewhere, that the maker's own password opens."""
    listed = pages(server, manages=True)
    if isinstance(listed, Unknown):
        return listed
    return tuple(
        f"{page.name} ({page.port})"
        for page in listed
        if not isinstance(page.asks, Unknown) and DEFAULT in page.asks
    )[:MOST]


__all__ = ["by_default", "items_of", "pages", "playable", "takers", "unguarded"]
