"""Domains on two real BINDs: one serves them (and a signed root), one looks up and validates."""

from __future__ import annotations

import socket
import threading

import pytest

from checks import Status, dns
from facts.base import Undecided, Unknown
from facts.declared import Domain, Kind, Target
from facts.zone import Signed
from scanner.probes import zone
from tests.lab.places import free_port, open_folder
from tests.lab.zones import LOCAL, Zone, names
from tests.probes.reaches import reach

GOOD = (
    'www A 127.0.0.1\n@ CAA 0 issue "ca.test"\n@ MX 10 www\ncdn CNAME www\n'
    "here A 127.0.0.1\nthere A 192.0.2.1\nsix AAAA ::1\n@ NS ns2\nns2 A 192.0.2.53\n"
)
LOST = "www CNAME gone.plain.test.\n@ MX 10 post.nowhere.test.\n@ NS ns9.nowhere.test.\n"


@pytest.fixture(scope="module")
def world():
    zones = {
        "good.test": Zone(GOOD, signed=True),
        "open.test": Zone("www A 127.0.0.1\n", transfer=True),
        "lost.test": Zone(LOST),
        "plain.test": Zone(),
        "keys.test": Zone(signed=True, vouched=False),
        "late.test": Zone(signed=True, expired=True),
    }
    with open_folder() as folder, names(folder, zones) as ports:
        yield ports


@pytest.fixture
def look(world, monkeypatch):
    """The facts of a domain; `port` is where its name servers are asked."""
    monkeypatch.setattr(zone, "WAIT", 1.0)
    monkeypatch.setattr(zone, "TRANSFER", 2.0)

    def gather(name, port=None, networks=("127.0.0.0/8", "::1/128"), resolvers=None, **domain):
        monkeypatch.setattr(zone, "PORT", port or world.served)
        way = reach(*networks, resolvers=resolvers or world.resolvers)
        target = Target(Kind.ZONE, name, "", domain=Domain(**domain))
        return zone.gather(target, way)

    return gather


def test_a_kept_domain(look):
    facts = look("good.test", names=("cdn.good.test", "good.test"))
    ours, theirs = facts.served
    assert (ours.authoritative, ours.transfer, ours.recursion) == (True, False, False)
    assert theirs.transfer == Unknown(zone.NOT_OURS, "ns2.good.test 192.0.2.53")
    assert facts.signed is Signed.VALID
    assert facts.ends["cdn.good.test"] == "www.good.test"
    assert dns.dangling(facts).status is Status.PASS
    assert dns.caa(facts).evidence["issuers"] == ["ca.test"]
    assert dns.redundancy(facts).status is Status.PASS
    with pytest.raises(Undecided):  # one of its servers was not asked
        dns.transfer(facts)


def test_a_bare_domain_fails_what_is_advice(look):
    facts = look("plain.test", services=(("ns1.plain.test", 443),))
    for check in (dns.caa, dns.redundancy, dns.ipv6, dns.dnssec):
        assert check(facts).status is Status.FAIL


def test_a_domain_above_the_system_gives_its_caa_and_its_servers(look):
    facts = look("www.good.test")
    assert (facts.apex, facts.caa) == ("good.test", ('0 issue "ca.test"',))


@pytest.mark.parametrize(
    ("name", "status"), [("open.test", Status.FAIL), ("plain.test", Status.PASS)]
)
def test_transfer(look, name, status):
    assert dns.transfer(look(name)).status is status


def test_recursion(look, world):
    target = Target(Kind.ZONE, "plain.test", "")
    assert dns.recursion(look("plain.test"), target).status is Status.PASS
    resolves = look("plain.test", port=world.resolver)  # it looks the domain up, as any other
    assert dns.recursion(resolves, target).status is Status.FAIL
    assert resolves.served[0].authoritative is False


@pytest.mark.parametrize(
    ("name", "signed"),
    [
        ("plain.test", Signed.UNSIGNED),
        ("keys.test", Signed.NO_DS),
        ("late.test", Signed.BOGUS),
    ],
)
def test_dnssec(look, name, signed):
    facts = look(name)
    assert facts.signed is signed
    assert dns.dnssec(facts).status is Status.FAIL


