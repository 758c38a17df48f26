"""What contradicts itself in a level dossier: each damage alone, and none where all is right."""

from __future__ import annotations

import re
from copy import deepcopy
from datetime import date, timedelta
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner import dossier as module
from scanner.dossier import all_contradictions, approved, contradictions
from scanner.dossier_file import Dossier
from scanner.inventory import Agency, Inventory, System
from scanner.inventory_file import json_schema
from scanner.values import day as written
from tests.scanner.inventories import inventory

A_DAY = timedelta(days=1)
MANY = {"kind": "data", "people": 250_000}
BEARING = {
    "approved-without-number", "approved-without-date", "approved-in-future",
    "approved-before-levels", "proposed-after-approval", "appraised-after-approval",
}  # fmt: skip


def right(state, last, today):
    """A dossier with everything in it and nothing wrong; `last` is the day of its last step."""
    made = {
        "state": state,
        "basis": {"kind": "risk", "note": "BC-1"},
        "regulation": {"decision": "14/QĐ", "date": last - 30 * A_DAY},
        "plan": {"state": "partly", "expected": today + 90 * A_DAY},
        "owner": "Tỉnh ủy",
        "operator": "Trung tâm dữ liệu",
    }
    if state in {"proposed", "appraised", "approved"}:
        made["proposed"] = last - 20 * A_DAY
    if state in {"appraised", "approved"}:
        made["appraisal"] = {"document": "12/TĐ", "date": last - 10 * A_DAY}
    if state == "approved":
        return {**made, "decision": "15/QĐ", "date": last}
    return {**made, "expected": today + 60 * A_DAY}


def system_of(dossier, level=3):
    raw = inventory("127.0.0.1").agencies[0].systems[0].model_dump()
    return System.model_validate({**raw, "level": level, "dossier": dossier})


def agency_of(system):
    return Agency(id="bao", name="Báo", electronic=True, systems=(system,))


def found(dossier, today, level=3):
    system = system_of(dossier, level)
    return contradictions(agency_of(system), system, today)


def put(path, value):
    """A damage: this value at this place; `value` may be made of (last step, today)."""

    def damage(dossier, last, today):
        *before, key = path.split(".")
        holder = dossier
        for step in before:
            holder = holder[step]
        holder[key] = value(last, today) if callable(value) else value

    return damage


def both(*damages):
    def damage(*given):
        for one in damages:
            one(*given)

    return damage


def without_history(dossier, _last, _today):
    for key in ("proposed", "appraisal", "regulation"):
        dossier.pop(key, None)


EARLY, LATE = (date(2017, 1, 1), date(2026, 8, 18)), (date(2027, 1, 1), date(2030, 1, 1))
UNDER_85 = (date(2017, 1, 1), date(2026, 12, 1))
ANY = (date(2017, 1, 1), date(2030, 1, 1))

