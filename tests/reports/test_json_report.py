"""The scorecard as JSON, compared whole, and held against its published schema.

`PRESS_SCAN_GOLDEN=write pytest ...` writes the golden file anew; read the difference.
"""

import copy
import json
import os
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from reports import json_report
from tests.reports import factory

ROOT = Path(__file__).parents[2]
GOLDEN = Path(__file__).parent / "golden" / "scorecard.json"
SCHEMA = json.loads((ROOT / "docs" / "scorecard.schema.json").read_text("utf-8"))


def strict(schema):
    """The schema, with keys that it does not name forbidden: it must know all that we write."""
    closed = copy.deepcopy(schema)
    parts = [closed]
    while parts:
        part = parts.pop()
        if isinstance(part, dict):
            if "properties" in part:
                part.setdefault("additionalProperties", False)
                assert set(part["required"]) | {"digest", "time"} >= set(part["properties"])
            parts += part.values()
        elif isinstance(part, list):
            parts += part
    return closed


def validate(document):
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    for schema in (SCHEMA, strict(SCHEMA)):
        jsonschema.Draft202012Validator(schema, format_checker=checker).validate(document)


def small():
    """A tenth of the controls: enough to be read."""
    whole = factory.assessment()
    wanted = {one.id for at, one in enumerate(factory.profile().controls) if at % 30 < 2}
    agencies = []
    for agency in whole.agencies:
        results = tuple(r for r in agency.systems[0].results if r.control in wanted)
        system = replace(agency.systems[0], results=results)
        agencies.append(replace(agency, systems=(system,)))
    return replace(whole, agencies=tuple(agencies))


def test_the_whole_document(card):
    made = json_report.render(card(of=small(), digest="ab" * 32))
    if os.environ.get("PRESS_SCAN_GOLDEN") == "write":
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_bytes(made)
    assert json.loads(made) == json.loads(GOLDEN.read_bytes())
    assert made == GOLDEN.read_bytes()


def test_the_schema_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_it_keeps_to_its_schema(card, nasty_card, lang):
    for made in (card, nasty_card):
        for agency in ("", "bao-bac-lieu"):
            validate(json.loads(json_report.render(made(lang, agency=agency))))


def test_odd_runs_keep_to_it_too(card):
    good = factory.assessment()
    run = replace(good.run, finished=None, complete=False, data=())
    programme = replace(good.programme, by=None, readings={})
    made = json_report.document(card(of=replace(good, run=run, programme=programme)))
    validate(made)
    assert made["run"]["finished"] is None
    assert made["programme"]["target"]["by"] is None


@pytest.mark.parametrize(
    ("where", "value"),
    [
        (("schema",), "press-scan/scorecard/2"),
        (("programme", "percent"), 101),
        (("findings", 0, "status"), "ok"),
        (("agencies", 0, "systems", 0, "controls", 0, "status"), "done"),
        (("run", "started"), "yesterday"),
    ],
)
def test_the_schema_notices(card, where, value):
    document = json_report.document(card())
    part = document
    for key in where[:-1]:
        part = part[key]
    part[where[-1]] = value
    with pytest.raises(jsonschema.ValidationError):
        validate(document)


def test_the_design_s_keys_are_there(card):
    made = json_report.document(card())
    assert made["schema"] == "press-scan/scorecard/1"
    assert made["programme"]["percent"] == 33.3
    assert made["programme"]["agencies_counted"] == 3
    assert {"check", "status", "severity", "agency", "system", "asset", "endpoint", "reason",
            "evidence", "controls"} <= made["findings"][0].keys()  # fmt: skip
    assert {"agency", "system", "asset", "probe", "reason"} <= made["errors"][0].keys()
    assert len(made["findings"]) == 30


def test_the_same_whatever_the_order_of_the_findings(card):
    good = factory.assessment()
    turned = replace(good, findings=good.findings[::-1], failures=good.failures[::-1])
    assert json_report.render(card(of=turned)) == json_report.render(card())


def test_hostile_text_is_kept_whole_and_is_valid_json(nasty_card):
    made = json_report.render(nasty_card())
    made.decode("utf-8")
    evidence = json.loads(made)["findings"][0]["evidence"]
    assert "W" * 5000 in evidence.values()
    assert "lone \udc80 surrogate \x00 nul \x9b31m" in evidence.values()
    assert evidence["nan"] == "nan"
