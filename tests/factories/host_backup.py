"""A web host with a restic repository on another host, and local dumps that are encrypted."""

from __future__ import annotations

from dataclasses import replace

from facts.host.backup import BackupFacts, Copy, Scheduled
from tests.factories import GOOD
from tests.factories.host_system import OBSERVED

NOW = int(OBSERVED.timestamp())
HOUR, DAY = 3600, 86400

RESTIC = Copy(
    tool="restic",
    where="sftp:backup@203.0.113.9:/srv/restic",
    covers=("/var/www", "/etc", "mysql"),
    good=NOW - 5 * HOUR,
    oldest=NOW - 60 * DAY,
    begun=NOW - 200 * DAY,
    keeps=180,
    encrypted=True,
    remote=True,
    checked=NOW - 20 * DAY,
)
DUMPS = Copy(
    tool="dump",
    where="/var/backups/mysql",
    covers=("mysql",),
    good=NOW - 4 * HOUR,
    oldest=NOW - 40 * DAY,
    begun=NOW - 100 * DAY,
    keeps=40,
    encrypted=True,
    remote=False,
    checked=0,
)
GOOD[BackupFacts] = BackupFacts(
    observed_at=OBSERVED,
    jobs=(Scheduled("restic", "restic.timer", "restic.timer", active=True),),
    all_jobs=True,
    copies=(RESTIC, DUMPS),
    all_copies=True,
    web=("/var/www/bao",),
    databases=("mysql",),
    readable=(),
    passwords=(),
    published=(),
    born=NOW - 400 * DAY,
)


def backup(**changes: object) -> BackupFacts:
    """The good facts, changed."""
    return replace(GOOD[BackupFacts], **changes)


def copy(**changes: object) -> BackupFacts:
    """The good restic repository alone, changed."""
    return backup(copies=(replace(RESTIC, **changes),))
