"""The ruleset of `nft -j list ruleset`: libnftables-json(5).  Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from facts.base import Unknown
from facts.host.firewall.model import ACCEPT, DROP, IPV4, IPV6, Chain, Condition, Rule

FAMILIES = {"ip": IPV4, "ip6": IPV6, "inet": "both"}
ALWAYS, NEVER, UNCLEAR = Condition("always"), Condition("never"), Condition("unclear")
SILENT = {"counter", "log", "mangle", "notrack", "ct helper", "ct timeout", "ct expectation",
          "last", "quota", "flow", "dup", "synproxy", "secmark", "map"}  # fmt: skip
PAYLOADS = {"saddr": "source", "daddr": "dest"}
META = {
    "iif": "iif",
    "iifname": "iif",
    "oif": "oif",
    "oifname": "oif",
    "l4proto": "proto",
    "nfproto": "family",
    "protocol": "family",
}
NAMES = {"ip": IPV4, "ip6": IPV6, "6": "tcp", "17": "udp"}

Sets = Mapping[tuple[str, str], list[Any]]


def read(text: str) -> tuple[dict[tuple[str, str], Chain], frozenset[str]] | Unknown:
    """All chains; and the tables that iptables keeps there and nft cannot tell in full."""
    try:
        items = json.loads(text)["nftables"]
        next(item["metainfo"] for item in items if "metainfo" in item)
        sets = {_key(s): s.get("elem") or [] for s in _all(items, "set")}
        sets |= {_key(s): s.get("elem") or [] for s in _all(items, "map")}
        chains = {_key(c): _chain(c) for c in _all(items, "chain") if c["family"] in FAMILIES}
        opaque = set()
        for rule in _all(items, "rule"):
            table = f"{rule['family']} {rule['table']}"
            chain = chains.get((table, rule["chain"]))
            if chain is None:
                continue
            if any(name == "xt" for part in rule["expr"] for name in part):
                opaque.add(table)
            chain.rules += _Reader(sets, table).rules(rule["expr"])
    except (ValueError, LookupError, TypeError, AttributeError, StopIteration, RuntimeError):
        return Unknown("The host's answer was not understood", "nft -j list ruleset")
    return chains, frozenset(opaque)


def _all(items: list[dict[str, Any]], kind: str) -> Iterator[dict[str, Any]]:
    return (item[kind] for item in items if kind in item)


def _key(item: Mapping[str, Any]) -> tuple[str, str]:
    return f"{item['family']} {item['table']}", str(item["name"])


def _chain(item: Mapping[str, Any]) -> Chain:
    hook = str(item.get("hook", "")) if item.get("type") == "filter" else ""
    policy = DROP if item.get("policy") == "drop" else ACCEPT
    table, name = _key(item)
    return Chain(FAMILIES[item["family"]], table, name, hook, policy)


class _Reader:
    """One rule's expressions."""

    def __init__(self, sets: Sets, table: str) -> None:
        self._sets, self._table = sets, table

    def rules(self, parts: list[Mapping[str, Any]]) -> Iterator[Rule]:
        """Mostly one; a verdict map is one for each of its elements."""
        conditions: list[Condition] = []
        limits = ""
        for part in parts:
            name, what = next(iter(part.items()))
            if name in SILENT:
                continue
            if name == "vmap":
                yield from self._mapped(conditions, what)
                continue
            verdict, to = _verdict(name, what)
            if verdict:
                yield Rule(tuple(conditions), verdict, to, limits)
                return
            found, limit = self._condition(name, what)
            conditions.append(found)
            limits = limits or limit

    def _mapped(self, before: list[Condition], what: Mapping[str, Any]) -> Iterator[Rule]:
        for key, action in self._elements(what["data"]):
            name, detail = next(iter(action.items()))
            verdict, to = _verdict(name, detail)
            yield Rule((*before, self._match(what["key"], "==", key)), verdict, to)

    def _condition(self, name: str, what: Any) -> tuple[Condition, str]:
        if name == "match":
            return self._match(what["left"], what["op"], what["right"]), ""
        if name == "limit":
            return (NEVER if what.get("inv") else ALWAYS), ""
        if name == "ct count":
            return (NEVER if what.get("inv") else ALWAYS), "ct count"
        if name in {"set", "meter"}:
            return self._counted(what)
        if name == "xt" and isinstance(what, dict) and what.get("name") == "comment":
            return ALWAYS, ""
        return UNCLEAR, ""

    def _counted(self, what: Mapping[str, Any]) -> tuple[Condition, str]:
        """`add @set { ip saddr limit rate over ... }`, or the older `meter`."""
        inner = what.get("stmt") or []
        stated = [inner] if isinstance(inner, dict) else list(inner)
        found = [self._condition(*next(iter(part.items()))) for part in stated]
        limit = next((limit for _, limit in found if limit), "meter" if found else "")
        return (NEVER if any(c == NEVER for c, _ in found) else ALWAYS), limit

    def _match(self, left: Any, op: str, right: Any) -> Condition:
        negated = op == "!="
        if isinstance(left, dict) and "concat" in left:
            ways = tuple(self._way(left["concat"], value) for value in self._elements(right))
            return Condition("any", negated=negated, ways=ways)
        plain = self._plain(left, op, right)
        if not negated:
            return plain
        if plain.kind == "any":  # tcp dport != 25: TCP all the same
            way = plain.ways[0]
            return Condition("any", ways=((*way[:-1], _not(way[-1])),))
        return _not(plain)

    def _way(self, lefts: list[Any], value: Any) -> tuple[Condition, ...]:
        rights = value["concat"] if isinstance(value, dict) and "concat" in value else [value]
        return tuple(self._match(k, "==", r) for k, r in zip(lefts, rights, strict=True))

    def _plain(self, left: Any, op: str, right: Any) -> Condition:
        if not isinstance(left, dict):
            return UNCLEAR
        values = tuple(text for value in self._elements(right) for text in _texts(value))
        if op not in {"==", "!=", "in"}:
            values = _compared(op, values)
            if "payload" not in left or not values:
                return UNCLEAR
        kind, about = next(iter(left.items()))
        if kind == "meta":
            return _meta(str(about.get("key")), values)
        if kind == "ct":
            return _tracked(str(about.get("key")), values)
        if kind == "fib":
            return _routed(about, values)
        if kind == "payload" and "field" in about:
            return _payload(str(about.get("protocol")), str(about["field"]), values)
        return UNCLEAR

    def _elements(self, right: Any) -> list[Any]:
        if isinstance(right, str) and right.startswith("@"):
            found = self._sets.get((self._table, right[1:]))
            items = found if found is not None else ["unclear"]
        elif isinstance(right, dict) and "set" in right:
            items = right["set"]
        else:
            items = right if isinstance(right, list) else [right]
        return [_element(item) for item in items]


