"""What falls due, on which day: made by hand."""

from __future__ import annotations

from datetime import date

import pytest

from scanner.assess import Look, Rules, agency_assessment
from scanner.due import due
from scanner.inventory import Inventory
from scanner.papers import Answer, Papers
from scanner.rollup import RollUp, Standing
from scanner.settle import settled
from tests.scanner.findings import F, P, control, finding
from tests.scanner.inventories import inventory
from tests.scanner.test_assess_agencies import profile, run_info
from tests.scanner.test_papers import D, said, waived

DAY = D("2026-11-23")
PROFILE = profile(
    control(id="D1", decides=["tls.a"]), control(id="C-1"), control(id="C-6", every=6)
)
MINE = {"agency": "agency-0", "system": "portal"}


GOOD = (finding(P),)


def found(papers=None, day=DAY, findings=GOOD, dossier=None, of_profile=PROFILE):
    raw = inventory("127.0.0.1").model_dump(by_alias=True)
    raw["agencies"][0]["systems"][0]["dossier"] |= dossier or {}
    inv = Inventory.model_validate(raw)
    papers = papers or Papers()
    rules = Rules.of(of_profile, inv, papers, day)
    of = agency_assessment(inv.agencies[0], Look(run_info(), findings, ()), rules)
    open_ = tuple(("portal", r) for r in of.systems[0].results if not settled(r))
    standing = Standing(of, True, open_, (), (), ())
    return due(RollUp(day, None, (standing,), papers), inv, of_profile.controls)


def told(of):
    return [(one.day.isoformat(), str(one.kind), one.control) for one in of.items]


SCAN = ("2027-05-23", "scan", "")


def test_a_look_grows_old_and_what_nobody_settled_is_counted():
    of = found()
    assert told(of) == [SCAN] and of.never == {"agency-0": 2}
    assert of.within(D("2027-05-22")) == () and len(of.within(D("2027-05-23"))) == 1


def test_a_statement_is_due_on_its_last_day_or_by_the_requirements_rhythm():
    papers = Papers((
        said("2026-11-01", "2027-03-01", **MINE, control="C-1", id="A-1"),
        said("2026-11-01", "2027-11-01", **MINE, control="C-6", id="A-2"),
    ))  # fmt: skip
    of = found(papers)
    assert told(of) == [
        ("2027-03-01", "attest", "C-1"), ("2027-05-01", "attest", "C-6"), SCAN,
    ]  # fmt: skip
    assert of.never == {}
    assert [one.paper for one in of.items] == ["A-1", "A-2", ""]


def test_what_has_expired_is_overdue_and_not_forgotten():
    papers = Papers(
        (said("2026-01-01", "2026-11-01", **MINE, control="C-1"),),
        (waived("2026-01-01", "2026-10-01", **MINE, control="D1"),),
    )
    of = found(papers, findings=[finding(F)])
    assert told(of) == [("2026-10-01", "waiver", "D1"), ("2026-11-01", "attest", "C-1"), SCAN]
    assert len(of.within(DAY)) == 2 and of.never == {"agency-0": 1}  # C-6
    mended = found(papers, findings=[finding(P)])
    assert ("2026-10-01", "waiver", "D1") not in told(mended)  # nobody needs it any more


@pytest.mark.parametrize("withdrawn", [DAY, None])
def test_a_waiver_in_force(withdrawn):
    papers = Papers((), (waived("2026-11-01", "2027-01-01", **MINE, control="D1",
                                withdrawn=withdrawn),))  # fmt: skip
    wanted = [] if withdrawn else [("2027-01-01", "waiver", "D1")]
    assert told(found(papers, findings=[finding(F)])) == [*wanted, SCAN]


def test_a_plan_is_due_by_its_day():
    paper = said("2026-11-01", "2027-11-01", **MINE, control="C-1", answer=Answer.NOT_MET,
                 plan="Mua thiết bị", plan_by=date(2027, 2, 1))  # fmt: skip
    of = found(Papers((paper,)))
    assert told(of) == [("2027-02-01", "plan", "C-1"), SCAN]
    assert of.items[0].text == "Mua thiết bị"


def test_a_statement_on_what_a_machine_settles_is_not_asked_for_again():
    paper = said("2026-11-01", "2026-12-01", **MINE, control="D1")
    assert told(found(Papers((paper,)))) == [SCAN]


def test_expected_days_of_the_dossier():
    dossier = {"state": "proposed", "expected": "2026-12-31",
               "plan": {"state": "partly", "expected": "2027-06-30"}}  # fmt: skip
    assert told(found(dossier=dossier)) == [
        ("2026-12-31", "dossier", ""), SCAN, ("2027-06-30", "measures", ""),
    ]  # fmt: skip


def test_a_stale_look_is_overdue():
    of = found(day=D("2027-06-01"))
    assert told(of) == [SCAN] and of.items[0].day < of.day
    assert of.never == {"agency-0": 3}


@pytest.mark.parametrize(
    ("day", "never"), [("2027-02-23", {}), ("2027-02-24", {}), ("2027-05-24", {"agency-0": 1})]
)
def test_a_requirement_to_scan_oftener_has_its_own_day(day, never):
    """Seen on 23 November: every three months, while what was seen counts for six."""
    often = profile(control(id="D1", decides=["tls.a"]), control(id="R", runs="decides", every=3))
    of = found(day=D(day), of_profile=often)
    assert told(of) == [("2027-02-23", "scan", "R"), SCAN]
    assert of.never == never
    rarely = profile(control(id="D1", decides=["tls.a"]), control(id="R", runs="decides", every=12))
    assert told(found(of_profile=rarely)) == [SCAN]
