"""Taking tables into a data folder: whole or not at all, never older, at any moment readable."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from scanner.bundle import offers_in
from scanner.data_sets import SETS
from scanner.data_shelf import Busy, Offer, State, standing, take_in
from scanner.manifest import NAME, manifest_of, trusted
from scanner.world import load_world
from tests.scanner import tables
from tests.scanner.tables import NOW, put

NAMES = [one.name for one in SETS]


def taken(folder, source, now=NOW):
    return {one.of.name: one for one in take_in(folder, offers_in(source), now)}


def states(outcomes):
    return {name: one.state for name, one in outcomes.items()}


@pytest.fixture
def data(tmp_path):
    """A data folder with every set."""
    folder = tmp_path / "data"
    found = taken(folder, put(tmp_path / "in"))
    assert states(found) == dict.fromkeys(NAMES, State.BROUGHT)
    return folder


def test_what_was_taken_is_what_the_world_uses(data):
    world = dict(load_world(data).data)
    assert world["endoflife.date"] == "2026-11-20"
    assert world["retire.js"] == "2026-01-01"  # no more is known: nobody said when it was had
    assert world["mozilla"] == "2026-04-06"
    assert load_world(data).guidelines["modern"].version == "6.1"


def test_the_same_again_is_up_to_date_and_writes_no_table(data, tmp_path):
    before = {path.name: path.stat().st_ino for path in data.glob("*.json")}
    found = taken(data, tmp_path / "in", NOW + timedelta(days=1))
    assert states(found) == dict.fromkeys(NAMES, State.CURRENT)
    after = {path.name: path.stat().st_ino for path in data.glob("*.json")}
    assert {name for name in before if before[name] != after[name]} == {NAME}
    assert manifest_of(data).tables["kev"].fetched == "2026-11-24T08:00:00+00:00"


def test_the_next_ones_take_the_place_and_the_previous_ones_are_kept(data, tmp_path):
    old = (data / "known-exploited.json").read_bytes()
    found = taken(data, put(tmp_path / "next", kev=tables.kev("2026-11-22")))
    assert found["kev"].state is State.BROUGHT
    assert (found["kev"].before.date, found["kev"].now.date) == (
        date(2026, 11, 21), date(2026, 11, 22))  # fmt: skip
    assert (data / "previous" / "known-exploited.json").read_bytes() == old
    assert not list(data.rglob(".new-*"))


@pytest.mark.parametrize(("name", "older"), [
    ("endoflife.date", tables.endoflife("2026-11-19")), ("kev", tables.kev("2026-11-20")),
    ("retire.js", tables.retire(2025)), ("php-advisories", tables.php((2026, 11, 17))),
    ("mozilla", tables.mozilla(6.0)),
])  # fmt: skip
def test_an_older_one_is_refused_and_the_others_are_taken(data, tmp_path, name, older):
    made = next(m.__name__ for m, one in zip(tables.FILES.values(), SETS, strict=True)
                if one.name == name)  # fmt: skip
    found = taken(data, put(tmp_path / "next", **{made: older}))
    assert found[name].state is State.REFUSED
    assert found[name].why == "It is older than what is there"
    assert found[name].now == found[name].before == manifest_of(data).tables[name]
    assert {n for n in NAMES if found[n].state is State.CURRENT} == {*NAMES} - {name}


@pytest.mark.parametrize(("set_", "why"), [
    ({"kev": tables.kev("2027-01-01")},
     "It is dated in the future; is this machine's clock right?"),
    ({"kev": tables.kev("2026-11-22", (1,))}, "It has far fewer rows than what is there"),
    ({"kev": b"<html>"}, "It is no JSON, or was cut short"),
    ({"kev": tables.kev()[:-9]}, "It is no JSON, or was cut short"),
    ({"retire": b"{}"}, "It was not understood"),
])  # fmt: skip
def test_what_is_refused_leaves_what_is_there(data, tmp_path, set_, why):
    before = {path: path.read_bytes() for path in data.glob("*-*.json")}
    found = taken(data, put(tmp_path / "next", **set_))
    (refused,) = [one for one in found.values() if one.state is State.REFUSED]
    assert refused.why == why
    assert before == {path: path.read_bytes() for path in data.glob("*-*.json")}


def test_a_file_put_by_hand_is_not_replaced_by_an_older_one(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    one = next(one for one in SETS if one.name == "kev")
    (folder / one.file).write_bytes(tables.kev("2026-11-22"))
    assert standing(folder, one).entry.date == date(2026, 11, 22)
    found = taken(folder, put(tmp_path / "in"))
    assert found["kev"].state is State.REFUSED
    assert found["kev"].now.date == date(2026, 11, 22)
    (folder / one.file).write_bytes(b"garbage")
    assert taken(folder, tmp_path / "in")["kev"].state is State.BROUGHT


def test_a_changed_table_or_manifest_is_mended(data, tmp_path):
    (data / "known-exploited.json").write_bytes(tables.kev("2099-01-01"))
    assert taken(data, tmp_path / "in")["kev"].state is State.BROUGHT
    trusted(data, "known-exploited.json")
    (data / NAME).write_bytes(b"garbage")
    found = taken(data, put(tmp_path / "next", kev=tables.kev("2026-11-20")))
    assert found["kev"].state is State.REFUSED  # the table's own date still counts
    assert manifest_of(data).tables["retire.js"].count == 2


def test_what_is_had_from_its_makers_is_of_that_day(tmp_path):
    offers = {"retire.js": Offer(tables.retire(), "https://x.example/", fresh=True)}
    (one,) = take_in(tmp_path / "data", offers, NOW)
    assert one.now.date == NOW.date()
    (again,) = take_in(tmp_path / "data", offers, NOW + timedelta(days=3))
    assert (again.state, again.now.date) == (State.CURRENT, date(2026, 11, 26))
    assert dict(load_world(tmp_path / "data").data)["retire.js"] == "2026-11-26"


def test_makers_who_went_back_are_not_followed(tmp_path):
    for year, state in ((2026, State.BROUGHT), (2025, State.REFUSED)):
        offers = {"retire.js": Offer(tables.retire(year), "https://x.example/", fresh=True)}
        (one,) = take_in(tmp_path / "data", offers, NOW + timedelta(days=2026 - year))
        assert one.state is state


def test_a_stranger_s_file_beside_the_tables_is_left_alone(data, tmp_path):
    (data / ".new-book").write_bytes(b"mine")
    (data / ".new-manifest.json").write_bytes(b"of an update that was killed")
    taken(data, tmp_path / "in")
    assert [path.name for path in data.glob(".new-*")] == [".new-book"]


def test_one_update_at_a_time(data, tmp_path):
    code = (
        "import sys, filelock\n"
        "lock = filelock.FileLock(sys.argv[1])\n"
        "lock.acquire()\n"
        "print(1, flush=True)\n"
        "sys.stdin.read()\n"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(data / ".lock")],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:  # fmt: skip
        assert other.stdout.readline()
        with pytest.raises(Busy):
            taken(data, tmp_path / "in")
        other.communicate(b"\n")
    assert taken(data, tmp_path / "in")


def test_others_may_read_what_root_brought(data):
    umask = os.umask(0)
    os.umask(umask)
    assert {path.stat().st_mode & 0o777 for path in data.glob("*.json")} == {0o666 & ~umask}


_KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from scanner.bundle import offers_in
from scanner.data_shelf import take_in
left, real = int(sys.argv[1]), Path.replace
def replace(self, target):
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(self, target)
Path.replace = replace
take_in(Path(sys.argv[2]), offers_in(Path(sys.argv[3])), datetime(2026, 11, 23, 8, tzinfo=UTC))
"""