def _element(item: Any) -> Any:
    return item["elem"]["val"] if isinstance(item, dict) and "elem" in item else item


def _not(condition: Condition) -> Condition:
    return Condition(condition.kind, condition.values, not condition.negated, condition.ways)


def _verdict(name: str, what: Any) -> tuple[str, str]:
    if name in {"accept", "return"}:
        return name, ""
    if name in {"drop", "reject"}:
        return DROP, ""
    if name in {"jump", "goto"}:
        return name, str(what["target"])
    if name == "xt" and isinstance(what, dict) and what.get("type") == "target":
        return (DROP if what.get("name") == "REJECT" else "unclear"), ""
    return ("unclear" if name == "queue" else ""), ""


def _texts(value: Any) -> Iterator[str]:
    """A value of a match as text: a prefix as CIDR, a range as LOW-HIGH."""
    if isinstance(value, dict):
        if "prefix" in value:
            yield f"{value['prefix']['addr']}/{value['prefix']['len']}"
        elif "range" in value:
            yield "-".join(str(end) for end in value["range"])
    else:
        yield str(value)


def _compared(op: str, values: tuple[str, ...]) -> tuple[str, ...]:
    """`dport >= 1024` as a range."""
    if len(values) != 1 or not values[0].isdecimal() or len(values[0]) > 5:
        return ()
    value = int(values[0])
    ends = {"<": (0, value - 1), "<=": (0, value), ">": (value + 1, 65535), ">=": (value, 65535)}
    return ("{}-{}".format(*ends[op]),) if op in ends else ()


def _meta(key: str, values: tuple[str, ...]) -> Condition:
    if key == "pkttype":
        return Condition("always") if set(values) & {"host", "unicast"} else NEVER
    return Condition(META[key], _named(values)) if key in META else UNCLEAR


def _named(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(NAMES.get(value, value) for value in values)


def _tracked(key: str, values: tuple[str, ...]) -> Condition:
    if key == "state":
        return Condition("state", values)
    if key == "direction":
        return ALWAYS if "original" in values else NEVER
    return NEVER if key == "status" else UNCLEAR


def _routed(about: Mapping[str, Any], values: tuple[str, ...]) -> Condition:
    """fib: a stranger's packet comes the way that its answer would go, to our own address."""
    if about.get("result") == "type" and "daddr" in about.get("flags", ()):
        return ALWAYS if "local" in values else NEVER
    if about.get("result") == "oif":
        return NEVER if "False" in values else ALWAYS
    return UNCLEAR


def _payload(protocol: str, name: str, values: tuple[str, ...]) -> Condition:
    if protocol in {"tcp", "udp", "th", "sctp", "dccp", "udplite"}:
        kinds = ("tcp", "udp") if protocol == "th" else (protocol,)
        last = Condition("dport", values) if name == "dport" else UNCLEAR
        return Condition("any", ways=((Condition("proto", kinds), last),))
    if protocol in {"icmp", "icmpv6", "ah", "esp", "igmp"}:
        return Condition("any", ways=((Condition("proto", (protocol,)), UNCLEAR),))
    if protocol in {"ip", "ip6"}:
        family = Condition("family", (NAMES[protocol],))
        if name in PAYLOADS:
            return Condition("any", ways=((family, Condition(PAYLOADS[name], values)),))
        if name in {"protocol", "nexthdr"}:
            return Condition("any", ways=((family, Condition("proto", _named(values))),))
        return Condition("any", ways=((family, UNCLEAR),))
    return UNCLEAR
