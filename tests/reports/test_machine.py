"""SARIF, OSCAL and JUnit XML, against the official schemas (tests/schemas)."""

from __future__ import annotations

import copy
import json
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path

import jsonschema
import pytest
import xmlschema
from defusedxml.ElementTree import fromstring
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reports import junit_report, oscal_report, sarif_report
from reports.identity import identity, systems
from reports.oscal_words import token
from reports.scorecard import for_agency, scorecard
from tests.reports import factory, nasty

SCHEMAS = Path(__file__).parents[1] / "schemas"
REPORTS = {"sarif": sarif_report, "oscal": oscal_report, "junit": junit_report}


@cache
def judge(name):
    """A function that raises when a document breaks the official schema."""
    if name == "junit":
        schema = xmlschema.XMLSchema10(str(SCHEMAS / "junit-10.xsd"))
        return lambda data: schema.validate(data.decode())
    file = {"sarif": "sarif-2.1.0.json", "oscal": "oscal-assessment-results-1.1.3.json"}[name]
    official = json.loads((SCHEMAS / file).read_text("utf-8"))
    if name == "oscal":
        python_s(official)
    kind = jsonschema.validators.validator_for(official)
    checker = kind(official, format_checker=kind.FORMAT_CHECKER)
    return lambda data: checker.validate(json.loads(data))


def python_s(schema):
    """Python's `re` has no Unicode classes: a letter, and a letter or digit, are said otherwise."""
    if isinstance(schema, dict):
        if "\\p{" in schema.get("pattern", ""):
            pattern = schema["pattern"].replace("(\\p{L}|_)", "[^\\W\\d]")
            schema["pattern"] = pattern.replace("(\\p{L}|\\p{N}|[.\\-_])", "[\\w.\\-]")
            assert "\\p{" not in schema["pattern"], schema["pattern"]
        for part in schema.values():
            python_s(part)
    elif isinstance(schema, list):
        for part in schema:
            python_s(part)


def made(name, card):
    """A format of a card, held to its schema; parsed."""
    data = REPORTS[name].render(card)
    judge(name)(data)
    return fromstring(data) if name == "junit" else json.loads(data)


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_it_keeps_to_the_official_schema(card, name, lang):
    whole = card(lang)
    made(name, whole)
    for one in whole.agencies:
        made(name, for_agency(whole, one.id))


@pytest.mark.parametrize("name", REPORTS)
def test_hostile_texts_are_texts(nasty_card, name):
    data = REPORTS[name].render(nasty_card())
    judge(name)(data)
    assert not set(data) & {0, 7, 0x1B}, "control characters"
    if name == "junit":
        assert "\u202e" not in data.decode() and b"<script" not in data


@pytest.mark.parametrize("name", REPORTS)
def test_the_same_twice(card, name):
    assert REPORTS[name].render(card()) == REPORTS[name].render(card())


@pytest.mark.parametrize("name", REPORTS)
def test_a_programme_without_anything(card, name):
    empty = replace(factory.assessment(), agencies=(), findings=(), failures=())
    made(name, card(of=empty))


@pytest.mark.parametrize("name", ["sarif", "oscal"])
def test_the_schema_notices(card, name):
    good = json.loads(REPORTS[name].render(card()))
    bad = copy.deepcopy(good)
    part = bad["runs"][0] if name == "sarif" else bad["assessment-results"]["metadata"]
    part["unheard-of"] = 1
    with pytest.raises(jsonschema.ValidationError):
        judge(name)(json.dumps(bad))


def test_the_xsd_notices():
    with pytest.raises(xmlschema.XMLSchemaValidationError):
        judge("junit")(b"<testsuites><testsuite name='x'/></testsuites>")


TEXT = st.text(max_size=40) | st.sampled_from(nasty.NASTY)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(name=st.sampled_from(sorted(REPORTS)), texts=st.lists(TEXT, min_size=6, max_size=6))
def test_whatever_is_said_it_keeps_to_its_schema(name, texts):
    of = factory.assessment()
    endpoint, reason, detail, asset, key, value = texts
    odd = replace(of.findings[0], endpoint=endpoint, reason=reason, detail=detail, asset=asset,
                  evidence={key: [value]})  # fmt: skip
    failed = replace(of.failures[0], reason=reason, detail=detail, endpoint=endpoint)
    of = replace(of, findings=(odd, *of.findings[1:4]), failures=(failed,))
    made(name, scorecard(of, factory.profile(), "vi", describe=factory.describe("vi")))


# -- SARIF


def test_sarif_tells_each_fault_and_what_was_not_decided(card):
    whole = card()
    (run,) = made("sarif", whole)["runs"]
    kinds = Counter(one["kind"] for one in run["results"])
    seen = Counter(one.status for one in whole.findings)
    assert kinds == {"fail": seen["fail"], "open": seen["error"]}
    assert all((one["level"] == "none") == (one["kind"] == "open") for one in run["results"])
    names = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert all(names[one["ruleIndex"]] == one["ruleId"] for one in run["results"])
    assert len(run["invocations"][0]["toolExecutionNotifications"]) == len(whole.failed)


