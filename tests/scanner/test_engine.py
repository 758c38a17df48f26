"""The engine's promises, with probes that count and misbehave."""

from __future__ import annotations

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from facts.base import Absent
from facts.declared import Kind, Vantage
from facts.names import NameFacts
from scanner import engine, plan, visit
from scanner.engine import GIVEN_UP, Engine, Limits
from scanner.plan import places
from scanner.probes import Probe
from scanner.reach import Pace
from scanner.run import Settings, gather
from scanner.scope import Scope
from scanner.store import Options, Store
from scanner.visit import Collector, Job, Outcome
from tests.scanner.inventories import inventory

NOW = datetime(2026, 12, 1, tzinfo=UTC)


class Fake:
    """A probe that counts its visits, and how many at once to one address."""

    def __init__(self):
        self.visits, self.now, self.most = Counter(), Counter(), Counter()
        self.batches = []
        self.lock = threading.Lock()
        self.seconds = 0.002

    def gather(self, target, reach):
        with self.lock:
            self.visits[target.key] += 1
            self.now[target.address] += 1
            self.now["*"] += 1
            for key in (target.address, "*"):
                self.most[key] = max(self.most[key], self.now[key])
        reach.stop.wait(self.seconds)
        with self.lock:
            self.now[target.address] -= 1
            self.now["*"] -= 1
        return self.answer(target)

    def answer(self, target):
        if target.address.startswith("127.9."):
            raise TimeoutError("no answer")
        if target.address.startswith("127.8."):
            raise Absent("Nothing listens")
        if target.address.startswith("127.7."):
            raise KeyError("a bug")
        return NameFacts(NOW, (target.address,))

    def gather_many(self, targets, reach):
        self.batches.append(len(targets))
        for target in targets:
            try:
                yield target, self.gather(target, reach)
            except Exception as error:
                yield target, error


@pytest.fixture
def fake(monkeypatch):
    probe = Fake()
    table = {
        "names": Probe("scanner.probes.names", Kind.DOMAIN, NameFacts),
        "host": Probe("fake", Kind.HOST, NameFacts),
        "site": Probe("fake", Kind.SITE, NameFacts, connections=2),
        "many": Probe("fake", Kind.HOST, NameFacts, batch=8),
    }
    real = visit.importlib.import_module
    monkeypatch.setattr(
        visit.importlib, "import_module", lambda name: probe if name == "fake" else real(name)
    )
    monkeypatch.setattr(visit, "RETRY_AFTER", 0.0)
    for module in (engine, visit):
        monkeypatch.setattr(module, "table", lambda: table)
    return probe


def walk(inv, probes, store=lambda key, probe: None, limits=None, stop=None):
    """All observations of one gathering, in lists as they came."""
    scope = Scope(inv.authorisation.authorisation(), lookup=lambda name: ["127.1.0.1"])
    collector = Collector(scope, time.monotonic() + 60, stop or threading.Event(), Pace(1e6))
    with ThreadPoolExecutor(32) as pool:
        machine = Engine(
            {"threads": (pool, 32)}, collector.collect, probes, store, limits or Limits()
        )
        for seen in machine.gather(places(inv, scope, Vantage.EXTERNAL)):
            yield from seen


def many(net, count):
    return [f"127.{net}.{n // 250}.{n % 250 + 1}" for n in range(count)]


def test_every_target_is_visited_once_and_no_host_is_crowded(fake):
    urls = tuple(f"https://127.1.0.1:{port}/" for port in range(1000, 1030))
    seen = list(walk(inventory(*many(1, 50), urls=urls), {"host", "site"}))
    assert len(seen) == len(fake.visits) == 50 + 50 * 30
    assert set(fake.visits.values()) == {1}
    assert max(n for address, n in fake.most.items() if address != "*") <= 5
    assert fake.most["*"] <= 32


def test_assets_that_share_an_address_share_its_visit(fake):
    seen = list(walk(inventory(*["127.1.0.1"] * 5), {"host"}))
    assert len(seen) == 1


def test_one_child_serves_many_hosts(fake):
    seen = list(walk(inventory(*many(1, 20)), {"many"}))
    assert len(seen) == 20
    assert sorted(fake.batches, reverse=True) == [8, 8, 4]


def test_a_failure_is_tried_again_and_then_told(fake):
    (seen,) = walk(inventory("127.9.0.1"), {"host"})
    assert (seen.outcome, seen.why) == (Outcome.FAILED, "No answer in time")
    assert fake.visits["host:127.9.0.1"] == 2


def test_a_bug_is_a_failed_visit_with_its_trace_in_the_log(fake, caplog):
    seen = {s.target: s for s in walk(inventory("127.7.0.1", "127.1.0.1"), {"host"})}
    broken = seen["host:127.7.0.1"]
    assert (broken.outcome, broken.detail) == (Outcome.FAILED, "KeyError")
    assert seen["host:127.1.0.1"].outcome is Outcome.SEEN
    assert "a bug" in caplog.text


