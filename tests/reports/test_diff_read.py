"""A scorecard that somebody handed over: read, or refused with the place; harmless in any case."""

import json
import re
import tracemalloc

import jsonschema
import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from reports import diff_html, diff_json, diff_read, diff_text
from reports.diff import compare
from reports.diff_model import Why
from reports.diff_read import BadCard, read, read_file
from reports.i18n import Translator
from tests.reports.messages import ROOT
from tests.reports.scenes import AGENCY, EXPIRY, Scene

GOOD = json.loads(Scene().json())
SCHEMA = json.loads((ROOT / "docs" / "diff.schema.json").read_text("utf-8"))
EVIL = "\x1b]0;x\x07\x1b[31m\u202e</script>=cmd|' /C calc'!A0 " + "W" * 5000
HIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def at(document, *keys):
    for key in keys:
        document = document[key]
    return document


def changed(*keys, to):
    """The good one with one value changed; `...` takes the key away."""
    made = json.loads(json.dumps(GOOD))
    parent = at(made, *keys[:-1])
    if to is ...:
        del parent[keys[-1]]
    else:
        parent[keys[-1]] = to
    return json.dumps(made).encode()


CONTROL = ("agencies", 0, "systems", 0, "controls", 0)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "this is no JSON"),
        (b"\xff\xfe\x00", "this is no JSON"),
        (b"PK\x03\x04 a sheet", "this is no JSON"),
        (json.dumps(GOOD).encode()[:300], "line 1 column 300"),
        (b"[" * 100_000, "recursion"),
        (b'{"schema": "\\udc80"}', "lone leading surrogate"),
        (b"[]", "no scorecard of press-scan"),
        (b'"press-scan/scorecard/1"', "no scorecard of press-scan"),
        (b'{"schema": "press-scan/diff/1"}', "no scorecard of press-scan"),
        (changed("schema", to="press-scan/scorecard/2"), "no scorecard of press-scan"),
        (changed("run", to=...), "run is missing"),
        (changed("run", "vantage", to="orbit"), "run.vantage is 'orbit'; expected is 'external'"),
        (changed("run", "complete", to=1), "run.complete is 1, which is not a bool"),
        (changed("run", "as_of", to="tomorrow"), "run.as_of is 'tomorrow', which is not a date"),
        (changed("run", "only", to="tls"), "run.only is 'tls', which is not a tuple"),
        (changed(*CONTROL, "status", to="fine"), "agencies[0].systems[0].controls[0].status is"),
        (changed(*CONTROL, "id", to=7), "controls[0].id is 7, which is not a string"),
        (changed("findings", 0, "evidence", to=[]), "findings[0].evidence is []"),
        (changed("findings", 0, "facts", to="ab\x1b"), "findings[0].facts is 'ab"),
        (changed("papers", "attestations", to=[{}]), "papers.attestations[0].id is missing"),
        (changed("agencies", to=GOOD["agencies"] * 2), f'"{AGENCY}" stands there twice'),
        (changed("agencies", 0, "systems", to=GOOD["agencies"][0]["systems"] * 2), "twice"),
    ],
)
def test_what_is_no_scorecard_is_refused_with_its_place(data, says):
    with pytest.raises(BadCard) as caught:
        read(data, "a.json")
    assert says in str(caught.value)
    assert len(str(caught.value)) < 300


def test_what_a_newer_version_adds_is_ignored():
    made = json.loads(changed("new", to={"deep": [1]}))
    made["run"]["moon"] = "full"
    made["findings"][0]["new"] = None
    assert compare(Scene().card(), read(json.dumps(made).encode(), "a")).same


def test_a_mark_at_the_start_is_no_harm():
    assert read(b"\xef\xbb\xbf" + json.dumps(GOOD).encode(), "a").agencies


def test_an_older_version_s_file_can_be_read():
    """Without fingerprints and papers: evidence alone tells whether something else was seen."""
    made = json.loads(json.dumps(GOOD))
    for key in ("papers", "rules"):
        del made[key]
    del made["run"]["profile"]["sha256"]
    for key in ("as_of", "only", "facts_sha256", "papers_sha256"):
        del made["run"][key]
    for one in made["findings"]:
        del one["facts"], one["owner"], one["observed"]
    old = read(json.dumps(made).encode(), "old.json")
    for one in (Scene().card(), old):
        found = compare(one, old)
        assert found.same and not found.differences
        assert (found.prints.profile, found.prints.facts, found.prints.papers) == (False,) * 3
        assert "the same facts" not in diff_text.plain_text(found, Translator("en"))
    other = Scene(facts={("web", EXPIRY): 3}).card()
    causes = {c.why for d in compare(old, other).differences for c in d.causes}
    assert causes == {"fact"}