def test_sarif_knows_a_fault_again_under_another_address_and_in_another_language(card):
    def prints(of, lang):
        (run,) = made("sarif", card(lang, of=of))["runs"]
        return sorted(one["partialFingerprints"]["pressScan/v1"] for one in run["results"])

    one = factory.assessment()
    moved = replace(one, findings=tuple(replace(f, address="192.0.2.77") for f in one.findings))
    assert prints(one, "vi") == prints(moved, "en")
    assert len(set(prints(one, "vi"))) == len(prints(one, "vi"))


def test_sarif_suppresses_only_what_is_wholly_waived(card):
    whole = card()
    agency, system, row = next(
        (agency.id, system.id, row)
        for agency, system in systems(whole)
        for row in system.controls
        if row.decided_by == "waiver"
    )
    paper = replace(whole.papers.waivers[0], agency=agency, system=system, id=row.waiver)
    fault = next(one for one in whole.findings if one.status == "fail")
    mine = replace(fault, agency=agency, system=system, controls=(row.id,))
    other = replace(mine, endpoint="tcp/1", controls=(row.id, "another"))
    papers = replace(whole.papers, waivers=(paper,))
    (run,) = made("sarif", replace(whole, findings=(mine, other), papers=papers))["runs"]
    first, second = run["results"]
    assert paper.decision in first["suppressions"][0]["justification"]
    assert first["suppressions"][0]["status"] == "accepted" and "suppressions" not in second


def test_sarif_rules_are_safe_markdown(card):
    whole = card()
    check = replace(whole.findings[0].check, why="<img src=x> [a](javascript:1) `x`",
                    snippets=(("nginx", "a\n```\n<b>"),))  # fmt: skip
    odd = replace(whole, findings=(replace(whole.findings[0], check=check),))
    (rule,) = made("sarif", odd)["runs"][0]["tool"]["driver"]["rules"]
    shown = rule["help"]["markdown"]
    assert r"\<img" in shown and r"\[a\]\(javascript" in shown and "\n    ```\n    <b>" in shown


# -- OSCAL


def test_oscal_satisfied_is_met_and_nothing_else(card):
    whole = card()
    results = made("oscal", whole)["assessment-results"]["results"]
    for (_, system), result in zip(systems(whole), results, strict=True):
        states = {
            f["target"]["target-id"]: f["target"]["status"]["state"] for f in result["findings"]
        }
        rows = [row for row in system.controls if row.status != "not_applicable"]
        assert states == {
            token(row.id): "satisfied" if row.status == "met" else "not-satisfied" for row in rows
        }
        selection = result["reviewed-controls"]["control-selections"][0]
        assert len(selection["include-controls"]) == len(rows)
        assert len(selection.get("exclude-controls", ())) == len(system.controls) - len(rows)


def test_oscal_s_references_lead_somewhere(card):
    whole = made("oscal", card())["assessment-results"]
    plans = {f"#{one['uuid']}" for one in whole["back-matter"]["resources"]}
    assert whole["import-ap"]["href"] in plans
    every = []
    for result in whole["results"]:
        seen = {one["uuid"] for one in result["observations"]}
        risks = {one["uuid"] for one in result.get("risks", ())}
        parts = {one["uuid"] for one in result["local-definitions"]["components"]}
        every += [*seen, *risks, *parts, *(one["uuid"] for one in result["findings"])]
        for one in result["findings"]:
            assert {o["observation-uuid"] for o in one.get("related-observations", ())} <= seen
            assert {r["risk-uuid"] for r in one.get("related-risks", ())} <= risks
        for one in result["observations"]:
            assert {s["subject-uuid"] for s in one.get("subjects", ())} <= parts
    assert len(every) == len(set(every))


def test_oscal_s_statements_are_examined_and_checks_test(card):
    whole = card()
    observed = [o for r in made("oscal", whole)["assessment-results"]["results"]
                for o in r["observations"]]  # fmt: skip
    methods = Counter(one["methods"][0] for one in observed)
    assert methods["TEST"] == len(whole.findings) and methods["EXAMINE"] > 0


# -- JUnit


def test_junit_counts_what_it_holds_and_passes_nothing_that_is_not_well(card):
    whole = card()
    root = made("junit", whole)
    for suite in root:
        cases = suite.findall("testcase")
        kinds = Counter(child.tag for case in cases for child in case)
        told = {name: int(suite.get(name)) for name in ("tests", "failures", "errors", "skipped")}
        assert told == {"tests": len(cases), "failures": kinds["failure"],
                        "errors": kinds["error"], "skipped": kinds["skipped"]}  # fmt: skip
    passed = [case for case in root.iter("testcase") if not len(case)]
    met = sum(row.status == "met" and row.decided_by != "waiver"
              for _, system in systems(whole) for row in system.controls)  # fmt: skip
    assert len(passed) == met + sum(one.status == "pass" for one in whole.findings)


def test_an_identity_is_of_the_place_and_not_of_the_address(card):
    one = card().findings[0]
    assert identity(one) == identity(replace(one, address="x", reason="y"))
    assert identity(one) != identity(replace(one, endpoint="z"))
