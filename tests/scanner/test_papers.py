"""Which paper counts on which day: a small table of days, and the fingerprint."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.papers import Answer, Attestation, Evidence, Papers, Waiver, add_months

KEY = ("bao", "portal", "C-1")
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
D = date.fromisoformat


def said(made="2026-01-10", until="2026-07-10", **more):
    values = {"id": "A-0001", "answer": Answer.MET, "statement": "", "by": "Lan", "recorded": NOON}
    values |= dict(zip(("agency", "system", "control"), KEY, strict=True))
    return Attestation(**values | {"made": D(made), "valid_until": D(until)} | more)


def waived(start="2026-01-10", until="2026-07-10", **more):
    values = {"id": "W-0001", "reason": "r", "decision": "1/QĐ", "requested_by": "Lan",
              "approved_by": "Minh", "recorded": NOON}  # fmt: skip
    values |= dict(zip(("agency", "system", "control"), KEY, strict=True))
    return Waiver(**values | {"valid_from": D(start), "valid_until": D(until)} | more)


@pytest.mark.parametrize(
    ("day", "counts"),
    [("2026-01-09", False), ("2026-01-10", True), ("2026-07-10", True), ("2026-07-11", False)],
)
def test_a_paper_counts_for_whole_days(day, counts):
    papers = Papers((said(),), (waived(),))
    assert bool(papers.attestation(KEY, D(day))) is counts
    assert bool(papers.waiver(KEY, D(day))) is counts


def test_a_withdrawn_paper_counts_until_the_day_before():
    gone = D("2026-03-01")
    papers = Papers((said(withdrawn=gone),), (waived(withdrawn=gone),))
    for day, counts in (("2026-02-28", True), ("2026-03-01", False)):
        assert bool(papers.attestation(KEY, D(day))) is counts
        assert bool(papers.waiver(KEY, D(day))) is counts


def test_a_newer_statement_takes_an_older_ones_place_even_when_it_expires_first():
    older = said(id="A-0001", until="2027-01-10")
    newer = said("2026-02-01", "2026-03-01", id="A-0002", answer=Answer.NOT_MET)
    papers = Papers((newer, older))
    found = {day: papers.attestation(KEY, D(day)) for day in ("2026-01-31", "2026-02-01")}
    assert [one.id for one in found.values()] == ["A-0001", "A-0002"]
    assert papers.attestation(KEY, D("2026-03-02")) is None
    assert papers.last(KEY, D("2026-03-02")) == newer
    assert papers.last(KEY, D("2026-01-09")) is None


def test_a_withdrawn_newer_statement_gives_its_place_back():
    newer = said("2026-02-01", id="A-0002", withdrawn=D("2026-03-01"))
    papers = Papers((said(), newer))
    assert papers.attestation(KEY, D("2026-02-28")).id == "A-0002"
    assert papers.attestation(KEY, D("2026-03-01")).id == "A-0001"


def test_two_statements_of_one_day_the_later_written_counts():
    papers = Papers((said(id="A-0002", recorded=NOON + timedelta(hours=1)), said()))
    assert papers.attestation(KEY, D("2026-01-10")).id == "A-0002"


def test_of_several_waivers_the_longest_counts():
    papers = Papers((), (waived(), waived(until="2026-09-01", id="W-0002")))
    assert papers.waiver(KEY, D("2026-02-01")).id == "W-0002"
    assert papers.last_waiver(KEY, D("2027-02-01")).id == "W-0002"
    assert papers.last_waiver(KEY, D("2026-01-01")) is None


def test_papers_of_others_do_not_count():
    others = [("x", "portal", "C-1"), ("bao", "x", "C-1"), ("bao", "portal", "x")]
    papers = Papers((said(),), (waived(),))
    for key in others:
        assert papers.attestation(key, D("2026-02-01")) is None
        assert papers.waiver(key, D("2026-02-01")) is None
    assert papers.of(["x"]) == Papers() and papers.of(["bao"]) == papers


def test_the_fingerprint_is_of_what_counts_and_not_of_our_numbers():
    day = D("2026-02-01")
    one = Papers((said(),), (waived(),))
    again = Papers(
        (said(id="A-0099", recorded=NOON + timedelta(days=3), seen=("tls.a@web",)),),
        (waived(id="W-7"), waived("2030-01-01", "2031-01-01")),
    )
    assert one.digest(day) == again.digest(day) != ""
    assert one.digest(D("2020-01-01")) == ""
    file = Evidence("bản.pdf", "0" * 64, 3, "pdf")
    changed = [
        said(statement="x"),
        said(evidence=(file,)),
        said(by="Minh"),
        said(until="2026-07-09"),
    ]
    digests = {Papers((other,), (waived(),)).digest(day) for other in changed}
    assert len(digests) == len(changed) and one.digest(day) not in digests
    renamed = said(evidence=(replace(file, name="khác.pdf"),))
    same = {Papers((p,)).digest(day) for p in (said(evidence=(file,)), renamed)}
    assert len(same) == 1  # its content counts, not what it is called


@pytest.mark.parametrize(
    ("day", "months", "wanted"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2026-08-31", 6, "2027-02-28"),
        ("2026-11-23", 12, "2027-11-23"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2026-12-31", 2, "2027-02-28"),
    ],
)
def test_months_end_where_the_month_ends(day, months, wanted):
    assert add_months(D(day), months) == D(wanted)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 120))
def test_months_never_run_into_the_next(day, months):
    later = add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day <= day.day
