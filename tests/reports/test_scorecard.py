"""From an assessment to what is shown."""

from dataclasses import replace
from datetime import date

import pytest

from checks import Severity, Status
from reports import html_report
from reports.scorecard import for_agency, score, scorecard
from reports.view import CheckText
from scanner.assessment import ControlResult, ControlStatus, DecidedBy
from tests.reports import factory


def programme(card, **changes):
    good = factory.assessment()
    return card(of=replace(good, programme=replace(good.programme, **changes))).programme


def test_the_verdicts(card):
    assert [one.verdict for one in card().agencies] == [
        "not_compliant",
        "not_compliant",
        "compliant",
    ]


def test_nothing_broken_but_not_all_known_is_unproven(card):
    good = factory.assessment()
    last = good.agencies[2]
    system = last.systems[0]
    results = (replace(system.results[0], status=ControlStatus.UNVERIFIED), *system.results[1:])
    system = replace(system, results=results, compliant=False)
    last = replace(last, systems=(system,), compliant=False)
    shown = card(of=replace(good, agencies=(*good.agencies[:2], last)))
    assert shown.agencies[2].verdict == "unproven"


def test_counts_add_up(card):
    for agency in card().agencies:
        coverage = agency.coverage
        assert agency.counts.total == 211
        assert sum(vars(coverage).values()) == 211
        assert agency.counts.applicable == 211 - agency.counts.not_applicable
        assert sum(len(group.controls) for group in agency.systems[0].groups) == 211


def test_groups_in_the_profiles_order_and_language(card):
    assert [g.title for g in card().agencies[0].systems[0].groups] == [
        "Quản lý", "Mạng", "Máy chủ", "Ứng dụng", "Dữ liệu",
    ]  # fmt: skip
    assert card("en").agencies[0].systems[0].groups[0].title == "Management"


def test_findings_worst_first(card):
    keys = [(one.status, Severity(one.severity).rank) for one in card().findings]
    order = ["fail", "error", "not_applicable", "pass"]
    assert keys == sorted(keys, key=lambda k: (order.index(k[0]), k[1]))


def test_what_to_mend_worst_then_most_wide_spread(card):
    mends = card().mends
    assert [one.check.id for one in mends][:2] == ["ports.databases", "tls.protocols"]
    assert mends[1].agencies == ("Báo Bạc Liêu", "Đài Phát thanh và Truyền hình Bạc Liêu")
    assert mends[1].controls == ("TCVN14423-5.5.1.1-a",)
    assert mends[1].check.snippets[0][0] == "nginx"
    assert {one.status for mend in mends for one in mend.seen} == {Status.FAIL}


def test_a_fault_is_headed_by_what_most_places_say(card):
    good = factory.assessment()
    more = [
        factory.finding("web.hsts", Status.FAIL, "tap-chi-vhvn", endpoint=str(at), reason="Odd")
        for at in range(2)
    ]
    shown = card(of=replace(good, findings=(*good.findings, *more)))
    assert next(m for m in shown.mends if m.check.id == "web.hsts").says == "Odd"


def test_a_visits_failure_and_what_it_left_undecided_are_one_gap(card):
    gaps = card().agencies[1].gaps
    assert [(one.place, one.probes, one.checks) for one in gaps] == [
        ("intranet · nb.dai.vn", ("names",), ()),
        ("playout · tcp/22", ("ssh",), ("ports.unexpected", "ssh-service.password")),
    ]
    assert gaps[1].reason == "Không trả lời kịp thời hạn: 10 s"


def test_evidence_has_labels_in_the_language(card):
    worst = card().mends[0].seen[0]
    assert worst.evidence == {"ports": [3306], "product": "MariaDB 10.3.39"}
    assert {value for _, value in worst.labelled} == {"3306", "MariaDB 10.3.39"}


@pytest.mark.parametrize(
    ("changes", "missing", "reached"),
    [
        ({}, 2, False),
        ({"target_percent": 33.0}, 0, True),
        ({"target_percent": 50.0}, 1, False),
        ({"target_percent": 0.0}, 0, True),
        ({"compliant": 3}, 0, True),
    ],
)
def test_how_many_are_missing(card, changes, missing, reached):
    of = programme(card, **changes)
    assert (of.missing, of.reached) == (missing, reached)


@pytest.mark.parametrize(
    ("by", "late"), [(date(2026, 12, 31), False), (date(2025, 12, 31), True), (None, False)]
)
def test_late_is_told_by_the_runs_day(card, by, late):
    assert programme(card, by=by).late is late


@pytest.mark.parametrize(
    ("percent", "shown"), [(100.0, 100.0), (99.99, 99.9), (99.95, 99.9), (66.6667, 66.7), (0, 0)]
)
def test_a_score_is_never_rounded_up_to_all(percent, shown):
    assert score(percent) == shown


def test_one_agency(card):
    whole = card()
    one = for_agency(whole, "bao-bac-lieu")
    assert one.only == "bao-bac-lieu"
    assert [agency.id for agency in one.agencies] == ["bao-bac-lieu"]
    assert {f.agency for f in one.findings} == {"bao-bac-lieu"}
    assert one.failed == ()
    assert one.programme == whole.programme
    assert one == card(agency="bao-bac-lieu")
    with pytest.raises(KeyError):
        for_agency(whole, "nobody")


def test_checks_and_controls_that_nobody_knows_any_more_are_shown_by_their_ids():
    good = factory.assessment()
    agency = good.agencies[0]
    system = agency.systems[0]
    strange = ControlResult("GONE-1", ControlStatus.MET, DecidedBy.WAIVER)
    system = replace(system, results=(*system.results, strange))
    good = replace(good, agencies=(replace(agency, systems=(system,)),))
    finding = replace(factory.finding("web.hsts", Status.FAIL, agency.id), check="gone.check")
    shown = scorecard(replace(good, findings=(finding,)), factory.profile(), "vi")
    assert shown.mends[0].check.title == "gone.check"
    assert shown.agencies[0].systems[0].controls[-1].title == "GONE-1"
    assert shown.agencies[0].systems[0].groups[-1].title == "Khác"


def test_an_empty_assessment_can_be_shown(card):
    good = factory.assessment()
    of = replace(
        good,
        agencies=(),
        findings=(),
        failures=(),
        programme=replace(good.programme, counted=0, compliant=0, percent=0.0, readings={}),
    )
    shown = card(of=of)
    assert (shown.mends, shown.gaps, shown.programme.missing) == ((), (), 0)


@pytest.mark.parametrize(
    ("fix", "step"),
    [
        ("One. Two.", "One."),
        ("Only one.", "Only one."),
        ("TLS 1.2 it is", "TLS 1.2 it is"),
        ("", ""),
    ],
)
def test_the_first_step(fix, step):
    assert CheckText("a.b", "", "", fix).first_step == step


@pytest.mark.parametrize(("status", "seen"), [(Status.PASS, 1), (Status.ERROR, 0)])
def test_whose_inside_was_seen(status, seen):
    """A log-in that failed saw nothing."""
    inside = factory.finding(
        "ports.databases", status, "bao-bac-lieu", target="login:scan:22@203.0.113.10#0"
    )
    of = replace(factory.assessment(), findings=(inside,))
    made = scorecard(of, factory.profile(), "vi", describe=factory.describe("vi"))
    assert len(made.inside) == len(for_agency(made, "bao-bac-lieu").inside) == seen
    assert for_agency(made, "tap-chi-vhvn").inside == ()
    page = html_report.render(made).decode("utf-8")
    assert ("và bên trong 1 máy" in page) is bool(seen)
