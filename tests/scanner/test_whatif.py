"""What is left to do, and the order of agencies: against every order that there is."""

from __future__ import annotations

from itertools import accumulate, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.assessment import (
    AgencyAssessment,
    ControlResult,
    ControlStatus,
    Coverage,
    DecidedBy,
    Failure,
    ProgrammeAssessment,
    SystemAssessment,
)
from scanner.inventory import Goal, Inventory
from scanner.papers import Papers
from scanner.rollup import RollUp, Standing
from scanner.whatif import Kind, needed, what_if
from tests.scanner.findings import control
from tests.scanner.inventories import inventory
from tests.scanner.test_assess_agencies import profile
from tests.scanner.test_papers import D

NOT, PART, UNV = ControlStatus.NOT_MET, ControlStatus.PARTIAL, ControlStatus.UNVERIFIED
PROFILE = profile(
    control(id="D1", decides=["tls.a"]),
    control(id="D2", decides=["tls.a", "tls.b"]),
    control(id="H", hints=["tls.a"]),
    control(id="P"),
)


def result(name, status, *faults, by=DecidedBy.NONE):
    return ControlResult(name, status, by, faults=faults)


SEEN = D("2026-11-01")


def standing(number, open_=(), *, level=3, counted=True, failures=(), seen=SEEN, stale=False,
             **readings):  # fmt: skip
    name = f"agency-{number}"
    told = {"A": False, "B": not open_, "C": False} | readings
    system = SystemAssessment("portal", "Cổng", level, (), not open_, 0.0, Coverage())
    of = AgencyAssessment(
        name,
        f"Báo {number}",
        counted,
        (system,),
        told["B"],
        0.0,
        Coverage(),
        told,
        "1",
        seen,
        stale,
    )
    return Standing(of, counted, tuple(("portal", one) for one in open_), (), (), failures)


def rolled(*standings):
    programme = ProgrammeAssessment("Tỉnh", 3, 100, None, "B", len(standings), 0, 0.0)
    return RollUp(D("2026-11-23"), programme, standings, Papers())


def programme(many, *, dossier=None, **target):
    raw = inventory(*[f"127.0.0.{n + 1}" for n in range(many)]).model_dump(by_alias=True)
    raw["programme"]["target"] |= target
    for agency in raw["agencies"]:
        agency["systems"][0]["dossier"] |= dossier or {}
    return Inventory.model_validate(raw)


def plans_of(*standings, **target):
    return what_if(rolled(*standings), programme(len(standings), **target), PROFILE)


def done(plan):
    return [(one.kind, one.what, one.assets, [c for _, c in one.frees]) for one in plan.actions]


def test_one_mended_check_frees_every_requirement_that_it_speaks_for():
    open_ = [
        result("D1", NOT, "tls.a@web", "tls.a@cms"),
        result("D2", PART, "tls.a@web", "tls.b@web"),
        result("H", PART, "tls.a@web"),
        result("P", UNV),
    ]
    (plan,) = plans_of(standing(0, open_)).plans
    assert done(plan) == [
        (Kind.MEND, "tls.a", ("cms", "web"), ["D1", "D2", "H"]),
        (Kind.MEND, "tls.b", ("web",), ["D2"]),
        (Kind.ATTEST, "H", (), ["H"]),  # a mended hint still wants a person's word
        (Kind.ATTEST, "P", (), ["P"]),
    ]
    assert plan.open == tuple(("portal", name) for name in ("D1", "D2", "H", "P"))
    assert plan.effort == 4


def test_what_a_check_could_not_decide_wants_one_look():
    open_ = [result("D1", UNV), result("D2", UNV)]
    (plan,) = plans_of(standing(0, open_)).plans
    assert done(plan) == [(Kind.LOOK, "", (), ["D1", "D2"])]


def test_who_said_that_it_is_worse_must_speak_again():
    """No scan settles what a statement lowered; the fault is mended, and the word is given."""
    said = DecidedBy.ATTESTATION
    (plan,) = plans_of(standing(0, [result("D1", PART, by=said)])).plans
    assert done(plan) == [(Kind.ATTEST, "D1", (), ["D1"])]
    (plan,) = plans_of(standing(0, [result("D1", NOT, "tls.a@web", by=said)])).plans
    assert [one[0] for one in done(plan)] == [Kind.MEND, Kind.ATTEST]


