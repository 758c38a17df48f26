"""UDP questions to real servers; NTP, SSDP, CLDAP and IPMI by hand.

No package of Debian 12 has them as they must be: ntpsec knows no monlist, slapd is built without
connectionless LDAP, and an IPMI controller is hardware.
"""

from __future__ import annotations

import os
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from checks import Status
from checks import ports as rules
from facts.base import Undecided, Unknown
from facts.declared import Kind, Target, Vantage
from facts.udp import QUESTIONS
from scanner.probes import table, udp
from scanner.scope import OutOfScope
from tests.factories.ports import ports as sweep
from tests.lab import services as lab
from tests.lab.places import free_port, open_folder
from tests.probes.reaches import reach

ADDRESS = "127.34.40.1"
LOCAL = "127.0.0.1"  # BIND listens on nothing else of loopback
WEB = Target(Kind.HOST, ADDRESS, ADDRESS, roles=("web",))


@pytest.fixture
def ask(monkeypatch):
    """The facts of some questions only, each at a port of the test's."""

    def gather(address=ADDRESS, target=None, way=None, **ports):
        wanted = {
            name.replace("_", "-"): replace(QUESTIONS[name.replace("_", "-")], port=port)
            for name, port in ports.items()
        }
        monkeypatch.setattr(udp, "QUESTIONS", wanted)
        monkeypatch.setattr(udp, "WAIT", 0.4)
        some = target or Target(Kind.HOST, address, address, roles=("web",))
        return udp.gather(some, way or reach("127.34.0.0/16", "127.0.0.1/32"))

    return gather


@pytest.fixture
def folder():
    with open_folder() as place:
        yield place


def rest(facts):
    """The facts as if all other questions had been refused."""
    others = {name: False for name in QUESTIONS if name not in facts.answered}
    return replace(facts, answered={**others, **facts.answered}, abused={**others, **facts.abused})


def verdict(facts, target=WEB):
    return rules.amplifiers(rest(facts), target)


OPEN = "recursion yes; allow-recursion { any; }; allow-query { any; };"
REFUSING = "recursion no; allow-query { none; };"


@pytest.mark.parametrize(("options", "status"), [(OPEN, "fail"), (REFUSING, "pass")])
def test_dns(ask, folder, options, status):
    port = free_port(LOCAL)
    with lab.named(folder, options, address=LOCAL, port=port):
        facts = ask(LOCAL, dns=port)
    assert facts.answered["dns"] is True
    assert verdict(facts).status == status
    if status == "fail":  # colleagues may use the resolver
        inside = replace(WEB, vantage=Vantage.INTERNAL)
        assert verdict(facts, inside).status is Status.PASS


def test_dns_that_recurses_only_for_others(ask, folder):
    """A resolver that answers its own networks, and refuses the rest."""
    port = free_port(LOCAL)
    options = "recursion yes; allow-recursion { 192.0.2.0/24; }; allow-query { 192.0.2.0/24; };"
    with lab.named(folder, options, address=LOCAL, port=port):
        assert verdict(ask(LOCAL, dns=port)).status is Status.PASS


def test_our_fix_closes_a_resolver_that_has_nothing_of_its_own(ask, folder):
    fix = Path("checks/fixes/ports.amplifiers.sh").read_text("utf-8")
    lines = [line.removeprefix("#   ") for line in fix.splitlines() if line.endswith("; };")]
    options = "recursion yes; " + " ".join(lines).replace("127.0.0.1; ", "")  # we are a stranger
    port = free_port(LOCAL)
    with lab.named(folder, options, address=LOCAL, port=port, root=False):
        assert verdict(ask(LOCAL, dns=port)).status is Status.PASS
    open_to_all = options.replace("10.0.0.0/8", "any")
    with lab.named(folder, open_to_all, address=LOCAL, port=port, root=False):
        assert verdict(ask(LOCAL, dns=port)).status is Status.FAIL


def test_snmp_with_the_public_community(ask, folder):
    port = free_port(ADDRESS)
    with lab.snmpd(folder, "rocommunity public", address=ADDRESS, port=port):
        facts = ask(snmp_v1=port, snmp_v2c=port)
    assert facts.abused == {"snmp-v1": True, "snmp-v2c": True}
    assert verdict(facts).status is Status.FAIL
    assert rules.cleartext(sweep(), rest(facts)).status is Status.FAIL


def test_snmp_with_a_community_of_its_own(ask, folder):
    port = free_port(ADDRESS)
    with lab.snmpd(folder, "rocommunity kho-doan-lam", address=ADDRESS, port=port):
        facts = ask(snmp_v1=port, snmp_v2c=port)
    assert facts.silent == ("snmp-v1", "snmp-v2c")
    assert facts.reachable is True  # by TCP: nothing listens there, and the host says so
    assert verdict(facts).status is Status.PASS
    assert rules.cleartext(sweep(), rest(facts)).status is Status.PASS


