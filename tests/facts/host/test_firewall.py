"""The packet filter: rulesets of real nft and iptables, and what becomes of a stranger's packet."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facts.base import Unknown
from facts.host import firewall
from facts.host.asks import Answer, Answers
from tests.facts.host.recorded import RECORDINGS

NETWORK = """==> interfaces <==
docker0 eth0 lo
==> ipv4 <==
Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT
eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0
==> ipv6 <==
==> addresses <==
fe8000000000000000fc00fffe000001 04 40 20 80     eth0
==> end <==
"""
MISSING = Answer(code=127)


def wall(nft="", four="", six="", network=NETWORK, **more):
    """The filter of a host: nft's JSON (or its rules alone), and what iptables-save prints."""
    given = {
        "firewall.nft": Answer(out=nft) if isinstance(nft, str) else nft,
        "firewall.ipv4": Answer(out=four) if isinstance(four, str) else four,
        "firewall.ipv6": Answer(out=six) if isinstance(six, str) else six,
        "firewall.ipv4-legacy": MISSING,
        "firewall.ipv6-legacy": MISSING,
        "firewall.network": Answer(out=network),
    }
    return firewall.read(Answers({**given, **more}))


def ruleset(*rules, policy="drop", hook="input", family="inet", extra=()):
    """nft's JSON of one base chain `c` in a table `t`, with these rules' expressions."""
    names = {"family": family, "table": "t"}
    chain = {**names, "name": "c", "type": "filter", "hook": hook, "prio": 0, "policy": policy}
    items = [{"metainfo": {"version": "1.0.6"}}, {"chain": chain}, *extra]
    items += [{"rule": {**names, "chain": "c", "expr": list(rule)}} for rule in rules]
    return json.dumps({"nftables": items})


def match(left, right, op="=="):
    return {"match": {"op": op, "left": left, "right": right}}


def meta(key, right, op="=="):
    return match({"meta": {"key": key}}, right, op)


def payload(protocol, field, right, op="=="):
    return match({"payload": {"protocol": protocol, "field": field}}, right, op)


ACCEPT, DROP = {"accept": None}, {"drop": None}
STATE = {"ct": {"key": "state"}}
WIDE = [payload("tcp", "dport", {"range": [1, 65535]}), ACCEPT]
VMAP = {"key": {"meta": {"key": "nfproto"}}, "data": {"set": [["ipv4", ACCEPT]]}}

RULES = {  # rules before a policy of drop -> what becomes of IPv4 and IPv6
    "nothing": ([], "drop", "drop"),
    "established": ([match(STATE, ["established", "related"], "in"), ACCEPT], "drop", "drop"),
    "new": ([match(STATE, "new", "in"), ACCEPT], "accept", "accept"),
    "everything": ([ACCEPT], "accept", "accept"),
    "counted": ([{"counter": {"packets": 1, "bytes": 1}}, ACCEPT], "accept", "accept"),
    "loopback": ([meta("iifname", "lo"), ACCEPT], "drop", "drop"),
    "outer": ([meta("iifname", "eth0"), ACCEPT], "accept", "accept"),
    "any eth": ([meta("iifname", "eth*"), ACCEPT], "accept", "accept"),
    "not loopback": ([meta("iifname", "lo", "!="), ACCEPT], "accept", "accept"),
    "docker": ([meta("iifname", "docker0"), ACCEPT], "drop", "drop"),
    "a port": ([payload("tcp", "dport", 443), ACCEPT], "drop", "drop"),
    "ports": ([payload("tcp", "dport", {"set": [80, 443]}), ACCEPT], "drop", "drop"),
    "all ports": (WIDE, "accept", "accept"),
    "high ports": ([payload("tcp", "dport", 1024, ">="), ACCEPT], "accept", "accept"),
    "all but one": ([payload("tcp", "dport", 25, "!="), ACCEPT], "accept", "accept"),
    "a network": ([payload("ip", "saddr", {"prefix": {"addr": "10.0.0.0", "len": 8}}), ACCEPT],
                  "drop", "drop"),
    "half the net": ([payload("ip", "saddr", {"prefix": {"addr": "0.0.0.0", "len": 1}}), ACCEPT],
                     "accept", "drop"),
    "all but a network": ([payload("ip", "saddr", "192.0.2.7", "!="), ACCEPT], "accept", "drop"),
    "to us": ([payload("ip", "daddr", "203.0.113.5"), ACCEPT], "accept", "drop"),
    "to a group": ([payload("ip", "daddr", "224.0.0.251"), ACCEPT], "drop", "drop"),
    "TCP": ([meta("l4proto", "tcp"), ACCEPT], "accept", "accept"),
    "ICMP": ([meta("l4proto", {"set": ["icmp", "ipv6-icmp"]}), ACCEPT], "drop", "drop"),
    "IPv6": ([meta("nfproto", "ipv6"), ACCEPT], "drop", "accept"),
    "a rate": ([{"limit": {"rate": 9, "per": "second"}}, ACCEPT], "accept", "accept"),
    "too many": ([{"ct count": {"val": 9, "inv": True}}, ACCEPT], "drop", "drop"),
    "a map": ([{"vmap": VMAP}], "accept", "drop"),
}  # fmt: skip


