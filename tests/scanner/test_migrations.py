"""A store of an older version opens, and what was judged then is read as it was."""

from __future__ import annotations

import json
import zlib
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from pydantic import TypeAdapter

from scanner.assessment import Assessment
from scanner.store import Store
from tests.reports import factory
from tests.scanner.inventories import inventory

NOW = datetime(2026, 11, 22, 5, tzinfo=UTC)
LATER = {"papers", "basis"}  # keys of the whole that 0001 did not know
LATER_OF_RUN = {"as_of", "profile_sha256", "papers_sha256", "facts_sha256", "only"}


@pytest.fixture
def old(tmp_path):
    """A store as the first version left it: one run, judged."""
    file = tmp_path / "old.db"
    engine = sa.create_engine(f"sqlite:///{file}")
    config = Config()
    config.set_main_option("script_location", "scanner:migrations")
    with engine.begin() as db:
        config.attributes["connection"] = db
        command.upgrade(config, "0001")
        packed = zlib.compress(inventory("127.0.0.1").model_dump_json(by_alias=True).encode())
        db.execute(
            sa.text(
                "insert into run values ('r', 'done', :now, :now, '/i.yaml', '', :inv, :o, '1')"
            ),
            {"now": NOW, "inv": packed, "o": json.dumps({"profile": "level3"})},
        )
        blob = zlib.compress(json.dumps(told()).encode())
        db.execute(
            sa.text("insert into judgement values ('r', 'level3', :now, :blob)"),
            {"now": NOW, "blob": blob},
        )
    engine.dispose()
    return file


def told():
    """An assessment as it was kept then."""
    whole = TypeAdapter(Assessment).dump_python(factory.assessment(), mode="json")
    run = {key: value for key, value in whole["run"].items() if key not in LATER_OF_RUN}
    return {key: value for key, value in whole.items() if key not in LATER} | {"run": run}


def test_an_older_judgement_is_read_as_it_was(old):
    store = Store(str(old))
    wanted = factory.assessment()
    kept = store.judgement("r")
    assert [one.id for one in kept.agencies] == [one.id for one in wanted.agencies]
    assert [one.score for one in kept.agencies] == [one.score for one in wanted.agencies]
    assert (kept.findings, kept.failures) == (wanted.findings, wanted.failures)
    assert kept.run.profile_sha256 == "" and kept.papers.attestations == ()
    part = store.judgement("r", "level3", "tap-chi-vhvn")
    assert [one.id for one in part.agencies] == ["tap-chi-vhvn"]
    assert {one.agency for one in part.findings} == {"tap-chi-vhvn"}
    assert store.judgement("r", "level3", "nobody").agencies == ()
    store.keep_judgement("r", "level3", kept)  # judged again: in parts
    assert store.judgement("r") == kept
    assert set(store.scores("level3", "tap-chi-vhvn")) == {"r"}
    store.close()


def test_down_and_up_again_keeps_the_runs(old):
    store = Store(str(old))
    store.close()
    engine = sa.create_engine(store.url)
    config = Config()
    config.set_main_option("script_location", "scanner:migrations")
    with engine.begin() as db:
        config.attributes["connection"] = db
        command.downgrade(config, "0001")
    engine.dispose()
    again = Store(str(old))
    assert again.run("r").id == "r" and len(again.judgement("r").agencies) == 3
    again.close()
