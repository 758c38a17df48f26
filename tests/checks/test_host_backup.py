"""Rows for the checks of backups: what passes, what fails, what is not known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from checks import Status, backup, load
from facts.base import Unknown
from facts.declared import Declared, Kind, Record, Target
from facts.host.backup import BackupFacts, Scheduled
from facts.host.system import SystemFacts
from facts.world import World
from scanner.judge import judge
from tests.factories import GOOD
from tests.factories.host_backup import DAY, DUMPS, HOUR, NOW, RESTIC, copy
from tests.factories.host_backup import backup as facts

X = Unknown("x")
JOB = Scheduled("restic", "a", "@daily", active=True)
NONE = facts(copies=(), jobs=())


def status(name, told, says=None, **params):
    target = Target(kind=Kind.LOGIN, name="h", says=says or Declared())
    check = load()[f"backup.{name}"]
    known = {BackupFacts: told, SystemFacts: GOOD[SystemFacts]}
    return judge(check, {**check.params, **params}, target, known, GOOD[World]).status.value


ROWS = [
    ("scheduled", facts(), "pass"),
    ("scheduled", NONE, "fail"),
    ("scheduled", facts(jobs=(replace(JOB, active=False),)), "fail"),
    ("scheduled", facts(jobs=(replace(JOB, active=X),)), "error"),
    ("scheduled", facts(jobs=(), all_jobs=X), "error"),
    ("scheduled", facts(jobs=(JOB,), all_jobs=X), "pass"),
    ("recent", facts(), "pass"),
    ("recent", NONE, "fail"),
    ("recent", facts(copies=(), jobs=(JOB,)), "error"),
    ("recent", facts(copies=(), jobs=(), all_copies=X), "error"),
    ("recent", copy(good=NOW - 49 * HOUR), "fail"),
    ("recent", copy(good=0), "fail"),
    ("recent", copy(good=X), "error"),
    ("recent", copy(good=NOW + 3 * HOUR), "error"),
    ("recent", facts(copies=(replace(RESTIC, good=NOW - 9 * DAY), DUMPS)), "fail"),  # the files
    ("recent", facts(copies=(RESTIC, replace(RESTIC, where="old", good=0))), "pass"),
    ("recent", facts(copies=(RESTIC, replace(RESTIC, where="old", good=X))), "pass"),
    ("covers", facts(), "pass"),
    ("covers", copy(covers=("/var/www", "/etc")), "fail"),  # no dump
    ("covers", copy(covers=("/var/www", "/etc", "/var/lib/mysql")), "fail"),  # files are no dump
    ("covers", copy(covers=("/var/www/other", "/etc", "mysql")), "fail"),
    ("covers", copy(covers=("/", "mysql")), "pass"),
    ("covers", copy(covers=("/", "mysql"), omits=("/var/www/bao/wp-content/uploads",)), "fail"),
    ("covers", copy(covers=("/", "mysql"), omits=("/var/www/bao/cache",)), "pass"),
    ("covers", copy(covers=("/", "mysql"), omits=("/etc",)), "fail"),
    ("covers", copy(covers=X), "error"),
    ("covers", copy(good=0), "fail"),
    ("covers", copy(good=X), "error"),
    ("covers", facts(web=X), "error"),
    ("offsite", facts(), "pass"),
    ("offsite", facts(copies=(DUMPS,)), "fail"),
    ("offsite", copy(remote=X), "error"),
    ("offsite", copy(good=X), "error"),
    ("offsite", copy(good=NOW - 40 * DAY), "fail"),
    ("offsite", facts(copies=(DUMPS,), all_jobs=X), "error"),
    ("encrypted", facts(), "pass"),
    ("encrypted", facts(copies=(RESTIC, replace(DUMPS, encrypted=False))), "fail"),
    ("encrypted", copy(encrypted=X), "error"),
    ("encrypted", NONE, "not_applicable"),
    ("retention", facts(), "pass"),
    ("retention", NONE, "fail"),
    ("retention", copy(oldest=NOW - 5 * DAY, keeps=7), "fail"),
    ("retention", copy(oldest=NOW - 5 * DAY, keeps=90), "fail"),  # begun long ago
    ("retention", copy(oldest=NOW - 5 * DAY, begun=NOW - 5 * DAY, keeps=90), "error"),
    ("retention", copy(oldest=NOW - 5 * DAY, begun=NOW - 5 * DAY, keeps=X), "error"),
    ("retention", copy(oldest=NOW - 5 * DAY, begun=NOW - 5 * DAY, keeps=7), "fail"),
    ("retention", copy(oldest=X, keeps=X), "error"),
    ("verified", facts(), "pass"),
    ("verified", copy(checked=NOW - 91 * DAY), "fail"),
    ("verified", copy(checked=0), "fail"),
    ("verified", copy(checked=X), "error"),
    ("verified", copy(checked=NOW + DAY), "fail"),
    ("permissions", facts(), "pass"),
    ("permissions", facts(readable=("/backup/a.sql",)), "fail"),
    ("permissions", facts(published=("/var/www/a.sql",), readable=X), "fail"),
    ("permissions", facts(passwords=("/etc/p",)), "fail"),
    ("permissions", facts(passwords=X), "error"),
    ("permissions", NONE, "not_applicable"),
]


@pytest.mark.parametrize(("name", "told", "wanted"), ROWS)
def test_each_row(name, told, wanted):
    assert status(name, told) == wanted


@pytest.mark.parametrize(
    ("on", "wanted"),
    [
        (date(2026, 10, 1), "pass"),
        (date(2025, 10, 1), "fail"),  # too long ago
        (date(2026, 11, 24), "fail"),  # tomorrow
    ],
)
def test_a_declared_copy_elsewhere(on, wanted):
    says = Declared(offsite=Record(on, "BB-12/2026", "Da Nang"))
    assert status("offsite", facts(copies=(DUMPS,)), says) == wanted


@pytest.mark.parametrize(
    ("on", "wanted"),
    [(date(2026, 10, 1), "pass"), (date(2026, 7, 1), "fail"), (date(2026, 12, 1), "fail")],
)
def test_a_declared_test_restore(on, wanted):
    says = Declared(restore_test=Record(on, "BB-13/2026"))
    assert status("verified", copy(checked=0), says) == wanted


def test_a_verdict_that_rests_on_a_declaration_says_so():
    says = Declared(offsite=Record(date(2026, 10, 1), "BB-12/2026", "Da Nang"))
    target = Target(kind=Kind.LOGIN, name="h", says=says)
    told = backup.offsite(facts(copies=(DUMPS,)), GOOD[SystemFacts], target)
    assert told.status is Status.PASS and "declared" in told.says
    assert told.evidence["declared"] == "2026-10-01 BB-12/2026 Da Nang"


def test_three_two_one_is_counted():
    told = backup.offsite(facts(), GOOD[SystemFacts], Target(kind=Kind.LOGIN, name="h"))
    assert told.evidence["three_two_one"] == "3-2-1"
