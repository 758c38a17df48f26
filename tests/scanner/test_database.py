"""A database server: who may go away, sorts otherwise, and is shared by several machines."""

from __future__ import annotations

import builtins
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from scanner.database import Taken, shown
from scanner.store import Options, Store, StoreError
from scanner.tables import METADATA
from scanner.visit import Observation, Outcome, _storable
from tests.scanner.inventories import inventory

NOW = datetime(2026, 12, 1, tzinfo=UTC)
NAMES = ["b", "A", "a", "B", "đ", "d", "a-1", "a.1", "a/1", "Ă", "a b", "10", "9", "_"]


def new_run(store):
    return store.new_run("/inv.yaml", "0" * 64, inventory("127.0.0.1"), Options("level3"))


def seen(target, **change):
    return replace(Observation(target, "tls", Outcome.SEEN, NOW, facts=b"{}"), **change)


def test_targets_come_in_the_order_of_their_bytes(store_url):
    store = Store(store_url)
    run = new_run(store)
    store.keep(run.id, [seen(name) for name in NAMES])
    assert [one.target for one in store.observations(run.id)] == sorted(NAMES)
    store.close()


def test_a_strangers_bytes_are_kept(store_url):
    store = Store(store_url)
    run = new_run(store)
    odd = seen("t", detail=_storable("a\0b\ud800"), contacts=("\0",), raw={"x": bytes(range(256))})
    store.keep(run.id, [odd, seen("x" * 2000, why="y" * 5000)])
    assert store.observation(run.id, "t", "tls") == odd
    assert store.run("latest").started.tzinfo is UTC
    store.close()


def test_keeping_the_same_twice_is_no_harm(store_url):
    store = Store(store_url)
    run = new_run(store)
    for _ in range(2):
        store.keep(run.id, [seen("t")])
    assert len(list(store.observations(run.id))) == 1
    with pytest.raises(sa.exc.IntegrityError):
        store.keep(run.id, [seen("t", facts=b"[]")])
    store.close()


def test_a_store_waits_for_its_server_and_takes_its_lock_again(postgres):
    url = postgres.database()
    store, other = Store(url), Store(url)
    run = new_run(store)
    with store.alone("/inv.yaml", 0):
        postgres.stop()
        keeps = threading.Thread(target=store.keep, args=(run.id, [seen("t")]))
        keeps.start()
        time.sleep(1.0)
        assert keeps.is_alive()
        postgres.start()
        keeps.join()
        assert [one.target for one in other.observations(run.id)] == ["t"]
        with pytest.raises(Taken), other.alone("/inv.yaml", 0):
            pass
    with other.alone("/inv.yaml", 0):
        pass
    store.close()
    other.close()


def test_a_transaction_that_is_cut_is_made_again(postgres):
    store = Store(postgres.database())
    run = new_run(store)
    cut = []

    def once(db, *_):
        if not cut:
            cut.append(db.scalar(sa.text("select pg_backend_pid()")))
            killer = Store(store.url)
            with killer._engine.connect() as other:
                other.execute(sa.text("select pg_terminate_backend(:pid)"), {"pid": cut[0]})
            killer.close()

    sa.event.listen(store._engine, "commit", once)
    store.keep(run.id, [seen("t")])
    assert cut and len(list(store.observations(run.id))) == 1
    store.close()


def test_a_lock_is_waited_for(postgres):
    url = postgres.database()
    store, other = Store(url), Store(url)
    with store.alone("/inv.yaml", 0), other.alone("/else.yaml", 0):
        free = threading.Timer(0.5, store.close)
        free.start()
        with other.alone("/inv.yaml", 30):
            pass
        free.join()
    other.close()


def test_many_open_a_new_database_at_once(postgres):
    url, problems = postgres.database(), []

    def work():
        try:
            Store(url).close()
        except Exception as error:
            problems.append(error)

    hands = [threading.Thread(target=work) for _ in range(4)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert problems == []


def test_a_server_that_is_not_there_is_said_at_once(tmp_path):
    begun = time.monotonic()
    with pytest.raises(StoreError) as said:
        Store(f"postgresql://u:geheim@/x?host={tmp_path}")
    assert time.monotonic() - begun < 10
    assert "geheim" not in str(said.value) and "u:***@" in str(said.value)


def test_a_missing_driver_is_said_plainly(monkeypatch):
    real = builtins.__import__

    def gone(name, *rest):
        if name == "psycopg":
            raise ModuleNotFoundError("No module named 'psycopg'", name="psycopg")
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", gone)
    with pytest.raises(StoreError, match=r"press-scan\[workers\]"):
        Store("postgres://u@h/x")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("s.db", "s.db"), ("postgresql://u@h/x", "postgresql://u@h/x"),
     ("postgresql://u:geheim@h/x", "postgresql://u:***@h/x"),
     ("postgresql://u@h/x?password=geheim", "postgresql://u@h/x?password=%2A%2A%2A"),
     ("postgresql://u:geheim@h:port/x", "postgresql://…")],
)  # fmt: skip
def test_no_password_is_shown(text, wanted):
    assert shown(text) == wanted


def test_every_table_sorts_by_bytes(postgres):
    store = Store(postgres.database())
    query = "select collation_name from information_schema.columns where table_name = :table"
    with store._engine.connect() as db:
        for table in METADATA.sorted_tables:
            found = set(db.scalars(sa.text(query), {"table": table.name}))
            assert found <= {"C", None}
    store.close()
