"""The scanner's own resolver, on real BINDs of the test's."""

from __future__ import annotations

import socket
import threading

import pytest

from facts.base import Undecided
from scanner.resolver import Resolver, server
from tests.lab.places import free_port, open_folder
from tests.lab.zones import LOCAL, Zone, names

LINES = (
    "www A 127.0.0.1\nwww AAAA ::1\nalias CNAME www\nloop CNAME loop2\nloop2 CNAME loop\n"
    'two TXT "v=spf1 " "-all"\nodd TXT "\\200\\255"\n' + "".join(
        f"many A 127.0.{i // 250}.{i % 250 + 1}\n" for i in range(90)
    )
)  # fmt: skip


@pytest.fixture(scope="module")
def asked():
    zones = {"good.test": Zone(LINES, signed=True), "late.test": Zone(signed=True, expired=True)}
    with open_folder() as folder, names(folder, zones) as ports:
        yield Resolver(ports.resolvers)


def test_an_answer(asked):
    found = asked.records("alias.good.test", "A")
    assert (found.values, found.exists, found.authentic) == (("127.0.0.1",), True, True)
    assert found.canonical == "www.good.test"


def test_strings_of_one_record_are_one_text(asked):
    assert asked.records("two.good.test", "TXT").values == ("v=spf1 -all",)
    assert asked.records("odd.good.test", "TXT").values == ("\ufffd\ufffd",)


def test_no_such_record_and_no_such_name(asked):
    assert asked.records("www.good.test", "MX").exists is True
    assert asked.records("none.good.test", "A").exists is False


def test_many_records_come_by_tcp_and_are_cut(asked, monkeypatch):
    assert len(asked.records("many.good.test", "A").values) == 90  # more than a packet holds
    monkeypatch.setattr("scanner.resolver.MOST", 7)
    assert len(asked.records("many.good.test", "A").values) == 7


@pytest.mark.parametrize("name", ["loop.good.test", "late.test", "a..b", "x" * 64, "é" * 300])
def test_what_cannot_be_told_is_no_answer(asked, name):
    with pytest.raises(Undecided):
        asked.records(name, "A")


def test_unchecked_answers_come_in_spite_of_bad_signatures(asked):
    assert asked.records("late.test", "SOA", unchecked=True).values


def test_addresses_of_both_families(asked):
    assert asked.lookup("www.good.test") == ["127.0.0.1", "::1"]
    with pytest.raises(OSError, match="none"):
        asked.lookup("none.good.test")


@pytest.mark.parametrize("answer", [b"", b"\xff" * 60, None], ids=["empty", "noise", "silence"])
def test_a_resolver_that_lies_costs_bounded_time(answer):
    port = free_port(LOCAL)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind((LOCAL, port))
        sock.settimeout(5)

        def serve():
            while True:
                try:
                    said, peer = sock.recvfrom(2000)
                    if answer is not None:
                        sock.sendto(said[:2] + answer, peer)
                except OSError:
                    return

        threading.Thread(target=serve, daemon=True).start()
        with pytest.raises(Undecided):
            Resolver((f"{LOCAL}#{port}",)).records("good.test", "A", seconds=0.5)


@pytest.mark.parametrize("text", ["9.9.9.9", "9.9.9.9#5353", "2620:fe::fe", "2620:fe::fe#53"])
def test_a_resolver_is_named_by_its_address(text):
    assert server(f" {text} ") == text


@pytest.mark.parametrize("text", ["", "dns.example", "9.9.9.9#0", "9.9.9.9#x", "9.9.9.9#65536"])
def test_anything_else_is_none(text):
    with pytest.raises(ValueError):  # each part has a text of its own
        server(text)
