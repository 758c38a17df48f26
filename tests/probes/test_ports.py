"""The port sweep with the real nmap on real servers."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from checks import Status
from checks import ports as rules
from facts.base import Undecided, Unknown
from facts.declared import Kind, Target
from facts.ports import PortFacts
from scanner.probes import nmap_child, ports, table
from scanner.probes.nmap_child import Nmap
from scanner.scope import OutOfScope
from tests.factories.ports import udp
from tests.factories.world import world
from tests.lab import services as lab
from tests.lab.hostile import hostile, never_answers
from tests.lab.places import free_port, open_folder
from tests.probes.reaches import reach

ADDRESS = "127.34.30.1"
OTHER = "127.34.30.2"
EMPTY = "127.34.30.3"


def target(address=ADDRESS, scan="1-5", **more):
    return Target(Kind.HOST, address, address, scan_ports=scan, roles=("other",), **more)


def gather(*targets, way=None):
    way = way or reach("127.34.0.0/16")
    return {t.address: facts for t, facts in ports.gather_many(targets, way)}


def sweep(*numbers, address=ADDRESS):
    """The facts of one host, of these ports and of one more that is closed."""
    some = target(address, ",".join(str(n) for n in (*numbers, free_port(address))))
    facts = gather(some)[address]
    assert isinstance(facts, PortFacts), facts
    return facts


@pytest.fixture
def folder():
    with open_folder() as place:
        yield place


@pytest.fixture
def busy(folder):
    """The port of a server that greets at once, so that nmap need not wait."""
    port = free_port(ADDRESS)
    with lab.rsyncd(folder, address=ADDRESS, port=port):
        yield port


def test_every_port_is_told(busy):
    closed = free_port(ADDRESS)
    facts = gather(target(scan=f"{busy},{closed}"))[ADDRESS]
    assert facts.state(busy) == "open" and facts.state(closed) == "closed"
    assert facts.state(1) == "" and facts.count == 2 and facts.answered is True
    (port,) = facts.open
    assert (port.service, port.extra, port.guessed) == ("rsync", "protocol version 32", False)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has the choice")
def test_without_root_whole_connections_see_the_same(busy, monkeypatch):
    half = sweep(busy)
    monkeypatch.setattr(ports, "raw_sockets", lambda: False)
    whole = sweep(busy)
    assert half.open == whole.open


def test_ipv6_has_its_own_nmap(folder):
    port = free_port("::1")
    with lab.rsyncd(folder, address="::1", port=port):
        six, four = target("::1", str(port)), target(ADDRESS, str(port))
        facts = gather(six, four, way=reach("127.34.0.0/16", "::1/128"))
    assert facts["::1"].state(port) == "open"
    assert facts[ADDRESS].state(port) == "closed"


def test_hosts_with_other_ports_are_other_groups(busy):
    facts = gather(target(scan=str(busy)), target(OTHER, "1-3"), target(EMPTY, "1-3"))
    assert [facts[a].tried for a in (ADDRESS, OTHER, EMPTY)] == [str(busy), "1-3", "1-3"]


def test_one_host_s_trouble_is_its_own(busy):
    strange = target("127.99.0.1", str(busy))
    name_only = target("127.34.30.9", str(busy), by_name=True)
    facts = gather(strange, name_only, target(scan=str(busy)))
    assert isinstance(facts["127.99.0.1"], OutOfScope)
    assert isinstance(facts["127.34.30.9"], Undecided)
    assert facts[ADDRESS].state(busy) == "open"


def test_nobody_is_contacted_without_leave():
    way = reach("127.34.0.0/16")
    gather(target("127.99.0.1"), target("127.34.30.9", by_name=True), way=way)
    assert way.contacts == []


def test_by_default_the_inventory_s_ports_are_tried_too(monkeypatch):
    monkeypatch.setattr(Nmap, "usual", lambda self, way: frozenset({7}))
    seen = ports._wanted(target(scan="", allowed_ports=(54321,)), Nmap(), reach())
    assert {7, 54321, 6379, 3389, 8443} <= set(seen)
    assert set(ports._wanted(target(scan="9", allowed_ports=(54321,)), Nmap(), reach())) == {9}


def test_nmap_missing(monkeypatch):
    def missing(self):
        raise Undecided("nmap is not installed", "apt-get install nmap")

    monkeypatch.setattr(Nmap, "__init__", missing)
    facts = gather(target(), target("127.34.30.9", by_name=True))
    assert facts[ADDRESS].why == "nmap is not installed"
    assert "its network" in facts["127.34.30.9"].why


def test_ports_without_versions_when_asking_takes_too_long(monkeypatch, busy):
    monkeypatch.setattr(ports, "INTENSITIES", (("0", 1.0),))
    with hostile(ADDRESS, never_answers) as silent:
        facts = sweep(silent.port)
    assert facts.state(silent.port) == "open"
    assert isinstance(facts.open[0].version, Unknown)
    with pytest.raises(Undecided):
        rules.supported(facts, world())


def test_a_host_that_was_cut_off_for_a_moment_is_swept_again(monkeypatch, busy):
    asked, real = [], Nmap.scan

    def first_mute(self, way, args, addresses, timeout):
        asked.append(args[args.index("-p") + 1])
        return {} if len(asked) == 1 else real(self, way, args, addresses, timeout)

    monkeypatch.setattr(ports, "COMMON", frozenset({busy}))
    monkeypatch.setattr(ports, "FEW", 1)
    monkeypatch.setattr(Nmap, "scan", first_mute)
    closed = free_port(ADDRESS)
    facts = gather(target(scan=f"{busy},{closed}"))[ADDRESS]
    assert facts.state(busy) == "open" and facts.state(closed) == "closed"
    assert asked[1] == str(busy) and asked[2] == asked[0]


def test_a_mute_host_costs_one_sweep_and_a_few_ports(monkeypatch):
    asked = []

    def mute(self, way, args, addresses, timeout):
        asked.append(len(ports.numbers(args[args.index("-p") + 1])))
        return {}

    monkeypatch.setattr(Nmap, "scan", mute)
    facts = gather(target(scan="1000-1999"), target(OTHER, "1000-1999"))
    assert asked == [1000, ports.FEW] and facts[ADDRESS].answered is False


def test_many_ports_are_few_hosts_at_a_time(monkeypatch):
    at_once = []

    def seen(self, way, args, addresses, timeout):
        at_once.append(len(addresses))
        return {}

    monkeypatch.setattr(Nmap, "scan", seen)
    monkeypatch.setattr(ports, "PORTS_AT_ONCE", 3000)
    gather(*(target(f"127.34.30.{n}", "1-1000") for n in range(1, 8)))
    assert max(at_once) == 3 and at_once[0::2] == [3, 3, 1]


def test_sweeps_take_turns_and_a_long_one_does_not_stand_in_the_way(monkeypatch):
    running, most = Counter(), Counter()

    def slow(self, way, args, addresses, timeout):
        lane = args[args.index("--max-rate") + 1]
        running[lane] += 1
        most[lane] = max(most[lane], running[lane])
        barrier.wait(timeout=20) if len(addresses) == 2 else time.sleep(0.05)
        running[lane] -= 1
        return {address: {"tcp": {1: {"state": "closed"}}} for address in addresses}

    barrier = threading.Barrier(2)  # a long and a short one, at the same time
    monkeypatch.setattr(Nmap, "scan", slow)
    wide = [target(f"127.34.31.{n}", "1-6000") for n in (1, 2)]
    pair = [target(f"127.34.31.{n}", "1-10") for n in (3, 4)]
    single = [[target(f"127.34.31.{n}", "1-10")] for n in (5, 6, 7)]
    with ThreadPoolExecutor(5) as pool:
        list(pool.map(lambda some: gather(*some), (wide, pair, *single)))
    assert most == {str(ports.QUICK.rate): 1, str(ports.WHOLE.rate): 1}


def test_a_sweep_that_is_too_long_is_said_so(monkeypatch):
    def slow(self, reach, args, addresses, timeout):
        return {a: {"timedout": True} for a in addresses}

    monkeypatch.setattr(Nmap, "scan", slow)
    assert gather(target())[ADDRESS].why == "The port sweep took too long"


def test_a_crash_of_nmap_is_tried_once_more_and_then_told(monkeypatch):
    asked = []

    def broken(self, reach, args, addresses, timeout):
        asked.append(addresses)
        raise Undecided("nmap failed", "segmentation fault")

    monkeypatch.setattr(Nmap, "scan", broken)
    assert gather(target())[ADDRESS].why == "nmap failed"
    assert len(asked) == 2


def test_a_wall_that_answers_everywhere_is_not_asked(monkeypatch):
    def wall(self, reach, args, addresses, timeout):
        assert "-sV" not in args
        return {a: {"tcp": {n: {"state": "open"} for n in range(1, 300)}} for a in addresses}

    monkeypatch.setattr(Nmap, "scan", wall)
    facts = gather(target(scan="1-299"))[ADDRESS]
    assert len(facts.open) == 299 and isinstance(facts.open[0].product, Unknown)


def test_facts_survive_the_store(busy):
    facts, codec = sweep(busy), table()["ports"].codec
    assert codec.validate_json(codec.dump_json(facts)) == facts


# -- a host that drops everything: only in network namespaces

SCAN, HOST = "ps-test-ports-a", "ps-test-ports-b"


@pytest.fixture
def dark():
    """Two namespaces; what goes to 198.51.100.64/26 is dropped without a word."""
    if os.geteuid() != 0 or not shutil.which("ip"):
        pytest.skip("network namespaces need root and iproute2")

    def ip(*words):
        return subprocess.run(["ip", *words], capture_output=True, text=True)

    if ip("netns", "add", SCAN).returncode:
        pytest.skip("network namespaces cannot be made here")
    with ExitStack() as stack:
        stack.callback(ip, "netns", "del", SCAN)
        ip("netns", "add", HOST)
        stack.callback(ip, "netns", "del", HOST)
        ip("link", "add", "v0", "netns", SCAN, "type", "veth", "peer", "name", "v1", "netns", HOST)
        for space, link, address in ((SCAN, "v0", "1"), (HOST, "v1", "2")):
            ip("-n", space, "addr", "add", f"198.51.100.{address}/30", "dev", link)
            ip("-n", space, "link", "set", link, "up")
        ip("-n", HOST, "addr", "add", "198.51.100.70/32", "dev", "v1")
        ip("-n", SCAN, "route", "add", "198.51.100.64/26", "via", "198.51.100.2")
        yield


def test_a_dark_host_passes_nothing_and_costs_the_others_nothing(dark, monkeypatch):
    run = nmap_child.Reach.run

    def inside(self, argv, **how):
        return run(self, ["ip", "netns", "exec", SCAN, *argv], **how)

    monkeypatch.setattr(nmap_child.Reach, "run", inside)
    hosts = [target(a, "1-50") for a in ("198.51.100.70", "198.51.100.71")]
    facts = gather(*hosts, way=reach("198.51.100.0/24"))
    there, dark_one = facts["198.51.100.70"], facts["198.51.100.71"]
    assert there.answered is True and there.closed == "1-50"
    assert dark_one.answered is False and dark_one.filtered == "1-50"
    assert rules.allowed(there, udp(), hosts[0], restricted=True).status is Status.PASS
    for check in (rules.allowed, rules.admin, rules.file_sharing):
        with pytest.raises(Undecided):
            check(dark_one, udp(), hosts[1])
    with pytest.raises(Undecided):
        rules.unauthenticated(dark_one)
