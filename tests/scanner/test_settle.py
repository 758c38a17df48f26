"""What a person's word can do to a control, and what it can't."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.assessment import ControlStatus, DecidedBy
from scanner.controls import control_result
from scanner.papers import Answer, Papers
from scanner.settle import Said, settle, settled
from tests.scanner.findings import E, F, N, P, control, finding
from tests.scanner.test_papers import KEY, D, said, waived

MET, PART, NOT, NA, UNV = (
    ControlStatus.MET,
    ControlStatus.PARTIAL,
    ControlStatus.NOT_MET,
    ControlStatus.NOT_APPLICABLE,
    ControlStatus.UNVERIFIED,
)
CHECKS, ATTESTED, WAIVED, NONE = (
    DecidedBy.CHECKS,
    DecidedBy.ATTESTATION,
    DecidedBy.WAIVER,
    DecidedBy.NONE,
)
DAY, LOOKED = D("2026-02-01"), D("2026-06-01")
DECIDES = control(id="C-1", decides=["tls.a"])
HINTS = control(id="C-1", hints=["tls.a"])
ALONE = control(id="C-1")
FAULT = ("tls.a@web",)


def result(of, status=None, paper=None, waiver=None, day=DAY):
    findings = {"tls.a": [finding(status)]} if status else {}
    papers = Papers((paper,) if paper else (), (waiver,) if waiver else ())
    machine = control_result(of, findings)
    return settle(of, machine, Said.of(papers, KEY, day), LOOKED)


def outcome(*args, **more):
    found = result(*args, **more)
    return found.status, found.decided_by


@pytest.mark.parametrize(
    ("of", "status", "answer", "seen", "wanted"),
    [
        # nothing but people
        (ALONE, None, Answer.MET, (), (MET, ATTESTED)),
        (ALONE, None, Answer.EQUIVALENT, (), (MET, ATTESTED)),
        (ALONE, None, Answer.NOT_APPLICABLE, (), (NA, ATTESTED)),
        (ALONE, None, Answer.PARTIAL, (), (PART, ATTESTED)),
        (ALONE, None, Answer.NOT_MET, (), (NOT, ATTESTED)),
        # a check decides, and fails: only an equivalent measure answers it, and only that fault
        (DECIDES, F, Answer.MET, FAULT, (NOT, CHECKS)),
        (DECIDES, F, Answer.NOT_APPLICABLE, FAULT, (NOT, CHECKS)),
        (DECIDES, F, Answer.EQUIVALENT, FAULT, (MET, ATTESTED)),
        (DECIDES, F, Answer.EQUIVALENT, (), (NOT, CHECKS)),
        (DECIDES, F, Answer.EQUIVALENT, ("tls.a@other",), (NOT, CHECKS)),
        (DECIDES, F, Answer.PARTIAL, FAULT, (NOT, CHECKS)),
        # a check decides, and passes: people can only say that it is worse
        (DECIDES, P, Answer.MET, (), (MET, CHECKS)),
        (DECIDES, P, Answer.NOT_APPLICABLE, (), (MET, CHECKS)),
        (DECIDES, P, Answer.PARTIAL, (), (PART, ATTESTED)),
        (DECIDES, P, Answer.NOT_MET, (), (NOT, ATTESTED)),
        (DECIDES, N, Answer.MET, (), (NA, CHECKS)),
        # it could not decide
        (DECIDES, E, Answer.MET, (), (MET, ATTESTED)),
        (DECIDES, E, Answer.NOT_APPLICABLE, (), (NA, ATTESTED)),
        # a hint: a person confirms, but not what came later
        (HINTS, F, Answer.MET, FAULT, (MET, ATTESTED)),
        (HINTS, F, Answer.EQUIVALENT, FAULT, (MET, ATTESTED)),
        (HINTS, F, Answer.NOT_APPLICABLE, FAULT, (NA, ATTESTED)),
        (HINTS, F, Answer.MET, (), (PART, NONE)),
        (HINTS, F, Answer.NOT_APPLICABLE, (), (PART, NONE)),
        (HINTS, F, Answer.NOT_MET, (), (NOT, ATTESTED)),
        (HINTS, P, Answer.MET, (), (MET, ATTESTED)),
        (HINTS, E, Answer.MET, (), (MET, ATTESTED)),
    ],
)  # fmt: skip
def test_a_statement(of, status, answer, seen, wanted):
    assert outcome(of, status, said(answer=answer, seen=seen)) == wanted


@pytest.mark.parametrize("answer", list(Answer))
@pytest.mark.parametrize("status", [None, P, F, E, N])
@pytest.mark.parametrize("of", [ALONE, DECIDES, HINTS])
def test_an_expired_future_or_withdrawn_statement_changes_nothing(of, status, answer):
    alone = outcome(of, status)
    for paper in (
        said("2025-01-01", "2026-01-31", answer=answer, seen=FAULT),
        said("2026-02-02", answer=answer, seen=FAULT),
        said(answer=answer, seen=FAULT, withdrawn=DAY),
    ):
        assert outcome(of, status, paper) == alone


def test_what_a_statement_does_not_answer_is_named():
    assert result(HINTS, F, said()).contested == FAULT
    assert result(DECIDES, F, said(seen=FAULT)).contested == FAULT  # the check decides
    assert result(DECIDES, F, said(answer=Answer.EQUIVALENT, seen=FAULT)).contested == ()
    assert result(HINTS, F, said(seen=FAULT)).contested == ()


def test_values_that_are_only_suggested_are_attested_whatever_the_check_says():
    advice = control(id="C-1", decides=["tls.a"], obligation="suggested_values")
    assert outcome(advice, F) == (UNV, NONE)
    assert outcome(advice, F, said()) == (MET, ATTESTED)


@pytest.mark.parametrize(("status", "wanted"), [(F, NOT), (E, UNV), (None, UNV)])
def test_a_waiver_settles_and_changes_no_status(status, wanted):
    found = result(DECIDES, status, waiver=waived())
    assert (found.status, found.decided_by) == (wanted, WAIVED)
    assert settled(found) and found.due == D("2026-07-10")


@pytest.mark.parametrize(
    "waiver",
    [waived("2025-01-01", "2026-01-31"), waived("2026-02-02"), waived(withdrawn=DAY)],
)
def test_an_expired_future_or_withdrawn_waiver_counts_for_nothing(waiver):
    found = result(DECIDES, F, waiver=waiver)
    assert (found.status, found.decided_by) == (NOT, CHECKS) and not settled(found)


def test_a_waiver_of_what_is_met_is_not_used():
    assert outcome(DECIDES, P, waiver=waived()) == (MET, CHECKS)


@pytest.mark.parametrize(
    ("of", "status", "paper", "due"),
    [
        (DECIDES, P, None, LOOKED),
        (DECIDES, F, None, None),  # now
        (ALONE, None, None, None),
        (ALONE, None, said(), D("2026-07-10")),
        (control(id="C-1", every=3), None, said(), D("2026-04-10")),
        (control(id="C-1", every=12), None, said(), D("2026-07-10")),
        (ALONE, None, said(answer=Answer.PARTIAL), None),
        (ALONE, None, said(answer=Answer.NOT_APPLICABLE), D("2026-07-10")),
    ],
)
def test_when_something_is_due_again(of, status, paper, due):
    assert result(of, status, paper).due == due


days = st.dates(date(2025, 6, 1), date(2027, 6, 1))
papers = st.builds(
    lambda made, until, answer, seen: said(
        made.isoformat(), max(made, until).isoformat(), answer=answer, seen=seen
    ),
    days, days, st.sampled_from(Answer), st.sampled_from([(), FAULT]),
)  # fmt: skip
waivers = st.builds(
    lambda start, until: waived(start.isoformat(), max(start, until).isoformat()), days, days
)


@given(
    st.sampled_from([ALONE, DECIDES, HINTS]),
    st.sampled_from([None, P, F, E, N]),
    st.none() | papers,
    st.none() | waivers,
    days,
)
def test_met_has_a_check_or_a_valid_word_behind_it(of, status, paper, waiver, day):
    found = result(of, status, paper, waiver, day)
    if found.status is MET:
        by_check = of is DECIDES and status is P and found.decided_by is CHECKS
        said_so = (
            found.decided_by is ATTESTED and paper.holds(day)
            and paper.answer in {Answer.MET, Answer.EQUIVALENT}
        )  # fmt: skip
        assert by_check or said_so
    if status is F and of is DECIDES and found.status is MET:
        assert paper.answer is Answer.EQUIVALENT and paper.seen == FAULT
    if found.decided_by is WAIVED:
        assert waiver.holds(day)
    assert (found.due is not None) <= settled(found)