@pytest.mark.parametrize("name", RULES)
def test_what_a_rule_lets_in(name):
    rule, four, six = RULES[name]
    found = wall(ruleset(rule))
    assert (found.default("ipv4"), found.default("ipv6")) == (four, six)


@pytest.mark.parametrize("name", RULES)
def test_rules_before_a_last_drop_count_the_same(name):
    rule, four, six = RULES[name]
    found = wall(ruleset(rule, [DROP], policy="accept"))
    assert (found.default("ipv4"), found.default("ipv6")) == (four, six)


@pytest.mark.parametrize(
    "rule",
    [
        [meta("mark", 7), ACCEPT],
        [{"xt": None}, ACCEPT],
        [{"future": {"a": 1}}, ACCEPT],
        [payload("tcp", "sport", 53), ACCEPT],
        [{"queue": {"num": 0}}],
        [{"jump": {"target": "not there"}}],
    ],
)
def test_what_is_not_understood_is_unknown(rule):
    assert isinstance(wall(ruleset(rule)).default("ipv4"), Unknown)


def test_an_open_rule_before_is_open_all_the_same():
    found = wall(ruleset([ACCEPT], [meta("mark", 7), ACCEPT]))
    assert found.default("ipv4") == "accept"


def test_jumps_return_and_come_back():
    names = {"family": "inet", "table": "t"}
    extra = [
        {"chain": {**names, "name": "web"}},
        {"rule": {**names, "chain": "web", "expr": [payload("tcp", "dport", 443), ACCEPT]}},
        {"rule": {**names, "chain": "web", "expr": [{"return": None}]}},
        {"rule": {**names, "chain": "web", "expr": [ACCEPT]}},
    ]
    for kind in ("jump", "goto"):
        found = wall(ruleset([{kind: {"target": "web"}}], extra=extra))
        assert found.default("ipv4") == "drop"
        assert found.open_to_all("tcp", 443) is True
        assert found.open_to_all("tcp", 22) is False


def test_jumps_in_a_circle_end():
    found = wall(ruleset([{"jump": {"target": "c"}}]))
    assert isinstance(found.default("ipv4"), Unknown)


def test_sets_by_name_and_put_together():
    named = {"family": "inet", "table": "t", "name": "s", "elem": [{"elem": {"val": 22}}, 80]}
    ports = payload("tcp", "dport", "@s")
    found = wall(ruleset([ports, ACCEPT], extra=[{"set": named}]))
    assert [found.open_to_all("tcp", port) for port in (22, 80, 81)] == [True, True, False]
    left = {"concat": [{"meta": {"key": "l4proto"}},
                       {"payload": {"protocol": "th", "field": "dport"}}]}  # fmt: skip
    both = {"set": [{"concat": ["tcp", 22]}, {"concat": ["udp", 53]}]}
    found = wall(ruleset([match(left, both), ACCEPT]))
    asked = [("tcp", 22), ("udp", 53), ("udp", 22)]
    assert [found.open_to_all(*one) for one in asked] == [True, True, False]


