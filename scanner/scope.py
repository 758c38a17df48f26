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
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Lookup = Callable[[str], Iterable[str]]

_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: a gateway sends it on to the IPv4 address in it
_IN_USE = IPv6Network("2000::/3")  # where all public IPv6 addresses are
_NO_HOSTS = tuple(
    ip_network(net)
    for net in (
        "0.0.0.0/8",  # "this network"; Linux takes 0.0.0.0 for itself
        "224.0.0.0/4",
        "240.0.0.0/4",
        "::/128",
        "::/96",  # IPv4-compatible, long dead; ::1 is let through below
        "ff00::/8",
        "2002::/16",  # 6to4: the way goes through strangers' relays
        "2001::/32",  # Teredo: the same
        "64:ff9b:1::/48",  # NAT64 of somebody's own: nobody can tell where it leads
    )
)


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
    active: tuple[str, ...] = ()  # trials that write, which a run may be told to make


@dataclass(frozen=True)
class Resolution:
    """A name's addresses: those that may be probed, and those that may not, with the reason."""

    addresses: tuple[str, ...]
    refused: tuple[str, ...] = ()


def system_lookup(name: str) -> list[str]:
    """Every address of a name, from the system's resolver, IPv4 and IPv6.

    Raises `OSError` when it has none.
    """
    try:
        found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except ValueError as error:  # a label too long, a NUL: no name at all
        raise OSError(f"no name: {error}") from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True)
class Scope:
    """Answers one question: may this be probed, now?"""

    authorisation: Authorisation
    lookup: Lookup = system_lookup
    now: Callable[[], datetime] = datetime.now

    def permit_time(self) -> None:
        """Raises `OutOfScope` outside the authorisation's days and hours (local time).

        Both days count in full, but hours that go over midnight end with the last day.
        """
        auth, now = self.authorisation, self.now()
        if not auth.valid_from <= now.date() <= auth.valid_to:
            days = f"{auth.valid_from} – {auth.valid_to}"
            raise OutOfScope("The authorisation is not valid today", days)
        if auth.windows and not any(_inside(now.time(), window) for window in auth.windows):
            hours = ", ".join(f"{a:%H:%M}-{b:%H:%M}" for a, b in auth.windows)
            raise OutOfScope("Now is outside the authorised hours", hours)

    def permit(self, address: str, name: str = "") -> bool:
        """May this address be probed, now, under this name?

        Returns True when it is authorised by its name alone.  Raises `OutOfScope` when not, and
        for anything that is no address: names are looked up once, by `resolve`, and never later.
        """
        self.permit_time()
        place = _address(address)
        if place is None:
            raise OutOfScope("Only an address that was checked may be connected to", address)
        if self._covers(place):
            return False
        if name and self.listed(name) and _public(place):
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
        place = _address(address)
        return place is not None and self._covers(place)

    def listed(self, name: str) -> bool:
        """Is the name among the authorised names?

        `*.example.vn` covers every name below example.vn, however deep, and not example.vn.
        """
        wanted = canonical(name)
        for written in self.authorisation.names:
            below = written.startswith("*.")
            pattern = canonical(written.removeprefix("*."))
            if wanted.endswith(f".{pattern}") if below else wanted == pattern:
                return not is_address(wanted)
        return False

    def _covers(self, place: Address) -> bool:
        return hosts(place) and any(
            place.version == net.version and place in net for net in self.authorisation.networks
        )


def is_address(text: str) -> bool:
    """Is this an IP address and no name?"""
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def canonical(name: str) -> str:
    """A name's one form: lower case, no dot at the end, other letters in punycode."""
    name = name.strip().rstrip(".").lower()
    if name.isascii():
        return name
    try:
        return name.encode("idna").decode("ascii").lower().rstrip(".")
    except UnicodeError:
        return name


def embedded(place: Address) -> Address:
    """The IPv4 address that packets to this IPv6 address end at; else the address itself."""
    if isinstance(place, IPv4Address):
        return place
    if place in _NAT64:
        return IPv4Address(int(place) & 0xFFFFFFFF)
    return place.ipv4_mapped or place


def hosts(place: Address) -> bool:
    """Can this be one host's address?  Not for multicast, "any", and ways through strangers."""
    if place == IPv6Address("::1"):
        return True
    return not any(place.version == net.version and place in net for net in _NO_HOSTS)


def _address(text: str) -> Address | None:
    """The address that a connection would end at; None for a name, and for one with a zone."""
    try:
        return None if "%" in text else embedded(ip_address(text))
    except ValueError:
        return None


def _public(place: Address) -> bool:
    in_use = isinstance(place, IPv4Address) or place in _IN_USE
    return in_use and hosts(place) and place.is_global


def _inside(now: time, window: tuple[time, time]) -> bool:
    start, end = window
    return start <= now < end if start <= end else now >= start or now < end
