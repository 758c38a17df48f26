"""Nothing is met by itself: over random findings and papers, something stands behind each `met`."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from checks import Status
from scanner.assess import assess
from scanner.assessment import ControlStatus, DecidedBy, RunInfo
from scanner.inventory import Inventory
from scanner.papers import Answer, Attestation, Papers, Waiver
from scanner.profile import Profile
from tests.scanner.findings import E, F, N, P, control, finding
from tests.scanner.inventories import inventory

DAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
A_DAY = timedelta(days=1)
CHECKS = ("tls.a", "tls.b", "ports.c")
ASSETS = ("web", "db")

names = st.lists(st.sampled_from(CHECKS), unique=True, max_size=3).map(tuple)
controls = st.builds(
    lambda number, decides, hints, advice, runs, every: control(
        id=f"C-{number}", decides=decides, hints=tuple(h for h in hints if h not in decides),
        obligation="suggested_values" if advice else "must", runs=runs, every=every,
    ),
    st.integers(0, 9), names, names, st.booleans(), st.sampled_from(["", "", "decides", "hints"]),
    st.sampled_from([None, 6, 12]),
)  # fmt: skip
some = st.sampled_from([P, F, E, N])


@st.composite
def findings(draw):
    """A few verdicts here and there, or one on each asset by each check, much the same."""
    if draw(st.booleans()):
        one = st.builds(finding, some, st.sampled_from(CHECKS), st.sampled_from(ASSETS))
        return draw(st.lists(one, max_size=8))
    usual, odd = draw(some), draw(st.none() | some)
    every = [finding(usual, check, asset) for check in CHECKS for asset in ASSETS]
    return every if odd is None else [replace(every[0], status=odd), *every[1:]]


days = st.integers(-400, 400).map(lambda n: DAY + timedelta(days=n))
ALL = [f"{check}@{asset}" for check in CHECKS for asset in ASSETS]
faults = st.just(set(ALL)) | st.sets(st.sampled_from(ALL))


@st.composite
def statements(draw, ids):
    made = draw(days | st.just(DAY))
    whose = [("agency-0", "portal")] * 6 + [("agency-9", "portal"), ("agency-0", "other")]
    agency, system = draw(st.sampled_from(whose))
    return Attestation(
        id="A-0001", agency=agency, system=system,
        control=draw(st.sampled_from(ids)), answer=draw(st.sampled_from(list(Answer))),
        statement="x", by="Lan", made=made, valid_until=made + draw(st.integers(0, 400)) * A_DAY,
        recorded=NOW, seen=tuple(draw(faults)), withdrawn=draw(st.none() | days),
    )  # fmt: skip


def today_s(ids):
    """Statements that count today, most of them of all that fails."""
    now = {"agency": "agency-0", "system": "portal", "valid_until": DAY, "withdrawn": None}
    return statements(ids).map(lambda one: replace(one, made=DAY - one.made.day * A_DAY, **now))


@st.composite
def waivers(draw, ids):
    begins = draw(days)
    return Waiver(
        id="W-0001", agency="agency-0", system="portal", control=draw(st.sampled_from(ids)),
        reason="x", decision="1", requested_by="Lan", approved_by="Minh", valid_from=begins,
        valid_until=begins + draw(st.integers(0, 400)) * A_DAY, recorded=NOW,
        withdrawn=draw(st.none() | days),
    )  # fmt: skip


@st.composite
def cases(draw):
    """(profile, inventory, run, findings, papers)"""
    dense = draw(st.booleans())  # few requirements, and much that speaks for and against them
    most = 2 if dense else 5
    own = draw(st.lists(controls, min_size=1, max_size=most, unique_by=lambda one: one.id))
    ids = [one.id for one in own]
    left = draw(st.lists(st.sampled_from(ids), max_size=1))
    profile = Profile(
        id="x", version="1", title={"vi": "x", "en": "x"}, standard="S", level=3, credit={},
        groups={}, params={}, controls=tuple(own), watched=frozenset(),
        installed=frozenset(CHECKS), digest="0", left_out=dict.fromkeys(left, "because"),
    )  # fmt: skip
    raw = inventory("127.0.0.1").model_dump(by_alias=True)
    raw["agencies"][0]["systems"][0]["assets"] = [
        {"id": name, "address": "127.0.0.1"} for name in ASSETS
    ]
    started = NOW - draw(st.just(0) | st.integers(0, 400)) * A_DAY
    run = RunInfo(
        id="r", started=started, finished=started, scanner_version="0", vantage="external",
        profile="x", profile_version="1", standard="S", complete=draw(st.booleans()),
        only=draw(st.sampled_from([(), (), ("tls",)])),
    )  # fmt: skip
    papers = Papers(
        tuple(replace(one, id=f"A-{n:04}") for n, one in enumerate(
            draw(st.lists(today_s(ids) if dense else statements(ids), max_size=4)))),
        tuple(replace(one, id=f"W-{n:04}") for n, one in enumerate(
            draw(st.lists(waivers(ids), max_size=2)))),
    )  # fmt: skip
    return profile, Inventory.model_validate(raw), run, draw(findings()), papers


def behind(result, case):
    """What stands behind this result: the names of everything that could."""
    profile, _, run, seen, papers = case
    of = next(one for one in profile.controls if one.id == result.control)
    age = (DAY - (run.started + timedelta(hours=7)).date()).days
    fresh = age <= 184  # the longest six months
    every = [one for one in seen if one.check in of.decides]
    found = set()
    spoke = {(one.check, one.asset) for one in every}
    if (
        fresh and of.decides and any(one.status is Status.PASS for one in every)
        and not any(one.status in (Status.FAIL, Status.ERROR) for one in every)
        and spoke == {(check, asset) for check in of.decides for asset in ASSETS}
    ):  # fmt: skip
        found.add("checks")
    if fresh and of.runs == "decides" and run.complete and not run.only and seen:
        found.add("runs")
    for paper in papers.attestations:
        mine = (paper.agency, paper.system, paper.control) == ("agency-0", "portal", of.id)
        counts = paper.made <= DAY <= paper.valid_until
        gone = paper.withdrawn is not None and paper.withdrawn <= DAY
        if mine and counts and not gone:
            found.add(str(paper.answer))
    return found


@settings(max_examples=400)
@given(cases())
def test_no_control_is_met_without_something_behind_it(case):
    profile, inv, run, seen, papers = case
    shown = assess(run, profile, inv, seen, (), papers, DAY)
    (system,) = shown.agencies[0].systems
    assert [one.control for one in system.results] == [one.id for one in profile.controls]
    for result in system.results:
        why = behind(result, case)
        if result.status is ControlStatus.MET:
            assert why & {"checks", "runs", "met", "equivalent"}, (result, why)
            wanted = {
                DecidedBy.CHECKS: {"checks"},
                DecidedBy.RUNS: {"runs"},
                DecidedBy.ATTESTATION: {"met", "equivalent"},
            }[result.decided_by]
            assert why & wanted
            if result.decided_by is DecidedBy.ATTESTATION:  # it answers all that fails
                paper = next(one for one in papers.attestations if one.id == result.attestation)
                of = next(one for one in profile.controls if one.id == result.control)
                assert of.advice or set(result.faults) <= set(paper.seen)
        of = next(one for one in profile.controls if one.id == result.control)
        failing = any(one.check in of.decides and one.status is Status.FAIL for one in seen)
        fresh = (DAY - (run.started + timedelta(hours=7)).date()).days <= 180
        if result.status is ControlStatus.MET and failing and fresh and not of.advice:
            assert "equivalent" in why  # a plain word never overrules a check that fails
        if result.decided_by is DecidedBy.PROFILE:
            assert result.status is ControlStatus.NOT_APPLICABLE and result.left_out
        assert (result.control in profile.left_out) is (result.decided_by is DecidedBy.PROFILE)


@given(cases())
def test_what_is_compliant_has_every_requirement_settled_by_somebody(case):
    profile, inv, run, seen, papers = case
    agency = assess(run, profile, inv, seen, (), papers, DAY).agencies[0]
    (system,) = agency.systems
    waived = {
        one.control
        for one in papers.waivers
        if one.valid_from <= DAY <= one.valid_until
        and not (one.withdrawn is not None and one.withdrawn <= DAY)
    }
    for result in system.results:
        assert (result.decided_by is DecidedBy.WAIVER) <= (result.control in waived)
    open_ones = [
        one
        for one in system.results
        if one.status not in (ControlStatus.MET, ControlStatus.NOT_APPLICABLE)
        and one.control not in waived
    ]
    if system.compliant:
        assert not open_ones
        assert any(one.status is not ControlStatus.NOT_APPLICABLE for one in system.results)
    if agency.compliant:
        assert system.compliant and seen and not agency.stale
    assert not (agency.compliant and agency.run == "")


@given(cases())
def test_only_a_statement_that_says_so_takes_a_met_away(case):
    """Papers lower what the machine saw only by `partial` and `not_met`."""
    profile, inv, run, seen, papers = case
    bare = assess(run, profile, inv, seen, (), Papers(), DAY).agencies[0].systems[0].results
    full = assess(run, profile, inv, seen, (), papers, DAY).agencies[0].systems[0].results
    lower = {one.control for one in papers.attestations
             if one.answer in (Answer.PARTIAL, Answer.NOT_MET)}  # fmt: skip
    for alone, said in zip(bare, full, strict=True):
        if alone.status is ControlStatus.MET and said.status is not ControlStatus.MET:
            assert said.control in lower
