"""A whole run kept in PostgreSQL: the same scorecard as from a file, to the byte."""

from __future__ import annotations

import json
import time
from contextlib import closing
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from scanner.store import Store
from scanner.tables import METADATA
from tests.press_scan.program import inventory
from tests.press_scan.test_scan import COUNT, sites, stored, without_run

__all__ = ["sites"]


def moved(file, url):
    """Every row of a store, in another."""
    with (
        closing(Store(str(file))) as old,
        closing(Store(url)) as new,
        old._engine.connect() as source,
        new._engine.begin() as there,
    ):
        for table in METADATA.sorted_tables:
            for row in source.execute(sa.select(table)):
                there.execute(table.insert().values({k: aware(v) for k, v in row._mapping.items()}))


def aware(value):
    """SQLite's moments are UTC without saying so."""
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value


def test_the_same_run_makes_the_same_reports_to_the_byte(program, sites, postgres, tmp_path):
    file, url = tmp_path / "s.db", postgres.database()
    path = inventory(tmp_path, *sites)
    program.scan(path, "--only", "web", "--db", file, code=1)
    moved(file, url)
    for db in (str(file), url):
        again = program.run("judge", "latest", "--format", "json", "--db", db, code=1).stdout
        folder = tmp_path / ("url" if db == url else "file")
        formats = [word for form in ("json", "csv", "html") for word in ("--format", form)]
        program.run("report", "latest", *formats, "--output", folder, "--db", db)
        (folder / "judged.json").write_text(again)
    made = {p.relative_to(tmp_path / "file"): p for p in (tmp_path / "file").rglob("*.*")}
    assert len(made) > COUNT
    for name, one in made.items():
        assert one.read_bytes() == (tmp_path / "url" / name).read_bytes(), name


def test_a_restart_of_the_server_in_mid_run_changes_nothing(program, sites, postgres, tmp_path):
    path = inventory(tmp_path, *sites)
    whole = program.scan(path, "--only", "web", "--db", tmp_path / "whole.db", code=1)
    url = postgres.database()
    given = ("--only", "web", "--db", url, "--rate", 20, "--format", "json")
    with program.start("scan", path, *given) as child:
        before = until(lambda: stored(url), child)
        other = program.run("scan", path, "--db", url, code=2, XDG_STATE_HOME=str(tmp_path / "x"))
        assert "another scan" in other.stderr  # though it knows nothing of the machine's own lock
        postgres.stop()
        time.sleep(2)
        postgres.start()
        out, err = child.communicate(timeout=200)
    assert child.returncode == 1, err
    after = stored(url)
    assert {key: after[key] for key in before} == before, "what was stored was asked again"
    shown = program.run("report", "latest", "--format", "json", "--db", url).stdout
    assert shown == out
    assert without_run(json.loads(out)) == without_run(whole)


def test_a_server_that_is_not_there_ends_it_before_anything_is_sent(program, tmp_path):
    path = inventory(tmp_path, {"address": "127.71.0.9"})
    url = f"postgresql://u:geheim@/x?host={tmp_path}"
    done = program.run("scan", path, "--db", url, code=2)
    assert "u:***@" in done.stderr and "geheim" not in done.stderr + done.stdout
    cron = program.run("schedule", "cron", path, "--db", url, code=2)
    assert "pgpass" in cron.stderr and "geheim" not in cron.stderr + cron.stdout


def until(ask, child, enough=2):
    """What is stored as soon as there is something, while the scan is still under way."""
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        assert child.poll() is None, child.communicate()
        if len(found := ask()) >= enough:
            return found
        time.sleep(0.05)
    pytest.fail("nothing was stored")