def test_memcached(ask, folder):
    port = free_port(ADDRESS)
    with lab.memcached(folder, "-U", str(port), address=ADDRESS, port=port):
        assert verdict(ask(memcached=port)).status is Status.FAIL
    with lab.memcached(folder, "-U", "0", address=ADDRESS, port=port):
        facts = ask(memcached=port)
    assert facts.answered["memcached"] is False and facts.silent == ()
    assert verdict(facts).status is Status.PASS


@pytest.mark.skipif(os.geteuid() != 0, reason="in.tftpd wants root")
def test_tftp(ask, folder):
    port = free_port(ADDRESS)
    with lab.tftpd(folder, address=ADDRESS, port=port):
        facts = ask(tftp=port)
    assert facts.answered["tftp"] is True  # from another port, with "no such file"
    said = rules.file_sharing(sweep(), rest(facts), WEB)
    assert (said.status, said.evidence["services"]) == (Status.FAIL, ["69/tftp (udp)"])
    facts = ask(tftp=port)
    assert facts.silent == ("tftp",)
    assert rules.file_sharing(sweep(), rest(facts), WEB).status is Status.PASS


ANSWERS = {
    "ntp": bytes.fromhex("9700032a00010048") + bytes(72),
    "ssdp": b"HTTP/1.1 200 OK\r\nST: upnp:rootdevice\r\n\r\n",
    "cldap": bytes.fromhex("300c02010765070a010004000400"),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_amplifiers_by_hand(ask, name):
    heard = []

    def answer(packet):
        heard.append(packet)
        return ANSWERS[name]

    with lab.responder(answer, address=ADDRESS) as port:
        facts = ask(**{name: port})
    assert heard == [QUESTIONS[name].packet]  # once: it answered
    assert verdict(facts).status is Status.FAIL


def test_ntp_that_keeps_no_list(ask):
    with lab.responder(lambda packet: bytes.fromhex("9700032a40000000"), address=ADDRESS) as port:
        facts = ask(ntp=port)
    assert facts.answered["ntp"] is True and verdict(facts).status is Status.PASS


def test_ipmi(ask):
    pong = bytes.fromhex("0600ff06000011be40000010") + bytes(16)
    with lab.responder(lambda packet: pong, address=ADDRESS) as port:
        facts = ask(ipmi=port)
    assert rules.admin(sweep(), rest(facts), WEB).status is Status.FAIL
    assert verdict(facts).status is Status.PASS  # an open door, and no amplifier
    facts = ask(ipmi=port)
    allowed = replace(WEB, allowed_ports=(22,))
    assert rules.admin(sweep(), rest(facts), allowed).status is Status.PASS


def test_silence_is_asked_twice_and_kept_apart(ask):
    heard = []
    with lab.responder(heard.append, address=ADDRESS) as port:
        facts = ask(ntp=port)
    assert len(heard) == 2
    assert facts.silent == ("ntp",) and facts.abused["ntp"] is False


def test_one_lost_packet_changes_nothing(ask):
    heard = []

    def second(packet):
        heard.append(packet)
        return ANSWERS["ntp"] if len(heard) == 2 else None

    with lab.responder(second, address=ADDRESS) as port:
        assert verdict(ask(ntp=port)).status is Status.FAIL


def test_garbage_is_an_answer_and_no_amplifier(ask):
    with lab.responder(lambda packet: bytes(range(256)), address=ADDRESS) as port:
        facts = ask(**{name.replace("-", "_"): port for name in QUESTIONS})
    assert set(facts.answered.values()) == {True}
    assert verdict(facts).status is Status.PASS


def test_a_dark_host_is_undecided(ask, monkeypatch):
    def dark(self, address, port, **how):
        raise TimeoutError

    with lab.responder(lambda packet: None, address=ADDRESS) as port:
        way = reach("127.34.0.0/16")
        monkeypatch.setattr(type(way), "connect", dark)
        facts = ask(ntp=port, way=way)
    assert facts.reachable is False
    with pytest.raises(Undecided):
        verdict(facts)


def test_strangers_addresses_are_left_alone(ask):
    way = reach("127.34.0.0/16")
    with pytest.raises(Undecided):
        ask(target=replace(WEB, by_name=True), ntp=9, way=way)
    with pytest.raises(OutOfScope):
        ask("127.35.0.1", ntp=9, way=way)
    assert way.contacts == []


def test_a_run_that_ends_leaves_unknowns(ask):
    way = reach("127.34.0.0/16")
    way.stop = threading.Event()
    way.stop.set()
    facts = ask(ntp=9, way=way)
    assert isinstance(facts.abused["ntp"], Unknown) and isinstance(facts.reachable, Unknown)
    with pytest.raises(Undecided):
        verdict(facts)


def test_facts_survive_the_store(ask):
    facts, codec = ask(ntp=free_port(ADDRESS)), table()["udp"].codec
    assert codec.validate_json(codec.dump_json(facts)) == facts
