"""What a port sweep saw of one host: every port that was tried, and what the open ones said.

`read` takes what python-nmap makes of nmap's XML, with what it drops added by the probe.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from facts.base import NOT_GATHERED, Unknown
from facts.services import Known, Seen, families

TEXT = 200  # characters kept of what a host says of itself
TRUE_NAME = 10  # nmap's confidence in a service that it asked; 3 is a guess by the number


@dataclass(frozen=True)
class Port:
    """One open TCP port."""

    number: int
    service: str = ""  # nmap's name
    guessed: bool = True  # the name is only what usually has this number
    product: str | Unknown = NOT_GATHERED
    version: str | Unknown = NOT_GATHERED
    extra: str | Unknown = NOT_GATHERED
    tunnel: str | Unknown = NOT_GATHERED  # "ssl", or "" for none

    @property
    def tls(self) -> bool:
        """Is TLS known to be spoken here from the first byte?"""
        return self.tunnel == "ssl"

    @property
    def seen(self) -> Seen:
        """As the tables of services want it."""
        product, extra = (x if isinstance(x, str) else "" for x in (self.product, self.extra))
        return Seen(self.number, self.service, self.guessed, product, extra)

    def shown(self) -> str:
        """`3306/mysql`, for evidence."""
        return f"{self.number}/{self.service}" if self.service else str(self.number)


@dataclass(frozen=True)
class PortFacts:
    """One host's TCP ports.  What is in neither list was not tried."""

    observed_at: datetime
    open: tuple[Port, ...] | Unknown
    closed: str = ""  # ranges: "1-21,23-79"
    filtered: str = ""  # ranges: no answer, or a firewall's refusal
    tried: str = ""  # ranges
    count: int = 0  # ports tried
    answered: bool | Unknown = NOT_GATHERED  # did any port answer at all?
    unauthenticated: Mapping[str, bool | Unknown] = field(default_factory=dict)  # "6379/redis"
    cleartext: Mapping[str, bool | Unknown] = field(default_factory=dict)  # "21/ftp"
    panels: Mapping[str, str | Unknown] = field(default_factory=dict)  # "8443": "plesk", or ""

    def open_ports(self) -> tuple[Port, ...]:
        """The open ports, in order; none when they are not known."""
        return () if isinstance(self.open, Unknown) else self.open

    def state(self, number: int) -> str:
        """`open`, `closed`, `filtered`, or "" for a port that was not tried."""
        if any(port.number == number for port in self.open_ports()):
            return "open"
        if within(number, self.closed):
            return "closed"
        return "filtered" if within(number, self.filtered) else ""

    def of(self, table: Mapping[str, Known]) -> Iterator[tuple[Port, str]]:
        """The open ports that are one of a table's services, with its name."""
        for port in self.open_ports():
            for family in families(port.seen, table):
                yield port, family


@dataclass(frozen=True)
class Sweep:
    """What one nmap process says of one host."""

    open: tuple[Port, ...] = ()
    closed: frozenset[int] = frozenset()
    filtered: frozenset[int] = frozenset()
    late: bool = False  # nmap gave the host up

    @property
    def answered(self) -> bool:
        """Did any port answer, open or closed?"""
        return bool(self.open or self.closed)


def read(host: Mapping[str, Any], tried: frozenset[int] = frozenset()) -> Sweep:
    """One host of a python-nmap result, with `extraports` and `tunnel` added.  Never raises.

    States that mean that the port did not answer as a service count as filtered.  nmap before
    7.92 does not say which ports its sums are of: they are those `tried` that it does not list.
    """
    found: list[Port] = []
    closed: set[int] = set()
    filtered: set[int] = set()
    ports = host.get("tcp")
    listed = ports.items() if isinstance(ports, Mapping) else ()
    for number, said in sorted(
        ((n, s) for n, s in listed if _is_port(n) and isinstance(s, Mapping)), key=_number
    ):
        if said.get("state") == "open":
            found.append(_port(number, said))
        else:
            (closed if said.get("state") == "closed" else filtered).add(number)
    sums = list(_pairs(host.get("extraports")))
    for state, text in sums:
        (closed if state == "closed" else filtered).update(numbers(text))
    if sums and not all(text for _, text in sums):
        rest = tried - closed - filtered - {port.number for port in found}
        (closed if "closed" in dict(sums) else filtered).update(rest)
    return Sweep(
        open=tuple(found),
        closed=frozenset(closed),
        filtered=frozenset(filtered),
        late=host.get("timedout") is True,
    )


def named(port: Port, said: Iterable[Port]) -> Port:
    """A port of the first sweep with what the second, which asked it, found."""
    return next((other for other in said if other.number == port.number), port)


def unasked(port: Port, why: Unknown) -> Port:
    """A port that could not be asked who it is."""
    return replace(port, product=why, version=why, extra=why, tunnel=why)


@lru_cache(maxsize=4)  # a run tries the same ports everywhere; 65,535 of them are some MB
def numbers(text: str) -> frozenset[int]:
    """The ports of a list of ranges, `1-3,80`.  What is no port is left out."""
    found: set[int] = set()
    for part in text.split(",") if text else ():
        first, _, last = part.strip().partition("-")
        try:
            low, high = int(first or 1), int(last or (first if "-" not in part else 65535))
        except ValueError:
            continue
        found.update(range(max(low, 1), min(high, 65535) + 1))
    return frozenset(found)


def ranges(ports: Iterable[int]) -> str:
    """Ports as a list of ranges, the other way round."""
    parts: list[list[int]] = []
    for number in sorted(set(ports)):
        if parts and parts[-1][1] == number - 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in parts)


def within(number: int, text: str) -> bool:
    """Is a port in a list of ranges?"""
    for part in text.split(",") if text else ():
        first, _, last = part.partition("-")
        if int(first) <= number <= int(last or first):
            return True
    return False


def _port(number: int, said: Mapping[str, Any]) -> Port:
    asked = str(said.get("conf")) == str(TRUE_NAME)
    plain = Port(number, _text(said.get("name")), guessed=not asked)
    if not said.get("asked"):
        return plain
    return replace(
        plain,
        product=_text(said.get("product")),
        version=_text(said.get("version")),
        extra=_text(said.get("extrainfo")),
        tunnel=_text(said.get("tunnel")),
    )


def _text(said: object) -> str:
    return "".join(c if c.isprintable() else " " for c in said[:TEXT]) if type(said) is str else ""


def _number(pair: tuple[int, Any]) -> int:
    return pair[0]


def _is_port(number: object) -> bool:
    return type(number) is int and 0 < number < 65536


def _pairs(said: object) -> Iterator[tuple[str, str]]:
    for pair in said if isinstance(said, list | tuple) else ():
        if isinstance(pair, list | tuple) and len(pair) == 2:
            yield str(pair[0]), str(pair[1])