def test_signed_cannot_be_told_by_a_resolver_that_does_not_validate(look, world):
    facts = look("good.test", resolvers=(f"{LOCAL}#{world.served}",))
    assert facts.signed == Unknown(
        "The resolver does not check signatures; name one that does with --resolver", "good.test"
    )


def test_dangling(look):
    seen = dns.dangling(look("lost.test"))
    assert seen.status is Status.FAIL
    assert seen.evidence["records"] == [
        "www.lost.test → gone.plain.test",
        "ns9.nowhere.test → ns9.nowhere.test",
        "post.nowhere.test → post.nowhere.test",
    ]


def test_a_resolver_that_makes_addresses_up_is_not_believed(look, monkeypatch):
    told = zone.Reach.records
    monkeypatch.setattr(
        zone.Reach,
        "records",
        lambda self, name, kind, **how: told(
            self, "www.good.test" if name.endswith(".invalid") else name, kind, **how
        ),
    )
    facts = look("lost.test")
    assert set(facts.dangling.values()) == {Unknown(zone.MADE_UP, "127.0.0.1")}
    with pytest.raises(Undecided):
        dns.dangling(facts)


def test_ipv6(look):
    port = free_port("::1")
    with socket.create_server(("::1", port), family=socket.AF_INET6):
        on = look("good.test", services=(("six.good.test", port),))
    assert on.ipv6 == {f"six.good.test:{port}": True}
    assert dns.ipv6(on).status is Status.PASS
    assert dns.dnssec(on).status is Status.PASS
    off = look("good.test", services=(("six.good.test", port), ("www.good.test", port)))
    assert off.ipv6 == {f"six.good.test:{port}": False, f"www.good.test:{port}": False}


def test_only_the_authorised_are_asked(look, world):
    before = world.queries.read_text().count("AXFR")
    facts = look("good.test", networks=("192.0.2.1/32",), services=(("six.good.test", 1),))
    assert all(one.transfer.unknown == zone.NOT_OURS for one in facts.served)
    assert isinstance(facts.ipv6["six.good.test:1"], Unknown)
    assert world.queries.read_text().count("AXFR") == before


@pytest.mark.parametrize("name", ["none.test", "x" * 60 + "." + "y" * 60, "a..b"])
def test_a_domain_that_does_not_exist_is_no_pass(look, name):
    with pytest.raises(Undecided):
        look(name)


def test_no_resolver_is_no_pass(look, monkeypatch):
    monkeypatch.setattr("scanner.reach.SECONDS", 0.5)
    with pytest.raises(Undecided):
        look("good.test", resolvers=(f"{LOCAL}#{free_port(LOCAL)}",))


@pytest.fixture
def liar():
    """A name server of TCP and UDP that says what it is told to, whatever is asked."""
    port, ends = free_port(LOCAL), []

    def start(answer):
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        udp.bind((LOCAL, port))
        tcp = socket.create_server((LOCAL, port))
        ends.extend([udp, tcp])

        def packets():
            while True:
                try:
                    asked, peer = udp.recvfrom(2000)
                    udp.sendto(answer(asked), peer)
                except OSError:
                    return

        def streams():
            while True:
                try:
                    sock, _ = tcp.accept()
                except OSError:
                    return
                with sock:
                    asked = sock.recv(2000)[2:]
                    try:
                        while True:
                            part = answer(asked)
                            sock.sendall(len(part).to_bytes(2, "big") + part)
                    except OSError:
                        continue

        for work in (packets, streams):
            threading.Thread(target=work, daemon=True).start()
        return port

    yield start
    for one in ends:
        one.close()


@pytest.mark.parametrize(
    "answer",
    [
        lambda asked: b"",
        lambda asked: b"\xff" * 500,
        lambda asked: asked,  # the question, sent back
        lambda asked: asked[:2] + b"\x84\x00" + asked[4:6] + b"\xff\xff" + b"\x00" * 400,
        lambda asked: asked[:2] + b"\x84\x00\x00\x01\x00\x01\x00\x00\x00\x00" + b"\xc0\x0c" * 200,
    ],
    ids=["nothing", "noise", "echo", "many", "loops"],
)
def test_a_lying_server_passes_nothing(look, liar, answer):
    facts = look("plain.test", port=liar(answer))
    (seen,) = facts.served
    assert isinstance(seen.recursion, Unknown)
    assert isinstance(seen.transfer, Unknown)
