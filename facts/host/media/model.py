"""What the settings of streaming servers say, without their secrets.  Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from ipaddress import ip_address, ip_network

from facts.base import NOT_GATHERED, Unknown

ANY = "*"  # the item of every name that is not listed

# What a server asks of those who come; no word at all: nothing.
PASSWORD = "password"  # noqa: S105  # a word for what is asked
DEFAULT = "default password"  # the one that is in the maker's own file
CALLBACK = "callback"  # another server is asked
ADDRESSES = "addresses"  # only these may come
CLOSED = "closed"  # nobody may

Asked = tuple[str, ...] | Unknown


def open_to_all(asked: Asked) -> bool | Unknown:
    """May a stranger come in: is nothing asked, or only what everybody knows?"""
    if isinstance(asked, Unknown):
        return asked
    return set(asked) <= {DEFAULT}


@dataclass(frozen=True)
class Door:
    """Where a server listens, as its settings say."""

    protocol: str  # rtmp, rtsp, srt, http
    address: str  # "": everywhere
    port: int
    tls: bool | Unknown  # of SRT: everybody must have a passphrase
    takes: bool = True  # streams may be published here, too

    @property
    def loopback(self) -> bool:
        """Can only the host itself reach it?"""
        return loopback(self.address)


@dataclass(frozen=True)
class Item:
    """An application, a mount, a path: what is asked of those who publish and who play."""

    name: str
    publish: tuple[str, ...] | Unknown
    play: tuple[str, ...] | Unknown
    ports: tuple[int, ...] = ()  # where it is served; empty: at every door of the server


@dataclass(frozen=True)
class Page:
    """What serves to run the server, or to see what it does."""

    name: str  # api, metrics, pprof, admin, rtmp_stat, rtmp_control
    manages: bool  # it can change something, or shows the server's inside; else it lists streams
    address: str
    port: int
    asks: tuple[str, ...] | Unknown

    @property
    def loopback(self) -> bool:
        """Can only the host itself reach it?"""
        return loopback(self.address)


@dataclass(frozen=True)
class Server:
    """One streaming server that runs, by its own settings."""

    product: str  # nginx-rtmp, icecast, mediamtx, srs, shoutcast, wowza
    version: str | Unknown = NOT_GATHERED  # as its package or the program itself says
    packaged: bool | Unknown = NOT_GATHERED  # it is a package of the distribution's
    config: str = ""  # the file
    doors: tuple[Door, ...] | Unknown = NOT_GATHERED
    items: tuple[Item, ...] | Unknown = NOT_GATHERED
    pages: tuple[Page, ...] | Unknown = NOT_GATHERED
    default_passwords: tuple[str, ...] | Unknown = NOT_GATHERED  # settings that are the maker's


def unread(product: str, why: Unknown, config: str = "") -> Server:
    """A server that runs, and whose settings are not known."""
    blank = Server(product, config=config[:300])
    return replace(blank, doors=why, items=why, pages=why, default_passwords=why)


def loopback(address: str) -> bool:
    """Is this an address of the host itself alone?"""
    plain = address.strip("[]").partition("%")[0].removeprefix("::ffff:")
    return plain == "localhost" or plain.startswith(("127.", "unix:")) or plain == "::1"


def everybody(network: str) -> bool:
    """Does this network hold (nearly) every address of its family?"""
    try:
        parsed = ip_network(network.strip(), strict=False)
    except ValueError:
        return False
    return parsed.prefixlen < (8 if parsed.version == 4 else 16)


def holds(network: str, address: str) -> bool:
    """Is this address in the network?"""
    try:
        return ip_address(address) in ip_network(network.strip(), strict=False)
    except ValueError:
        return False


def addresses(allowed: Iterable[str]) -> bool:
    """Is this a list of networks that keeps strangers out?"""
    listed = [one for one in allowed if one.strip()]
    return bool(listed) and not any(everybody(one) for one in listed)


def host_port(text: str, default: int = 0) -> tuple[str, int] | None:
    """`1.2.3.4:80`, `[::1]:80`, `:80`, `80`: the address ("" for everywhere) and the port."""
    host, colon, port = text.strip().rpartition(":")
    if not colon and not port.isdecimal():
        host, port = port, str(default)
    if not (port.isascii() and port.isdecimal()) or not 0 < int(port[:6]) < 1 << 16:
        return None
    host = host.strip("[]")
    if host in {"", "*", "0.0.0.0", "::"}:  # noqa: S104  # recognised, not bound
        return "", int(port)
    try:
        return str(ip_address(host.partition("%")[0])), int(port)
    except ValueError:
        return host[:100], int(port)
