"""What makes a statement valid."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.attesting import FIELDS, Draft, attestation_of, longest, problems_of, tidy
from scanner.papers import Answer, Evidence
from tests.scanner.findings import control

DAY = date(2026, 11, 23)
FILE = Evidence("a.pdf", "0" * 64, 9, "pdf")
REASON = "a reason of a whole sentence"
SIX = control(every=6)


def draft(answer=Answer.MET, **changes):
    return Draft(answer, **{"by": "Lan", "made": DAY, "document": "12/QĐ", **changes})


def fields(given, of=None):
    return [name for name, _ in problems_of(given, of or control(), DAY)]


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        (draft(), []),
        (draft(document="", evidence=(FILE,)), []),
        (draft(document=""), ["evidence"]),
        (draft(document=" \n"), ["evidence"]),
        (draft(Answer.EQUIVALENT, statement=REASON), []),
        (draft(Answer.EQUIVALENT), ["statement"]),
        (draft(Answer.EQUIVALENT, document=""), ["evidence", "statement"]),
        (draft(Answer.NOT_APPLICABLE, document="", statement=REASON), []),
        (draft(Answer.NOT_APPLICABLE, document="", statement="no"), ["statement"]),
        (draft(Answer.NOT_APPLICABLE, statement=REASON, plan="more"), ["plan"]),
        (draft(Answer.PARTIAL, document="", statement=REASON), []),
        (draft(Answer.PARTIAL, document="", plan="do it", plan_by=date(2027, 3, 1)), []),
        (draft(Answer.NOT_MET, document=""), ["plan"]),
        (draft(Answer.NOT_MET, plan="do it"), ["plan"]),
        (draft(Answer.NOT_MET, plan_by=date(2027, 3, 1), statement=REASON), ["plan"]),
        (draft(Answer.NOT_MET, plan="do it", plan_by=date(2026, 3, 1)), ["plan_by"]),
        (draft(Answer.NOT_MET, plan="do it", plan_by=date(2062, 3, 1)), ["plan_by"]),
        (draft(plan="do it"), ["plan"]),
        (draft(plan_by=DAY), ["plan_by"]),
        (draft(by=""), ["by"]),
        (draft(by="x" * 201), ["by"]),
        (draft(document="x" * 201), ["document"]),
        (draft(statement="x" * 4001), ["statement"]),
        (draft(statement="one\ntwo\tthree"), []),
        (draft(statement="\x1b[31mred"), ["statement"]),
        (draft(by="‮naL"), ["by"]),
        (draft(made=None), ["made"]),
        (draft(made=date(2026, 11, 24)), ["made"]),
        (draft(made=date(1900, 1, 1)), ["made"]),  # over long ago
        (draft(made=date(2025, 11, 23)), []),  # its last day
        (draft(made=date(2025, 11, 22)), ["made"]),
        (draft(valid_until=date(2026, 11, 22)), ["valid_until"]),
        (draft(valid_until=DAY), []),
        (draft(valid_until=date(2027, 11, 23)), []),
        (draft(valid_until=date(2027, 11, 24)), ["valid_until"]),
        (draft(made=date(2026, 1, 1), valid_until=date(2026, 2, 1)), ["valid_until"]),
        (draft(evidence=(FILE,) * 21), ["evidence"]),
    ],
)
def test_what_a_draft_must_hold(given, wrong):
    assert fields(given) == wrong


def test_the_requirements_own_rhythm_is_the_limit():
    assert fields(draft(valid_until=date(2027, 5, 23)), SIX) == []
    assert fields(draft(valid_until=date(2027, 5, 24)), SIX) == ["valid_until"]
    assert fields(draft(made=date(2026, 5, 22)), SIX) == ["made"]
    assert attestation_of(draft(), SIX, agency="a", system="s", seen=()).valid_until == date(
        2027, 5, 23
    )
    assert longest(date(2026, 8, 31), SIX) == date(2027, 2, 28)


def test_what_is_kept_is_tidy():
    given = draft(by="  Trần\u00a0 Thi\u0323 Lan ", statement="a\r\nb \u200b c\n\n", plan="")
    kept = attestation_of(given, control(), agency="a", system="s", seen=("x@b", "x@a", "x@b"))
    assert (kept.by, kept.statement, kept.seen) == ("Trần Thị Lan", "a\nb c", ("x@a", "x@b"))
    bullets = tidy(draft(statement="\uf0b7 one\n\uf0b7 two"))
    assert bullets.statement == "• one\n• two"


texts = st.text(max_size=60)
days = st.none() | st.dates()
drafts = st.builds(
    Draft, st.sampled_from(Answer), texts, days, texts, texts, st.just((FILE,)) | st.just(()),
    days, texts, days,
)  # fmt: skip


@given(drafts, st.sampled_from([None, 1, 6, 12]), st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_whatever_is_written_a_valid_statement_counts_today_and_no_longer_than_allowed(
    given, every, day
):
    one = control(every=every)
    problems = problems_of(given, one, day)
    assert {name for name, _ in problems} <= set(FIELDS)
    if problems:
        return
    kept = attestation_of(given, one, agency="a", system="s", seen=())
    assert kept.holds(day)
    assert kept.valid_until <= longest(kept.made, one)
    assert kept.by and kept.by.isprintable()
    if kept.answer in (Answer.MET, Answer.EQUIVALENT):
        assert kept.evidence or kept.document
