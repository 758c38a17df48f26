# ruff: noqa: E501  # tables: one row, one line
"""The programme's time zone and rhythm, and dossiers as they are written: mistakes and warnings."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.inventory import Programme
from scanner.inventory_file import doubts, load
from tests.scanner.test_inventory_file import AGENCY, HEAD, problems, written

TODAY = date(2026, 11, 23)
BASED = (
    "        dossier: {state: approved, decision: 1/QĐ, date: 2026-03-01, basis: {kind: risk}}\n"
)


def with_programme(folder, keys):
    return written(folder, HEAD.replace("{name: Tỉnh}", f"{{name: Tỉnh, {keys}}}") + AGENCY)


def with_dossier(folder, dossier, name="inventory.yaml"):
    text = AGENCY.replace("        assets:", f"        dossier: {dossier}\n        assets:")
    return written(folder, HEAD + text, name)


def test_what_a_programme_is_without_a_word(tmp_path):
    programme = load(written(tmp_path, HEAD + AGENCY)).inventory.programme
    assert (programme.timezone, programme.rescan_months) == ("Asia/Ho_Chi_Minh", 6)


@pytest.mark.parametrize("zone", ["Asia/Ho_Chi_Minh", "UTC", "Europe/Berlin", "Asia/Saigon"])
def test_a_time_zone(tmp_path, zone):
    path = with_programme(tmp_path, f"timezone: {zone}, rescan_months: 12")
    programme = load(path).inventory.programme
    assert (programme.timezone, programme.rescan_months) == (zone, 12)


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("timezone: Asia/HoChiMinh", "1:35: no time zone is named \"Asia/HoChiMinh\"; Vietnam's is Asia/Ho_Chi_Minh"),
        ("timezone: Asia", "1:35: no time zone is named \"Asia\"; Vietnam's is Asia/Ho_Chi_Minh"),
        ("timezone: +07:00", "1:35: no time zone is named \"+07:00\"; Vietnam's is Asia/Ho_Chi_Minh"),
        ("timezone: ''", "1:35: no time zone is named \"\"; Vietnam's is Asia/Ho_Chi_Minh"),
        ("timezone: ../../etc/passwd", "1:35: no time zone is named \"../../etc/passwd\"; Vietnam's is Asia/Ho_Chi_Minh"),
        ("timezone: /etc/localtime", "1:35: no time zone is named \"/etc/localtime\"; Vietnam's is Asia/Ho_Chi_Minh"),
        ("timezone: tzdata.zi", "1:35: no time zone is named \"tzdata.zi\"; Vietnam's is Asia/Ho_Chi_Minh"),
        (f"timezone: {'x' * 5000}", f"1:35: no time zone is named \"{'x' * 59}…; Vietnam's is Asia/Ho_Chi_Minh"),
        ("timezone: 7", "1:35: text is wanted here: put 7 in quotes"),
        ("rescan_months: 0", "1:40: at least 1 is wanted here, not 0"),
        ("rescan_months: 13", "1:40: at most 12 is wanted here, not 13"),
        ("rescan_months: sáu", '1:40: a whole number is wanted here, not "sáu"'),
        ("rescan: 6", '1:25: unknown key "rescan"; did you mean "rescan_months"?'),
    ],
)  # fmt: skip
def test_a_mistake_in_the_programme(tmp_path, keys, expected):
    assert problems(with_programme(tmp_path, keys)) == [expected]


@pytest.mark.parametrize(
    ("moment", "zone", "day"),
    [
        (datetime(2026, 12, 31, 16, 59, 59, tzinfo=UTC), "Asia/Ho_Chi_Minh", date(2026, 12, 31)),
        (datetime(2026, 12, 31, 17, 0, 0, tzinfo=UTC), "Asia/Ho_Chi_Minh", date(2027, 1, 1)),
        (datetime(2026, 12, 31, 17, 0, 0, tzinfo=UTC), "UTC", date(2026, 12, 31)),
        (datetime(2026, 3, 29, 1, 0, 0, tzinfo=UTC), "Europe/Berlin", date(2026, 3, 29)),
        (datetime(2026, 3, 29, 22, 0, 0, tzinfo=UTC), "Europe/Berlin", date(2026, 3, 30)),
    ],
)
def test_the_day_of_a_moment(moment, zone, day):
    assert Programme(name="x", timezone=zone).day_of(moment) == day


@given(st.datetimes(datetime(2017, 1, 1), datetime(2040, 1, 1)))
def test_vietnam_s_day_is_seven_hours_ahead(moment):
    expected = (moment + timedelta(hours=7)).date()
    assert Programme(name="x").day_of(moment.replace(tzinfo=UTC)) == expected


@pytest.mark.parametrize(
    ("dossier", "expected"),
    [
        ("{state: aproved}", '14:26: "aproved" is not known here; did you mean "approved"?'),
        ("{dat: 2026-01-01}", '14:19: unknown key "dat"; did you mean "date"?'),
        ("{date: 01/03/2026}", "14:25: write the date as 2026-03-01"),
        ("{decision: 15}", "14:29: text is wanted here: put 15 in quotes"),
        ("{proposed: 2026-13-01}", "14:29: there is no such day: 2026-13-01"),
        ("{appraisal: 12/TĐ}", '14:30: keys with values (key: value) are wanted here, not "12/TĐ"'),
        ("{regulation: {number: x}}", '14:32: unknown key "number"; known here: decision, date'),
        ("{plan: {state: done}}", '14:33: "done" is not known here; did you mean "none"?'),
        ("{basis: {kind: law}}", '14:33: "law" is not known here; one of: data, risk, policy'),
        ("{basis: {people: 5}}", '14:26: missing key "kind"'),
        ("{basis: {kind: data, people: 100.000}}", "14:47: a whole number is wanted here, not 100.0"),
        ('{basis: {kind: data, people: "100.000"}}', '14:47: a whole number is wanted here, not "100.000"'),
        ("{basis: {kind: data, people: -1}}", "14:47: at least 0 is wanted here, not -1"),
        ("{basis: {kind: data, people: 10000000001}}", "14:47: at most 10000000000 is wanted here, not 10000000001"),
        ("{law: nd58}", '14:24: "nd58" is not known here; did you mean "nd85"?'),
        ('{owner: "a\\nb"}', "14:26: this must be one line, without control characters"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_dossier(tmp_path, dossier, expected):
    assert problems(with_dossier(tmp_path, dossier)) == [expected]


def warnings(path, today=TODAY):
    here = path if path.is_dir() else path.parent
    told = doubts(load(path), today)
    return [str(one).replace(f"{here}/", "").removeprefix(f"{path.name}:") for one in told]


@pytest.mark.parametrize(
    ("dossier", "expected"),
    [
        ("{state: approved, decision: 1/QĐ, date: 2026-03-01, basis: {kind: risk}}", []),
        ("{state: approved, decision: 1/QĐ, date: 2026-11-24, basis: {kind: risk}}",
         ["14:58: the decision is dated 2026-11-24, which is still to come"]),
        ("{state: approved, date: 2026-03-01, basis: {kind: risk}}",
         ["14:18: the dossier is approved, but its decision has no number"]),
        ("{expected: 2026-12-01, basis: {kind: data, people: 7}}",
         ["14:48: level 3 rests on the number of people, but 7 (basic data) and 0 (sensitive data) are fewer than Art. 13 of Decree 331/2026 wants: 100000 or 10000"]),
        ("{expected: 2026-12-01, plan: {state: partly, expected: 2026-11-22}, basis: {kind: policy}}",
         ["14:73: the plan was to be carried out by 2026-11-22, which is past"]),
    ],
)  # fmt: skip
def test_a_contradiction_has_its_place(tmp_path, dossier, expected):
    assert warnings(with_dossier(tmp_path, dossier)) == expected


def test_without_a_dossier_the_system_is_the_place(tmp_path):
    assert warnings(written(tmp_path, HEAD + AGENCY)) == [
        "11:9: the basis of level 3 is not given: data, risk or policy",
        "11:9: the dossier is not approved, and nobody says when it will be (expected)",
    ]


def test_in_a_folder_the_file_is_told(tmp_path):
    written(tmp_path, HEAD, "0.yaml")
    written(tmp_path, AGENCY.replace("        assets:", f"{BASED}        assets:"), "a.yaml")
    wrong = BASED.replace("decision: 1/QĐ, ", "")
    other = AGENCY.replace("id: bao", "id: dai").replace(
        "        assets:", f"{wrong}        assets:"
    )
    written(tmp_path, other, "b.yaml")
    assert warnings(tmp_path) == [
        "b.yaml:9:18: the dossier is approved, but its decision has no number"
    ]
