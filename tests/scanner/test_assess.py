"""The rules of judging one control from the findings of its checks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks import Status
from scanner.assess import control_result, coverage
from scanner.assessment import ControlStatus, DecidedBy
from tests.scanner.findings import E, F, N, P, control, finding

MET, PART, NOT, NA, UNV = (
    ControlStatus.MET,
    ControlStatus.PARTIAL,
    ControlStatus.NOT_MET,
    ControlStatus.NOT_APPLICABLE,
    ControlStatus.UNVERIFIED,
)
RANK = {MET: 0, NA: 0, UNV: 1, PART: 2, NOT: 3}  # met and not applicable hold nobody back


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


@pytest.mark.parametrize(
    ("decided", "hint", "wanted", "by", "hinted"),
    [
        (P, F, PART, DecidedBy.NONE, True),  # until a person confirms
        (N, F, PART, DecidedBy.NONE, True),
        (E, F, PART, DecidedBy.NONE, True),
        (F, F, NOT, DecidedBy.CHECKS, False),
        (P, P, MET, DecidedBy.CHECKS, False),
        (P, E, MET, DecidedBy.CHECKS, False),
        (F, P, NOT, DecidedBy.CHECKS, False),
        (E, P, UNV, DecidedBy.NONE, True),
        (E, E, UNV, DecidedBy.NONE, False),
        (N, P, NA, DecidedBy.CHECKS, False),
    ],
)
def test_a_control_that_is_decided_and_hinted_at(decided, hint, wanted, by, hinted):
    statuses = [("a", "x", decided), ("b", "x", hint)]
    result = of(statuses, decides=["a"], hints=["b"])
    assert (result.status, result.decided_by, result.hinted) == (wanted, by, hinted)


def test_an_asset_of_which_a_deciding_check_said_nothing_leaves_it_unverified():
    found = by_check([finding(P, "a", "x"), finding(P, "b", "x"), finding(P, "a", "y")])
    both = control(decides=["a", "b"])
    assert control_result(both, found, ["x"]).status is MET
    assert control_result(both, found, ["x", "y"]).status is UNV
    found["b"].append(finding(N, "b", "y"))
    assert control_result(both, found, ["x", "y"]).status is MET


@pytest.mark.parametrize("part", ["decides", "hints"])
def test_values_that_are_only_suggested_never_fail_a_control(part):
    result = of([("a", "x", F)], obligation="suggested_values", **{part: ["a"]})
    assert (result.status, result.hinted) == (UNV, True)
    both = {"decides": ["a"], "hints": ["b"], "obligation": "suggested_values"}
    result = of([("a", "x", P), ("b", "x", F)], **both)
    assert (result.status, result.hinted) == (UNV, True)
    assert of([("a", "x", P), ("b", "x", P)], **both).status is MET


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
def test_one_more_failure_or_error_never_improves_a_control(seen, changes, check, asset):
    before = of(seen, **changes).status
    for worse in (F, E):
        after = of([*seen, (check, asset, worse)], **changes).status
        assert RANK[after] >= RANK[before]
        assert after is before or after not in {MET, NA}
    if not changes["decides"]:
        assert before not in {MET, NA}  # hints alone settle nothing


@given(statuses, bound, st.randoms(use_true_random=False))
def test_the_order_of_findings_does_not_matter(seen, changes, random):
    shuffled = random.sample(seen, len(seen))
    assert of(seen, **changes) == of(shuffled, **changes)


@given(st.lists(st.tuples(statuses, bound), max_size=6))
def test_coverage_adds_up(rows):
    total = coverage([of(seen, **changes) for seen, changes in rows])
    assert sum(vars(total).values()) == len(rows)
