"""A province of three agencies, end to end, as its people would do it.

A real scan of three web servers under a profile that the province tailored; a questionnaire that
comes back filled in; statements and waivers at the command line; then the clock moves on.  Every
status, count and percentage is reckoned a second time, from the verdicts of the scan and from what
was answered (tests/press_scan/reckon.py).
"""

from __future__ import annotations

import json
from collections import Counter

import pytest

from tests.lab.nginx import nginx
from tests.press_scan import reckon
from tests.press_scan.three import (
    A_DAY,
    HEADERS,
    LEFT_OUT,
    SITE,
    Three,
    answer_everything,
    answer_half,
    at_the_command_line,
    controls,
)


@pytest.fixture(scope="module")
def three(tmp_path_factory):
    """Scanned; then agency 1 answers everything, agency 2 half of it, agency 3 next to nothing."""
    folder = tmp_path_factory.mktemp("three")
    root = folder / "www"
    root.mkdir()
    (root / "index.html").write_text("<!doctype html><title>Tin</title><h1>Tin</h1>")
    http = "".join(
        SITE.format(number=number, root=root, more=more)
        for number, more in enumerate(HEADERS, start=1)
    )
    with nginx(folder, http, address="127.71.9.3", port=8079):
        made = Three(folder)
    answer_everything(made)
    answer_half(made)
    at_the_command_line(made)
    return made


def agree(three, card, made):
    """The scorecard says what was reckoned: each requirement, group, agency, and the programme."""
    assert len(card["agencies"]) == 3
    for agency in card["agencies"]:
        name, wanted = agency["id"], made.agency(agency["id"])
        (system,) = agency["systems"]
        results = made.results(name, "portal")
        told = {one["id"]: (one["status"], one["decided_by"]) for one in system["controls"]}
        assert told == {control: one[:2] for control, one in results.items()}, name
        left = {one["id"]: one["left_out"] for one in system["controls"] if one["left_out"]}
        assert left == LEFT_OUT
        assert agency["score"] == wanted["score"] == system["score"]
        assert agency["coverage"] == wanted["coverage"]
        assert sum(agency["coverage"].values()) == 211 + 5
        assert agency["compliant"] is wanted["compliant"]
        for group in system["groups"]:
            mine = [results[c["id"]] for c in controls() if c["group"] == group["id"]]
            assert {part: group[part] for part in reckon.PARTS} == reckon.counts(mine)
    programme(three, card["programme"], made)


def programme(three, told, made):
    names = [agency for agency, _ in three.systems]
    reached = {"A": sum(made.agency(name)["approved"] for name in names),
               "B": sum(made.agency(name)["compliant"] for name in names),
               "C": sum(three.assessed(name, made.day) for name in names)}  # fmt: skip
    assert told["readings"] == {name: reckon.share(n, 3) for name, n in reached.items()}
    assert (told["agencies_counted"], told["agencies_compliant"]) == (3, reached["B"])
    assert told["percent"] == reckon.share(reached["B"], 3)


def clock(three):
    """Days on which something changes, and what reading B must be on each."""
    month, half, year = (reckon.months_later(three.today, months) for months in (1, 6, 12))
    return {
        "today": (three.today, 33.3),
        "the statement's last day": (three.today + 10 * A_DAY, 33.3),
        "a day later": (three.today + 11 * A_DAY, 33.3),
        "a month and a day": (month + A_DAY, 33.3),
        "a waiver has ended": (three.today + 41 * A_DAY, 33.3),
        "six months": (half, 33.3),
        "six months and a day": (half + A_DAY, 0.0),
        "a year and a day": (year + A_DAY, 0.0),
    }


MOMENTS = (
    "today", "the statement's last day", "a day later", "a month and a day", "a waiver has ended",
    "six months", "six months and a day", "a year and a day",
)  # fmt: skip


def test_the_scan_alone(three):
    before = three.reckoning(three.today)
    before.statements, before.waivers = {}, {}
    agree(three, three.scanned, before)
    assert three.scanned["programme"]["percent"] == 0.0
    by = {agency["id"]: Counter(c["decided_by"] for s in agency["systems"] for c in s["controls"])
          for agency in three.scanned["agencies"]}  # fmt: skip
    assert all(one["checks"] >= 3 and one["profile"] == 2 for one in by.values())
    assert len({json.dumps(a["systems"][0]["groups"]) for a in three.scanned["agencies"]}) > 1


@pytest.mark.parametrize("moment", MOMENTS)
def test_as_the_clock_moves_on(three, moment):
    day, share = clock(three)[moment]
    card, text = three.judged(day)
    made = three.reckoning(day)
    agree(three, card, made)
    assert card["programme"]["percent"] == share
    assert card["run"]["as_of"] == day.isoformat()
    shown = f"{share:.1f}".removesuffix(".0")
    reached = card["programme"]["agencies_compliant"]
    said = " ".join(text.split())
    assert f"{reached} of 3 electronic press agencies comply ({shown}%)" in said
    total = Counter()
    for agency, _ in three.systems:
        total.update(made.agency(agency)["coverage"])
    assert (
        f"Of {3 * 216} requirements machines decided {total['decided']} and hinted at"
        f" {total['hinted']}; people attested {total['attested']}; {total['unverified']} are"
        f" unverified; {total['not_applicable']} do not apply." in said
    )
    for agency, _ in three.systems:
        score = f"{made.agency(agency)['score']:.1f}".removesuffix(".0")
        (row,) = [line for line in text.splitlines() if line.startswith(f"Báo {agency[-1]} ")]
        found = reckon.counts(made.results(agency, "portal").values())
        assert row.split()[-5:-1] == [
            f"{score}%", str(found["not_met"]), str(found["partial"]), str(found["unverified"])
        ], row  # fmt: skip


@pytest.mark.parametrize("moment", ["today", "six months and a day"])
def test_status_says_the_same(three, moment):
    day, share = clock(three)[moment]
    told, made = three.status(day), three.reckoning(day)
    assert told["programme"]["percent"] == share
    readings = {name: one["percent"] for name, one in told["programme"]["readings"].items()}
    assert readings == {"A": 33.3, "B": share, "C": 100.0 if day.year == three.today.year else 0.0}
    for agency in told["agencies"]:
        wanted = made.agency(agency["id"])
        assert (agency["score"], agency["coverage"]) == (wanted["score"], wanted["coverage"])
        assert agency["readings"]["B"] is wanted["compliant"]
        open_ones = {
            control
            for control, (status, by, _) in made.results(agency["id"], "portal").items()
            if status not in reckon.SETTLED and by != "waiver"
        }
        assert {one["control"] for one in agency["open"]} == open_ones
    bearing = {(one["agency"], one["code"]) for one in told["contradictions"]
               if one["bears_on_approval"]}  # fmt: skip
    assert bearing == {("bao-2", "approved-without-number")}
