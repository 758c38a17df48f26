"""The same province of 120 agencies as `status` and the HTML scorecards tell it."""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest

from tests.press_scan import reckon
from tests.press_scan.province import DOSSIERS
from tests.press_scan.province_reckoned import (
    DAYS,
    assessed,
    looked_at,
    number,
    programme,
    reckoning,
)

STATUS_DAYS = (DAYS[1], DAYS[3])
CODES = (  # what contradicts itself in each of the dossiers that were drawn, in September 2026
    (), (), ("approved-without-number",), ("approved-without-date",),
    ("appraised-after-approval",), ("regulation-after-approval",), (),
    ("not-approved-without-expected",),
)  # fmt: skip


@pytest.fixture(scope="module")
def standing(kept):
    """day -> `status` as JSON and as text."""
    program, db = kept
    told = {}

    def run(day):
        if day not in told:
            given = ("status", "--db", db, "--as-of", day)
            data = json.loads(program.run(*given, "--format", "json", code=3).stdout)
            told[day] = data, program.run(*given, code=3).stdout
        return told[day]

    return run


@pytest.mark.parametrize("day", STATUS_DAYS)
def test_status_of_every_agency(standing, province, day):
    told, made = standing(day)[0], reckoning(province, day)
    assert [one["id"] for one in told["agencies"]] == list(province.electronic)
    for agency in told["agencies"]:
        name, wanted = agency["id"], made.agency(agency["id"])
        assert (agency["score"], agency["coverage"]) == (wanted["score"], wanted["coverage"])
        assert agency["readings"] == {
            "A": wanted["approved"], "B": wanted["compliant"], "C": assessed(province, name, day)
        }, name  # fmt: skip
        electronic = province.electronic[name]
        assert (agency["counted"], agency["left_out"]) == (
            (True, "") if electronic else (False, "not_electronic")
        )
        unseen = not looked_at(province, name)
        assert agency["seen"] == (None if unseen else "2026-06-10")
        assert agency["stale"] is (not unseen and made.stale(name))
        assert {(one["system"], one["control"], one["status"]) for one in agency["open"]} == {
            (system, control, status)
            for system in made.counted_systems(name)
            for control, (status, by, _) in made.results(name, system).items()
            if status not in reckon.SETTLED and by != "waiver"
        }


@pytest.mark.parametrize("day", STATUS_DAYS)
def test_status_of_the_programme(standing, province, day):
    told = standing(day)[0]["programme"]
    counted, reached, shares = programme(province, day)
    assert (told["counted"], told["compliant"]) == (len(counted), len(reached["B"]))
    assert told["percent"] == shares["B"]
    assert told["readings"] == {
        name: {"agencies": len(reached[name]), "percent": shares[name]} for name in "ABC"
    }


def test_status_lists_what_contradicts_itself(standing, province):
    told = standing(DAYS[1])[0]["contradictions"]
    found = Counter((one["agency"], one["system"], one["code"]) for one in told)
    wanted = Counter()
    for agency in province.agencies:
        for system in agency["systems"]:
            its = [given for given, _ in DOSSIERS].index(system["dossier"])
            codes = [*CODES[its], *(["level-without-basis"] if system["level"] >= 3 else [])]
            wanted.update((agency["id"], system["id"], code) for code in codes)
    assert found == wanted
    assert len({code for _, _, code in found}) == 6


@pytest.mark.parametrize("day", STATUS_DAYS)
def test_status_as_text(standing, province, day):
    text, made = standing(day)[1], reckoning(province, day)
    assert max(map(len, text.splitlines())) <= 80
    counted, reached, shares = programme(province, day)
    said = " ".join(text.split())
    for name, title in (("A", "The level dossier is approved"), ("B", "Every requirement is met"),
                        ("C", "Assessed within the year")):  # fmt: skip
        line = f"{name} {title} {len(reached[name])}/{len(counted)} {number(shares[name], 'en')}%"
        assert line in said
    others = [f"Báo {name[-3:]}" for name, its in province.electronic.items() if not its]
    assert f"since they are no electronic press: {', '.join(others)}" in said
    row = re.compile(r"^(Báo \d{3}) +((?:NOT )?COMPLIANT) +([\d.]+)% +(\d+) +(.+)$")
    rows = [match.groups() for line in text.splitlines() if (match := row.match(line))]
    assert [one[0] for one in rows] == [f"Báo {name[-3:]}" for name in counted]
    for name, (_, verdict, percent, left, looked) in zip(counted, rows, strict=True):
        wanted = made.agency(name)
        assert verdict == ("COMPLIANT" if wanted["compliant"] else "NOT COMPLIANT")
        assert percent == number(wanted["score"], "en")
        open_ones = [
            one
            for system in made.counted_systems(name)
            for one in made.results(name, system).values()
            if one[0] not in reckon.SETTLED and one[1] != "waiver"
        ]
        assert int(left) == len(open_ones)
        never = not looked_at(province, name)
        stale = ", too old" if made.stale(name) else ""
        assert looked.strip() == ("never" if never else f"10 Jun 2026{stale}")


def test_the_sentence_of_every_agency_in_html(kept, province, tmp_path):
    """What is met, of what applies, and the percentage are of the same requirements."""
    program, db = kept
    given = ("judge", "latest", "--db", db, "--as-of", DAYS[1], "--format", "html", "--output")
    program.run(*given, tmp_path, code=3)
    made = reckoning(province, DAYS[1])
    sentence = re.compile(r"(\d+) of (\d+) applicable requirements are met \(([\d.]+)%\)")
    for name in province.electronic:
        html = (tmp_path / "agencies" / f"{name}.html").read_text("utf-8")
        met, applicable, percent = sentence.search(" ".join(html.split())).groups()
        its = made.counted_systems(name)
        found = reckon.counts(r for one in its for r in made.results(name, one).values())
        assert int(met) == found["met"], name
        assert int(applicable) == sum(found.values()) - found["not_applicable"], name
        assert percent == number(reckon.share(int(met), int(applicable)), "en"), name
