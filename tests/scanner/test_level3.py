"""The profiles that come with press-scan: every requirement, its texts, and where it went.

The YAML is read here by PyYAML alone, and counted by hand.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import pytest
import yaml

import checks
from checks import Severity
from scanner import profile
from scanner.crosswalk import crosswalk
from scanner.profile_lint import notices

ROOT = Path(__file__).parents[2]
KNOWN = checks.load()
BOTH = {"level3": "level3-in-force.tsv", "level3-2017": "level3-superseded.tsv"}


def written(name):
    return yaml.safe_load((ROOT / "profiles" / f"{name}.yaml").read_text("utf-8"))


def recorded(name):
    lines = (ROOT / "tests" / "recordings" / BOTH[name]).read_text("utf-8").splitlines()
    return [line.split("\t") for line in lines if not line.startswith("#")]


@pytest.mark.parametrize(("name", "total"), [("level3", 211), ("level3-2017", 115)])
def test_every_requirement_of_the_catalogue_has_its_row(name, total):
    controls = profile.load(name, KNOWN).controls
    rows = recorded(name)
    assert len(rows) == len(controls) == total
    assert [
        [c.id, c.standard, c.group, c.verify, c.obligation, c.confidence] for c in controls
    ] == [row[:6] for row in rows]


def test_groups_hold_as_many_as_were_counted():
    assert Counter(row[2] for row in recorded("level3")) == {
        "management": 81, "network": 42, "server": 47, "application": 14, "data": 27,
    }  # fmt: skip
    assert Counter(row[2] for row in recorded("level3-2017")) == {
        "management": 22, "network": 38, "server": 25, "application": 22, "data": 8,
    }  # fmt: skip


@pytest.mark.parametrize("name", BOTH)
def test_every_requirement_has_its_texts_source_and_confidence(name):
    one = profile.load(name, KNOWN)
    seen = set()
    for control in one.controls:
        assert control.title["vi"] != control.title["en"]
        assert unicodedata.is_normalized("NFC", control.title["vi"] + control.clause)
        assert control.source in one.sources and control.confidence
        assert control.group in one.groups
        seen.add((control.standard, control.clause, control.title["vi"]))
    assert len(seen) == len(one.controls), "clause and title together tell requirements apart"
    assert {c.source for c in one.controls} == set(one.sources)
    assert all(source.url.startswith("https://") for source in one.sources.values())


def test_the_superseded_standard_says_that_it_is():
    assert profile.load("level3-2017", KNOWN).superseded
    assert not profile.load("level3", KNOWN).superseded
    assert not profile.load("level3-remote", KNOWN).superseded


def test_rhythms_are_those_of_the_texts():
    """The catalogue's figures; and two that it has in other units: a month, a yearly report."""
    told = {row[0]: int(row[6]) for row in recorded("level3") if row[6] != "-"}
    told |= {"TCVN14423-5.7.2.2-3": 1, "ND331-35-D36": 12}
    controls = profile.load("level3", KNOWN).controls
    assert {c.id: c.every for c in controls if c.every} == told
    assert Counter(told.values()) == {12: 24, 6: 7, 1: 1}
    assert not any(c.every for c in profile.load("level3-2017", KNOWN).controls)
    assert [c.id for c in controls if c.runs] == ["TCVN14423-5.7.2.1-b"]


def test_a_title_that_names_a_rhythm_has_one():
    words = re.compile(r"mỗi năm|hằng năm|sáu tháng một lần|mỗi tháng|Báo cáo năm")
    controls = profile.load("level3", KNOWN).controls
    named = {c.id for c in controls if words.search(c.title["vi"])}
    assert named == {c.id for c in controls if c.every}


def test_firm_values_are_the_figures_of_the_text():
    level3 = profile.load("level3", KNOWN)
    firm = {
        (check, name): level3.params_of(KNOWN[check])[name]
        for check, names in level3.firm.items()
        for name in names
    }
    assert firm == {
        ("access.admin-passwords", "max_age_days"): 60,
        ("access.admin-passwords", "history"): 10,
        ("access.dormant", "days"): 45,
        ("logging.retention", "days"): 90,
    }
    old = profile.load("level3-2017", KNOWN)
    assert old.firm == {"logging.retention": ("days",)}


def by_hand(controls):
    """Counted from the bare YAML: every check that is named is installed here."""
    count = Counter(
        "decided" if c.get("decides") or c.get("runs") == "decides"
        else "hinted" if c.get("hints") or c.get("runs")
        else "attested" if c.get("verify", "attest") == "attest"
        else "waiting"
        for c in controls
    )  # fmt: skip
    return {kind: count[kind] for kind in ("decided", "hinted", "waiting", "attested", "left_out")}