def evil():
    """A scorecard with something nasty in every text that is shown, and differing everywhere."""
    made = json.loads(Scene(facts={("web", EXPIRY): 3}).json())
    for key in ("id", "scanner_version"):
        made["run"][key] = EVIL
    for key in ("id", "version", "standard"):
        made["run"]["profile"][key] = EVIL
    made["run"]["data"] = [{"name": EVIL, "date": EVIL}]
    made["run"]["only"] = [EVIL]
    made["agencies"].append({**made["agencies"][0], "id": EVIL, "name": EVIL})
    (system,) = made["agencies"][0]["systems"]
    system["controls"][1] |= {"left_out": EVIL, "status": "not_applicable"}
    system["controls"].append({**system["controls"][0], "id": EVIL, "clause": EVIL})
    made["findings"][0] |= {"reason": EVIL, "detail": EVIL, "evidence": {EVIL: [EVIL, {EVIL: 1}]}}
    made["findings"].append({**made["findings"][0], "asset": EVIL, "endpoint": EVIL,
                             "check": EVIL})  # fmt: skip
    made["rules"]["checks"] = [
        {"id": EXPIRY, "params": {EVIL: EVIL, "days_left": [EVIL]}, "data": True}
    ]
    return json.dumps(made, ensure_ascii=False).encode("utf-8", "backslashreplace")


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_hostile_text_steers_nothing(lang):
    found = compare(Scene().card(), read(evil(), EVIL))
    t = Translator(lang)
    shown = diff_text.plain_text(found, t)
    assert len(shown) < 40_000
    assert not HIDDEN.search(shown)
    written = json.dumps(diff_json.document(found, t), ensure_ascii=False)
    assert not HIDDEN.search(written)
    assert len(written) < 200_000
    page = diff_html.render(found, lang).decode()
    assert not HIDDEN.search(page.replace("\n", " ")) and "<script" not in page
    assert page == diff_html.render(found, lang).decode()
    tags = {tag.name for tag in BeautifulSoup(page, "html.parser").find_all(True)}
    assert not tags & {"script", "img", "iframe", "link", "form", "h6"}


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_comparison_keeps_to_its_schema(lang):
    strict = json.loads(json.dumps(SCHEMA))
    parts = [strict]
    while parts:
        part = parts.pop()
        if isinstance(part, dict):
            if "properties" in part:
                part["additionalProperties"] = False
                assert set(part["required"]) == set(part["properties"])
            parts += part.values()
        elif isinstance(part, list):
            parts += part
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    valid = jsonschema.Draft202012Validator(strict, format_checker=checker)
    for other in (Scene(), Scene(facts={("web", EXPIRY): 3}, only=("tls",), vantage="internal")):
        for agency in ("", AGENCY):
            found = compare(Scene().card(), other.card(), agency)
            valid.validate(json.loads(json.dumps(diff_json.document(found, Translator(lang)))))


def test_too_large_a_file_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(diff_read, "MOST_BYTES", 2**20)
    path = tmp_path / "big.json"
    with path.open("wb") as file:
        file.truncate(10 * 2**30)  # ten gigabytes of nothing
    tracemalloc.start()
    with pytest.raises(BadCard, match="larger than 1 MB"):
        read_file(path)
    assert tracemalloc.get_traced_memory()[1] < 8 * 2**20
    tracemalloc.stop()


@pytest.mark.parametrize("filling", [b"{},", b"[],", b"0,", b'"",'])
def test_too_many_values_are_not_parsed(filling):
    many = filling * (diff_read.MOST_VALUES + 1)
    data = b'{"schema": "press-scan/scorecard/1", "findings": [' + many + b"0]}"
    with pytest.raises(BadCard, match="values"):
        read(data, "a")


def members(inner):
    return st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20), members, max_leaves=8
)
PLACES = [
    ("run",), ("run", "profile"), ("run", "data"), ("run", "started"), ("agencies",),
    ("agencies", 0), CONTROL, ("findings",), ("findings", 0), ("findings", 0, "evidence"),
    ("papers",), ("rules",), ("rules", "checks"),
]  # fmt: skip


@given(ANY, st.sampled_from(PLACES))
def test_any_value_anywhere_is_read_or_refused(value, keys):
    try:
        card = read(changed(*keys, to=value), "a")
    except BadCard as error:
        assert Translator("vi")(error.message)
        return
    found = compare(Scene().card(), card)
    assert diff_text.plain_text(found, Translator("vi"))


@pytest.mark.parametrize("manual", ["docs/self-check.md", "docs/vi/self-check.md"])
def test_the_manual_and_the_schema_name_every_cause(manual):
    kinds = {str(one) for one in Why}
    text = (ROOT / manual).read_text("utf-8")
    assert {kind for kind in kinds if f"`{kind}`" not in text} == set()
    assert set(SCHEMA["$defs"]["cause"]["properties"]["why"]["enum"]) == kinds
