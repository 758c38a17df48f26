"""Tailoring: what `extends` keeps, leaves out and changes, and that all of it shows."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime

import pytest

import checks
from scanner import profile
from scanner.assess import assess
from scanner.assessment import ControlStatus, DecidedBy, RunInfo
from scanner.problems import FileError
from scanner.tailoring import Changed
from tests.scanner.inventories import inventory
from tests.scanner.profiles import DHCP, LEVEL2, control, write

KNOWN = checks.load()


def tailored(folder, **more):
    return profile.load(write(folder, "own", extends="level3", **more), KNOWN)


def problems(path):
    with pytest.raises(FileError) as told:
        profile.load(path, KNOWN)
    return [f"{p.line}:{p.column}: {p.message}" for p in told.value.problems]


def test_what_is_left_out_stays_in_the_profile_with_its_reason(tmp_path):
    own = tailored(tmp_path, leave_out={DHCP: " Không dùng DHCP "})
    level3 = profile.load("level3", KNOWN)
    assert own.left_out == {DHCP: "Không dùng DHCP"}
    assert [c.id for c in own.controls] == [c.id for c in level3.controls]
    before, after = asdict(profile.coverage(level3)), asdict(profile.coverage(own))
    assert after == {**before, "hinted": before["hinted"] - 1, "left_out": 1}


def test_what_is_left_out_is_not_applicable_in_an_assessment(tmp_path):
    own = tailored(tmp_path, leave_out={DHCP: "Không dùng DHCP"})
    now = datetime(2026, 11, 23, tzinfo=UTC)
    info = RunInfo("r", now, now, "1", "external", "own", "1", "S")
    (agency,) = assess(info, own, inventory("127.0.0.1"), (), ()).agencies
    results = {one.control: one for one in agency.systems[0].results}
    assert len(results) == 211
    one = results[DHCP]
    assert (one.status, one.decided_by, one.left_out) == (
        ControlStatus.NOT_APPLICABLE, DecidedBy.PROFILE, "Không dùng DHCP",
    )  # fmt: skip
    assert sum(bool(one.left_out) for one in results.values()) == 1


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ({"leave_out": {DHCP: "  "}}, "8:24: say why this is left out"),
        ({"leave_out": {DHCP: None}}, "8:24: a value is missing here"),
        ({"leave_out": {"TCVN14423-5.2.2.4-z": "x"}},
         '8:3: no control has the id "TCVN14423-5.2.2.4-z"; did you mean "TCVN14423-5.2.2.4-b"?'),
        ({"leave_out": {"ZZZ": "x"}}, '8:3: no control has the id "ZZZ"'),
        ({"leave_out": {"OWN": "x"}, "controls": [control("OWN")]},
         "8:3: this file writes the control itself: take it out of one of the two"),
        ({"leave_out": [DHCP]}, "8:1: keys with values (key: value) are wanted here, not […]"),
        ({"firm": {"tls.cert": ["days"]}},
         '8:3: no check is named "tls.cert"; did you mean "tls.cert-key"?'),
        ({"firm": {"tls.cert-expiry": ["days"]}},
         '9:5: the check tls.cert-expiry has no parameter "days"; it has: days_left'),
        ({"status": "old"}, '7:9: "old" is not known here; one of: in_force, superseded'),
        ({"controls": [control("OWN", every=0)]}, "15:10: at least 1 is wanted here, not 0"),
        ({"controls": [control("OWN", every=121)]}, "15:10: at most 120 is wanted here, not 121"),
        ({"controls": [control("OWN", every="yearly")]},
         '15:10: a whole number is wanted here, not "yearly"'),
        ({"controls": [control("OWN", source="law")]},
         '15:11: no source is named "law"; there are: checklist, decree331'),
        ({"controls": [control("OWN", confidence="sure")]},
         '15:15: "sure" is not known here; one of: high, medium, low'),
        ({"controls": [control("OWN", group="desks")]},
         ('11:10: no group is named "desks"; there are: '
          "management, network, server, application, data")),
        ({"controls": [control(" OWN")]},
         "8:7: an id is one short line, without spaces around it"),
        ({"controls": [control("O\nN")]},
         "8:7: an id is one short line, without spaces around it"),
        ({"controls": [control("O" * 201)]},
         "8:7: an id is one short line, without spaces around it"),
        ({"controls": [control("OWN", clause="  ")]}, "9:11: this must not be empty"),
        ({"controls": [{**control("OWN"), "title": {"vi": " ", "en": "x"}}]},
         "13:5: a title is wanted in both languages: vi and en"),
        ({"credit": {"vi": "chỉ tiếng Việt"}},
         "8:3: a title is wanted in both languages: vi and en"),
    ],
)  # fmt: skip
def test_mistakes_in_tailoring_are_told_with_their_place(tmp_path, more, wanted):
    found = problems(write(tmp_path, "own", extends="level3", **more))
    assert found == [wanted]


def test_changed_values_are_shown_with_what_they_were(tmp_path):
    own = tailored(
        tmp_path,
        params={
            "access.dormant": {"days": 60},
            "tls.cert-expiry": {"days_left": 14},  # as it was
            "web.libraries": {"severity": "high"},
            "ports.admin": {"restricted": True},  # not set in level3: the check's own default
        },
    )
    assert own.changed == (
        Changed("access.dormant", "days", 45, 60, firm=True),
        Changed("ports.admin", "restricted", False, True, firm=False),
        Changed("web.libraries", "severity", "medium", "high", firm=False),
    )


def test_a_second_step_hides_nothing(tmp_path):
    write(tmp_path, "province", extends="level3", params={"access.dormant": {"days": 60}},
          leave_out={DHCP: "x"}, controls=[control("PROVINCE")])  # fmt: skip
    path = write(tmp_path, "agency", extends="province.yaml",
                 firm={"access.dormant": []},
                 params={"access.dormant": {"days": 90}},
                 controls=[control("PROVINCE", clause="2"), control("AGENCY")])  # fmt: skip
    one = profile.load(path, KNOWN)
    assert one.base == "level3"
    assert one.changed == (Changed("access.dormant", "days", 45, 90, firm=True),)
    assert one.left_out == {DHCP: "x"}
    assert (one.added, one.replaced) == (("PROVINCE", "AGENCY"), ())
    back = write(tmp_path, "back", extends="province.yaml", params={"access.dormant": {"days": 45}})
    assert profile.load(back, KNOWN).changed == ()


def test_a_control_that_is_written_anew_counts_again(tmp_path):
    write(tmp_path, "province", extends="level3", leave_out={DHCP: "x"})
    path = write(tmp_path, "agency", extends="province.yaml", controls=[control(DHCP)])
    one = profile.load(path, KNOWN)
    assert (one.left_out, one.replaced) == ({}, (DHCP,))


def test_a_profile_of_a_superseded_standard_stays_so_unless_it_says_otherwise(tmp_path):
    old = write(tmp_path, "old", extends="level3-2017")
    new = write(tmp_path, "new", extends="level3-2017", status="in_force")
    assert profile.load(old, KNOWN).superseded
    assert not profile.load(new, KNOWN).superseded


def test_extending_ends(tmp_path):
    write(tmp_path, "p0")
    for n in range(20):
        write(tmp_path, f"p{n + 1}", extends=f"p{n}.yaml")
    assert profile.load(str(tmp_path / "p16.yaml"), KNOWN).base == "p0"
    assert problems(str(tmp_path / "p17.yaml")) == [
        "6:10: more than 16 profiles extend one another"
    ]


def test_another_level_is_another_file(tmp_path):
    one = profile.load(write(tmp_path, "level2", **LEVEL2), KNOWN)
    assert (one.level, one.base, one.left_out, one.changed) == (2, "", {}, ())
    assert one.checks() == {"backup.recent", "tls.protocols"}
    assert tuple(asdict(profile.coverage(one)).values()) == (1, 1, 1, 1, 0)