@pytest.mark.parametrize("how", [{"seen": None}, {"stale": True}])
def test_what_people_attest_makes_no_scan_needless(how):
    (plan,) = plans_of(standing(0, [result("P", UNV)], **how)).plans
    assert [one[0] for one in done(plan)] == [Kind.ATTEST, Kind.LOOK]
    (plan,) = plans_of(standing(0, [result("D1", UNV), result("P", UNV)], **how)).plans
    assert [one[0] for one in done(plan)] == [Kind.LOOK, Kind.ATTEST]


def test_nobody_who_does_not_comply_has_nothing_to_do():
    (plan,) = plans_of(standing(0, B=False)).plans
    assert [one[0] for one in done(plan)] == [Kind.LOOK] and plan.effort == 1


def test_a_requirement_to_scan_wants_a_scan():
    own = profile(control(id="R", runs="decides"), control(id="R2", runs="hints"))
    found = what_if(rolled(standing(0, [result("R", UNV), result("R2", UNV)])), programme(1), own)
    assert done(found.plans[0]) == [
        (Kind.LOOK, "", (), ["R"]), (Kind.ATTEST, "R2", (), ["R2"]),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("state", "steps"),
    [("none", 4), ("drafted", 3), ("proposed", 2), ("appraised", 1), ("approved", 1)],
)
def test_under_reading_a_the_dossier_is_what_is_left(state, steps):
    dossier = {"state": state, "decision": "1/QĐ" if state == "approved" else ""}
    inv = programme(1, reading="A", dossier=dossier)
    (plan,) = what_if(rolled(standing(0, [result("P", UNV)])), inv, PROFILE).plans
    assert [(one.kind, one.what, one.steps) for one in plan.actions] == [
        (Kind.DOSSIER, state, steps)
    ]
    assert plan.effort == steps and plan.open == ()


def test_under_reading_c_a_whole_look_is_what_is_left():
    failure = Failure("agency-0", "portal", "web", "tls", "tcp/443", "No answer in time")
    for failures in ((), (failure,)):
        one = standing(0, [result("P", UNV)], failures=failures)
        (plan,) = plans_of(one, reading="C").plans
        assert [(a.kind, a.system) for a in plan.actions] == [(Kind.LOOK, "portal")]


def test_an_agency_without_a_system_at_the_level_declares_it_first():
    (plan,) = plans_of(standing(0, level=2, B=False)).plans
    assert [(one.kind, one.what) for one in plan.actions] == [(Kind.LEVEL, "3")]


def test_who_complies_and_who_does_not_count_has_no_plan():
    found = plans_of(standing(0), standing(1, [result("P", UNV)], counted=False))
    assert (found.plans, found.complying, found.counted, found.enough) == ((), 1, 1, 0)


@pytest.mark.parametrize(
    ("percent", "counted", "wanted"),
    [(100, 3, 3), (50, 3, 2), (33.3, 3, 1), (33.4, 3, 2), (0, 3, 0), (66.7, 3, 3), (100, 0, 0),
     (90, 120, 108), (0.1, 120, 1)],
)  # fmt: skip
def test_how_many_the_target_needs(percent, counted, wanted):
    assert needed(Goal(percent=percent), counted) == wanted


def test_after_how_many_the_target_is_reached():
    three = [standing(n, [result("P", UNV)]) for n in range(3)]
    assert plans_of(*three, percent=50).enough == 2
    assert plans_of(standing(0), *three[1:], percent=50).enough == 1
    assert plans_of(standing(0), standing(1), three[2], percent=50).enough == 0


@given(st.lists(st.integers(1, 4), min_size=1, max_size=5))
def test_no_other_order_brings_more_agencies_over_the_line_at_any_time(efforts):
    agencies = [
        standing(n, [result(f"P{i}", UNV) for i in range(effort)])
        for n, effort in enumerate(efforts)
    ]
    ours = [plan.effort for plan in plans_of(*agencies).plans]
    assert sorted(ours) == sorted(efforts)
    for other in permutations(efforts):
        for spent in range(sum(efforts) + 1):
            assert over_the_line(ours, spent) >= over_the_line(other, spent)


def over_the_line(order, spent):
    """How many agencies are done after so many things."""
    return sum(total <= spent for total in accumulate(order))
