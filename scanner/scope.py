"""The guard: what the owner has authorised, asked at every connection.

Networks say which addresses may be probed.  A name must resolve into them; a name that is listed
may also lead to any public address (a content-delivery network), but then only its declared
services are visited, since strangers may share that address (docs/decisions/0002).
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from fnmatch import fnmatchcase
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Network = IPv4Network | IPv6Network
Lookup = Callable[[str], Iterable[str]]


class OutOfScope(Exception):
    """Not authorised: nothing was sent.  `why` is a literal sentence, `detail` what it is about."""

    def __init__(self, why: str, detail: str) -> None:
        super().__init__(f"{why}: {detail}")
        self.why = why
        self.detail = detail


@dataclass(frozen=True)
class Authorisation:
    """The written permission, as the inventory gives it."""

    document: str
    valid_from: date
    valid_to: date
    networks: tuple[Network, ...]
    names: tuple[str, ...] = ()
    windows: tuple[tuple[time, time], ...] = ()
    contact: str = ""


@dataclass(frozen=True)
class Resolution:
    """A name's addresses: those that may be probed, and those that may not, with the reason."""

    addresses: tuple[str, ...]
    refused: tuple[str, ...] = ()


def system_lookup(name: str) -> list[str]:
    """Every address of a name, from the system's resolver, IPv4 and IPv6.

    Raises `OSError` when it has none.
    """
    found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True)
class Scope:
    """Answers one question: may this be probed, now?"""

    authorisation: Authorisation
    lookup: Lookup = system_lookup
    now: Callable[[], datetime] = datetime.now

    def permit_time(self) -> None:
        """Raises `OutOfScope` outside the authorisation's days and hours (local time)."""
        auth, now = self.authorisation, self.now()
        if not auth.valid_from <= now.date() <= auth.valid_to:
            days = f"{auth.valid_from} – {auth.valid_to}"
            raise OutOfScope("The authorisation is not valid today", days)
        if auth.windows and not any(_inside(now.time(), window) for window in auth.windows):
            hours = ", ".join(f"{a:%H:%M}-{b:%H:%M}" for a, b in auth.windows)
            raise OutOfScope("Now is outside the authorised hours", hours)

    def permit(self, address: str, name: str = "") -> bool:
        """May this address be probed, now, under this name?

        Returns True when it is authorised by its name alone.  Raises `OutOfScope` when not.
        """
        self.permit_time()
        if self.in_networks(address):
            return False
        if name and self.listed(name) and _plain(address).is_global:
            return True
        raise OutOfScope(
            "The address is outside the authorised networks",
            f"{name} → {address}" if name and name != address else address,
        )

    def resolve(self, name: str) -> Resolution:
        """Look a name up, and sort its addresses into permitted and refused.

        An address stands for itself.  Raises `OSError` when the name has no address, and
        `OutOfScope` when nothing may be sent now.
        """
        self.permit_time()
        allowed, refused = [], []
        for address in [name] if is_address(name) else self.lookup(name):
            try:
                self.permit(address, name)
                allowed.append(address)
            except OutOfScope:
                refused.append(address)
        return Resolution(tuple(allowed), tuple(refused))

    def in_networks(self, address: str) -> bool:
        """Is it inside one of the authorised networks?  IPv4 inside IPv6 counts as IPv4."""
        place = _plain(address)
        return any(
            place.version == net.version and place in net for net in self.authorisation.networks
        )

    def listed(self, name: str) -> bool:
        """Is the name among the authorised names?  `*.example.vn` does not cover `example.vn`."""
        wanted = name.lower().rstrip(".")
        return any(
            fnmatchcase(wanted, pattern.lower().rstrip(".")) for pattern in self.authorisation.names
        )


def is_address(text: str) -> bool:
    """Is this an IP address and no name?"""
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _plain(address: str) -> IPv6Address | IPv4Address:
    place = ip_address(address.partition("%")[0])
    mapped = place.ipv4_mapped if isinstance(place, IPv6Address) else None
    return mapped or place


def _inside(now: time, window: tuple[time, time]) -> bool:
    start, end = window
    return start <= now < end if start <= end else now >= start or now < end