def test_a_source_limit_is_not_open_to_all():
    office = payload("ip", "saddr", {"prefix": {"addr": "192.0.2.0", "len": 24}})
    found = wall(ruleset([office, payload("tcp", "dport", 22), ACCEPT]))
    assert found.open_to_all("tcp", 22) is False
    assert wall(ruleset(policy="accept")).open_to_all("tcp", 22) is True


SAVED = """# Generated by iptables-save v1.8.9 (nf_tables) on Mon Nov 23 03:58:16 2026
*filter
:INPUT DROP [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:inner - [0:0]
-A INPUT -i lo -j ACCEPT
-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
{}
COMMIT
# Completed on Mon Nov 23 03:58:16 2026
"""
LINES = {  # a line of iptables-save before a policy of DROP -> what becomes of a stranger
    '-A INPUT -p tcp -m multiport --dports 80,443 -m comment --comment "a b" -j ACCEPT': "drop",
    '-A INPUT -m comment --comment "-j DROP" -j ACCEPT': "accept",
    "-A INPUT -s 10.0.0.0/8 -p tcp -m tcp --dport 22 -j ACCEPT": "drop",
    "-A INPUT -p tcp -m tcp --dport 1024:65535 -j ACCEPT": "accept",
    "-A INPUT -m state --state NEW -j ACCEPT": "accept",
    "-A INPUT ! -i lo -j ACCEPT": "accept",
    "-A INPUT -i eth+ -j ACCEPT": "accept",
    "-A INPUT -p icmp -m icmp --icmp-type 8 -j ACCEPT": "drop",
    '-A INPUT -m limit --limit 5/min -j LOG --log-prefix "in -j ACCEPT "': "drop",
    "-A INPUT -m addrtype --dst-type LOCAL -j ACCEPT": "accept",
    "-A INPUT -m addrtype --dst-type BROADCAST -j ACCEPT": "drop",
    "-A INPUT -p tcp -m connlimit --connlimit-above 20 --connlimit-mask 32 -j REJECT": "drop",
    "-A INPUT -p tcp -m recent --set --name S --mask 255.255.255.255 --rsource": "drop",
    "-A INPUT -m set --match-set office src -j ACCEPT": "drop",
    "-A INPUT -m set ! --match-set bad src -j ACCEPT": "accept",
    "-A INPUT -j inner\n-A inner -j RETURN\n-A inner -j ACCEPT": "drop",
    "-A INPUT -j inner\n-A inner -p udp -j ACCEPT": "accept",
}


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("kind", ["(nf_tables)", "(legacy)", ""])
def test_what_iptables_lets_in(line, kind):
    text = SAVED.format(line).replace("(nf_tables)", kind)
    assert wall(ruleset(policy="accept"), text).default("ipv4") == LINES[line]


def test_iptables_tells_its_own_tables_better_than_nft():
    xt = [{"xt": {"type": "match", "name": "conntrack"}}, ACCEPT]
    seen = ruleset(xt, family="ip").replace('"t"', '"filter"')
    assert wall(seen, SAVED.format("")).default("ipv4") == "drop"
    assert isinstance(wall(seen, MISSING).default("ipv4"), Unknown)
    incompatible = SAVED.format("").replace(
        "COMMIT", "COMMIT\n# Table x is incompatible, use 'nft'"
    )
    assert wall(seen, incompatible).default("ipv4") == "drop"  # iptables' own chains drop


def test_the_old_tables_are_seen():
    legacy = {"firewall.ipv4-legacy": Answer(out=SAVED.format(""))}
    assert wall(ruleset(policy="accept"), **legacy).default("ipv4") == "drop"
    assert wall(ruleset(policy="accept"), **legacy).default("ipv6") == "accept"


