"""The rules of `iptables-save` and `ip6tables-save`: iptables(8), iptables-extensions(8).  Pure."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping

from facts.base import Unknown
from facts.host.asks import filled
from facts.host.firewall.model import ACCEPT, DROP, Chain, Condition, Rule

ALWAYS, NEVER, UNCLEAR = Condition("always"), Condition("never"), Condition("unclear")
HOOKS = {
    ("filter", "INPUT"): "input",
    ("filter", "OUTPUT"): "output",
    ("raw", "PREROUTING"): "prerouting",
    ("mangle", "PREROUTING"): "prerouting",
    ("mangle", "INPUT"): "input",
    ("raw", "OUTPUT"): "output",
    ("mangle", "OUTPUT"): "output",
}
VERDICTS = {"ACCEPT": ACCEPT, "DROP": DROP, "REJECT": DROP, "RETURN": "return", "TARPIT": DROP,
            "NFQUEUE": "unclear", "QUEUE": "unclear"}  # fmt: skip
SILENT = {"LOG", "NFLOG", "ULOG", "MARK", "CONNMARK", "CT", "TCPMSS", "DSCP", "TOS", "SET", "AUDIT",
          "NOTRACK", "HL", "TTL", "CLASSIFY", "CHECKSUM", "SECMARK", "CONNSECMARK"}  # fmt: skip


def read(text: str, family: str, source: str) -> dict[tuple[str, str], Chain] | Unknown:
    """All chains of one family.  `source` keeps what nft and the old tables hold apart."""
    chains: dict[tuple[str, str], Chain] = {}
    table = ""
    for line in filled(text):
        if line.startswith("*"):
            table = line[1:]
        elif line.startswith(":") and len(words := line[1:].split()) > 1:
            chain = Chain(family, f"{source} {table}", words[0])
            chain.hook = HOOKS.get((table, words[0]), "")
            chain.policy = DROP if words[1] == "DROP" else ACCEPT
            chains[chain.table, chain.name] = chain
        elif line.startswith("-A "):
            if not _add(chains, f"{source} {table}", line):
                return Unknown("The host's answer was not understood", line[:80])
        elif line != "COMMIT" and not line.startswith("#"):
            return Unknown("The host's answer was not understood", line[:80])
    if text.count("\n*") + text.startswith("*") != text.count("\nCOMMIT"):
        return Unknown("The host's answer was not understood", f"{source}: no COMMIT")
    return chains


def _add(chains: Mapping[tuple[str, str], Chain], table: str, line: str) -> bool:
    try:
        words = shlex.split(line)
    except ValueError:
        return False
    chain = chains.get((table, words[1])) if len(words) > 1 else None
    if chain is None:
        return False
    rule = _rule(words[2:])
    if rule:
        chain.rules.append(rule)
    return True


def _rule(words: list[str]) -> Rule | None:
    """One rule; None where it has no verdict."""
    conditions: list[Condition] = []
    verdict, to, limits = "", "", ""
    for name, value, negated in _options(words):
        if name in {"-j", "-g"}:
            verdict, to = _target(name, value)
            break
        condition, limit = _condition(name, value, negated)
        limits = limits or limit
        if condition:
            conditions.append(condition)
    return Rule(tuple(conditions), verdict, to, limits) if verdict else None


def _target(name: str, value: str) -> tuple[str, str]:
    if value in VERDICTS:
        return VERDICTS[value], ""
    if value in SILENT:
        return "", ""
    return ("goto" if name == "-g" else "jump"), value


def _options(words: list[str]) -> list[tuple[str, str, bool]]:
    """Option, its values in one text, and whether `!` stands before it."""
    found: list[tuple[str, list[str], bool]] = []
    negated = False
    for word in words:
        if found and found[-1][0] == "--comment" and not found[-1][1]:
            found[-1][1].append(word)
        elif word == "!":
            negated = True
        elif word.startswith("-") and not word[1:2].isdigit():
            found.append((word, [], negated))
            negated = False
        elif found:
            found[-1][1].append(word)
    return [(name, " ".join(values), negated) for name, values, negated in found]


def _ports(value: str) -> tuple[str, ...]:
    """80,443,8000:8100 as nft writes them."""
    parts = [part.split(":") for part in value.split(",")]
    return tuple("-".join([p[0] or "0", p[1] or "65535"] if len(p) > 1 else p) for p in parts)


def _listed(value: str) -> tuple[str, ...]:
    return tuple(value.split(","))


def _states(value: str) -> tuple[str, ...]:
    return tuple(value.lower().split(","))


READERS: Mapping[str, tuple[str, Callable[[str], tuple[str, ...]]]] = {
    "-p": ("proto", _listed),
    "-s": ("source", _listed),
    "-d": ("dest", _listed),
    "-i": ("iif", lambda value: (value.replace("+", "*"),)),
    "-o": ("oif", lambda value: (value.replace("+", "*"),)),
    "--dport": ("dport", _ports),
    "--dports": ("dport", _ports),
    "--ctstate": ("state", _states),
    "--state": ("state", _states),
    "--src-range": ("source", _listed),
}
# Options that say nothing of when the rule counts.
PLAIN = {"-m", "--comment", "--name", "--mask", "--rsource", "--rdest", "--seconds",
         "--connlimit-mask", "--connlimit-saddr", "--connlimit-daddr", "--limit-burst", "--rttl",
         "--hashlimit-burst", "--hashlimit-mode", "--hashlimit-name", "--hashlimit-srcmask",
         "--hashlimit-htable-size", "--hashlimit-htable-max", "--hashlimit-htable-expire",
         "--hashlimit-htable-gcinterval", "--hashlimit-dstmask", "--reap",
         "--limit-iface-in"}  # fmt: skip
# Options that name a limit: whether a stranger's first packet is over it, and what it is.
LIMITS = {
    "--limit": (ALWAYS, ""),
    "--connlimit-above": (NEVER, "connlimit"),
    "--connlimit-upto": (ALWAYS, "connlimit"),
    "--hashlimit-above": (NEVER, "hashlimit"),
    "--hashlimit-upto": (ALWAYS, "hashlimit"),
    "--hashlimit": (ALWAYS, "hashlimit"),
    "--hitcount": (NEVER, "recent"),
    "--set": (ALWAYS, ""),
    "--update": (ALWAYS, ""),
    "--rcheck": (ALWAYS, ""),
}


def _condition(name: str, value: str, negated: bool) -> tuple[Condition | None, str]:
    if name in READERS:
        kind, reader = READERS[name]
        if kind == "proto" and value in {"all", "0"}:
            return None, ""
        return Condition(kind, reader(value), negated), ""
    if name in LIMITS:
        found, limit = LIMITS[name]
        return (_turned(found) if negated else found), limit
    if name in PLAIN:
        return None, ""
    return _special(name, value, negated), ""


def _special(name: str, value: str, negated: bool) -> Condition:
    if name == "--dst-type":
        found = ALWAYS if value == "LOCAL" or "UNICAST" in value else NEVER
    elif name == "--match-set" and value.endswith(" src"):
        found = NEVER  # no list knows a stranger
    elif name == "--ctstatus":
        found = NEVER
    elif name in {"--syn", "--tcp-flags"}:
        first = value in {"", "FIN,SYN,RST,ACK SYN", "SYN SYN"}
        found = Condition("any", ways=((Condition("proto", ("tcp",)), ALWAYS if first else NEVER),))
        return _turned(ALWAYS if first else NEVER) if negated else found
    elif name in {"--icmp-type", "--icmpv6-type"}:
        return NEVER
    else:
        return UNCLEAR
    return _turned(found) if negated else found


def _turned(condition: Condition) -> Condition:
    return Condition(condition.kind, condition.values, not condition.negated, condition.ways)