def test_a_host_that_stops_answering_is_given_up_and_costs_the_others_nothing(fake):
    urls = tuple(f"https://127.1.0.1:{port}/" for port in range(1000, 1020))
    fake.seconds = 0.05
    inv = inventory("127.9.0.1", *many(1, 5), urls=urls)
    seen = list(walk(inv, {"site"}, limits=Limits(host_budget=0.01)))
    given_up = [s for s in seen if s.why == GIVEN_UP]
    assert len(seen) == 6 * 20
    assert given_up and all("127.9.0.1" in s.target for s in given_up)
    assert sum(s.outcome is Outcome.SEEN for s in seen) == 5 * 20


def test_a_dead_worker_is_an_observation(fake):
    class Mortal(ThreadPoolExecutor):
        sent = 0

        def submit(self, fn, /, *args, **kwargs):
            self.sent += 1
            return super().submit(fn, *args) if self.sent % 2 else super().submit(die)

    def die():
        raise OSError("gone")

    inv = inventory(*many(1, 10))
    scope = Scope(inv.authorisation.authorisation())
    collector = Collector(scope, time.monotonic() + 60, threading.Event(), Pace(1e6))
    with Mortal(4) as pool:
        machine = Engine({"threads": (pool, 4)}, collector.collect, {"host"}, lambda *_: None)
        batches = machine.gather(places(inv, scope, Vantage.EXTERNAL))
        outcomes = Counter(s.outcome for seen in batches for s in seen)
    assert outcomes == {Outcome.SEEN: 5, Outcome.FAILED: 5}


def test_nothing_starts_after_the_deadline(fake):
    limits = Limits(ends=time.monotonic() - 1)
    assert list(walk(inventory(*many(1, 5)), {"host"}, limits=limits)) == []


def test_assets_are_started_lazily(fake):
    started = []

    def counted(inv, scope):
        for place in places(inv, scope, Vantage.EXTERNAL):
            started.append(place)
            yield place

    inv = inventory(*many(1, 100))
    scope = Scope(inv.authorisation.authorisation())
    collector = Collector(scope, time.monotonic() + 60, threading.Event(), Pace(1e6))
    with ThreadPoolExecutor(2) as pool:
        limits = Limits(window=10)
        machine = Engine(
            {"threads": (pool, 2)}, collector.collect, {"host"}, lambda *_: None, limits
        )
        walking = machine.gather(counted(inv, scope))
        next(walking)
        assert len(started) <= 12
        for _ in walking:
            pass
    assert len(started) == 100


def test_a_resumed_run_visits_only_what_is_missing(fake, tmp_path):
    inv = inventory(*many(1, 30), *many(8, 5), *many(9, 5))
    store = Store(str(tmp_path / "s.db"))
    run = store.new_run("inv.yaml", "0" * 64, inv, Options("level3"))
    stopped_after = 12

    def stop_early(progress):
        if progress.visits >= stopped_after:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        gather(run, store, frozenset({"host"}), Settings(rate=1e6), stop_early)
    assert store.run(run.id).state == "interrupted"
    kept = {o.target for o in store.observations(run.id) if o.outcome is not Outcome.FAILED}
    assert kept
    before = Counter(fake.visits)
    assert gather(run, store, frozenset({"host"}), Settings(rate=1e6)) == "done"
    assert all(fake.visits[key] == before[key] for key in kept)
    assert len(list(store.observations(run.id))) == 40
    store.close()


def test_names_lead_to_every_address_and_the_refused_are_blocked():
    inv = inventory("www.bao.test", networks=("127.1.0.0/16",))
    scope = Scope(inv.authorisation.authorisation())
    (place,) = places(inv, scope, Vantage.EXTERNAL)
    facts = NameFacts(NOW, ("127.1.0.1", "127.1.0.2"), refused=("127.2.0.1",))
    found = list(plan.expand(place, lambda key, probe: facts if probe == "names" else None))
    hosts = {p.target.address: p.blocked for p in found if p.target.kind is Kind.HOST}
    assert set(hosts) == {"127.1.0.1", "127.1.0.2", "127.2.0.1"}
    assert [a for a, blocked in hosts.items() if blocked] == ["127.2.0.1"]


def test_collect_never_raises(fake):
    scope = Scope(inventory("127.7.0.1").authorisation.authorisation())
    collector = Collector(scope, time.monotonic() + 60, threading.Event(), Pace(1e6))
    (place,) = places(inventory("127.7.0.1"), scope, Vantage.EXTERNAL)
    targets = tuple(p.target for p in plan.expand(place, lambda *_: None))
    for name in ("host", "many"):
        (seen,) = collector.collect(Job(name, targets))
        assert seen.outcome is Outcome.FAILED