def test_no_program_is_no_firewall_and_no_answer_is_unknown():
    assert wall(MISSING, MISSING, MISSING).default("ipv4") == "accept"
    refused = Unknown("refused")
    found = wall(refused, refused, refused)
    assert isinstance(found.default("ipv4"), Unknown)
    assert isinstance(found.open_to_all("tcp", 22), Unknown)
    # One program that shows the drop is enough.
    assert wall(refused, SAVED.format(""), refused).default("ipv4") == "drop"


def test_ipv6_that_is_off_is_no_family():
    off = NETWORK.replace("fe80", "#").replace("     eth0", "     lo")
    assert wall(network=off).families() == ("ipv4",)
    assert isinstance(wall(network="").families(), Unknown)


def test_without_a_default_route_every_outer_interface_counts():
    none = NETWORK.replace("eth0\t00000000", "eth0\t000200C0")
    found = wall(ruleset([meta("iifname", "eth0"), ACCEPT]), network=none)
    assert found.network.outer == ("eth0",)
    assert found.default("ipv4") == "accept"


GOOD = ruleset([match(STATE, ["established"], "in"), ACCEPT])


@given(st.text() | st.binary().map(lambda raw: raw.decode("utf-8", "replace")))
def test_garbage_is_never_a_drop(text):
    assert wall(text, MISSING, MISSING).default("ipv4") != "drop"
    assert wall(MISSING, text, text).default("ipv4") != "drop" or ":INPUT DROP" in text


@given(st.integers(0, len(GOOD) - 1))
def test_a_torn_answer_is_unknown(length):
    assert isinstance(wall(GOOD[:length], MISSING, MISSING).default("ipv4"), Unknown)


WORDS = ["match", "left", "right", "op", "meta", "key", "set", "vmap", "jump", "elem", "payload"]
ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=3)
    ),
    max_leaves=12,
)


@settings(max_examples=40)
@given(ODD)
def test_odd_rules_are_survived(expr):
    found = wall(ruleset([{"match": expr}, ACCEPT])).default("ipv4")
    assert isinstance(found, Unknown) or found in {"accept", "drop"}


def test_ten_megabytes_are_survived():
    assert isinstance(wall("x" * (10 << 20), MISSING, MISSING).default("ipv4"), Unknown)


OUTWARD = {  # a rule that drops what goes out -> does it limit IPv4, IPv6?
    "a port": ([payload("tcp", "dport", 25), DROP], True, True),
    "an address": ([payload("ip", "daddr", "198.51.100.9"), DROP], True, False),
    "mistakes": ([match(STATE, "invalid", "in"), DROP], False, False),
    "pings": ([payload("icmp", "type", "timestamp-reply"), DROP], False, False),
    "to containers": ([meta("oifname", "docker0"), DROP], False, False),
    "by the outer door": ([meta("oifname", "eth0"), payload("udp", "dport", 53), DROP], True, True),
    "an account's": ([meta("skuid", 33), DROP], True, True),
    "accepted": ([ACCEPT], False, False),
}


@pytest.mark.parametrize("name", OUTWARD)
def test_what_limits_what_goes_out(name):
    rule, four, six = OUTWARD[name]
    found = wall(ruleset(rule, policy="accept", hook="output"))
    assert (found.restricts("ipv4"), found.restricts("ipv6")) == (four, six)


def test_a_recorded_ruleset_of_nft():
    """nft 1.0.6: a map of interfaces, a set of networks, limits and meters."""
    text = (RECORDINGS / "firewall-nft-1.0.6.json").read_text("utf-8")
    found = wall(text, MISSING, MISSING)
    assert (found.default("ipv4"), found.default("ipv6")) == ("drop", "drop")
    ports = (22, 80, 443, 8080, 8000, 9000, 3306)
    opened = [port for port in ports if found.open_to_all("tcp", port) is True]
    assert opened == [80, 443, 8080, 8000, 9000]
    assert found.restricts("ipv4") and not found.restricts("ipv6")
