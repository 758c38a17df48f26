"""The province of 120 on a day, reckoned: whoever is counted, and who reached which reading."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from tests.press_scan import reckon
from tests.press_scan.province import LEFT_OUT, SEEN, controls

DAYS = (
    SEEN,
    date(2026, 9, 1),  # a decision counts from today on
    date(2026, 12, 10),  # the last day on which the look counts
    date(2026, 12, 11),
    date(2027, 1, 5),  # not assessed within the year
)


@lru_cache
def reckoning(province, day):
    seen = {name: SEEN if looked_at(province, name) else None for name in province.electronic}
    made = reckon.Reckoning(
        controls(), LEFT_OUT, province.systems, seen, day, whole=set(province.electronic)
    )
    made.statements, made.waivers = province.statements, province.waivers
    return made


def looked_at(province, agency):
    """A run went there, and not every visit failed."""
    mine = [its for key, its in province.systems.items() if key[0] == agency]
    saw = any(reckon.told(asset) for its in mine for asset in its["verdicts"].values())
    return saw and agency not in province.unseen


def assessed(province, agency, day):
    """Reading C: looked at this year, all of it, with an answer everywhere."""
    counted = [k for k, its in province.systems.items() if k[0] == agency and its["level"] >= 3]
    mine = [its for key, its in province.systems.items() if key[0] == agency]
    shown = [seen for its in mine for seen in its["verdicts"].values()]
    whole = agency not in province.unseen and all({"error"} not in one.values() for one in shown)
    return bool(counted) and whole and day.year == SEEN.year


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


def number(value, lang):
    text = f"{value:.1f}".removesuffix(".0")
    return text.replace(".", ",") if lang == "vi" else text
