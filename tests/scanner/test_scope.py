# ruff: noqa: E501  # tables: one row, one line
"""The guard, as an enemy would try it."""

import socket
from datetime import date, datetime, time
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.scope import (
    Authorisation,
    OutOfScope,
    Scope,
    canonical,
    embedded,
    hosts,
    is_address,
    system_lookup,
)

NOON = datetime(2026, 6, 1, 12, 0)
NETWORKS = ("203.0.113.0/24", "198.51.100.7/32", "2001:db8:5::/48", "127.35.0.0/16")


def scope(
    networks=NETWORKS,
    names=(),
    windows=(),
    lookup=None,
    now=NOON,
    first="2026-01-01",
    last="2026-12-31",
):
    return Scope(
        Authorisation(
            document="1",
            valid_from=date.fromisoformat(first),
            valid_to=date.fromisoformat(last),
            networks=tuple(ip_network(net) for net in networks),
            names=names,
            windows=windows,
        ),
        lookup=lookup or (lambda name: pytest.fail(f"looked up {name}")),
        now=lambda: now,
    )


def allowed(guard, address, name=""):
    try:
        guard.permit(address, name)
    except OutOfScope:
        return False
    return True


# -- addresses


@pytest.mark.parametrize(
    "address",
    ["203.0.113.0", "203.0.113.255", "198.51.100.7", "2001:db8:5::1", "2001:DB8:5:ffff::1",
     "::ffff:203.0.113.5", "::FFFF:cb00:7105", "64:ff9b::203.0.113.5", "64:ff9b::cb00:7105"],
)  # fmt: skip
def test_inside_in_any_spelling(address):
    assert allowed(scope(), address)
    assert scope().permit(address) is False  # by its network, not by a name


@pytest.mark.parametrize(
    "address",
    [
        "203.0.114.0", "198.51.100.8", "127.0.0.1", "127.34.255.255", "::1", "::",
        "2001:db8:6::1", "2001:db8:5::1%eth0", "203.0.113.5%eth0", "203.0.113.5%",
        "::ffff:127.0.0.1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "64:ff9b::7f00:1",
        "::203.0.113.5",  # IPv4-compatible
        "2002:cb00:7105::1",  # 6to4 of 203.0.113.5
        "2001:0:cb00:7105::1",  # Teredo
        "64:ff9b:1::cb00:7105",  # local NAT64
        "0.0.0.0", "0.0.0.1", "255.255.255.255", "224.0.0.1", "ff02::1", "169.254.169.254",
    ],
)  # fmt: skip
def test_outside_in_any_disguise(address):
    assert not allowed(scope(), address)
    assert not scope().in_networks(address)


@pytest.mark.parametrize(
    "text",
    ["", " ", "www.bao.test", "localhost", "127.1", "127.35.1", "2130706433", "0x7f000001",
     "0177.0.0.1", "127.35.0.01", "203.0.113.5 ", " 203.0.113.5", "203.0.113.5\n",
     "203.0.113.5\x00", "203.0.113.5:80", "203.0.113.0/24", "[2001:db8:5::1]", "１２７.35.0.1", "127。35。0。1"],
)  # fmt: skip
def test_what_is_no_plain_address_is_refused_and_not_looked_up(text):
    guard = scope(
        networks=("127.0.0.0/8", "203.0.113.0/24", "2001:db8:5::/48"), names=("*.bao.test",)
    )
    with pytest.raises(OutOfScope, match="Only an address"):
        guard.permit(text, "www.bao.test")


@given(st.ip_addresses())
def test_every_address_is_inside_or_refused(address):
    guard = scope()
    inside = any(
        address.version == net.version and address in net for net in guard.authorisation.networks
    )
    if embedded(address) == address and hosts(address):
        assert allowed(guard, str(address)) is inside


@given(st.ip_addresses(v=4))
def test_ipv4_inside_ipv6_counts_as_ipv4(address):
    guard = scope(networks=("0.0.0.0/1", "::/0"))
    for written in (f"::ffff:{address}", f"64:ff9b::{address}"):
        assert embedded(ip_address(written)) == address
        assert allowed(guard, written) is (int(address) < 1 << 31 and hosts(address))


@given(st.text(max_size=40), st.text(max_size=20))
def test_no_text_crashes_the_guard(address, name):
    guard = scope(names=("*.bao.test",))
    if allowed(guard, address, name):
        assert is_address(address)
    guard.listed(name)
    guard.in_networks(address)


# -- names


@pytest.mark.parametrize(
    ("name", "pattern", "covered"),
    [
        ("www.bao.test", "www.bao.test", True),
        ("WWW.Bao.Test.", "www.bao.test", True),
        ("www.bao.test", "WWW.BAO.TEST.", True),
        ("www.bao.test", "*.bao.test", True),
        ("a.b.c.bao.test", "*.bao.test", True),  # every level below
        ("bao.test", "*.bao.test", False),
        ("xbao.test", "*.bao.test", False),
        ("bao.test.evil.test", "*.bao.test", False),
        ("www.bao.test.evil.test", "www.bao.test", False),
        ("wwwxbao.test", "www.bao.test", False),
        ("báo.test", "báo.test", True),
        ("báo.test", "xn--bo-mia.test", True),
        ("XN--BO-MIA.test", "báo.test", True),
        ("ba\u0301o.test", "báo.test", True),  # decomposed
        ("anything.test", "*", False),
        ("a.test", "?.test", False),
        ("a.test", "[a-z].test", False),
        ("", "*.bao.test", False),
        (".bao.test", "*.bao.test", True),  # no resolver takes it
        ("*.bao.test", "*.bao.test", True),
        ("203.0.113.5", "203.0.113.5", False),  # an address is no name
    ],
)
def test_listed_names(name, pattern, covered):
    assert scope(names=(pattern,)).listed(name) is covered


