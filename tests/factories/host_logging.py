"""A web server with databases that records everything, keeps it, and sends it on."""

from __future__ import annotations

from dataclasses import replace

from facts.host.logging import LoggingFacts
from facts.host.logging.audit import Audit
from facts.host.logging.clock import Clock
from facts.host.logging.databases import Database
from facts.host.logging.dhcp import Dhcp
from facts.host.logging.files import LogFile
from facts.host.logging.forwarding import Forward
from facts.host.logging.journal import Journal
from facts.host.logging.kept import Kept
from facts.host.logging.own import Own
from facts.host.logging.sites import Site
from tests.factories import GOOD
from tests.factories.host_system import OBSERVED

NOW = int(OBSERVED.timestamp())
DAY = 86400
YEAR_AGO = NOW - 365 * DAY


def log_file(path, mode=0o640, user="root", group="adm", folder=False):
    """A log, or its folder."""
    return LogFile(path, NOW - 60, YEAR_AGO, 4096, mode, user, group, folder)


def kept(kind="system", path="/var/log/auth.log", days=98.0, reach=95, **changes):
    """A log that goes back `reach` days."""
    one = Kept(kind, path, days, NOW - reach * DAY, 7.0, YEAR_AGO, whole=False)
    return replace(one, **changes)


GOOD[LoggingFacts] = LoggingFacts(
    loggers={"rsyslog": True, "syslog-ng": False, "journald": True, "syslogd": False},
    newest=NOW - 1,
    journal=Journal(persistent=True, max_days=None, oldest=NOW - 100 * DAY),
    own=Own(
        logins={"journal": True, "file": True},
        actions={"journal": True, "file": True},
        acted=True,
    ),
    forwards=(
        Forward(
            "rsyslog", "192.0.2.9", 514, "tcp", elsewhere=True, logins=True, runs=True, works=True
        ),
    ),
    kept=(
        kept(),
        kept("web", "/var/log/nginx/access.log", 100.0, 99, period=1.0),
        kept("database", "/var/log/mysql/error.log", 100.0, 99, period=1.0),
    ),
    sites=(
        Site(
            "nginx",
            "www.bao.test (443)",
            access=True,
            errors=True,
            access_logs=("/var/log/nginx/access.log",),
            error_logs=("/var/log/nginx/error.log",),
        ),
    ),
    databases=(
        Database(
            "mariadb", logins=True, failures=True, errors=True, log="/var/log/mysql/error.log"
        ),
    ),
    dhcp=(Dhcp("dhcpd", logs=True, seen=True),),
    audit=Audit(
        installed=True,
        on=True,
        rules=dict.fromkeys(("identity", "time", "logs", "configuration", "execve"), True),
        agents=(),
    ),
    clock=Clock("chrony", synchronised=True, offset=0.0002, server="192.0.2.1"),
    files=(
        log_file("/var/log/auth.log"),
        log_file("/var/log/nginx", 0o755, folder=True),
        log_file("/var/log/nginx/access.log", user="www-data"),
    ),
)


def logging(**changes: object) -> LoggingFacts:
    """The good facts, changed."""
    return replace(GOOD[LoggingFacts], **changes)
