"""From controls to systems, agencies and the programme's share."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from checks import Status
from scanner.assess import assess
from scanner.assessment import ControlStatus, DecidedBy, Failure, RunInfo
from scanner.papers import Papers
from scanner.profile import Profile
from tests.scanner.findings import E, F, N, P, control, finding
from tests.scanner.inventories import inventory
from tests.scanner.test_papers import said

NOW = datetime(2026, 11, 23, tzinfo=UTC)
APPROVED = {"state": "approved", "decision": "15/QĐ", "date": "2025-03-01"}


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


def test_assessed_means_every_system_by_every_check():
    known = frozenset({"tls.a", "tls.b"})
    two = replace(TWO, installed=known)
    inv = inventory("127.0.0.1")
    assert assess(run_info(), two, inv, met("agency-0"), ()).agencies[0].readings["C"]
    half = met("agency-0")[:1]  # as with --only
    assert not assess(run_info(), two, inv, half, ()).agencies[0].readings["C"]
    raw = inv.model_dump(by_alias=True)
    (portal,) = raw["agencies"][0]["systems"]
    raw["agencies"][0]["systems"] = [portal, {**portal, "id": "cms"}]
    more = type(inv).model_validate(raw)
    result = assess(run_info(), two, more, met("agency-0"), ()).agencies[0]
    assert not result.readings["C"]
    assert not result.compliant  # of the second system nothing is known
    assert [system.compliant for system in result.systems] == [True, False]


def test_last_years_run_is_no_assessment_of_this_year():
    inv = inventory("127.0.0.1")

    def shown(day):
        return assess(run_info(), TWO, inv, met("agency-0"), (), as_of=day).agencies[0]

    assert shown(date(2026, 12, 31)).readings == {"A": False, "B": True, "C": True}
    assert shown(date(2027, 1, 1)).readings == {"A": False, "B": True, "C": False}


def test_the_programme_names_the_reading_that_counts():
    raw = inventory("127.0.0.1", "127.0.0.2", "127.0.0.3").model_dump(by_alias=True)
    raw["agencies"][2]["electronic"] = False
    raw["agencies"][1]["systems"][0]["dossier"] = APPROVED
    shares = {}
    for reading in "ABC":
        raw["programme"]["target"]["reading"] = reading
        inv = type(inventory("127.0.0.1")).model_validate(raw)
        findings = [*met("agency-0"), finding(F, agency="agency-1"), *met("agency-2")]
        programme = whole(findings, inv=inv).programme
        assert programme.readings == {"A": 50.0, "B": 50.0, "C": 100.0}
        assert programme.counted == 2
        shares[reading] = (programme.compliant, programme.percent)
    assert shares == {"A": (1, 50.0), "B": (1, 50.0), "C": (2, 100.0)}


AGENCIES = ["agency-0", "agency-1"]
anywhere = st.lists(
    st.builds(
        finding,
        st.sampled_from(list(Status)),
        check=st.sampled_from(["tls.a", "tls.b"]),
        agency=st.sampled_from(AGENCIES),
    ),
    max_size=8,
)


@given(anywhere, st.sampled_from([F, E]), st.sampled_from(AGENCIES))
def test_one_more_failure_or_error_never_improves_an_agency(findings, worse, where):
    before = whole(findings)
    after = whole([*findings, finding(worse, agency=where)])
    for old, new in zip(before.agencies, after.agencies, strict=True):
        assert new.compliant <= old.compliant
        assert new.score <= old.score
        assert sum(vars(new.coverage).values()) == 2
    assert after.programme.readings["B"] <= before.programme.readings["B"]


@given(anywhere, st.randoms(use_true_random=False))
def test_the_order_of_findings_does_not_matter_to_anybody(findings, random):
    shuffled = random.sample(findings, len(findings))
    assert whole(findings).agencies == whole(shuffled).agencies


def test_nothing_that_applies_is_not_compliance():
    findings = [finding(N, check) for check in ("tls.a", "tls.b")]
    assert whole(findings).agencies[0].compliant is False


def test_a_lower_system_does_not_count_and_alone_does_not_comply():
    inv = inventory("127.0.0.1").model_dump(by_alias=True)
    inv["agencies"][0]["systems"][0]["level"] = 2
    low = type(inventory("127.0.0.1")).model_validate(inv)
    assert whole(met("agency-0"), inv=low).agencies[0].compliant is False


def test_an_approval_that_contradicts_itself_does_not_count():
    raw = inventory("127.0.0.1").model_dump(by_alias=True)
    for change, wanted in (
        ({}, True),
        ({"decision": ""}, False),
        ({"date": None}, False),
        ({"date": "2026-11-24"}, False),  # tomorrow
        ({"state": "appraised"}, False),
    ):
        raw["agencies"][0]["systems"][0]["dossier"] = {**APPROVED, **change}
        inv = type(inventory("127.0.0.1")).model_validate(raw)
        assert whole([], inv=inv).agencies[0].readings["A"] is wanted


def one(control_, findings=(), day=None, papers=None, inv=None, **run):
    """The control's result, and its agency's assessment."""
    inv = inv or inventory("127.0.0.1")
    own = profile(control_)
    whole = assess(run_info(**run), own, inv, findings, (), papers, day)
    return whole.agencies[0].systems[0].results[0], whole.agencies[0]


def test_a_look_that_is_too_old_counts_for_nothing():
    seen = [finding(P)]
    of = control(decides=["tls.a"])
    for day, fresh in (("2026-11-23", True), ("2027-05-23", True), ("2027-05-24", False)):
        result, agency = one(of, seen, date.fromisoformat(day))
        wanted = (
            (ControlStatus.MET, date(2027, 5, 23)) if fresh else (ControlStatus.UNVERIFIED, None)
        )
        assert (result.status, result.due) == wanted
        assert (agency.compliant, agency.stale, agency.seen) == (
            fresh,
            not fresh,
            date(2026, 11, 23),
        )
    assert one(of, [])[1].seen is None and one(of, [])[1].run == ""


def test_days_are_those_of_the_programmes_zone():
    late = datetime(2026, 12, 31, 17, 30, tzinfo=UTC)  # half past midnight in Vietnam
    inv = inventory("127.0.0.1")
    assert one(control(decides=["tls.a"]), [finding(P)], started=late)[1].seen == date(2027, 1, 1)
    raw = inv.model_dump(by_alias=True)
    raw["programme"]["timezone"] = "UTC"
    utc = type(inv).model_validate(raw)
    of = control(decides=["tls.a"])
    assert one(of, [finding(P)], started=late, inv=utc)[1].seen == date(2026, 12, 31)


def test_a_requirement_to_scan_is_met_by_a_whole_run_in_time():
    of = control(runs="decides", every=6)
    done = (ControlStatus.MET, DecidedBy.RUNS)
    nothing = (ControlStatus.UNVERIFIED, DecidedBy.NONE)
    for findings, more, wanted in (
        ([finding(P)], {}, done),
        ([finding(F)], {}, done),  # the scan was made, whatever it saw
        ([finding(E)], {}, nothing),
        ([], {}, nothing),
        ([finding(P)], {"complete": False}, nothing),
        ([finding(P)], {"only": ("tls",)}, nothing),
        ([finding(P)], {"day": date(2027, 5, 24)}, nothing),
    ):
        result, _ = one(of, findings, **more)
        assert (result.status, result.decided_by) == wanted
    half, _ = one(control(runs="hints", every=6), [finding(P)])
    assert (half.status, half.decided_by, half.hinted) == (*nothing, True)


def test_what_a_profile_leaves_out_stays_with_its_reason():
    own = replace(TWO, left_out={"D": "Không có truyền hình"})
    whole = assess(run_info(), own, inventory("127.0.0.1"), [finding(P), finding(F, "tls.b")], ())
    kept, gone = whole.agencies[0].systems[0].results
    assert kept.status is ControlStatus.MET
    assert (gone.status, gone.decided_by) == (ControlStatus.NOT_APPLICABLE, DecidedBy.PROFILE)
    assert gone.left_out == "Không có truyền hình"
    assert whole.agencies[0].coverage.not_applicable == 1 and whole.agencies[0].compliant


def test_the_papers_of_a_system_are_its_own():
    said_of = said(agency="agency-0", control="C")
    for system, wanted in (("portal", ControlStatus.MET), ("cms", ControlStatus.UNVERIFIED)):
        papers = Papers((replace(said_of, system=system),))
        result, _ = one(control(), day=date(2026, 2, 1), papers=papers)
        assert result.status is wanted


def test_the_fingerprints_are_kept_with_the_result():
    papers = Papers((said(agency="agency-0", control="C"), said(agency="stranger")))
    own = replace(TWO, digest="d" * 64)
    day = date(2026, 2, 1)
    whole = assess(run_info(), own, inventory("127.0.0.1"), (), (), papers, day)
    assert whole.run.as_of == day and whole.run.profile_sha256 == "d" * 64
    assert whole.run.papers_sha256 == papers.of(["agency-0"]).digest(day) != ""
    assert whole.papers == papers.of(["agency-0"])


def test_nobody_complies_unseen_whatever_was_attested():
    everything = Papers(
        tuple(said("2026-11-01", "2027-11-01", agency="agency-0", system="portal", control=name)
              for name in ("C", "D"))
    )  # fmt: skip
    own = profile(control(), control(id="D"))
    inv = inventory("127.0.0.1")
    day = date(2026, 11, 23)
    for findings, seen in (([finding(P)], True), ([finding(F)], True), ([finding(E)], False),
                           ([finding(N)], False), ([], False)):  # fmt: skip
        agency = assess(run_info(), own, inv, findings, (), everything, day).agencies[0]
        assert agency.score == 100.0 and agency.compliant is seen
        assert (agency.seen is not None) is seen
    late = assess(run_info(), own, inv, [finding(P)], (), everything, date(2027, 5, 24))
    assert not late.agencies[0].compliant


def test_every_system_that_counts_must_be_seen():
    raw = inventory("127.0.0.1").model_dump(by_alias=True)
    (portal,) = raw["agencies"][0]["systems"]
    raw["agencies"][0]["systems"] = [portal, {**portal, "id": "cms"}]
    inv = type(inventory("127.0.0.1")).model_validate(raw)
    said_of = [said("2026-11-01", "2027-11-01", agency="agency-0", system=name, control="C")
               for name in ("portal", "cms")]  # fmt: skip
    papers = Papers(tuple(said_of))
    whole = assess(run_info(), profile(control()), inv, [finding(P)], (), papers)
    assert [one.compliant for one in whole.agencies[0].systems] == [True, True]
    assert not whole.agencies[0].compliant