def test_a_listed_name_may_lead_to_a_public_address():
    guard = scope(names=("*.bao.test",))
    assert guard.permit("8.8.8.8", "www.bao.test") is True  # by its name alone
    assert guard.permit("2a00:1450::1", "www.bao.test") is True
    assert not allowed(guard, "8.8.8.8")
    assert not allowed(guard, "8.8.8.8", "bao.test")


@pytest.mark.parametrize(
    "address",
    ["10.0.0.1", "192.168.1.1", "172.16.0.1", "127.0.0.1", "169.254.169.254", "100.64.0.1",
     "0.0.0.0", "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "::1", "::", "fe80::1",
     "fe80::1%1", "fc00::1", "fec0::1", "ff0e::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1", "64:ff9b::10.0.0.1",
     "64:ff9b:1::808:808", "2002:a00:1::1", "2001:0:808:808::1", "2001:db8::1", "::8.8.8.8",
     "100::1", "4000::1", "4321::1"],
)  # fmt: skip
def test_a_listed_name_never_leads_inside(address):
    assert not allowed(scope(names=("*.bao.test",)), address, "www.bao.test")


def test_a_names_addresses_are_sorted():
    answer = ["203.0.113.5", "10.0.0.1", "2001:db8:5::1", "8.8.8.8", "fe80::1%eth0", "rubbish"]
    found = scope(lookup=lambda _: answer).resolve("www.bao.test")
    assert found.addresses == ("203.0.113.5", "2001:db8:5::1")
    assert found.refused == ("10.0.0.1", "8.8.8.8", "fe80::1%eth0", "rubbish")


def test_an_address_stands_for_itself():
    assert scope().resolve("203.0.113.5").addresses == ("203.0.113.5",)
    assert scope().resolve("8.8.8.8").refused == ("8.8.8.8",)


@pytest.mark.parametrize("name", ["2130706433", "0177.0.0.1", "127.1", "0x7f.1", "0x7f000001"])
def test_numbers_that_the_system_takes_for_loopback_are_checked_as_what_they_lead_to(name):
    try:
        found = system_lookup(name)
    except OSError:
        pytest.skip("this system's resolver takes it for no address")
    assert found == ["127.0.0.1"]
    outside = scope(lookup=system_lookup).resolve(name)
    assert (outside.addresses, outside.refused) == ((), ("127.0.0.1",))
    inside = scope(networks=("127.0.0.0/8",), lookup=system_lookup).resolve(name)
    assert inside.addresses == ("127.0.0.1",)


@pytest.mark.parametrize(
    "name", ["a" * 64 + ".test", "a\x00b.test", "..", "a..b", "\ud800.test", ""]
)
def test_what_is_no_name_does_not_resolve(name, monkeypatch):
    def gaierror(*_, **__):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    real = socket.getaddrinfo

    def lookup(host, *rest, **more):  # only what the encoder refuses reaches the real one
        host.encode("idna")
        return gaierror() if "\x00" not in host else real(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    with pytest.raises(OSError):
        system_lookup(name)


@given(st.text(max_size=80))
def test_a_names_one_form_is_one(name):
    assert canonical(canonical(name)) == canonical(name)


# -- days and hours


@pytest.mark.parametrize(
    ("now", "holds"),
    [
        ("2025-12-31T23:59:59", False),
        ("2026-01-01T00:00:00", True),
        ("2026-12-31T23:59:59.999999", True),  # the last day counts in full
        ("2027-01-01T00:00:00", False),
    ],
)
def test_days(now, holds):
    assert allowed(scope(now=datetime.fromisoformat(now)), "203.0.113.5") is holds


@pytest.mark.parametrize(
    ("now", "holds"),
    [("21:59:59", False), ("22:00:00", True), ("23:59:59", True), ("00:00:00", True),
     ("04:59:59", True), ("05:00:00", False), ("12:00:00", False)],
)  # fmt: skip
def test_hours_over_midnight(now, holds):
    moment = datetime.combine(date(2026, 6, 1), time.fromisoformat(now))
    assert allowed(scope(windows=((time(22), time(5)),), now=moment), "203.0.113.5") is holds


@pytest.mark.parametrize(("now", "holds"), [("07:59", False), ("08:00", True), ("17:00", False)])
def test_hours_of_one_day(now, holds):
    moment = datetime.combine(date(2026, 6, 1), time.fromisoformat(now))
    assert allowed(scope(windows=((time(8), time(17)),), now=moment), "203.0.113.5") is holds


def test_any_of_several_windows():
    windows = ((time(0), time(1)), (time(12), time(13)))
    assert allowed(scope(windows=windows), "203.0.113.5")


def test_hours_after_the_last_midnight_are_not_authorised():
    late = datetime(2027, 1, 1, 2, 0)
    assert not allowed(scope(windows=((time(22), time(5)),), now=late), "203.0.113.5")


def test_hours_that_begin_where_they_end_never_come():
    assert not allowed(scope(windows=((time(12), time(12)),)), "203.0.113.5")


def test_nothing_is_looked_up_outside_the_days():
    with pytest.raises(OutOfScope, match="not valid today"):
        scope(now=datetime(2030, 1, 1)).resolve("www.bao.test")


def test_the_reason_names_what_it_is_about():
    with pytest.raises(OutOfScope) as caught:
        scope().permit("8.8.8.8", "www.bao.test")
    assert caught.value.detail == "www.bao.test → 8.8.8.8"


def test_what_can_be_a_host():
    assert hosts(IPv6Address("::1")) and hosts(IPv4Address("127.0.0.1"))
    assert not hosts(IPv4Address("0.0.0.0"))
