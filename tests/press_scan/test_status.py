"""`status` and `due` at the command line, on kept runs."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import UTC, date, datetime, timedelta

import pytest
import yaml

from facts.udp import UdpFacts
from scanner.inventory import Inventory
from tests.factories import GOOD
from tests.factories.ports import port, ports
from tests.press_scan.kept import keep_run
from tests.scanner.inventories import inventory

HOSTS = ("127.0.0.8", "127.0.0.9")
OWN = """
profile: own
version: '1'
title: {vi: Riêng, en: Own}
controls:
- {id: PORTS, clause: '1', standard: QC, group: g, title: {vi: Cổng đóng, en: Closed ports},
   decides: [ports.databases]}
- {id: PAPER, clause: '2', standard: QC, group: g, title: {vi: Giấy tờ, en: Paper}, every: 6}
"""


def facts(*bad):
    found = {}
    for host in HOSTS:
        opened = [port(443, "http"), *([port(3306, "mysql")] if host in bad else [])]
        found[f"host:{host}", "ports"] = ports(*opened)
        found[f"host:{host}", "udp"] = GOOD[UdpFacts]
    return found


def programme(**target):
    raw = inventory(*HOSTS, "127.0.0.10").model_dump(mode="json", by_alias=True)
    raw["programme"]["target"] |= {"by": "2999-12-31", **target}
    raw["agencies"][0]["name"] = "Báo Sông"
    raw["agencies"][2]["electronic"] = False
    return raw


@pytest.fixture
def place(tmp_path):
    """A store with two whole runs of an inventory that lies in a file."""
    (tmp_path / "own.yaml").write_text(OWN, "utf-8")
    file = tmp_path / "inventory.yaml"
    raw = programme()

    file.write_text(yaml.safe_dump(raw, allow_unicode=True), "utf-8")
    inv = Inventory.model_validate(raw)
    now = datetime.now(UTC)
    for bad, days in ((HOSTS, 40), ([HOSTS[0]], 10)):
        keep_run(tmp_path / "s.db", inv, facts(*bad), str(tmp_path / "own.yaml"), path=str(file),
                 started=now - timedelta(days=days))  # fmt: skip
    return tmp_path


@pytest.fixture
def say(program, place):
    def run(*args, code=None, **more):
        return program.run(*args, "--db", place / "s.db", code=code, **more)

    return run


def data(done):
    return json.loads(done.stdout)


def attest(say, agency, **more):
    say("attest", "PAPER", "--system", f"{agency}/portal", "--by", "Lan", "--document", "1",
        code=0, **more)  # fmt: skip


def test_the_programme_against_its_target(say):
    told = data(say("status", "--format", "json", code=1))
    programme = told["programme"]
    assert (programme["counted"], programme["compliant"], programme["percent"]) == (2, 0, 0.0)
    one, two, print_only = told["agencies"]
    assert [o["control"] for o in one["open"]] == ["PORTS", "PAPER"]
    assert [o["control"] for o in two["open"]] == ["PAPER"]
    assert (print_only["counted"], print_only["left_out"]) == (False, "not_electronic")
    attest(say, "agency-1")
    told = data(say("status", "--format", "json", code=1))
    assert told["programme"]["percent"] == 50.0
    assert told["programme"]["readings"]["B"] == {"agencies": 1, "percent": 50.0}
    text = say("status", code=1).stdout
    assert "1 agency is still" in text and "1/2" in text and "50%" in text
    assert "no electronic press: Báo 2" in text


def test_the_trend_needs_the_earlier_runs_judged(say, place):
    first, second = (f"{datetime.now(UTC):%Y%m%d}-000{n}" for n in (1, 2))
    for run in (first, second):
        say("judge", run)
    told = data(say("status", "--format", "json", code=1))
    one, two, _ = told["agencies"]
    assert [(p["run"], p["score"]) for p in two["trend"]] == [(first, 0.0)]
    (moved,) = two["moved"]
    assert (moved["control"], moved["was"], moved["now"]) == ("PORTS", "not_met", "met")
    assert one["moved"] == [] and two["score"] == 50.0
    text = say("status", code=1).stdout
    assert "↑ 50" in text and "0 worse, 1 better" in text and "PORTS: Not met → Met" in text


def test_what_if_names_the_order_and_the_work(say):
    told = data(say("status", "--what-if", "--format", "json", code=1))["what_if"]
    assert [(p["id"], p["effort"]) for p in told["agencies"]] == [("agency-1", 1), ("agency-0", 2)]
    assert [a["kind"] for a in told["agencies"][1]["actions"]] == ["mend", "attest"]
    assert (told["needed"], told["enough"]) == (2, 2)
    text = say("status", "--what-if", code=1).stdout
    assert text.index("1. Báo 1: 1 thing") < text.index("2. Báo Sông: 2 things")
    assert "ports.databases (portal: web; 1 requirement)" in text
    assert "reached after the first 2 agencies" in text


def test_an_old_scan_and_none_at_all_are_told(say, place, program):
    later = date.today() + timedelta(days=365)
    text = say("status", "--as-of", later, code=3).stdout
    assert "too old" in text and "0%" in text
    raw = yaml.safe_load((place / "inventory.yaml").read_text("utf-8"))
    raw["agencies"].append({**deepcopy(raw["agencies"][0]), "id": "moi", "name": "Báo Mới"})
    (place / "inventory.yaml").write_text(yaml.safe_dump(raw, allow_unicode=True), "utf-8")
    done = say("status", code=3)
    assert "never" in done.stdout and "Báo Mới" in done.stdout
    (place / "inventory.yaml").write_text("programme: [", "utf-8")
    assert "the inventory is that of run" in say("status", code=1).stderr
    assert say("status", place / "inventory.yaml", code=2).stdout == ""


def test_the_target_reached(say, place):
    raw = programme(percent=50)

    (place / "inventory.yaml").write_text(yaml.safe_dump(raw, allow_unicode=True), "utf-8")
    attest(say, "agency-1")
    assert "The target is reached" in say("status", code=0).stdout


def test_what_falls_due(say):
    attest(say, "agency-1")
    assert say("due", "--within", "7d", "--quiet", code=0).stdout == ""
    assert "nothing falls due" in say("due", "--within", "7d", code=0).stdout
    lines = say("due", "--within", "52w", code=0).stdout.splitlines()
    assert lines[0].startswith("press-scan: 3 due by") and lines[0].endswith("0 overdue")
    assert any("the statement A-0001 counts until then: 2 (QC) Paper" in line for line in lines)
    told = data(say("due", "--within", "52w", "--agency", "agency-1", "--format", "json", code=0))
    assert [one["kind"] for one in told["due"]] == ["scan", "attest"]
    assert told["without_a_day"] == {"agency-0": 2, "agency-2": 2}
    say("due", "--agency", "nobody", code=2)
    say("due", "--within", "soon", code=2)
    later = date.today() + timedelta(days=365)
    assert "3 overdue" in say("due", "--as-of", later, code=0).stdout


def test_at_80_columns_in_vietnamese(say):
    for args in (("status",), ("status", "--what-if"), ("due", "--within", "365d")):
        text = say(*args, "--lang", "vi").stdout
        assert text and max(map(len, text.splitlines())) <= 80
    assert "Còn thiếu 2 cơ quan" in say("status", "--lang", "vi").stdout


def test_before_the_first_run(program, tmp_path):
    done = program.run("status", "--db", tmp_path / "new.db", code=2)
    assert "name the inventory" in done.stderr
    file = tmp_path / "inventory.yaml"
    file.write_text(yaml.safe_dump(programme() | {"agencies": programme()["agencies"][1:]},
                                   allow_unicode=True), "utf-8")  # fmt: skip
    done = program.run("status", file, "--db", tmp_path / "new.db", code=3)
    assert "never" in done.stdout


def test_a_nightly_look_from_outside_does_not_change_what_is_asked(say, place):
    inv, path = Inventory.model_validate(programme()), str(place / "inventory.yaml")
    before = datetime.now(UTC) - timedelta(days=90)
    keep_run(place / "s.db", inv, facts(), "level3", path=path, started=before)
    keep_run(place / "s.db", inv, facts(), "level3-remote", path=path)
    assert data(say("status", "--format", "json", code=1))["profile"] == "level3"
    given = ("status", "--format", "json", "--profile", "level3-remote")
    assert data(say(*given, code=1))["profile"] == "level3-remote"
