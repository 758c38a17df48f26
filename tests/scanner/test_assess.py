"""The rules of judging a control, a system, an agency, the programme."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks import Severity, Status
from scanner.assess import assess, control_result, coverage
from scanner.assessment import ControlStatus, DecidedBy, Failure, Finding, RunInfo
from scanner.profile import Control, Profile
from tests.scanner.inventories import inventory

P, F, E, N = Status.PASS, Status.FAIL, Status.ERROR, Status.NOT_APPLICABLE
MET, PART, NOT, NA, UNV = (
    ControlStatus.MET,
    ControlStatus.PARTIAL,
    ControlStatus.NOT_MET,
    ControlStatus.NOT_APPLICABLE,
    ControlStatus.UNVERIFIED,
)
NOW = datetime(2026, 11, 23, tzinfo=UTC)
BEST_FIRST = [MET, NA, PART, UNV, NOT]


def finding(status, check="tls.a", asset="web", agency="agency-0"):
    return Finding(
        check, Severity.HIGH, status, agency, "portal", asset, "key", "tcp/443", "127.0.0.1", "says"
    )


def control(**changes):
    base = {
        "id": "C",
        "clause": "1",
        "standard": "S",
        "group": "data",
        "title": {"vi": "x", "en": "x"},
    }
    return Control.model_validate({**base, **changes})


def by_check(findings):
    found = {}
    for one in findings:
        found.setdefault(one.check, []).append(one)
    return found


def of(statuses, **changes):
    """A control's result; `statuses` are (check, asset, status)."""
    findings = by_check(finding(s, check, asset) for check, asset, s in statuses)
    return control_result(control(**changes), findings)


@pytest.mark.parametrize(
    ("statuses", "wanted"),
    [
        ([("a", "x", P)], MET),
        ([("a", "x", F)], NOT),
        ([("a", "x", E)], UNV),
        ([("a", "x", N)], NA),
        ([("a", "x", P), ("a", "y", N)], MET),
        ([("a", "x", P), ("a", "y", F)], PART),
        ([("a", "x", P), ("a", "x", F)], NOT),  # two addresses of one asset: the worst decides
        ([("a", "x", F), ("a", "y", E)], NOT),
        ([("a", "x", P), ("a", "y", E)], UNV),
        ([("a", "x", E), ("a", "x", P)], UNV),
        ([("a", "x", P), ("a", "y", F), ("a", "z", E)], PART),
        ([], UNV),
    ],
)
def test_a_control_that_checks_decide(statuses, wanted):
    result = of(statuses, decides=["a"])
    assert result.status is wanted
    settled = wanted is not UNV
    assert (result.decided_by is DecidedBy.CHECKS) == settled


def test_a_deciding_check_that_never_spoke_leaves_it_unverified():
    assert of([("a", "x", P)], decides=["a", "b"]).status is UNV
    assert of([("a", "x", F)], decides=["a", "b"]).status is NOT


@pytest.mark.parametrize(
    ("statuses", "wanted", "hinted"),
    [([P], UNV, True), ([F], PART, True), ([E], UNV, False), ([N], UNV, False), ([], UNV, False)],
)
def test_a_control_that_checks_hint_at(statuses, wanted, hinted):
    result = of([("a", "x", s) for s in statuses], hints=["a"])
    assert (result.status, result.hinted, result.decided_by) == (wanted, hinted, DecidedBy.NONE)


def test_a_failing_hint_holds_a_met_control_back():
    statuses = [("a", "x", P), ("b", "x", F)]
    assert of(statuses, decides=["a"], hints=["b"]).status is PART
    statuses = [("a", "x", F), ("b", "x", P)]
    assert of(statuses, decides=["a"], hints=["b"]).status is NOT


@pytest.mark.parametrize("part", ["decides", "hints"])
def test_values_that_are_only_suggested_never_fail_a_control(part):
    result = of([("a", "x", F)], obligation="suggested_values", **{part: ["a"]})
    assert (result.status, result.hinted) == (UNV, True)


def test_nothing_bound_is_for_a_person():
    assert of([]).status is UNV


CHECKS = ["a", "b", "c"]
statuses = st.lists(
    st.tuples(st.sampled_from(CHECKS), st.sampled_from("xyz"), st.sampled_from(list(Status))),
    max_size=8,
)
bound = st.fixed_dictionaries(
    {
        "decides": st.lists(st.sampled_from(CHECKS), unique=True),
        "hints": st.lists(st.sampled_from(CHECKS), unique=True),
        "obligation": st.sampled_from(["must", "suggested_values"]),
    }
)


