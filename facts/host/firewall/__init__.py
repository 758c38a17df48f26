"""The host's packet filter: what it lets in and out.  Shared by areas; pure.

The kernel's own rules are read, never a front end's opinion: ufw, firewalld and Docker all end up
there.  nftables has them as JSON; iptables keeps its newer rules there too, but only its own
program tells them in full; the old (legacy) tables are seen by their own program alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from facts.base import NOT_GATHERED, Unknown
from facts.host.asks import Answers, Ask, filled, sections
from facts.host.firewall import iptables, nft
from facts.host.firewall.model import (
    ACCEPT,
    DROP,
    IPV4,
    IPV6,
    UNCLEAR,
    Chain,
    Packet,
    Rule,
    concerns,
    outcome,
    reached,
)

ASKS = (
    Ask("firewall.nft", ("nft", "-j", "list", "ruleset"), most=2 << 20),
    Ask("firewall.ipv4", ("iptables-save",), most=1 << 20),
    Ask("firewall.ipv6", ("ip6tables-save",), most=1 << 20),
    Ask("firewall.ipv4-legacy", ("iptables-legacy-save",), most=1 << 20),
    Ask("firewall.ipv6-legacy", ("ip6tables-legacy-save",), most=1 << 20),
    Ask(
        "firewall.network",
        "echo '==> interfaces <=='; ls /sys/class/net 2>/dev/null || cut -d: -f1 /proc/net/dev;"
        " echo '==> ipv4 <=='; cat /proc/net/route;"
        " echo '==> ipv6 <=='; cat /proc/net/ipv6_route 2>/dev/null;"
        " echo '==> addresses <=='; cat /proc/net/if_inet6 2>/dev/null; echo '==> end <=='",
    ),
)
SAVED = (("firewall.ipv4", IPV4), ("firewall.ipv6", IPV6),
         ("firewall.ipv4-legacy", IPV4), ("firewall.ipv6-legacy", IPV6))  # fmt: skip
INNER = ("lo", "docker", "br-", "veth", "virbr", "vnet", "cni", "flannel", "cali", "lxc", "lxdbr",
         "podman", "tun", "tap", "wg", "tailscale", "zt", "dummy", "ifb", "sit", "ip6tnl", "gre",
         "tunl", "bonding_masters", "erspan", "teql", "ip_vti", "ip6_vti", "nlmon")  # fmt: skip
NOT_CLEAR = "The firewall has a rule that press-scan does not understand"
INBOUND, OUTBOUND = ("input", "prerouting"), ("output",)


@dataclass(frozen=True)
class Network:
    """How the host is reached."""

    outer: tuple[str, ...]  # interfaces that strangers may come by
    ipv6: bool  # it has an IPv6 address besides its loopback's


@dataclass(frozen=True)
class Firewall:
    """The rules in force.  For readers; what they conclude goes into their own facts."""

    chains: dict[tuple[str, str], Chain] = field(default_factory=dict)
    network: Network | Unknown = NOT_GATHERED
    programs: tuple[str, ...] = ()  # nft, iptables: those that answered
    lacking: dict[str, Unknown] = field(default_factory=dict)  # family -> why rules may be hidden

    def families(self) -> tuple[str, ...] | Unknown:
        """The families that the host speaks."""
        if isinstance(self.network, Unknown):
            return self.network
        return (IPV4, IPV6) if self.network.ipv6 else (IPV4,)

    def default(self, family: str, *, inbound: bool = True) -> str | Unknown:
        """What becomes of a new connection that no rule names: "accept" or "drop"."""
        if isinstance(self.network, Unknown):
            return self.network
        found = [self._outcome(family, proto, None, inbound) for proto in ("tcp", "udp")]
        for verdict in (ACCEPT, UNCLEAR):
            if verdict in found:
                return self._unsure(family) if verdict == UNCLEAR else self._or_lacking(family)
        return DROP

    def open_to_all(self, protocol: str, port: int) -> bool | Unknown:
        """May a stranger connect to this port?  False: closed, or for named sources only."""
        families = self.families()
        if isinstance(families, Unknown):
            return families
        answers: list[bool | Unknown] = []
        for family in families:
            found = self._outcome(family, protocol, port, inbound=True)
            answer = self._or_lacking(family) if found == ACCEPT else None
            if found == UNCLEAR:
                answers.append(self._unsure(family))
            else:
                answers.append(answer if isinstance(answer, Unknown) else found == ACCEPT)
        if any(answer is True for answer in answers):
            return True
        return next((answer for answer in answers if isinstance(answer, Unknown)), False)

    def rules(self, hook: str, family: str) -> Iterator[Rule]:
        """Every rule that packets of this hook and family may come to."""
        return reached(self.chains, hook, family)

    def restricts(self, family: str) -> bool:
        """Is there a rule that drops new connections to the outside: some port, some address?"""
        packets = [
            Packet(family, protocol, interface, None, inbound=False)
            for interface in self._outer()
            for protocol in ("tcp", "udp")
        ]
        return any(
            rule.verdict == DROP and all(concerns(c, packet) for c in rule.conditions)
            for rule in self.rules("output", family)
            for packet in packets
        )

    def _outer(self) -> tuple[str, ...]:
        return () if isinstance(self.network, Unknown) else self.network.outer or ("",)

    def _outcome(self, family: str, protocol: str, port: int | None, inbound: bool) -> str:
        hooks = INBOUND if inbound else OUTBOUND
        found = {
            outcome(self.chains, hooks, Packet(family, protocol, interface, port, inbound))
            for interface in self._outer() or ("",)
        }
        return next(verdict for verdict in (ACCEPT, UNCLEAR, DROP) if verdict in found)

    def _or_lacking(self, family: str) -> str | Unknown:
        """Let in, as far as we see: rules that we could not read might refuse it."""
        return self.lacking.get(family, ACCEPT)

    def _unsure(self, family: str) -> Unknown:
        return self.lacking.get(family, Unknown(NOT_CLEAR, family))


def read(answers: Answers) -> Firewall:
    """The rules that the host's programs tell.  What could not be read is kept as `lacking`."""
    chains: dict[tuple[str, str], Chain] = {}
    programs, lacking = [], dict[str, Unknown]()
    told = answers.text("firewall.nft")
    ruleset = told if isinstance(told, Unknown) else nft.read(told)
    if not isinstance(ruleset, Unknown):
        programs.append("nft")
    elif not answers.missing("firewall.nft"):
        lacking |= dict.fromkeys((IPV4, IPV6), ruleset)
    own: set[str] = set()  # nft's tables that iptables tells better
    for name, family in SAVED:
        saved = _saved(answers, name, family)
        if isinstance(saved, Unknown):
            if not answers.missing(name):
                lacking.setdefault(family, saved)
            continue
        programs.append("iptables-legacy" if name.endswith("legacy") else "iptables")
        chains |= saved
        if _newer(answers, name):
            own.add("ip" if family == IPV4 else "ip6")
    if not isinstance(ruleset, Unknown):
        listed, opaque = ruleset
        chains |= {k: c for k, c in listed.items() if not _told_twice(c.table, opaque, own)}
    return Firewall(chains, _network(answers), tuple(dict.fromkeys(programs)), lacking)


