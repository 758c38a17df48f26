"""A packet filter as chains of rules, and what becomes of a packet that no rule names.  Pure.

nftables and iptables are read into the same few conditions.  A condition is true, false, or not
clear (`None`) for a packet: one that opens a new connection from (or to) a stranger's address.
A rule that may let the packet in, and whose condition is not clear, makes the outcome `UNCLEAR`.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

ACCEPT, DROP, UNCLEAR = "accept", "drop", "unclear"
IPV4, IPV6 = "ipv4", "ipv6"
DEEP = 40  # jumps inside jumps; the kernel takes 16
WIDE = 20_000  # a rule for so many ports names none
SHORT = {4: 3, 6: 2}  # a prefix of so few bits is "everywhere"
STEPS = 20_000  # rules looked at for one packet


@dataclass(frozen=True)
class Packet:
    """The first packet of a connection.  `port` None: one that no rule names."""

    family: str
    protocol: str = "tcp"
    interface: str = ""
    port: int | None = None
    inbound: bool = True


@dataclass(frozen=True)
class Condition:
    """One condition; `values` are alternatives, written as text."""

    kind: str  # state, family, proto, dport, iif, oif, source, dest, always, never, unclear, any
    values: tuple[str, ...] = ()
    negated: bool = False
    ways: tuple[tuple[Condition, ...], ...] = ()  # of "any": each way is several conditions

    def holds(self, packet: Packet) -> bool | None:
        """Is it true of this packet?  None: that is not clear."""
        plain = self._holds(packet)
        return plain if plain is None else plain is not self.negated

    def _holds(self, packet: Packet) -> bool | None:
        kind, values = self.kind, self.values
        if kind in {"always", "never"}:
            return kind == "always"
        if kind == "any":
            return either(all_hold(way, packet) for way in self.ways)
        if kind == "state":
            return bool({"new", "untracked"} & set(values))
        if kind == "family":
            return packet.family in values
        if kind == "proto":
            return packet.protocol in values
        if kind == "dport":
            return any(_port_in(packet.port, value) for value in values)
        if kind in {"iif", "oif"}:
            return self._interface(packet)
        if kind in {"source", "dest"}:
            stranger = (kind == "source") is packet.inbound
            return any(_everywhere(v) if stranger else _own(v) for v in values)
        return None

    def _interface(self, packet: Packet) -> bool | None:
        if (self.kind == "iif") is not packet.inbound:
            return None
        if packet.interface:
            return any(fnmatchcase(packet.interface, value) for value in self.values)
        return False if set(self.values) <= {"lo"} else None


@dataclass(frozen=True)
class Rule:
    """When all conditions hold, the verdict: accept, drop, jump, goto, return, or "" (none)."""

    conditions: tuple[Condition, ...]
    verdict: str
    to: str = ""  # the chain of a jump or goto
    limits: str = ""  # how it limits connections for each source: "ct count", "hashlimit" ...


@dataclass
class Chain:
    """A chain; one with a hook is where packets come in."""

    family: str  # ipv4, ipv6, or "both"
    table: str  # rules jump inside their own table
    name: str
    hook: str = ""
    policy: str = ACCEPT
    rules: list[Rule] = field(default_factory=list)


Chains = Mapping[tuple[str, str], Chain]  # (table, chain's name)


def all_hold(conditions: Iterable[Condition], packet: Packet) -> bool | None:
    """All of them?  One that is false decides."""
    answers = [condition.holds(packet) for condition in conditions]
    return False if False in answers else None if None in answers else True


def either(answers: Iterable[bool | None]) -> bool | None:
    """One of them?  One that is true decides."""
    known = list(answers)
    return True if True in known else None if None in known else False


def concerns(condition: Condition, packet: Packet) -> bool:
    """Could it be true of a packet like this one, to some port and some address?"""
    if condition.kind == "any":
        return any(all(concerns(part, packet) for part in way) for way in condition.ways)
    if condition.kind in {"dport", "source", "dest"}:
        return True
    return condition.holds(packet) is not False


class Walk:
    """One packet's way through one base chain."""

    def __init__(self, chains: Chains, packet: Packet) -> None:
        self._chains, self._packet = chains, packet
        self._unsure = False
        self._steps = 0

    def outcome(self, base: Chain) -> str:
        """Accept, drop or unclear."""
        verdict = self._through(base, 0) or base.policy
        if verdict == DROP and self._unsure:
            return UNCLEAR
        return verdict

    def _through(self, chain: Chain, depth: int) -> str:
        """The verdict in this chain; "" when the packet falls out at its end."""
        for rule in chain.rules:
            self._steps += 1
            if depth > DEEP or self._steps > STEPS:
                return UNCLEAR
            holds = all_hold(rule.conditions, self._packet)
            if holds is False or not rule.verdict:
                continue
            verdict = self._verdict(chain, rule, depth)
            if holds is None:
                self._unsure = self._unsure or verdict in {ACCEPT, UNCLEAR}
            elif rule.verdict == "return":
                return ""
            elif verdict or rule.verdict == "goto":
                return verdict
        return ""

    def _verdict(self, chain: Chain, rule: Rule, depth: int) -> str:
        if rule.verdict not in {"jump", "goto"}:
            return rule.verdict
        there = self._chains.get((chain.table, rule.to))
        return UNCLEAR if there is None else self._through(there, depth + 1)


def outcome(chains: Chains, hooks: Iterable[str], packet: Packet) -> str:
    """What becomes of a packet: one base chain that drops it is enough."""
    wanted = set(hooks)
    verdicts = {
        Walk(chains, packet).outcome(chain)
        for chain in chains.values()
        if chain.hook in wanted and chain.family in {packet.family, "both"}
    }
    return DROP if DROP in verdicts else UNCLEAR if UNCLEAR in verdicts else ACCEPT


def reached(chains: Chains, hook: str, family: str) -> Iterator[Rule]:
    """Every rule that packets of this hook and family may come to."""
    waiting = [c for c in chains.values() if c.hook == hook and c.family in {family, "both"}]
    seen = set()
    while waiting:
        chain = waiting.pop()
        if (chain.table, chain.name) in seen:
            continue
        seen.add((chain.table, chain.name))
        for rule in chain.rules:
            if any(c.kind == "family" and family not in c.values for c in rule.conditions):
                continue
            yield rule
            there = chains.get((chain.table, rule.to)) if rule.to else None
            if there:
                waiting.append(there)


def _port_in(port: int | None, value: str) -> bool:
    low, _, high = value.partition("-")
    try:
        first, last = int(low), int(high or low)
    except ValueError:
        return False
    return last - first >= WIDE if port is None else first <= port <= last


def _network(value: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(value, strict=False)
    except ValueError:
        return None


def _everywhere(value: str) -> bool:
    network = _network(value)
    return network is not None and network.prefixlen <= SHORT[network.version]


def _own(value: str) -> bool:
    """May this be one of the host's own addresses?  Not a group's or everybody's."""
    network = _network(value)
    if network is None or network.prefixlen <= SHORT[network.version]:
        return True
    first = network.network_address
    return not (first.is_multicast or first.is_loopback or str(first) == "255.255.255.255")
