"""Logging, check by check: what passes, what fails, what is not decided."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

import checks
from checks import Status
from facts.base import Unknown
from facts.declared import Declared, Kind, Record, Target
from facts.host.logging import LoggingFacts
from facts.host.logging.clock import Clock
from facts.host.logging.journal import Journal
from facts.host.logging.own import Own
from facts.host.system import SystemFacts
from facts.world import World
from scanner.judge import judge
from tests.factories import GOOD
from tests.factories.host_logging import DAY, NOW, kept, log_file, logging
from tests.factories.host_system import system

ALL = checks.load()
WHY = Unknown("why")
GOODS = GOOD[LoggingFacts]
PASS, FAIL, ERROR, NONE = Status.PASS, Status.FAIL, Status.ERROR, Status.NOT_APPLICABLE


def finding(name, facts, about=None, says=Declared(), **params):  # noqa: B008
    check = ALL[f"logging.{name}"]
    target = Target(kind=Kind.LOGIN, name="lab", says=says)
    known = {LoggingFacts: facts, SystemFacts: about or system()}
    return judge(check, {**check.params, **params}, target, known, World())


def status(name, facts, about=None, **more):
    return finding(name, facts, about, **more).status


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({}, PASS),
        ({"loggers": {"rsyslog": False, "journald": False}}, FAIL),
        ({"loggers": {"rsyslog": False, "journald": WHY}}, ERROR),
        ({"loggers": {}}, ERROR),
        ({"newest": NOW - 7200}, FAIL),
        ({"newest": NOW + 7200}, FAIL),
        ({"newest": 0}, FAIL),
        ({"newest": WHY}, ERROR),
    ],
)
def test_running(changes, wanted):
    assert status("running", logging(**changes)) is wanted


def audited(**changes):
    return logging(audit=replace(GOODS.audit, **changes))


@pytest.mark.parametrize(
    ("changes", "container", "process", "audit"),
    [
        ({}, "", PASS, PASS),
        ({"on": False}, "", FAIL, FAIL),
        ({"on": WHY}, "", ERROR, ERROR),
        ({"on": WHY}, "lxc", ERROR, ERROR),
        ({"installed": False, "on": False}, "", FAIL, FAIL),
        ({"installed": False, "on": False}, "lxc", FAIL, FAIL),
        ({"installed": False, "on": False, "agents": ("sysmon",)}, "", PASS, ERROR),
        ({"agents": WHY}, "", ERROR, PASS),
        ({"rules": {**GOODS.audit.rules, "execve": False}}, "", FAIL, PASS),
        ({"rules": {**GOODS.audit.rules, "identity": False}}, "", PASS, FAIL),
        ({"rules": {**GOODS.audit.rules, "time": WHY}}, "", PASS, ERROR),
        ({"rules": {}}, "", ERROR, ERROR),
    ],
)
def test_process_and_audit(changes, container, process, audit):
    about = system(container=container)
    assert status("process", audited(**changes), about) is process
    assert status("audit", audited(**changes), about) is audit


@pytest.mark.parametrize(
    ("places", "journal", "wanted"),
    [
        ({"journal": True, "file": True}, GOODS.journal, PASS),
        ({"journal": False, "file": True}, WHY, PASS),
        ({"journal": True, "file": False}, GOODS.journal, PASS),
        ({"journal": True, "file": False}, Journal(False, None, 0), FAIL),
        ({"journal": True, "file": False}, WHY, ERROR),
        ({"journal": True, "file": False}, None, ERROR),
        ({"journal": False, "file": False}, GOODS.journal, FAIL),
        ({"journal": False, "file": WHY}, GOODS.journal, ERROR),
        ({}, GOODS.journal, ERROR),
    ],
)
def test_logins_and_privileged(places, journal, wanted):
    facts = logging(own=Own(places, places, acted=True), journal=journal)
    assert status("logins", facts) is wanted
    assert status("privileged", facts) is wanted


def test_without_sudo_nobody_knows_whether_it_is_recorded():
    facts = logging(own=replace(GOODS.own, acted=False))
    assert status("privileged", facts) is ERROR and status("logins", facts) is PASS


@pytest.mark.parametrize(
    ("file", "wanted"),
    [
        (log_file("/var/log/auth.log"), PASS),
        (log_file("/var/log/auth.log", 0o600, group="root"), PASS),
        (log_file("/var/log/auth.log", 0o660), FAIL),
        (log_file("/var/log/auth.log", 0o660, "syslog", "syslog"), PASS),
        (log_file("/var/log/auth.log", 0o640, "scan"), FAIL),
        (log_file("/var/log/auth.log", 0o666), FAIL),
        (log_file("/var/log/auth.log", 0o644), FAIL),
        (log_file("/var/log/nginx/access.log", 0o644), FAIL),
        (log_file("/var/log/apache2/access.log", 0o644), PASS),  # nobody comes near it
    ],
)
def test_permissions(file, wanted):
    folders = (
        log_file("/var/log/nginx", 0o755, folder=True),
        log_file("/var/log/apache2", 0o750, folder=True),
    )
    assert status("permissions", logging(files=(*folders, file))) is wanted


def test_no_files_or_unknown_ones_are_no_pass():
    assert status("permissions", logging(files=())) is ERROR
    assert status("permissions", logging(files=WHY)) is ERROR


FORWARD = GOODS.forwards[0]


@pytest.mark.parametrize(
    ("forwards", "wanted", "reason"),
    [
        ((FORWARD,), PASS, "Logs are forwarded to another host"),
        ((), FAIL, "Logs are not forwarded"),
        (WHY, ERROR, "why"),
        ((replace(FORWARD, works=False),), FAIL, "The forwarding of logs fails"),
        ((replace(FORWARD, works=WHY),), ERROR, "why"),
        ((replace(FORWARD, runs=False),), FAIL, "The program that forwards logs does not run"),
        ((replace(FORWARD, elsewhere=False),), FAIL, "Logs are forwarded to this host itself"),
        ((replace(FORWARD, logins=False),), FAIL, "Log-ins are not among what is forwarded"),
        ((replace(FORWARD, works=False), FORWARD), PASS, "Logs are forwarded to another host"),
        ((replace(FORWARD, works=False), replace(FORWARD, works=WHY)), ERROR, "why"),
        ((replace(FORWARD, works=False, logins=WHY),), FAIL, "The forwarding of logs fails"),
    ],
)
def test_remote(forwards, wanted, reason):
    found = finding("remote", logging(forwards=forwards))
    assert (found.status, found.reason) == (wanted, reason)


YOUNG = NOW - 10 * DAY


def journal(**changes):
    return replace(kept(path="journal", days=None, reach=100, period=0.0), **changes)


def days_ago(days):
    return NOW - days * DAY


@pytest.mark.parametrize(
    ("logs", "wanted"),
    [
        ((kept(),), PASS),
        ((), FAIL),
        ((kept("web", "/var/log/nginx/access.log"),), FAIL),  # nothing of the system
        ((kept(days=28.0),), FAIL),
        ((kept(days=0.0),), FAIL),
        ((kept(days=WHY),), ERROR),
        ((kept(begins=WHY),), ERROR),
        # the settings are enough, and what is there is not
        ((kept(reach=20),), FAIL),
        ((kept(reach=20, since=WHY),), ERROR),
        ((kept(reach=9, since=YOUNG),), PASS),
        ((kept(reach=1, since=YOUNG, period=1.0),), FAIL),  # gone since
        ((kept(reach=84),), PASS),  # a week's file, a week older than its last write
        # by size
        ((kept(days=None, reach=95),), PASS),
        ((kept(days=None, reach=20, period=0.0),), FAIL),
        ((kept(days=None, reach=9, since=YOUNG, period=0.0),), ERROR),
        # the journal
        ((journal(),), PASS),
        ((journal(begins=days_ago(30)),), FAIL),
        ((journal(begins=days_ago(9), since=YOUNG),), ERROR),
        ((journal(days=30.0),), FAIL),
        # either way is enough for the system's logs
        ((kept(days=28.0), journal()), PASS),
        ((kept(), journal(begins=days_ago(3))), PASS),
        ((kept(days=28.0), journal(begins=WHY)), ERROR),
        ((kept(days=28.0), journal(begins=days_ago(3))), FAIL),
        ((kept(), journal(days=WHY, begins=WHY)), PASS),
        # the log of log-ins must be among the files
        ((kept(path="/var/log/syslog"), journal(begins=days_ago(3))), FAIL),
        ((kept(path="/var/log/syslog"),), FAIL),
        # of others, each
        ((kept(), kept("web", "/var/log/nginx/a.log", days=14.0)), FAIL),
        ((kept(), kept("web", "/var/log/nginx/a.log", days=WHY)), ERROR),
        ((kept(days=WHY), kept("web", "/var/log/nginx/a.log", days=14.0)), FAIL),
        ((kept(), kept("web", "/var/log/nginx/a.log", reach=10)), FAIL),
        ((kept(), kept("web", "/var/log/nginx/a.log", reach=10, whole=True)), FAIL),  # wiped
        ((kept(), kept("web", "/var/log/nginx/a.log", reach=99),
          kept("web", "/var/log/nginx/new.log", reach=10, whole=True)), PASS),
        ((kept(), kept("database", "/var/log/db.log", reach=10, whole=True)), PASS),  # quiet
        ((kept(), kept("database", "/var/log/db.log", reach=10)), FAIL),
    ],
)  # fmt: skip
def test_retention(logs, wanted):
    assert status("retention", logging(kept=logs)) is wanted


def test_retention_follows_its_parameter_and_shows_how_far_logs_go_back():
    short = logging(kept=(kept(days=28.0, reach=25),))
    assert status("retention", short, days=14) is PASS
    found = finding("retention", short)
    assert found.evidence["settings"] == {"/var/log/auth.log": 28}
    assert found.evidence["reach_days"] == {"/var/log/auth.log": 25}


@pytest.mark.parametrize(
    ("days", "forwards", "wanted"),
    [
        (365, (FORWARD,), PASS),
        (30, (FORWARD,), FAIL),
        (365, (replace(FORWARD, works=False),), FAIL),
        (365, WHY, FAIL),
        (365, (), FAIL),
    ],
)
def test_logs_that_are_declared_to_be_kept_elsewhere(days, forwards, wanted):
    says = Declared(logs_kept=Record(date(2026, 11, 1), "BB-12/2026", "SIEM", days))
    facts = logging(kept=(kept(days=7.0),), forwards=forwards)
    found = finding("retention", facts, says=says)
    assert found.status is wanted
    if wanted is PASS:
        assert found.evidence["declared"] == "2026-11-01, BB-12/2026, 365"


SITE, BASE, LEASES = GOODS.sites[0], GOODS.databases[0], GOODS.dhcp[0]


@pytest.mark.parametrize(
    ("name", "field", "value", "wanted"),
    [
        ("web", "sites", (), NONE),
        ("web", "sites", WHY, ERROR),
        ("web", "sites", (SITE, replace(SITE, access=False)), FAIL),
        ("web", "sites", (SITE, replace(SITE, errors=False)), FAIL),
        ("web", "sites", (SITE, replace(SITE, access=WHY)), ERROR),
        ("web", "sites", (replace(SITE, access=WHY), replace(SITE, errors=False)), FAIL),
        ("database", "databases", (), NONE),
        ("database", "databases", WHY, ERROR),
        ("database", "databases", (replace(BASE, logins=False),), FAIL),
        ("database", "databases", (replace(BASE, failures=False),), FAIL),
        ("database", "databases", (replace(BASE, errors=False),), FAIL),
        ("database", "databases", (BASE, replace(BASE, logins=WHY)), ERROR),
        ("dhcp", "dhcp", (), NONE),
        ("dhcp", "dhcp", WHY, ERROR),
        ("dhcp", "dhcp", (replace(LEASES, logs=False),), FAIL),
        ("dhcp", "dhcp", (replace(LEASES, seen=False),), FAIL),
        ("dhcp", "dhcp", (replace(LEASES, seen=WHY),), ERROR),
    ],
)
def test_services(name, field, value, wanted):
    assert status(name, logging(**{field: value})) is wanted


@pytest.mark.parametrize(
    ("clock", "container", "wanted"),
    [
        (GOODS.clock, "lxc", PASS),
        (Clock("", False, WHY), "", FAIL),
        (Clock("", False, WHY), "lxc", ERROR),
        (Clock("chrony", False, 0.0), "", FAIL),
        (Clock("chrony", True, 1.0), "", FAIL),
        (Clock("chrony", True, 0.999), "", PASS),
        (Clock("openntpd", True, WHY), "", ERROR),
        (Clock("chrony", WHY, 0.0), "", ERROR),
        (WHY, "", ERROR),
    ],
)
def test_time_sync(clock, container, wanted):
    assert status("time-sync", logging(clock=clock), system(container=container)) is wanted


def test_time_sync_follows_its_parameter():
    assert status("time-sync", logging(clock=Clock("ntp", True, 4.0)), seconds=5) is PASS
