"""Each cause of a difference is named, and nothing else; what has none is called unexplained."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports import diff_json, diff_text
from reports.diff import compare
from reports.diff_model import Level, Side, Weight, Why
from reports.diff_read import read
from reports.i18n import Translator
from scanner.papers import Answer, Attestation, Evidence, Papers, Waiver
from tests.reports.scenes import (
    AGENCY,
    ASSETS,
    CONTROLS,
    DAY,
    EXPIRY,
    GOOD,
    OPEN,
    SUPPORT,
    SYSTEM,
    Scene,
    control,
    later,
)

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
ALIKE = Scene()


def said(of="C-PAPER", number="A-0001", made=-10, until=100, **more):
    """A statement; days count from DAY."""
    values = {"answer": Answer.MET, "statement": "", "by": "Lan", "recorded": NOON,
              "document": "1/QĐ"}  # fmt: skip
    days = {"made": later(made), "valid_until": later(until)}
    return Attestation(number, AGENCY, SYSTEM, of, **{**values, **days, **more})


def waived(of="C-PAPER", number="W-0001", start=-10, until=100, **more):
    values = {"reason": "r", "decision": "1/QĐ", "requested_by": "Lan", "approved_by": "Minh",
              "recorded": NOON}  # fmt: skip
    days = {"valid_from": later(start), "valid_until": later(until)}
    return Waiver(number, AGENCY, SYSTEM, of, **{**values, **days, **more})


def papers(*given_papers):
    return Papers(
        tuple(one for one in given_papers if isinstance(one, Attestation)),
        tuple(one for one in given_papers if isinstance(one, Waiver)),
    )


def file(sha):
    return Evidence("a.pdf", sha * 64, 10, "pdf")


def whys(comparison, name=""):
    """Every kind of cause of the differences, or of one requirement's."""
    return {
        cause.why for one in comparison.differences if name in ("", one.id) for cause in one.causes
    }


def statement(**more):
    return replace(ALIKE, papers=papers(said(**more)))