# (code, state, days of the last step, damage, level)
DAMAGES = [
    ("approved-without-number", "approved", ANY, put("decision", ""), 3),
    ("approved-without-date", "approved", ANY, put("date", None), 3),
    ("approved-in-future", "approved", ANY, put("date", lambda _, today: today + A_DAY), 3),
    ("approved-before-levels", "approved", ANY,
     both(without_history, put("date", date(2016, 6, 30))), 3),
    ("approved-before-decree-331", "approved", EARLY, put("law", "nd331"), 3),
    ("approved-after-decree-85", "approved", LATE,
     both(put("law", "nd85"), put("plan.state", "complete")), 3),
    ("proposed-after-approval", "approved", ANY, put("proposed", lambda last, _: last + A_DAY), 3),
    ("proposed-after-approval", "approved", ANY,
     put("proposed", lambda _, today: today + A_DAY), 3),
    ("appraised-after-approval", "approved", ANY,
     put("appraisal.date", lambda last, _: last + A_DAY), 3),
    ("appraised-after-approval", "approved", ANY,
     put("appraisal.date", lambda _, today: today + A_DAY), 3),
    ("proposed-after-appraisal", "approved", ANY,
     put("proposed", lambda last, _: last - 9 * A_DAY), 3),
    ("regulation-after-approval", "approved", ANY,
     put("regulation.date", lambda last, _: last + A_DAY), 3),
    ("regulation-without-number", "approved", ANY, put("regulation.decision", ""), 3),
    ("regulation-without-date", "drafted", ANY, put("regulation.date", None), 3),
    ("plan-without-expected", "approved", ANY, put("plan.expected", None), 3),
    ("plan-is-past", "approved", ANY, put("plan.expected", lambda _, today: today - A_DAY), 3),
    ("plan-after-transition", "approved", UNDER_85,
     both(put("law", "nd85"), put("plan.expected", date(2027, 7, 1))), 3),
    ("level-without-basis", "approved", ANY, put("basis", None), 3),
    ("level-without-basis", "none", ANY, put("basis", None), 4),
    ("too-few-people", "approved", ANY,
     put("basis", {"kind": "data", "people": 99_999, "sensitive_people": 9_999}), 3),
    ("too-few-people", "approved", ANY, put("basis", {"kind": "data"}), 3),
    ("level-too-low", "approved", ANY, put("basis", {"kind": "policy", "people": 100_000}), 2),
    ("level-too-low", "none", ANY, put("basis", {"kind": "data", "sensitive_people": 10_000}), 1),
    ("approval-without-state", "appraised", ANY, put("decision", "15/QĐ"), 3),
    ("approval-without-state", "none", ANY, put("date", lambda last, _: last), 3),
    ("not-approved-without-expected", "none", ANY, put("expected", None), 3),
    ("expected-is-past", "proposed", ANY, put("expected", lambda _, today: today - A_DAY), 3),
    ("expected-after-decree-85", "drafted", UNDER_85,
     both(put("law", "nd85"), put("plan", None), put("expected", date(2027, 1, 1))), 3),
    ("appraised-in-future", "appraised", ANY,
     put("appraisal.date", lambda _, today: today + A_DAY), 3),
    ("appraised-without-state", "proposed", ANY, put("appraisal", {"document": "12/TĐ"}), 3),
    ("appraised-without-state", "none", ANY,
     put("appraisal", lambda last, _: {"date": last}), 3),
    ("proposed-without-state", "drafted", ANY, put("proposed", lambda last, _: last), 3),
    ("proposed-in-future", "proposed", ANY, put("proposed", lambda _, today: today + A_DAY), 3),
    ("regulation-in-future", "drafted", ANY,
     put("regulation.date", lambda _, today: today + A_DAY), 3),
    ("plan-complete-without-approval", "appraised", ANY, put("plan.state", "complete"), 3),
    ("plan-before-approval", "none", ANY,
     put("plan.expected", lambda _, today: today + 59 * A_DAY), 3),
]  # fmt: skip


def days(span):
    return st.dates(*span)


@given(
    st.sampled_from(["none", "drafted", "proposed", "appraised", "approved"]),
    days(ANY), st.integers(2, 25), st.integers(1, 5), st.data(),
)  # fmt: skip
def test_a_dossier_built_right_has_no_contradiction(state, last, since, level, data):
    today = last + since * A_DAY
    made = right(state, last, today)
    for key in ("proposed", "owner", "operator", "plan"):  # all of them may be left out
        if data.draw(st.booleans()):
            made.pop(key, None)
    if data.draw(st.booleans()):
        made.pop("regulation")
    if level < 3 and data.draw(st.booleans()):
        made["basis"] = data.draw(st.sampled_from([None, {"kind": "data", "people": 99_999}]))
    elif level >= 3 and data.draw(st.booleans()):
        made["basis"] = data.draw(st.sampled_from([MANY, {"kind": "policy", "note": "348/QĐ-TTg"}]))
    if state == "approved" and date(2026, 8, 19) <= last:
        made["law"] = "nd331"
    elif state == "approved" and today < date(2027, 1, 1):
        made["law"] = "nd85"
    assert found(made, today, level) == ()
    assert approved(system_of(made).dossier, today) is (state == "approved")


@pytest.mark.parametrize(("code", "state", "span", "damage", "level"), DAMAGES)
@given(data=st.data())
def test_each_damage_gives_its_own_contradiction(code, state, span, damage, level, data):
    last = data.draw(days(span))
    today = last + data.draw(st.integers(2, 25)) * A_DAY
    made = right(state, last, today)
    assert found(made, today, 3) == ()
    hurt = deepcopy(made)
    damage(hurt, last, today)
    (only,) = found(hurt, today, level)
    assert (only.code, only.bears) == (code, code in BEARING)
    assert (only.agency, only.system) == ("bao", "portal")
    counts = state == "approved" and code not in BEARING
    assert approved(system_of(hurt, level).dossier, today) is counts