@given(statuses, bound, st.sampled_from(CHECKS), st.sampled_from("xyz"))
def test_more_failures_and_errors_never_make_a_control_met(seen, changes, check, asset):
    before = of(seen, **changes).status
    for worse in (F, E):
        after = of([*seen, (check, asset, worse)], **changes).status
        if before is not MET:
            assert after is not MET


@given(statuses, bound)
def test_the_order_of_findings_does_not_matter(seen, changes):
    assert of(seen, **changes).status is of(list(reversed(seen)), **changes).status


@given(st.lists(st.tuples(statuses, bound), max_size=6))
def test_coverage_adds_up(rows):
    total = coverage([of(seen, **changes) for seen, changes in rows])
    assert sum(vars(total).values()) == len(rows)


def profile(*controls):
    return Profile(
        id="p",
        version="1",
        title={"vi": "p", "en": "p"},
        standard="S",
        level=3,
        credit="",
        groups={},
        params={},
        controls=controls,
        watched=frozenset(),
        installed=frozenset(),
        digest="",
    )


def run_info(**changes):
    base = {"id": "r", "started": NOW, "finished": NOW, "scanner_version": "1"}
    base |= {"vantage": "external", "profile": "p", "profile_version": "1", "standard": "S"}
    return RunInfo(**{**base, **changes})


TWO = profile(control(decides=["tls.a"]), control(id="D", decides=["tls.b"]))


def whole(findings, failures=(), inv=None, **run):
    inv = inv or inventory("127.0.0.1", "127.0.0.2")
    return assess(run_info(**run), TWO, inv, findings, failures)


def met(agency):
    return [finding(P, check, agency=agency) for check in ("tls.a", "tls.b")]


def test_the_share_is_over_electronic_agencies():
    result = whole([*met("agency-0"), finding(F, agency="agency-1")])
    assert [a.compliant for a in result.agencies] == [True, False]
    programme = result.programme
    assert (programme.counted, programme.compliant, programme.percent) == (2, 1, 50.0)
    assert result.agencies[0].score == 100.0


def test_an_agency_that_was_not_scanned_is_shown_and_not_compliant():
    result = whole(met("agency-0"))
    missing = result.agencies[1]
    assert (missing.compliant, missing.score, missing.coverage.unverified) == (False, 0.0, 2)
    assert missing.readings == {"A": False, "B": False, "C": False}


def test_a_hundred_percent_is_shown_only_for_all():
    many = tuple(control(id=str(n), decides=["tls.a" if n else "tls.b"]) for n in range(3000))
    findings = [finding(P, "tls.a"), finding(F, "tls.b")]
    result = assess(run_info(), profile(*many), inventory("127.0.0.1"), findings, ())
    assert result.agencies[0].score == 99.9


def test_an_assessed_agency_has_no_gaps():
    failure = Failure("agency-0", "portal", "web", "tls", "tcp/443", "No answer in time")
    assert whole(met("agency-0")).agencies[0].readings["C"] is True
    assert whole(met("agency-0"), [failure]).agencies[0].readings["C"] is False
    assert whole(met("agency-0"), complete=False).agencies[0].readings["C"] is False


def test_nothing_that_applies_is_not_compliance():
    findings = [finding(N, check) for check in ("tls.a", "tls.b")]
    assert whole(findings).agencies[0].compliant is False


def test_a_lower_system_does_not_count_and_alone_does_not_comply():
    inv = inventory("127.0.0.1").model_dump(by_alias=True)
    inv["agencies"][0]["systems"][0]["level"] = 2
    low = type(inventory("127.0.0.1")).model_validate(inv)
    assert whole(met("agency-0"), inv=low).agencies[0].compliant is False


def test_an_approved_dossier_has_a_decision():
    raw = inventory("127.0.0.1").model_dump(by_alias=True)
    for dossier, wanted in (
        ({"state": "approved", "decision": "15/QĐ"}, True),
        ({"state": "approved", "decision": ""}, False),
        ({"state": "appraised", "decision": "15/QĐ"}, False),
    ):
        raw["agencies"][0]["systems"][0]["dossier"] = dossier
        try:
            inv = type(inventory("127.0.0.1")).model_validate(raw)
        except ValueError:
            assert not wanted
            continue
        assert whole([], inv=inv).agencies[0].readings["A"] is wanted