@pytest.mark.parametrize("name", BOTH)
def test_coverage_is_what_a_count_by_hand_gives(name):
    one, data = profile.load(name, KNOWN), written(name)
    assert asdict(profile.coverage(one)) == by_hand(data["controls"])
    for group in data["groups"]:
        rows = [c for c in data["controls"] if c["group"] == group]
        assert asdict(profile.coverage(one, group)) == by_hand(rows)
        assert sum(by_hand(rows).values()) == len(rows)


def test_the_counts():
    level3 = profile.load("level3", KNOWN)
    assert tuple(asdict(profile.coverage(level3)).values()) == (17, 47, 4, 143, 0)
    old = profile.load("level3-2017", KNOWN)
    assert tuple(asdict(profile.coverage(old)).values()) == (7, 52, 8, 48, 0)


def test_both_directions_of_the_cross_walk_say_the_same():
    forward = {(c["id"], new) for c in written("level3-2017")["controls"] for new in c["maps_to"]}
    backward = {
        (old, c["id"]) for c in written("level3")["controls"] for old in c.get("legacy", ())
    }
    assert forward == backward
    assert {old for old, _ in forward} == {row[0] for row in recorded("level3-2017")}
    assert {new for _, new in forward} <= {row[0] for row in recorded("level3")}


def test_the_cross_walk_shows_every_requirement_of_both_sides():
    old, new = profile.load("level3-2017", KNOWN), profile.load("level3", KNOWN)
    there = crosswalk(old, new)
    assert [row.control for row in there.rows] == list(old.controls)
    assert (len(there.alone), len(there.without)) == (0, 136)
    back = crosswalk(new, old)
    pairs = {(row.control.id, one.id) for row in there.rows for one in row.partners}
    assert {(one.id, row.control.id) for row in back.rows for one in row.partners} == pairs
    assert back.alone == there.without and back.without == ()
    assert ("TCVN11930-7.2.2.1-d", "TCVN14423-5.5.2.2-a-2") in pairs  # lockout, not idle lock


@pytest.mark.parametrize("name", BOTH)
def test_each_binding_has_its_reason_in_the_docs(name):
    text = (ROOT / "docs" / f"profile-{name}.md").read_text("utf-8")
    _, decided, hinted, *_ = re.split(r"^## .*$", text, flags=re.MULTILINE)
    controls = profile.load(name, KNOWN).controls
    for table, part in ((decided, "decides"), (hinted, "hints")):
        rows = [line.split("|") for line in table.splitlines() if line.count("|") == 4]
        told = [(row[1].strip(), row[2].replace(",", " ").split(), row[3]) for row in rows[2:]]
        bound = [(c.clause, list(getattr(c, part))) for c in controls if getattr(c, part)]
        assert len(told) == len(bound)
        for (requirement, names, why), (clause, checked) in zip(told, bound, strict=True):
            assert requirement.startswith(clause)
            assert names == checked and len(why) > 10


def test_the_docs_count_as_the_profiles_do():
    for name in BOTH:
        text = (ROOT / "docs" / f"profile-{name}.md").read_text("utf-8").replace("**", "")
        bound = asdict(profile.coverage(profile.load(name, KNOWN)))
        words = zip(("decides", "hints", "waiting", "attest"), bound.values(), strict=False)
        assert all(f"{word} ({number})" in text for word, number in words)


def test_no_check_decides_words_that_nobody_read():
    for name in BOTH:
        for control in profile.load(name, KNOWN).controls:
            assert not (control.confidence == "low" and control.decides), control.id


def test_no_small_matter_settles_a_requirement_that_asks_for_more():
    """security.txt is what 5.17.2.2 a) asks for."""
    for name in BOTH:
        for control in profile.load(name, KNOWN).controls:
            small = [
                n for n in control.decides if KNOWN[n].severity in {Severity.LOW, Severity.INFO}
            ]
            assert not small or (control.id, small) == (
                "TCVN14423-5.17.2.2-a",
                ["web.security-txt"],
            )


@pytest.mark.parametrize("name", [*BOTH, "level3-remote"])
def test_our_own_profiles_have_no_mistake(name):
    one, found = notices(name, KNOWN)
    waiting = profile.coverage(one).waiting
    assert sum("but no check does" in notice.message for notice in found) == waiting
