"""`status` and `due` of a hundred and twenty agencies, on the exact days, with hostile names."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from facts.udp import UdpFacts
from scanner.inventory import Inventory
from scanner.papers import Answer, Attestation, Waiver
from scanner.store import Store
from tests.factories import GOOD
from tests.factories.ports import port, ports
from tests.press_scan.kept import keep_run
from tests.press_scan.program import Program
from tests.press_scan.test_status import OWN
from tests.scanner.inventories import inventory

MANY = 120
EVIL = "Báo <b>[red]x[/red]"
# 18:00 in UTC is 01:00 of the next day in Vietnam: what was seen is of 11 March there
STARTED = datetime(2026, 3, 10, 18, 0, tzinfo=UTC)
NOW = datetime(2026, 3, 20, tzinfo=UTC)
FAULTY = {f"agency-{n}" for n in range(0, MANY, 3)}  # 40 of them: a database is open
PRINT = {"agency-1", "agency-2"}


def programme(many=MANY, **target):
    raw = inventory(*[f"127.0.1.{n + 1}" for n in range(many)]).model_dump(
        mode="json", by_alias=True
    )
    raw["programme"]["target"] |= {"by": "2026-12-31", "percent": 60, **target}
    for agency in raw["agencies"]:
        agency["electronic"] = agency["id"] not in PRINT
    raw["agencies"][0]["name"] = EVIL
    return raw


def facts(raw):
    found = {}
    for agency in raw["agencies"]:
        host = agency["systems"][0]["assets"][0]["address"]
        bad = [port(3306, "mysql")] if agency["id"] in FAULTY else []
        found[f"host:{host}", "ports"] = ports(port(443, "http"), *bad)
        found[f"host:{host}", "udp"] = GOOD[UdpFacts]
    return found


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """One whole run; everybody attested PAPER, one was granted a waiver of PORTS."""
    folder = tmp_path_factory.mktemp("many")
    (folder / "own.yaml").write_text(OWN, "utf-8")
    raw = programme()
    keep_run(folder / "s.db", Inventory.model_validate(raw), facts(raw), str(folder / "own.yaml"),
             path=str(folder / "gone.yaml"), started=STARTED)  # fmt: skip
    store = Store(str(folder / "s.db"))
    store.add_papers([
        Attestation("", one["id"], "portal", "PAPER", Answer.MET, "Đã làm", "Lan\x1b[31m",
                    date(2026, 3, 1), date(2026, 8, 31), NOW, document="1")
        for one in raw["agencies"]
    ])  # fmt: skip
    store.add_papers([
        Waiver("", "agency-0", "portal", "PORTS", "Chờ", "7/QĐ", "\u202eLan", "Minh",
               date(2026, 4, 1), date(2026, 4, 30), NOW)
    ])  # fmt: skip
    store.close()
    return folder


@pytest.fixture
def say(place):
    def run(*args, code=None):
        return Program(place).run(*args, "--db", place / "s.db", code=code)

    return run


@pytest.mark.parametrize(
    ("day", "compliant", "code"),
    [
        ("2026-03-11", 78, 0),  # 118 count; 40 of them have a fault
        ("2026-03-10", 0, 3),  # in Vietnam the run was not yet
        ("2026-03-31", 78, 0),  # the waiver begins tomorrow
        ("2026-04-01", 79, 0),
        ("2026-04-30", 79, 0),  # its last day counts whole
        ("2026-05-01", 78, 0),
        ("2026-08-31", 78, 0),  # the statements' last day
        ("2026-09-01", 0, 1),
        ("2026-09-11", 0, 1),  # the look's last day: six months
        ("2026-09-12", 0, 3),
    ],
)
def test_the_exact_days(say, day, compliant, code):
    told = json.loads(say("status", "--as-of", day, "--format", "json", code=code).stdout)
    programme = told["programme"]
    assert (programme["counted"], programme["compliant"]) == (118, compliant)
    assert programme["percent"] == int(1000 * compliant / 118) / 10
    assert len(told["agencies"]) == MANY
    assert {one["id"] for one in told["agencies"] if not one["counted"]} == PRINT
    stale = day == "2026-09-12"
    assert all(one["stale"] is stale for one in told["agencies"])
    seen = {one["seen"] for one in told["agencies"]}
    assert seen == ({None} if day == "2026-03-10" else {"2026-03-11"})


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("what", [("status",), ("status", "--what-if"), ("due", "--within", "52w")])
def test_harmless_and_at_80_columns(say, what, lang):
    text = say(*what, "--as-of", "2026-03-20", "--lang", lang).stdout
    assert len(text.splitlines()) >= 40 + MANY // 2  # nobody is absent who has something to do
    assert max(map(len, text.splitlines())) <= 80
    assert "\x1b" not in text and "\u202e" not in text
    assert "<b>[red]x[/red]" in " ".join(text.split())


def test_what_if_counts_to_the_target(say):
    told = json.loads(
        say("status", "--what-if", "--as-of", "2026-09-01", "--format", "json", code=1).stdout
    )["what_if"]
    # the 78 sound ones want a word alone; then come the 40, which want a fault mended as well
    assert [one["effort"] for one in told["agencies"]] == [1] * 78 + [2] * 40
    assert (told["needed"], told["enough"]) == (71, 71)


def test_what_falls_due_by_the_last_days(say):
    def due(within):
        done = say("due", "--as-of", "2026-03-20", "--within", within, "--format", "json", code=0)
        return [(one["day"], one["kind"]) for one in json.loads(done.stdout)["due"]]

    assert due("163d") == []  # until 30 August
    assert due("164d") == [("2026-08-31", "attest")] * MANY
    assert due("175d") == [("2026-08-31", "attest")] * MANY + [("2026-09-11", "scan")] * MANY


def test_an_agency_gone_and_one_that_is_new(place):
    raw = programme()
    raw["agencies"][5]["id"] = "moi"
    raw["agencies"][5]["systems"][0]["assets"][0]["address"] = "127.0.9.9"
    folder = place / "moved"
    folder.mkdir()
    store = Store(str(folder / "s.db"))
    store.close()
    before, path = programme(), str(folder / "gone.yaml")
    profile = str(place / "own.yaml")
    keep_run(folder / "s.db", Inventory.model_validate(before), facts(before), profile, path=path,
             started=STARTED)  # fmt: skip
    keep_run(folder / "s.db", Inventory.model_validate(raw), {}, profile, path=path,
             started=STARTED, state="interrupted")  # fmt: skip
    done = Program(folder).run("status", "--as-of", "2026-03-20", "--format", "json", "--db",
                               folder / "s.db", code=3)  # fmt: skip
    agencies = {one["id"]: one for one in json.loads(done.stdout)["agencies"]}
    assert "agency-5" not in agencies  # the newest run's inventory is the list that is counted
    assert agencies["moi"]["seen"] is None and agencies["moi"]["run"] == ""
    assert agencies["agency-4"]["seen"] == "2026-03-11"