@pytest.mark.parametrize("renames", [0, 1, 2, 3, 4, 5, 6])
def test_a_kill_between_files_leaves_one_whole_state(data, tmp_path, renames):
    """Of three sets, one rename each to `previous/` and into place, and the manifest's: seven."""
    newer = {"kev": tables.kev("2026-11-22"), "endoflife": tables.endoflife("2026-11-22"),
             "php": tables.php((2026, 11, 22))}  # fmt: skip
    source = put(tmp_path / "next", **newer)
    before = {one.name: trusted(data, one.file) for one in SETS}
    argv = [sys.executable, "-c", _KILLED, str(renames), str(data), str(source)]
    child = subprocess.run(argv, cwd=Path(__file__).parents[2], check=False, timeout=120)
    assert child.returncode == -signal.SIGKILL
    assert {one.name: trusted(data, one.file) for one in SETS} == before
    assert dict(load_world(data).data)["endoflife.date"] == "2026-11-20"
    found = taken(data, source)
    assert {name for name in NAMES if found[name].state is State.BROUGHT} == {
        "kev", "endoflife.date", "php-advisories"}  # fmt: skip
    assert dict(load_world(data).data)["endoflife.date"] == "2026-11-22"
    assert not list(data.rglob(".new-*"))


def test_a_full_disk_leaves_what_is_there(data, tmp_path, monkeypatch):
    before = {one.name: trusted(data, one.file) for one in SETS}

    def full(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("scanner.atomic.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        taken(data, put(tmp_path / "next", kev=tables.kev("2026-11-22")))
    assert {one.name: trusted(data, one.file) for one in SETS} == before
    assert not list(data.rglob(".new-*"))


def test_the_manifest_is_plain_json(data):
    said = json.loads((data / NAME).read_bytes())
    assert said["tables"]["kev"]["date"] == "2026-11-21"