REBOUND = (control("C-DECIDED", decides=[OPEN]), *CONTROLS[1:])
FAULT = {("web", EXPIRY): 3}
HIT = {("web", OPEN): True}
CASES = {
    "a fault": (ALIKE, replace(ALIKE, facts=FAULT), "C-DECIDED", Why.FACT),
    "could not look": (ALIKE, replace(ALIKE, facts={("web", EXPIRY): None}), "C-DECIDED",
                       Why.FACT),
    "a hint": (ALIKE, replace(ALIKE, facts=HIT), "C-HINTED", Why.FACT),
    "a parameter": (ALIKE, replace(ALIKE, days_left=50), "C-DECIDED", Why.PARAMETER),
    "an older certificate": (ALIKE, replace(ALIKE, started=later(30), day=later(30)), "C-DECIDED",
                             Why.AGE),
    "another table": (ALIKE, replace(ALIKE, table=6), "C-TABLE", Why.DATA),
    "another vantage": (replace(ALIKE, facts=HIT), replace(ALIKE, facts=HIT, vantage="internal"),
                        "C-HINTED", Why.VANTAGE),
    "another vantage sees another thing": (
        ALIKE, replace(ALIKE, facts=FAULT, vantage="internal"), "C-DECIDED", Why.VANTAGE),
    "another inventory": (replace(ALIKE, facts=HIT), replace(ALIKE, facts=HIT, owner="b"),
                          "C-HINTED", Why.OWNER),
    "stopped": (ALIKE, replace(ALIKE, complete=False), "C-SCAN", Why.INCOMPLETE),
    "narrowed": (ALIKE, replace(ALIKE, only=("tls",)), "C-SCAN", Why.SCOPE),
    "narrowed, a check": (ALIKE, replace(ALIKE, only=("tls",)), "C-TABLE", Why.SCOPE),
    "an asset more": (replace(ALIKE, assets=("web",)),
                      replace(ALIKE, facts={("db", EXPIRY): 3}), "C-DECIDED", Why.SCOPE),
    "an old look": (ALIKE, replace(ALIKE, day=later(300)), "C-DECIDED", Why.STALE),
    "an old scan": (ALIKE, replace(ALIKE, day=later(300)), "C-SCAN", Why.STALE),
    "left out": (ALIKE, replace(ALIKE, left_out={"C-PAPER": "none here"}), "C-PAPER",
                 Why.LEFT_OUT),
    "in one profile": (ALIKE, replace(ALIKE, controls=CONTROLS[1:]), "C-DECIDED", Why.PROFILE),
    "bound otherwise": (replace(ALIKE, facts=HIT),
                        replace(ALIKE, facts=HIT, controls=REBOUND), "C-DECIDED", Why.RULE),
    "a statement": (ALIKE, statement(), "C-PAPER", Why.ATTESTATION),
    "expired": (statement(), statement(until=-1), "C-PAPER", Why.EXPIRED),
    "expired on the way": (statement(until=20), replace(statement(until=20), day=later(21)),
                           "C-PAPER", Why.EXPIRED),
    "not yet made": (replace(statement(made=-3), day=later(0)),
                     replace(statement(made=-3), day=later(-4), started=later(-4)), "C-PAPER",
                     Why.NOT_YET),
    "withdrawn": (statement(), statement(withdrawn=later(-1)), "C-PAPER", Why.WITHDRAWN),
    "other evidence": (statement(evidence=(file("a"),)), statement(evidence=(file("b"),)),
                       "C-PAPER", Why.EVIDENCE),
    "another answer": (statement(), statement(answer=Answer.PARTIAL), "C-PAPER", Why.STATEMENT),
    "contested": (
        replace(statement(of="C-HINTED", seen=(f"{OPEN}@web",)), facts=HIT),
        replace(statement(of="C-HINTED"), facts=HIT), "C-HINTED", Why.CONTESTED),
    "a fault that the statement does not answer": (
        replace(statement(of="C-HINTED")), replace(statement(of="C-HINTED"), facts=HIT),
        "C-HINTED", Why.FACT),
    "a waiver": (ALIKE, replace(ALIKE, papers=papers(waived())), "C-PAPER", Why.WAIVER),
    "an expired waiver": (
        replace(ALIKE, papers=papers(waived(until=20))),
        replace(ALIKE, papers=papers(waived(until=20)), day=later(21)), "C-PAPER", Why.EXPIRED),
    "a waiver to come": (
        replace(ALIKE, papers=papers(waived(start=5)), day=later(5)),
        replace(ALIKE, papers=papers(waived(start=5))), "C-PAPER", Why.NOT_YET),
    "a withdrawn waiver": (
        replace(ALIKE, papers=papers(waived())),
        replace(ALIKE, papers=papers(waived(withdrawn=DAY))), "C-PAPER", Why.WITHDRAWN),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_each_cause_is_named_and_nothing_else(case):
    one, other, name, why = CASES[case]
    for a, b in ((one, other), (other, one)):
        assert whys(compare(a.card(), b.card()), name) == {why}


def test_an_expired_statement_beside_a_newer_one():
    renewed = papers(said(until=5), said(number="A-0002", made=3, until=200))
    a = replace(ALIKE, papers=renewed, day=later(10))
    b = replace(ALIKE, papers=papers(said(until=5)), day=later(10))
    found = compare(a.card(), b.card())
    assert whys(found, "C-PAPER") == {Why.EXPIRED}
    assert "expired" in str(found.differences[0].causes[0].says)


def test_several_causes_are_not_told_apart():
    a, b = ALIKE, replace(ALIKE, facts=FAULT, days_left=50)
    (of,) = [one for one in compare(a.card(), b.card()).differences if one.asset == "web"]
    assert whys(compare(a.card(), b.card()), "C-DECIDED") == {Why.FACT, Why.PARAMETER}
    assert not of.sure
    shown = diff_text.plain_text(compare(a.card(), b.card()), Translator("en"))
    assert "One of these, or several together" in shown


def test_another_version_is_always_a_candidate():
    other = replace(ALIKE, facts=FAULT, version="2.0")
    assert whys(compare(ALIKE.card(), other.card()), "C-DECIDED") == {Why.FACT, Why.VERSION}


def test_a_settled_requirement_weighs_more_than_a_status_and_a_verdict_most():
    alone = (control("C-PAPER"), control("C-OTHER"))
    a = replace(ALIKE, controls=alone, papers=papers(said(), said("C-OTHER", "A-0002")))
    b = replace(ALIKE, controls=alone, papers=papers(said(answer=Answer.PARTIAL), waived()))
    found = compare(a.card(), b.card())
    assert [(one.level, one.weight) for one in found.differences] == [
        (Level.AGENCY, Weight.VERDICT),
        (Level.SYSTEM, Weight.VERDICT),
        (Level.CONTROL, Weight.SETTLED),
        (Level.CONTROL, Weight.STATUS),
    ]
    assert found.differences[0].causes == found.differences[1].causes
    assert found.differences[2].id == "C-OTHER"
    assert found.differences[3].b == Side("partial", "waiver")


def test_the_same_result_on_other_papers_is_no_other_result():
    a, b = statement(evidence=(file("a"),)), statement(evidence=(file("b"),))
    found = compare(a.card(), b.card())
    assert found.same and not found.prints.papers
    (one,) = found.differences
    assert one.weight is Weight.PAPER and one.sure
    shown = diff_text.plain_text(found, Translator("en"))
    assert "Not the same fingerprints, though: papers." in shown
    assert "aaaaaaaaaaaa" in shown and "bbbbbbbbbbbb" in shown


def test_the_same_result_from_other_facts_is_counted():
    found = compare(ALIKE.card(), replace(ALIKE, facts={("web", EXPIRY): 39}).card())
    assert found.same and found.other_facts == 1
    assert (found.prints.profile, found.prints.facts, found.prints.papers) == (True, False, True)
    shown = diff_text.plain_text(found, Translator("en"))
    assert "Not the same fingerprints, though: facts." in shown


def test_what_nothing_explains_is_called_unexplained():
    made = json.loads(ALIKE.json())
    (system,) = made["agencies"][0]["systems"]
    system["controls"][0]["status"] = "not_met"
    system["compliant"] = True
    for one in made["findings"]:
        one["status"] = "pass"
    made["findings"][0]["status"] = "fail"
    found = compare(ALIKE.card(), read(json.dumps(made).encode(), "b.json"))
    assert whys(found) == {Why.UNEXPLAINED}
    assert {one.level for one in found.differences} == {"system", "control", "finding"}
    assert not any(one.sure for one in found.differences)
    assert "unexplained" in diff_text.plain_text(found, Translator("en"))
    assert "chưa giải thích được" in diff_text.plain_text(found, Translator("vi"))


def test_an_agency_that_only_one_side_has():
    found = compare(ALIKE.card(), ALIKE.card().only("nobody"))
    (one,) = found.differences
    assert one.b == Side() and whys(found) == {Why.SCOPE}
    assert compare(ALIKE.card(), ALIKE.card(), AGENCY).same


def test_a_dossier_that_is_approved_on_one_side():
    made = [json.loads(ALIKE.json()) for _ in range(2)]
    for one, approved in zip(made, (True, False), strict=True):
        one["agencies"][0]["systems"][0]["dossier"] = {"approved": approved}
    a, b = (read(json.dumps(one).encode(), "x") for one in made)
    found = compare(a, b)
    (one,) = found.differences
    assert (one.id, one.a, one.b) == ("dossier", Side("approved"), Side("not_approved"))
    assert whys(found) == {Why.OWNER} and not found.same
    assert "dossier approved → dossier not approved" in diff_text.plain_text(
        found, Translator("en")
    )


def days(least, most):
    return st.integers(least, most)


@st.composite
def paper(draw, number):
    of = draw(st.sampled_from([one.id for one in CONTROLS[:3]]))
    gone = draw(st.sampled_from([None, None, None, later(-2), later(9)]))
    begin = draw(days(-20, 5))
    end = begin + draw(st.sampled_from([1, 15, 25, 100]))
    if draw(st.booleans()):
        return waived(of, f"W-{number}", begin, end, withdrawn=gone)
    return said(
        of, f"A-{number}", begin, end, withdrawn=gone, answer=draw(st.sampled_from(Answer)),
        evidence=draw(st.sampled_from([(), (file("a"),), (file("b"),)])),
        seen=draw(st.sampled_from([(), (f"{OPEN}@web",), (f"{EXPIRY}@web", f"{OPEN}@db")])),
    )  # fmt: skip


FACTS = {EXPIRY: [40, 40, 3, 16, None], OPEN: [False, False, True, None], SUPPORT: [5, 5, 2, None]}


@st.composite
def scene(draw):
    seen = {
        (asset, check): draw(st.sampled_from(FACTS[check])) for asset in ASSETS for check in GOOD
    }
    started = draw(days(-40, 10))
    rebound = draw(st.sampled_from([CONTROLS, CONTROLS, CONTROLS[:4], REBOUND]))
    return Scene(
        facts=seen,
        controls=rebound,
        left_out=draw(st.sampled_from([{}, {}, {"C-PAPER": "no"}])),
        days_left=draw(st.sampled_from([14, 14, 30])),
        assets=draw(st.sampled_from([ASSETS, ASSETS, ("web",)])),
        started=later(started),
        day=later(started + draw(st.sampled_from([0, 0, 20, 300]))),
        complete=draw(st.sampled_from([True, True, False])),
        only=draw(st.sampled_from([(), (), ("tls",), ("ports",)])),
        vantage=draw(st.sampled_from(["external", "external", "internal"])),
        version=draw(st.sampled_from(["1.0", "1.0", "2.0"])),
        table=draw(st.sampled_from([3, 3, 6])),
        owner=draw(st.sampled_from("aab")),
        papers=papers(*(draw(paper(n)) for n in range(draw(days(0, 3))))),
    )


def turned(of):
    """A difference as the other side tells it, less its sentences."""
    kinds = frozenset((one.why, one.check, one.asset) for one in of.causes)
    return of.level, of.weight, of.agency, of.system, of.id, of.asset, of.b, of.a, kinds


@given(scene(), scene())
@settings(max_examples=120, deadline=None)
def test_whatever_differs_has_a_cause_and_b_mirrors_a(one, other):
    a, b = one.card("a"), other.card("b")
    there, back = compare(a, b), compare(b, a)
    assert Why.UNEXPLAINED not in whys(there), there.differences
    assert all(one.causes for one in there.differences)
    assert {turned(one) for one in there.differences} == {
        (d.level, d.weight, d.agency, d.system, d.id, d.asset, d.a, d.b,
         frozenset((c.why, c.check, c.asset) for c in d.causes)) for d in back.differences
    }  # fmt: skip
    assert (there.same, there.prints, there.other_facts) == (
        back.same, back.prints, back.other_facts)  # fmt: skip
    statuses = [
        {c.id: (c.status, c.decided_by) for c in card.agencies[AGENCY].systems[0].controls}
        for card in (a, b)
    ]
    told = {one.id for one in there.differences if one.level is Level.CONTROL}
    differ = {k for k in statuses[0] | statuses[1] if statuses[0].get(k) != statuses[1].get(k)}
    assert differ <= told


@given(scene())
@settings(max_examples=30, deadline=None)
def test_nothing_differs_from_itself(one):
    found = compare(one.card("a"), one.card("b"))
    assert found.differences == found.runs == ()
    assert found.same and found.prints.all and not found.other_facts
    shown = diff_text.plain_text(found, Translator("en"))
    assert "The same profile, the same facts, the same papers: the same result." in shown


@given(scene(), scene(), st.sampled_from(["vi", "en"]))
@settings(max_examples=25, deadline=None)
def test_it_can_be_told(one, other, lang):
    found = compare(one.card("a"), other.card("b"))
    shown = diff_text.plain_text(found, Translator(lang))
    assert max(map(len, shown.splitlines())) <= 80
    assert diff_json.document(found, Translator(lang))["same"] is found.same