def test_every_code_has_its_damage():
    source = Path(module.__file__).read_text("utf-8")
    codes = set(re.findall(r'_(?:notice|bears)\(\s*"([a-z0-9-]+)"', source))
    assert codes == {code for code, *_ in DAMAGES}


@given(st.data())
def test_several_damages_are_all_told(data):
    """No contradiction hides one that bears on the approval."""
    last = data.draw(days(EARLY))
    today = last + 10 * A_DAY
    hurt = right("approved", last, today)
    chosen = [one for one in DAMAGES if one[1] == "approved" and one[2] == ANY and one[4] == 3]
    some = data.draw(st.lists(st.sampled_from(chosen), min_size=1, max_size=4))
    for _, _, _, damage, _ in some:
        hurt = {"regulation": {}, "appraisal": {}, **hurt}
        damage(hurt, last, today)
    told = found(hurt, today)
    assert told
    whole = hurt["decision"] and hurt["date"] and hurt["date"] <= today
    steps = [hurt.get("proposed"), (hurt.get("appraisal") or {}).get("date")]
    in_order = whole and all(step is None or step <= hurt["date"] for step in steps)
    old = hurt["date"] == date(2016, 6, 30)
    assert approved(system_of(hurt).dossier, today) is bool(in_order and not old)


def test_the_decision_counts_from_its_own_day_on():
    made = Dossier(state="approved", decision="15/QĐ", date=date(2026, 3, 1))
    assert not approved(made, date(2026, 2, 28))
    assert approved(made, date(2026, 3, 1)) and approved(made, date(2099, 1, 1))


def test_an_old_approval_is_not_measured_by_the_new_counts():
    made = right("approved", date(2024, 5, 5), date(2026, 11, 23))
    made |= {"basis": {"kind": "data", "people": 20_000}, "law": "nd85", "plan": None}
    assert found(made, date(2026, 11, 23)) == ()
    assert [one.code for one in found({**made, "law": None}, date(2026, 11, 23))] == [
        "too-few-people"
    ]


def test_the_whole_inventory_s_in_its_order():
    raw = inventory("127.0.0.1", "127.0.0.2").model_dump(by_alias=True)
    raw["agencies"][1]["systems"][0]["dossier"] = {"state": "approved", "date": "2026-01-01"}
    told = all_contradictions(Inventory.model_validate(raw), date(2026, 11, 23))
    assert [(one.agency, one.code, one.path) for one in told] == [
        ("agency-0", "not-approved-without-expected", ("dossier", "expected")),
        ("agency-0", "level-without-basis", ("dossier", "basis")),
        ("agency-1", "approved-without-number", ("dossier", "decision")),
        ("agency-1", "level-without-basis", ("dossier", "basis")),
    ]
    before = all_contradictions(Inventory.model_validate(raw), date(2025, 12, 31))
    assert "approved-in-future" in {one.code for one in before if one.bears}


def test_the_schema_knows_every_field():
    raw = inventory("127.0.0.1").model_dump(by_alias=True, mode="json")
    today = date(2026, 11, 23)
    made = right("approved", date(2026, 3, 1), today) | {"law": "nd331", "basis": MANY}
    raw["agencies"][0]["systems"][0]["dossier"] = _text(made)
    schema = json_schema()
    jsonschema.validate(raw, schema)
    assert Inventory.model_validate(raw).agencies[0].systems[0].dossier.plan.state == "partly"
    for wrong in ({"stat": "none"}, {"plan": {"state": "half"}}, {"basis": {"people": 1}},
                  {"basis": {"kind": "data", "people": -1}}, {"law": "nd86"}):  # fmt: skip
        raw["agencies"][0]["systems"][0]["dossier"] = wrong
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(raw, schema)
        with pytest.raises(ValueError, match="dossier"):
            Inventory.model_validate(raw)
    described = schema["$defs"]
    for name in ("Dossier", "Plan", "Basis", "Appraisal", "Regulation"):
        assert all("description" in one for one in described[name]["properties"].values())


def _text(made):
    if isinstance(made, dict):
        return {key: _text(value) for key, value in made.items()}
    return str(written(made)) if isinstance(made, date) else made