def _saved(answers: Answers, name: str, family: str) -> dict[tuple[str, str], Chain] | Unknown:
    text = answers.text(name)
    return text if isinstance(text, Unknown) else iptables.read(text, family, name)


def _newer(answers: Answers, name: str) -> bool:
    """Did the iptables answer that keeps its rules in nftables?"""
    text = answers.text(name)
    return isinstance(text, str) and "(nf_tables)" in text and "is incompatible" not in text


def _told_twice(table: str, opaque: frozenset[str], own: set[str]) -> bool:
    return table in opaque and table.split(" ")[0] in own


def _network(answers: Answers) -> Network | Unknown:
    text = answers.text("firewall.network")
    if isinstance(text, Unknown):
        return text
    parts = sections(text)
    if "end" not in parts or "Iface" not in parts.get("ipv4", ""):
        return Unknown("The host's answer was not understood", "firewall.network")
    names = [name for line in filled(parts["interfaces"]) for name in line.split()]
    ways = [line.split() for line in filled(parts["ipv4"])]
    ways6 = [line.split() for line in filled(parts["ipv6"])]
    out = {way[0] for way in ways if len(way) > 7 and way[1] == way[7] == "00000000"}
    out |= {w[9] for w in ways6 if len(w) > 9 and w[1] == "00" and set(w[0]) == {"0"}} - {"lo"}
    addresses = [line.split() for line in filled(parts["addresses"])]
    outer = sorted(out) or [n for n in names if not n.startswith(INNER)]
    ipv6 = any(len(words) > 5 and words[5] != "lo" for words in addresses)
    return Network(tuple(outer), ipv6)
