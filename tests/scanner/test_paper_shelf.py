"""Papers are written once, numbered, and at most withdrawn."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa

from scanner.paper_shelf import NoSuchPaper
from scanner.papers import Evidence
from scanner.store import Store
from tests.scanner.test_papers import D, said, waived


@pytest.fixture
def store(store_url):
    opened = Store(store_url)
    yield opened
    opened.close()


def test_what_is_written_comes_back(store):
    file = Evidence("Quyết định.pdf", "ab" * 32, 12, "pdf")
    kept = store.add_papers([said(evidence=(file,), seen=("tls.a@web",)), waived(), said()])
    assert [one.id for one in kept] == ["A-0001", "W-0001", "A-0002"]
    papers = store.papers()
    assert [*papers.attestations, *papers.waivers] == [kept[0], kept[2], kept[1]]
    assert store.papers(["bao"]) == papers
    assert store.papers(["other"]).attestations == ()


def test_a_withdrawn_paper_stays_written(store):
    store.add_papers([said()])
    gone = store.withdraw("A-0001", D("2026-02-02"), "nhầm")
    assert gone.withdrawn == D("2026-02-02")
    assert store.papers().attestations == (gone,)
    for number in ("A-0001", "A-0002", "W-0001", "' or 1=1 --"):
        with pytest.raises(NoSuchPaper):
            store.withdraw(number, D("2026-02-03"), "")
    assert store.add_papers([said()])[0].id == "A-0002"


def test_all_or_none(store, monkeypatch):
    broken = said()
    object.__setattr__(broken, "agency", None)
    with pytest.raises((sa.exc.SQLAlchemyError, RuntimeError, TypeError, ValueError)):
        store.add_papers([said(), broken])
    assert store.papers().attestations == ()


def test_several_hands_write_at_once(store, store_url):
    def write():
        mine = Store(store_url)
        for _ in range(5):
            mine.add_papers([said(), waived()])
        mine.close()

    hands = [threading.Thread(target=write) for _ in range(4)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    papers = store.papers()
    assert {one.id for one in papers.attestations} == {f"A-{n:04}" for n in range(1, 21)}
    assert {one.id for one in papers.waivers} == {f"W-{n:04}" for n in range(1, 21)}
