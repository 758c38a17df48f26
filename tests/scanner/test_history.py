"""What was before a run, from a real store."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

import checks
from checks import Status
from facts.udp import UdpFacts
from scanner.by_agency import judge_and_keep
from scanner.history import became, flapping, history
from scanner.judging import Judgement
from scanner.marks import Mark, marks, packed, unpacked
from scanner.profile import load
from scanner.store import Store
from scanner.timeline import NO_TIME, History, Point
from tests.factories import GOOD
from tests.factories.ports import port, ports
from tests.factories.world import world
from tests.press_scan.kept import keep_run
from tests.reports import factory
from tests.scanner.inventories import inventory

START = datetime(2026, 3, 1, 20, tzinfo=UTC)  # the next day in Vietnam
OPEN = (port(3306, "mysql"),)
LAST = Point("r", date(2026, 3, 1), 50.0, compliant=False)


@pytest.fixture
def db(tmp_path):
    return tmp_path / "s.db"


def told(db, *seen, hosts=("127.0.0.8",), **options):
    """A run for each of these sets of open ports, a day apart, judged; their ids."""
    ids = []
    for number, opened in enumerate(seen):
        facts = {}
        for host in hosts:
            facts[f"host:{host}", "ports"] = (
                ports(port(443, "http"), *opened) if opened is not None else None
            )
            facts[f"host:{host}", "udp"] = GOOD[UdpFacts]
        facts = {key: one for key, one in facts.items() if one is not None}
        when = START + timedelta(days=number)
        ids.append(keep_run(db, inventory(*hosts), facts, started=when, **options))
        judged(db, ids[-1])
    return ids


def judged(db, run, profile="level3"):
    store = Store(str(db))
    chosen = load(profile, checks.load())
    judge_and_keep(Judgement(store, store.run(run), chosen, world(), chosen.checks(), None))
    store.close()


def before(db, run, profile="level3", **more) -> History:
    store = Store(str(db))
    try:
        return history(store, store.run(run), profile, **more)
    finally:
        store.close()


def since(db, run):
    found = before(db, run).of("agency-0").since
    return found and (found.new, found.mended, found.same, found.flapping, found.unseen)


def test_a_fault_is_new_stays_is_mended_and_comes_back(db):
    runs = told(db, (), OPEN, OPEN, (), OPEN)
    assert before(db, runs[0]).of("agency-0") == NO_TIME
    new, mended = (since(db, runs[n]) for n in (1, 3))
    assert new[:2] == (1, 0) and new[4] == 0  # the database is open
    same = since(db, runs[2])
    assert same[:2] == (0, 0) and same[2] == new[2] + 1
    assert mended[:2] == (0, 1) and mended[3] == 1  # it came, and has gone
    assert since(db, runs[4])[0] == 1 and since(db, runs[4])[3] == 1


def test_what_was_not_seen_is_not_mended(db):
    runs = told(db, OPEN, None, OPEN, ())
    unseen = since(db, runs[1])
    assert unseen[1] == 0 and unseen[4] >= 1
    back = since(db, runs[2])
    assert (back[0], back[1], back[4]) == (0, 0, 0)  # as it was when last seen
    assert since(db, runs[3])[1] == 1


def test_the_points_are_days_of_the_programme_and_the_newest_is_this_run(db):
    runs = told(db, OPEN, (), OPEN)
    trend = before(db, runs[2]).of("agency-0").trend
    assert [one.run for one in trend] == runs
    assert trend[0].day == date(2026, 3, 2)  # 20:00 in London is tomorrow in Hà Nội
    assert len({one.percent for one in trend}) == 1 and trend[0].percent > 0


def test_later_runs_change_nothing(db):
    runs = told(db, OPEN, ())
    then = before(db, runs[1])
    keep_run(db, inventory("127.0.0.8"), {}, started=START + timedelta(days=9))
    judged(db, runs[0], "level3-2017")
    assert before(db, runs[1]) == then


@pytest.mark.parametrize(
    "other",
    [
        {"state": "interrupted"},
        {"path": "/another.yaml"},
        {"vantage": "internal"},
        {"only": ("tls",)},
        {"agencies": ("agency-7",)},
    ],
)
def test_what_looked_otherwise_is_no_point(db, other):
    told(db, OPEN, **other)
    (run,) = told(db, ())
    with_another_day = before(db, run)
    assert with_another_day == History(NO_TIME, {"agency-0": NO_TIME})


def test_another_asset_is_another_look(db):
    keep = {("host:127.0.0.8", "ports"): ports(), ("host:127.0.0.8", "udp"): GOOD[UdpFacts]}
    of = inventory("127.0.0.8", roles=["database"])
    judged(db, keep_run(db, of, keep, started=START - timedelta(days=1)))
    (run,) = told(db, ())
    assert before(db, run).of("agency-0") == NO_TIME


def test_another_profile_is_no_point(db):
    run = keep_run(db, inventory("127.0.0.8"), {}, started=START - timedelta(days=1))
    judged(db, run, "level3-2017")
    (now,) = told(db, ())
    assert before(db, now).of("agency-0") == NO_TIME


def test_the_programme_s_counts_are_its_agencies_together(db):
    runs = told(db, (), OPEN, hosts=("127.0.0.8", "127.0.0.9"))
    whole = before(db, runs[1])
    parts = [one.since for one in whole.agencies.values()]
    assert len(parts) == 2 and whole.programme.since.new == sum(p.new for p in parts) == 2
    assert [one.run for one in whole.programme.trend] == runs
    one = before(db, runs[1], agencies=["agency-1"])
    assert list(one.agencies) == ["agency-1"] and one.of("agency-1") == whole.of("agency-1")


def test_an_older_judgement_has_its_marks_in_its_findings(db):
    runs = told(db, OPEN, ())
    new = before(db, runs[1])
    with sa.create_engine(f"sqlite:///{db}").begin() as raw:
        raw.execute(sa.text("update agency_judgement set marks = null"))
    assert before(db, runs[1]) == new


PLACES = st.tuples(*(st.text(max_size=4) for _ in range(4)))
MARKS = st.dictionaries(PLACES, st.sampled_from(Mark), max_size=8)


@given(MARKS)
def test_marks_are_kept_as_they_are(some):
    assert unpacked(packed(some)) == some


def test_of_several_addresses_the_worst_counts():
    one = factory.finding("web.hsts", Status.PASS, "a", address="1")
    two = factory.finding("web.hsts", Status.FAIL, "a", address="2")
    assert set(marks([one, two]).values()) == set(marks([two, one]).values()) == {Mark.FAIL}


@given(MARKS, st.lists(MARKS, min_size=1, max_size=5))
def test_every_fault_is_counted_once(now, past):
    found = became(now, past, LAST)
    fails = sum(mark is Mark.FAIL for mark in now.values())
    assert found.new + found.same == fails
    assert found.mended <= sum(mark is Mark.WELL for mark in now.values())
    assert found.flapping <= len(flapping([now, *past]))


@given(MARKS)
def test_what_is_as_it_was_is_the_same(now):
    found = became(now, [now], LAST)
    assert (found.new, found.mended, found.flapping) == (0, 0, 0)
