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
from functools import lru_cache

import pytest

from tests.press_scan import reckon
from tests.press_scan.program import Program
from tests.press_scan.province import (
    DOSSIERS,
    GROUPS,
    LEFT_OUT,
    SEEN,
    SEVERE,
    Province,
    controls,
    profiles,
)

DAYS = (
    SEEN,
    date(2026, 9, 1),  # a decision counts from today on
    date(2026, 12, 10),  # the last day on which the look counts
    date(2026, 12, 11),
    date(2027, 1, 5),  # not assessed within the year
)


@pytest.fixture(scope="module")
def province():
    return Province(20261123)


@pytest.fixture(scope="module")
def kept(province, tmp_path_factory):
    """The program, with a database that holds the province."""
    folder = tmp_path_factory.mktemp("province")
    province.keep(folder / "s.db", profiles(folder))
    return Program(folder), folder / "s.db"


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


@lru_cache
def reckoning(province, day):
    seen = {name: None if name in province.unseen else SEEN for name in province.electronic}
    made = reckon.Reckoning(
        controls(), LEFT_OUT, province.systems, seen, day, whole=set(province.electronic)
    )
    made.statements, made.waivers = province.statements, province.waivers
    return made


def assessed(province, agency, day):
    """Reading C: looked at this year, all of it, with an answer everywhere."""
    counted = [k for k, its in province.systems.items() if k[0] == agency and its["level"] >= 3]
    mine = [its for key, its in province.systems.items() if key[0] == agency]
    shown = [seen for its in mine for seen in its["verdicts"].values()]
    whole = agency not in province.unseen and all({"error"} not in one.values() for one in shown)
    return bool(counted) and whole and day.year == SEEN.year


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
        assert agency["stale"] == (day > date(2026, 12, 10) and name not in province.unseen)
        assert agency["seen"] == (None if name in province.unseen else "2026-06-10")
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


def programme(province, day):
    """Who is counted, who reached which reading, and the shares."""
    made = reckoning(province, day)
    counted = [name for name, electronic in province.electronic.items() if electronic]
    reached = {
        "A": [name for name in counted if made.agency(name)["approved"]],
        "B": [name for name in counted if made.agency(name)["compliant"]],
        "C": [name for name in counted if assessed(province, name, day)],
    }
    return counted, reached, {r: reckon.share(len(n), len(counted)) for r, n in reached.items()}


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


def number(value, lang):
    text = f"{value:.1f}".removesuffix(".0")
    return text.replace(".", ",") if lang == "vi" else text


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


# -- `status`: the same province, as it stands on a day

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
        unseen = name in province.unseen
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
        never = name in province.unseen
        stale = ", too old" if made.stale(name) else ""
        assert looked.strip() == ("never" if never else f"10 Jun 2026{stale}")
