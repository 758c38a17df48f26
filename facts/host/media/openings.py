"""What a stranger may do at a server, by its settings: publish, play.  Pure."""

from __future__ import annotations

from facts.base import Unknown
from facts.host.media.mapping import played, where
from facts.host.media.model import Door, Item, Server, open_to_all

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
    found = [(item.name, _taken(item, doors)) for item in server.items]
    taken = tuple(dict.fromkeys(name for name, is_open in found if is_open is True))
    unsure = [is_open for _, is_open in found if isinstance(is_open, Unknown)]
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
