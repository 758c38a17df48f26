"""What is kept comes back as it was, from several hands at once."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from scanner.store import Options, Store, StoreError
from scanner.tables import METADATA
from scanner.visit import Observation, Outcome
from tests.scanner.inventories import inventory

NOW = datetime(2026, 12, 1, 1, 2, 3, 456789, tzinfo=UTC)
SEEN = Observation(
    "tls:www.test:443@127.0.0.1",
    "tls",
    Outcome.SEEN,
    NOW,
    facts='{"tên": "báo"}'.encode(),
    seconds=1.234,
    contacts=("2026-12-01T01:02:03Z 127.0.0.1 tcp/443",),
    raw={"sslyze": b"\x00\xff raw"},
)


@pytest.fixture
def store(store_url):
    opened = Store(store_url)
    yield opened
    opened.close()


def new_run(store):
    return store.new_run(
        "/inv.yaml", "0" * 64, inventory("127.0.0.1"), Options("level3", only=("tls",))
    )


def test_an_observation_is_kept_whole(store):
    run = new_run(store)
    store.keep(run.id, [SEEN])
    (kept,) = store.observations(run.id)
    assert kept == SEEN
    assert kept.sha256 == SEEN.sha256 and len(kept.sha256) == 64
    assert store.observation(run.id, SEEN.target, "tls") == SEEN
    assert store.observation(run.id, SEEN.target, "ssh") is None


@pytest.mark.parametrize(
    "change",
    [{"facts": b"{}"}, {"why": "x"}, {"raw": {}}, {"contacts": ()}, {"target": "other"},
     {"seconds": 2.0}, {"outcome": Outcome.FAILED}],
)  # fmt: skip
def test_the_digest_covers_everything(change):
    assert Observation(**{**SEEN.__dict__, **change}).sha256 != SEEN.sha256


def test_a_failed_visit_is_replaced_and_a_good_one_is_not(store):
    run = new_run(store)
    failed = Observation(SEEN.target, "tls", Outcome.FAILED, NOW, why="No answer in time")
    store.keep(run.id, [failed])
    store.keep(run.id, [SEEN])
    assert store.observation(run.id, SEEN.target, "tls") == SEEN
    with pytest.raises(sa.exc.IntegrityError):
        store.keep(run.id, [failed])


def test_a_run_remembers_what_it_was_asked(store):
    run = new_run(store)
    assert store.run("latest") == run == store.run(run.id)
    assert run.options == Options("level3", only=("tls",))
    assert run.inventory.agencies[0].name == "Báo 0"
    store.end_run(run.id, "done")
    assert store.runs("/inv.yaml", "done")[0].finished is not None
    assert store.runs("/other.yaml") == []


def test_a_missing_run_is_said_plainly(store):
    with pytest.raises(StoreError, match="no run yet"):
        store.run("latest")
    with pytest.raises(StoreError, match="no run 7"):
        store.run("7")


def test_two_runs_at_once_do_not_hurt_each_other(store_url):
    ids, problems = [], []

    def scan(number):
        try:
            store = Store(store_url)
            run = new_run(store)
            ids.append(run.id)
            for i in range(20):
                store.keep(run.id, [Observation(f"t{i}", "tls", Outcome.SEEN, NOW, facts=b"{}")])
            assert len(list(store.observations(run.id))) == 20
            store.close()
        except Exception as error:
            problems.append(error)

    threads = [threading.Thread(target=scan, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == [] and len(set(ids)) == 6


def test_the_baseline_is_the_one_accepted_last(store):
    first, second = new_run(store), new_run(store)
    assert store.baseline("/inv.yaml") == ""
    store.accept_baseline(first)
    store.accept_baseline(second)
    assert store.baseline("/inv.yaml") == second.id


def test_the_migrations_make_the_tables(store):
    engine = sa.create_engine(store.url)
    found = sa.inspect(engine)
    for table in METADATA.sorted_tables:
        columns = {c["name"]: c["nullable"] for c in found.get_columns(table.name)}
        assert columns == {c.name: c.nullable for c in table.columns}
    engine.dispose()


def test_a_store_that_is_none_is_said_plainly(tmp_path):
    broken = tmp_path / "s.db"
    broken.write_bytes(b"this is no database" * 100)
    with pytest.raises(StoreError, match=r"s\.db"):
        Store(str(broken))
    with pytest.raises(StoreError, match="nonsense"):
        Store("nonsense://x:secret@y/z")
