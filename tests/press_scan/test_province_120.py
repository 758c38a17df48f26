"""A province of 120 agencies, end to end: every number that is printed is reckoned a second time.

What hosts showed and what people said is drawn (tests/press_scan/province.py) and put into the
store; `judge` tells it as JSON and as text, on five days: papers expire, and so does the look.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from datetime import date

import pytest

from tests.press_scan import reckon
from tests.press_scan.province import GROUPS, LEFT_OUT, SEVERE, controls, profiles
from tests.press_scan.province_reckoned import DAYS, looked_at, number, programme, reckoning


@pytest.fixture(scope="module")
def judged(kept):
    """(day, language) -> the scorecard as JSON, and the summary."""
    program, db = kept
    told = {}

    def run(day, lang="en"):
        if (day, lang) not in told:
            given = ("judge", "latest", "--db", db, "--as-of", day, "--lang", lang)
            done = program.run(*given, "--format", "json", "--output", db.parent / "out", code=3)
            card = json.loads((db.parent / "out" / "scorecard.json").read_text("utf-8"))
            told[day, lang] = card, done.stdout
        return told[day, lang]

    return run


@pytest.mark.parametrize("day", DAYS)
def test_every_requirement_of_every_system(judged, province, day):
    card, _ = judged(day)
    made = reckoning(province, day)
    for agency in card["agencies"]:
        for system in agency["systems"]:
            told = {c["id"]: (c["status"], c["decided_by"]) for c in system["controls"]}
            wanted = made.results(agency["id"], system["id"])
            assert told == {name: one[:2] for name, one in wanted.items()}, (
                agency["id"], system["id"])  # fmt: skip
            left = {c["id"]: c["left_out"] for c in system["controls"] if c["left_out"]}
            assert left == LEFT_OUT
    assert len(card["agencies"]) == 120


def test_the_province_has_everything_in_it(judged, province):
    """A test over dull data would prove nothing."""
    pairs, whys = Counter(), Counter()
    for day in DAYS:
        card, _ = judged(day)
        for agency in card["agencies"]:
            whys[agency["compliant"], agency["electronic"]] += 1
            for system in agency["systems"]:
                pairs.update((c["status"], c["decided_by"]) for c in system["controls"])
    wanted = {
        ("met", "checks"), ("met", "attestation"), ("met", "runs"), ("not_met", "checks"),
        ("not_met", "attestation"), ("not_met", "waiver"), ("partial", "checks"),
        ("partial", "none"), ("partial", "attestation"), ("partial", "waiver"),
        ("unverified", "none"), ("unverified", "waiver"), ("not_applicable", "checks"),
        ("not_applicable", "attestation"), ("not_applicable", "profile"),
    }  # fmt: skip
    assert set(pairs) == wanted
    assert min(pairs.values()) >= 10
    assert set(whys) == {(a, b) for a in (True, False) for b in (True, False)}
    assert len(province.unseen) >= 3


@pytest.mark.parametrize("day", DAYS)
def test_the_arithmetic_of_every_system_and_agency(judged, province, day):
    card, _ = judged(day)
    made = reckoning(province, day)
    for agency in card["agencies"]:
        name = agency["id"]
        wanted = made.agency(name)
        assert agency["score"] == wanted["score"], name
        assert agency["coverage"] == wanted["coverage"], name
        assert agency["compliant"] == wanted["compliant"], name
        assert agency["stale"] == (day > date(2026, 12, 10) and looked_at(province, name))
        assert agency["seen"] == ("2026-06-10" if looked_at(province, name) else None)
        for system in agency["systems"]:
            results = made.results(name, system["id"])
            assert system["score"] == reckon.score(results.values())
            if made.fresh(name):
                assert system["compliant"] == made.compliant(name, system["id"])
            by_group = {group["id"]: group for group in system["groups"]}
            assert tuple(by_group) == GROUPS
            for group, its in by_group.items():
                mine = [results[c["id"]] for c in controls() if c["group"] == group]
                assert {part: its[part] for part in reckon.PARTS} == reckon.counts(mine)


@pytest.mark.parametrize("day", DAYS)
def test_the_programme_and_its_three_readings(judged, province, day):
    card, _ = judged(day)
    counted, reached, shares = programme(province, day)
    told = card["programme"]
    assert told["agencies_counted"] == len(counted)
    assert told["agencies_compliant"] == len(reached["B"])
    assert told["percent"] == shares["B"]
    assert told["readings"] == shares
    assert card["run"]["as_of"] == day.isoformat()


def test_time_alone_moves_the_shares(judged):
    """What is said on each day, as people would read it."""
    shares = [judged(day)[0]["programme"]["readings"] for day in DAYS]
    a, b, c = ([one[reading] for one in shares] for reading in "ABC")
    assert a[0] < a[1] == a[2] == a[3] == a[4]  # the decision of 1 September
    assert b[0] > 0 and b[3] == b[4] == 0.0  # too long ago: nothing counts
    assert c[0] == c[1] == c[2] == c[3] > 0.0 == c[4]  # another year


@pytest.mark.parametrize("reading", ["A"])
def test_another_reading_that_counts(kept, province, tmp_path, reading):
    program, _ = kept
    db = tmp_path / "s.db"
    province.keep(db, profiles(tmp_path), reading=reading, percent=100)
    day = DAYS[1]
    done = program.run("judge", "latest", "--db", db, "--as-of", day, "--format", "json", code=3)
    told = json.loads(done.stdout)["programme"]
    counted, reached, shares = programme(province, day)
    assert (told["agencies_compliant"], told["percent"]) == (len(reached[reading]), shares[reading])
    assert told["readings"] == shares and told["agencies_counted"] == len(counted)


# -- the same numbers as text


ROW = re.compile(r"^(Báo \d{3}) +(\D+?) +([\d.,]+)% +(\d+) +(\d+) +(\d+) +(\d+)$")
VERDICTS = {
    "en": ("COMPLIANT", "NOT COMPLIANT", "NOT YET PROVEN"),
    "vi": ("ĐẠT", "CHƯA ĐẠT", "CHƯA ĐỦ CĂN CỨ"),
}


@pytest.mark.parametrize(("day", "lang"), [(DAYS[0], "en"), (DAYS[0], "vi"), (DAYS[3], "en")])
def test_the_table_of_agencies(judged, province, day, lang):
    _, text = judged(day, lang)
    assert max(map(len, text.splitlines())) <= 80
    rows = [match.groups() for line in text.splitlines() if (match := ROW.match(line))]
    made = reckoning(province, day)
    first = list(province.electronic)[:30]
    assert [row[0] for row in rows] == [f"Báo {name[-3:]}" for name in first]
    for name, row in zip(first, rows, strict=True):
        systems = [system for of, system in province.systems if of == name]
        counted = made.counted_systems(name)  # the others are shown, and count in no number
        every = [r for one in counted for r in made.results(name, one).values()]
        found, its = reckon.counts(every), made.agency(name)
        broken = found["not_met"] + found["partial"]
        verdict = 0 if its["compliant"] else 1 if broken else 2
        serious = sum(
            said == {"fail"}
            for one in systems
            for seen in province.systems[name, one]["verdicts"].values()
            for said in list(seen.values())[:SEVERE]
        )
        assert row[1:] == (
            VERDICTS[lang][verdict], number(its["score"], lang), str(found["not_met"]),
            str(found["partial"]), str(found["unverified"]), str(serious),
        ), name  # fmt: skip


@pytest.mark.parametrize("day", [DAYS[0], DAYS[2]])
def test_the_sentences_under_the_table(judged, province, day):
    counted, reached, shares = programme(province, day)
    made = reckoning(province, day)
    total = Counter()
    for name in province.electronic:
        total.update(made.agency(name)["coverage"])
    missing = math.ceil(0.8 * len(counted)) - len(reached["B"])
    said = " ".join(judged(day, "en")[1].split())
    assert f"{len(reached['B'])} of {len(counted)} electronic press agencies comply" in said
    assert f"({number(shares['B'], 'en')}%). {missing} agencies are" in said
    assert "The target is 80% at level 3 by 31 Oct 2026 (reading B)." in said
    assert (
        f"Of {sum(total.values())} requirements machines decided {total['decided']} and hinted at"
        f" {total['hinted']}; people attested {total['attested']}; {total['unverified']} are"
        f" unverified; {total['not_applicable']} do not apply." in said
    )


def test_the_sentences_in_vietnamese(judged, province):
    counted, reached, shares = programme(province, DAYS[0])
    said = " ".join(judged(DAYS[0], "vi")[1].split())
    assert f"{len(reached['B'])} trên {len(counted)} cơ quan báo chí điện tử đạt" in said
    assert f"({number(shares['B'], 'vi')}%)" in said
    assert "Mục tiêu: 80% đạt cấp độ 3, hạn 31/10/2026 (cách hiểu B)." in said
