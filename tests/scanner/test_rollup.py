"""The programme on a day: which run counts for which agency, and what moved since."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from scanner.assess import Look, assess
from scanner.assessment import ControlStatus
from scanner.papers import Answer, Papers
from scanner.rollup import Source, roll_up
from scanner.store import Options, Run
from tests.scanner.findings import F, P, control, finding
from tests.scanner.inventories import inventory
from tests.scanner.test_assess_agencies import profile, run_info
from tests.scanner.test_papers import D, said

TWO = inventory("127.0.0.1", "127.0.0.2")
PROFILE = profile(control(id="C", decides=["tls.a"]))
DAY = D("2026-11-23")


def run(name, day, **more):
    when = datetime.fromisoformat(f"{day}T05:00:00").replace(tzinfo=UTC)
    values = {"path": "/i.yaml", "inventory": TWO, "options": Options("p"), "state": "done"} | more
    return Run(name, values["state"], when, when, values["path"], "", values["inventory"],
               values["options"], "1")  # fmt: skip


class Kept:
    """A store of runs, newest first, and what each was judged to be."""

    def __init__(self, *runs, papers=None, verdicts=None):
        self.all = sorted(runs, key=lambda one: one.id, reverse=True)
        self.verdicts = verdicts or {}
        self.said = papers or Papers()

    def forked(self):
        """Nothing is shared."""

    def runs(self, path="", state=""):
        return [one for one in self.all if one.inventory_path == path and one.state == state]

    def papers(self, agencies):
        return self.said.of(agencies)

    def look(self, of, agency):
        status = self.verdicts.get((of.id, agency), P)
        info = replace(run_info(), id=of.id, started=of.started)
        return Look(info, [finding(status, agency=agency)], ())

    def judgement(self, name, profile_id, agency):
        of = next(one for one in self.all if one.id == name)
        look = self.look(of, agency)
        whole = assess(look.run, PROFILE, of.inventory, look.findings, ())
        return replace(whole, agencies=tuple(a for a in whole.agencies if a.id == agency))

    def scores(self, profile_id, agency):
        judged = {one.id: self.judgement(one.id, "p", agency).agencies for one in self.all}
        return {name: (a[0].score, a[0].compliant) for name, a in judged.items() if a}


def rolled(*runs, day=DAY, inv=TWO, **more):
    store = Kept(*runs, **more)
    return roll_up(Source(store, inv, "/i.yaml", PROFILE, store.look), day)


def counting(of):
    return [one.agency.run for one in of.standings]


def test_each_agency_counts_by_its_newest_whole_run():
    of = rolled(
        run("1", "2026-11-01"),
        run("2", "2026-11-10", options=Options("p", agencies=("agency-1",))),
        run("3", "2026-11-11", options=Options("p", only=("tls",))),
        run("4", "2026-11-12", state="interrupted"),
        run("5", "2026-11-13", path="/other.yaml"),
    )
    assert counting(of) == ["1", "2"]


def test_a_run_that_did_not_visit_what_the_profile_wants_does_not_count():
    store = Kept(run("1", "2026-11-01"), run("2", "2026-11-10", options=Options("outside")))

    def whole(of):
        return of.options.profile != "outside"

    source = Source(store, TWO, "/i.yaml", PROFILE, store.look, whole)
    assert counting(roll_up(source, DAY)) == ["1", "1"]


def test_only_what_is_open_or_rests_on_a_paper_is_held():
    paper = said("2026-11-01", "2027-05-01", answer=Answer.EQUIVALENT, agency="agency-0",
                 system="portal", control="C", seen=("tls.a@web",))  # fmt: skip
    verdicts = {("1", "agency-0"): F}
    of = rolled(run("1", "2026-11-01"), verdicts=verdicts, papers=Papers((paper,)))
    held = [[r.control for r in one.agency.systems[0].results] for one in of.standings]
    assert held == [["C"], []] and of.papers == Papers((paper,))
    assert [one.agency.score for one in of.standings] == [100.0, 100.0]


def test_a_run_of_the_days_to_come_does_not_count():
    runs = [run("1", "2026-11-01"), run("2", "2026-11-20")]
    assert counting(rolled(*runs, day=D("2026-11-19"))) == ["1", "1"]
    assert counting(rolled(*runs)) == ["2", "2"]


def test_a_run_that_did_not_look_at_the_agency_as_it_is_does_not_count():
    fewer = inventory("127.0.0.1")
    moved = inventory("127.0.0.1", "127.0.0.9")
    assert counting(rolled(run("1", "2026-11-01", inventory=fewer))) == ["1", ""]
    assert counting(rolled(run("1", "2026-11-01", inventory=moved))) == ["1", ""]


def test_who_was_never_looked_at_is_there_and_does_not_comply():
    of = rolled()
    assert counting(of) == ["", ""] and of.programme.counted == 2
    assert (of.programme.percent, of.programme.readings) == (0.0, {"A": 0.0, "B": 0.0, "C": 0.0})
    assert all(one.agency.seen is None and len(one.open) == 1 for one in of.standings)


@pytest.mark.parametrize(("day", "percent"), [("2027-05-01", 100.0), ("2027-05-02", 0.0)])
def test_an_old_look_counts_for_nothing_from_the_day_after(day, percent):
    of = rolled(run("1", "2026-11-01"), day=D(day))
    assert of.programme.percent == percent
    assert of.standings[0].agency.stale is (percent == 0)


def test_papers_of_today_count_on_a_run_of_yesterday():
    verdicts = {("1", "agency-0"): F}
    paper = said("2026-11-22", "2027-05-22", answer=Answer.EQUIVALENT, agency="agency-0",
                 system="portal", control="C", seen=("tls.a@web",))  # fmt: skip
    before, after = (
        rolled(run("1", "2026-11-01"), verdicts=verdicts, papers=Papers((paper,)), day=D(day))
        for day in ("2026-11-21", "2026-11-22")
    )
    assert (before.programme.percent, after.programme.percent) == (50.0, 100.0)


def test_the_trend_and_what_moved_since_the_run_before():
    verdicts = {("2", "agency-0"): F, ("1", "agency-1"): F}
    first, second = rolled(
        run("1", "2026-11-01"), run("2", "2026-11-02"), run("3", "2026-11-03"), verdicts=verdicts
    ).standings
    assert [(p.run, p.score, p.compliant) for p in first.trend] == [
        ("1", 100.0, True), ("2", 0.0, False),
    ]  # fmt: skip
    (moved,) = first.moved
    assert (moved.was, moved.now, moved.worse) == (ControlStatus.NOT_MET, ControlStatus.MET, False)
    assert [p.score for p in second.trend] == [0.0, 100.0] and second.moved == ()
    fallen = rolled(run("1", "2026-11-01"), run("2", "2026-11-02"), verdicts=verdicts)
    (moved,) = fallen.standings[0].moved
    assert moved.worse and not fallen.standings[0].reaches("B")


def test_the_trend_is_bounded():
    begin = datetime(2026, 9, 1)
    runs = [run(f"{n:02}", (begin + timedelta(days=n)).date()) for n in range(20)]
    trend = rolled(*runs).standings[0].trend
    assert [point.run for point in trend] == [f"{n:02}" for n in range(7, 19)]
