"""An agency's papers gathered: what counts, what does not, what falls due soon."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from reports import html_report, json_report
from reports.paper_list import SOON, paper_list
from scanner.papers import Answer, Papers
from tests.reports import factory
from tests.reports.factory_papers import statement, waiver

AGENCY = "bao-bac-lieu"
DAY = date(2026, 11, 22)


def with_papers(card, lang="en", said=(), waived=(), day=DAY):
    whole = factory.assessment()
    whole = replace(whole, run=replace(whole.run, as_of=day), papers=Papers(said, waived))
    return card(lang, of=whole, agency=AGENCY)


def open_control():
    results = factory.assessment().agencies[0].systems[0].results
    return next(one.control for one in results if one.status == "unverified")


def gathered(made):
    (agency,) = made.agencies
    return paper_list(made, agency)


@pytest.mark.parametrize(
    ("begins", "ends", "counts", "told"),
    [
        (date(2026, 1, 1), DAY, True, "counts until 22 Nov 2026"),
        (DAY, date(2027, 1, 1), True, "counts until 1 Jan 2027"),
        (date(2026, 1, 1), date(2026, 11, 21), False, "expired on 21 Nov 2026"),
        (date(2026, 11, 23), date(2027, 1, 1), False, "begins on 23 Nov 2026"),
    ],
)
def test_a_waiver_counts_on_its_days_and_no_other(card, begins, ends, counts, told):
    made = with_papers(card, waived=(waiver(AGENCY, open_control(), 1, ends, begins),))
    of = gathered(made)
    (one,) = of.held if counts else of.gone
    assert not (of.gone if counts else of.held)
    assert told in one.note.text
    assert told in html_report.render(made).decode()
    assert [paper["counts"] for paper in json_report.document(made)["papers"]["waivers"]] == [
        counts
    ]


@pytest.mark.parametrize(
    ("by", "listed"),
    [(date(2026, 11, 1), True), (date(2027, 1, 21), True), (date(2027, 1, 22), False)],
)
def test_a_plan_is_due_on_its_day(card, by, listed):
    paper = statement(AGENCY, open_control(), 1, answer=Answer.PARTIAL, plan="Mua", plan_by=by)
    of = gathered(with_papers(card, said=(paper,)))
    assert [(one.day, one.by) for one in of.soon] == ([(by, "plan")] if listed else [])
    assert (by - DAY).days <= SOON or not listed


def test_what_ends_on_one_day_is_one_row_and_not_a_hundred(card):
    made = with_papers(card, "vi", day=date(2027, 5, 1))
    ends = [one for one in gathered(made).soon if one.by == "attestation"]
    assert [(one.day, len(one.rows) > 100) for one in ends] == [(date(2027, 5, 20), True)]
    page = html_report.render(made).decode()
    assert "Đến hạn trong 60 ngày tới" in page and "20/05/2027" in page
    assert f"và {len(ends[0].rows) - 3} " in page


def test_what_the_profile_leaves_out_is_listed_once(card):
    left = html_report.left_out(card("en"))
    assert left and len({row.id for row in left}) == len(left)
    assert "What this profile leaves out" in html_report.render(card("en")).decode()
