"""The readers of the public data sets: what their makers publish, and what is none of it."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.data_sets import SETS
from scanner.tables_read import BadTable
from scanner.world_read import read_endoflife
from tests.scanner import tables

BY_NAME = {one.name: one for one in SETS}
MADE = {
    "endoflife.date": tables.endoflife(),
    "kev": tables.kev(),
    "retire.js": tables.retire(),
    "php-advisories": tables.php(),
    "mozilla": tables.mozilla(),
}


def changed(data, **values):
    return json.dumps({**json.loads(data), **values}).encode()


@pytest.mark.parametrize(("name", "count", "day"), [
    ("endoflife.date", 2, date(2026, 11, 20)), ("kev", 3, date(2026, 11, 21)),
    ("retire.js", 2, None), ("php-advisories", 2, date(2026, 11, 18)), ("mozilla", 2, None),
])  # fmt: skip
def test_what_makers_publish_is_understood_and_can_be_handed_on(name, count, day):
    one = BY_NAME[name]
    table = one.read(MADE[name])
    assert (table.count, table.day) == (count, day)
    again = one.read(table.data)
    assert (again.data, again.count, again.day) == (table.data, table.count, table.day)


def test_what_is_kept_of_endoflife_is_what_the_world_reads():
    day, cycles = read_endoflife(
        json.loads(BY_NAME["endoflife.date"].read(MADE["endoflife.date"]).data)
    )
    assert day == "2026-11-20"
    assert [(c.name, c.ends, c.ended) for c in cycles["nginx"]] == [
        ("9.9", date(2026, 12, 1), False), ("8", None, True)]  # fmt: skip


def test_an_advisory_keeps_its_package_number_and_ranges():
    rows = json.loads(BY_NAME["php-advisories"].read(MADE["php-advisories"]).data)["rows"]
    assert rows[0] == ["drupal/core", "CVE-2026-2001", "A fault", [[">=9.0.0", "<9.2001.0"]],
                       "https://cms.example/advisories/2001"]  # fmt: skip


@pytest.mark.parametrize("name", MADE)
@pytest.mark.parametrize("cut", [0, 1, 40, -1, -40])
def test_what_was_cut_short_is_refused(name, cut):
    with pytest.raises(BadTable):
        BY_NAME[name].read(MADE[name][:cut])


@pytest.mark.parametrize("name", MADE)
@pytest.mark.parametrize("other", [*MADE, None])
def test_another_set_is_refused(name, other):
    if name != other:
        with pytest.raises(BadTable):
            BY_NAME[name].read(MADE[other] if other else b"<html><title>Log in</title></html>")


@pytest.mark.parametrize(("name", "data"), [
    ("endoflife.date", changed(MADE["endoflife.date"], total=3)),
    ("endoflife.date", changed(MADE["endoflife.date"], generated_at="lately")),
    ("endoflife.date", changed(MADE["endoflife.date"], result={})),
    ("endoflife.date", b"[" * 100_000),
    ("kev", changed(MADE["kev"], count=4)),
    ("kev", changed(MADE["kev"], dateReleased=None)),
    ("kev", changed(MADE["kev"], vulnerabilities=[{"cveID": "CVE-2026-1"}] * 3)),
    ("retire.js", b'{"jquery": {"vulnerabilities": [{"below": "odd"}]}}'),
    ("php-advisories", b'{"_meta": {"commit_date": "2026-01-01"}, "rows": [["a"]]}'),
    ("php-advisories", tables.php(numbers=())),
    ("php-advisories", tables.php(more=[(f"newsroom/desk/{n}.yaml", "&a [*a]") for n in "ab"])),
    ("php-advisories", tables.php(more=[("../../etc/cron.d/x", "x")])),
    ("php-advisories", tables.php(more=[("newsroom/desk/x.yaml", "x" * 70_000)])),
    ("php-advisories", tables.php(more=[("newsroom/desk/x.yaml", "[" * 60_000)])),
    ("php-advisories", tables.php(more=[("newsroom/desk/x.yaml", "a: &a [x]\nb: [*a, *a]")])),
    ("mozilla", tables.mozilla(5.7)),
    ("mozilla", changed(MADE["mozilla"], version="six")),
])  # fmt: skip
def test_what_makes_no_sense_is_refused(name, data):
    with pytest.raises(BadTable) as told:
        BY_NAME[name].read(data)
    assert told.value.message


@given(st.sampled_from(sorted(MADE)), st.data())
def test_no_bytes_break_a_reader(name, data):
    good = MADE[name]
    at = data.draw(st.integers(0, len(good) - 1))
    new = data.draw(st.binary(max_size=8))
    try:
        table = BY_NAME[name].read(good[:at] + new + good[at + len(new) :])
    except BadTable:
        return
    assert table.count > 0


@given(st.sampled_from(sorted(MADE)), st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda more: st.lists(more, max_size=3) | st.dictionaries(st.sampled_from(
        ["_meta", "rows", "products", "result", "vulnerabilities", "count", "version",
         "configurations", "modern", "dateReleased", "releases", "generated_at"]), more),
))  # fmt: skip
def test_no_json_breaks_a_reader(name, value):
    try:
        BY_NAME[name].read(json.dumps(value).encode())
    except BadTable:
        return
