import pytest

from checks import Status, dns
from facts.base import Undecided, Unknown
from facts.declared import Kind, Target, Vantage
from facts.zone import Signed, issuers, networks
from tests.factories.zone import SERVERS, served, zone

PASS, FAIL, ERROR, NA = Status.PASS, Status.FAIL, Undecided, Status.NOT_APPLICABLE
WHY = Unknown("It was not learnt")
DOMAIN = Target(Kind.ZONE, "bao.test", "")


def judged(check, *facts):
    """The status, or Undecided, so that a row can say either."""
    try:
        return check(*facts).status
    except Undecided:
        return Undecided


@pytest.mark.parametrize(
    ("servers", "status"),
    [
        ([False, False], PASS),
        ([False, True], FAIL),
        ([WHY, True], FAIL),
        ([WHY, False], ERROR),
        ([], ERROR),
    ],
)
def test_each_name_server_is_asked(servers, status):
    given = zone(served=tuple(served(f"ns{i}.bao.test", transfer=x) for i, x in enumerate(servers)))
    assert judged(dns.transfer, given) is status
    looks = zone(
        served=tuple(served(f"ns{i}.bao.test", recursion=x) for i, x in enumerate(servers))
    )
    assert judged(dns.recursion, looks, DOMAIN) is status


def test_from_inside_a_server_may_look_names_up_for_colleagues():
    inside = Target(Kind.ZONE, "bao.test", "", vantage=Vantage.INTERNAL)
    assert judged(dns.recursion, zone(served=(served(recursion=True),)), inside) is NA


@pytest.mark.parametrize(
    ("trials", "status"),
    [
        ({"www.bao.test": False}, PASS),
        ({"www.bao.test": True, "x.bao.test": WHY}, FAIL),
        ({"www.bao.test": False, "x.bao.test": WHY}, ERROR),
        ({}, ERROR),
    ],
)
def test_dangling(trials, status):
    assert judged(dns.dangling, zone(dangling=trials)) is status


def test_dangling_says_where_it_led():
    seen = dns.dangling(zone(dangling={"www.bao.test": True}))
    assert seen.evidence["records"] == ["www.bao.test → cdn.test"]


@pytest.mark.parametrize(
    ("signed", "status"),
    [(Signed.VALID, PASS), (Signed.UNSIGNED, FAIL), (Signed.NO_DS, FAIL), (Signed.BOGUS, FAIL),
     (WHY, ERROR)],
)  # fmt: skip
def test_dnssec(signed, status):
    assert judged(dns.dnssec, zone(signed=signed)) is status


@pytest.mark.parametrize(
    ("records", "status"),
    [
        (('0 issue "ca.test"',), PASS),
        (('0 issue "ca.test; accounturi=https://ca.test/1"',), PASS),
        (('128 ISSUE "ca.test"',), PASS),
        (('0 issue ";"',), PASS),  # nobody at all
        (('0 iodef "mailto:a@bao.test"',), FAIL),
        (('0 issuewild "ca.test"',), FAIL),  # says nothing of plain names
        ((), FAIL),
        (WHY, ERROR),
    ],
)
def test_caa(records, status):
    assert judged(dns.caa, zone(caa=records)) is status


ONE_NET = {"ns1.bao.test": ("203.0.113.53",), "ns2.bao.test": ("203.0.113.54",)}


@pytest.mark.parametrize(
    ("servers", "status"),
    [
        (SERVERS, PASS),
        (ONE_NET, FAIL),
        ({"ns1.bao.test": ("203.0.113.53", "198.51.100.53")}, FAIL),
        ({"ns1.bao.test": ("203.0.113.53",), "ns2.dns.test": ()}, FAIL),
        ({"ns1.bao.test": ("203.0.113.53",), "ns2.dns.test": ("2001:db8::53",)}, PASS),
        ({**SERVERS, "ns3.dns.test": WHY}, PASS),
        ({**ONE_NET, "ns3.dns.test": WHY}, ERROR),
        ({"ns1.bao.test": WHY}, ERROR),
        ({}, ERROR),
    ],
)
def test_redundancy(servers, status):
    assert judged(dns.redundancy, zone(servers=servers)) is status


@pytest.mark.parametrize(
    ("answers", "status"), [(True, PASS), (None, PASS), (False, FAIL), (WHY, ERROR)]
)
def test_a_name_server_that_does_not_serve_the_domain_is_none(answers, status):
    lame = (served(), served("ns2.dns.test", "198.51.100.53", authoritative=answers))
    assert judged(dns.redundancy, zone(served=lame)) is status


@pytest.mark.parametrize(
    ("services", "status"),
    [({"a:443": True}, PASS), ({"a:443": True, "b:443": False}, FAIL), ({"a:443": WHY}, ERROR),
     ({}, NA)],
)  # fmt: skip
def test_ipv6(services, status):
    assert judged(dns.ipv6, zone(ipv6=services)) is status


def test_networks_are_told_apart_as_routing_does():
    assert networks(("203.0.113.1", "203.0.113.200")) == {"203.0.113.0/24"}
    assert networks(("2001:db8::1", "2001:db8:0:9::1")) == {"2001:db8::/48"}


def test_issuers_of_garbage_are_none():
    assert issuers(("", "0", "0 issue", "issue ca.test", "\x00")) == ()
