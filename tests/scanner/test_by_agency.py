"""A run judged agency by agency is judged as the whole is, to the last fingerprint."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

import checks
from checks import Severity
from facts.world import World
from scanner.assessment import Assessment
from scanner.by_agency import Tally, judge_and_keep
from scanner.digest import Lines
from scanner.judging import Judgement
from scanner.papers import Answer, Attestation, Papers, Waiver
from scanner.profile import load
from scanner.store import Store
from tests.factories import GOOD
from tests.factories.ports import port, ports
from tests.press_scan.kept import keep_run
from tests.scanner.inventories import inventory
from tests.scanner.test_spread import forced

FACTS = {
    ("host:127.0.0.1", "ports"): ports(port(3306, "mysql"), port(22, "ssh")),
    ("host:127.0.0.2", "ports"): ports(port(443, "http")),
    ("host:127.0.0.3", "ports"): TimeoutError("late"),
}


@pytest.fixture
def judgement(store_url):
    """Four agencies in another order than their ids'; one was left out of the run."""
    found = inventory("127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4")
    names = ("b", "a", "a-1", "a.1")
    agencies = [
        one.model_copy(update={"id": name}) for one, name in zip(found.agencies, names, strict=True)
    ]
    found = found.model_copy(update={"agencies": tuple(agencies)})
    run = keep_run(store_url, found, FACTS, agencies=("b", "a", "a-1"))
    store = Store(store_url)
    profile = load("level3", checks.load())
    first = profile.controls[0].id
    kept = store.run(run)
    day = kept.started.date()
    store.add_papers([_said("b", first, day), _said("a-1", first, day), _waived("a", first, day)])
    yield Judgement(store, kept, profile, GOOD[World], profile.checks(), "", day)
    store.close()


def _said(agency, control, day):
    made, until, now = day - timedelta(days=9), day + timedelta(days=90), datetime.now(UTC)
    key = (agency, "portal", control)
    return Attestation("", *key, Answer.MET, "Đã làm", "Lan", made, until, now, document="1/BC")


def _waived(agency, control, day):
    begins, ends, now = day - timedelta(days=9), day + timedelta(days=90), datetime.now(UTC)
    return Waiver("", agency, "portal", control, "Chờ", "7/QĐ", "Lan", "Minh", begins, ends, now)


def plain(of: Assessment) -> Assessment:
    """Findings and papers in one order: the store keeps them by agency."""
    key = repr
    return replace(
        of,
        findings=tuple(sorted(of.findings, key=key)),
        failures=tuple(sorted(of.failures, key=key)),
        papers=Papers(
            tuple(sorted(of.papers.attestations, key=key)),
            tuple(sorted(of.papers.waivers, key=key)),
        ),
    )


def test_part_by_part_is_the_whole(judgement):
    whole, store = judgement.assessment(), judgement.store
    tally = judge_and_keep(judgement)
    kept = store.judgement(whole.run.id, "level3")
    assert tally == Tally.of(whole)
    assert kept.run == whole.run
    assert kept.run.facts_sha256 and kept.run.papers_sha256
    assert [one.id for one in kept.agencies] == ["b", "a", "a-1", "a.1"]
    store.keep_judgement(whole.run.id, "level3", whole)
    assert plain(store.judgement(whole.run.id, "level3")) == plain(kept)


def test_each_agency_by_itself(judgement):
    judge_and_keep(judgement)
    run, store = judgement.run.id, judgement.store
    parts = list(store.parts(run, "level3"))
    assert [part.agencies[0].id for part in parts] == ["b", "a", "a-1", "a.1"]
    whole = store.judgement(run, "level3")
    assert tuple(f for part in parts for f in part.findings) == whole.findings
    assert all(part.run == whole.run and part.programme == whole.programme for part in parts)
    assert parts[1] == store.judgement(run, "level3", "a")
    assert list(store.parts(run, "another")) == []


def test_on_all_processors_as_on_one(judgement, monkeypatch):
    judge_and_keep(judgement)
    alone = judgement.store.judgement(judgement.run.id, "level3")
    forced(monkeypatch)
    judge_and_keep(judgement)
    assert judgement.store.judgement(judgement.run.id, "level3") == alone


def test_nothing_is_kept_of_what_broke_off(judgement, monkeypatch):
    judge_and_keep(judgement)
    run, store = judgement.run.id, judgement.store
    before, looks = store.judgement(run, "level3"), []

    def look(self, agency):
        looks.append(agency)
        if len(looks) == 3:
            raise MemoryError
        return real(self, agency)

    real = Judgement.look
    monkeypatch.setattr(Judgement, "look", look)
    with pytest.raises(MemoryError):
        judge_and_keep(replace(judgement, as_of=date(2030, 1, 1)))
    assert len(looks) == 3
    assert store.judgement(run, "level3") == before


def test_tallies_add_up():
    one = Tally(True, frozenset({Severity.HIGH}), {"a": True})
    other = Tally(False, frozenset({Severity.LOW}), {"b": False})
    both = Tally(True, frozenset({Severity.HIGH, Severity.LOW}), {"a": True, "b": False})
    assert one + other == other + one == both
    assert Tally() + other == other


@pytest.mark.parametrize("cut", range(4))
def test_lines_in_parts_have_the_digest_of_the_whole(cut):
    lines = ["a", "", "b"]
    parted = Lines(lines[:cut])
    parted.add(lines[cut:])
    assert parted.hex == Lines(lines).hex
    assert Lines().hex == ""
    assert Lines([""]).hex != Lines(["", ""]).hex
