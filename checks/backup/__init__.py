"""A host's backups, judged by their own records.

All times of records are the host's own and are compared with the host's own clock.  Copies of the
sites' files and of the databases are judged apart, so that a fresh dump does not hide that the
files were last saved a year ago.
"""

from __future__ import annotations

from checks import Severity, Verdict, check, failed, not_applicable, passed
from checks.backup.records import (
    AHEAD,
    CONFIGURATION,
    DAY,
    HOUR,
    every_copy,
    groups,
    is_held,
    is_valid,
    names_of,
    newest_of,
    paper,
    shortened,
    three_two_one,
    too_short,
)
from facts.base import Undecided, Unknown, need
from facts.declared import Target
from facts.host.backup import BackupFacts, Copy
from facts.host.system import SystemFacts

OFFSITE_DAYS = 32  # a monthly copy elsewhere still counts
DECLARED_DAYS = 400  # a declaration is renewed each year


@check(Severity.CRITICAL)
def scheduled(backup: BackupFacts) -> Verdict:
    """A backup job is scheduled by cron or a timer and enabled.

    Why: a backup that somebody must think of is forgotten in the weeks when it is needed.
    Fix: let cron or a systemd timer start the backup each night, and see that it is enabled.
    """
    jobs = need(backup.jobs)
    active = [job for job in jobs if job.active is True]
    if active:
        return passed(
            "A backup job is scheduled", jobs=shortened(f"{j.tool}: {j.source}" for j in active)
        )
    for job in jobs:
        need(job.active)
    if jobs:
        named = shortened(f"{job.tool}: {job.source}" for job in jobs)
        return failed("The backup jobs do not start", jobs=named)
    if not need(backup.all_jobs):
        raise Undecided("Not every crontab and timer of the host could be seen")
    for copy in need(backup.copies):
        if copy.where in {"director", "veeamconfig"}:
            raise Undecided("The backup server alone knows when this job runs", copy.tool)
    return failed("No backup job is scheduled")


@check(Severity.CRITICAL)
def recent(backup: BackupFacts, system: SystemFacts, *, hours: int = 48) -> Verdict:
    """The last good backup is younger than `hours`; judged by the backup's own records.

    Why: all that was written since the last good backup is lost. Jobs fail in silence for months.
    Fix: look into the job's log, mend what fails, run it once by hand, and have its failures
        mailed to you.
    """
    now = need(system.clock)
    copies = every_copy(backup)
    if not copies:
        return failed("There is no backup on record")
    told = {}
    for name, group in groups(backup, copies).items():
        newest, copy = newest_of(group, now, hours * HOUR)
        age = (now - newest) // HOUR if newest else None
        if copy is None or newest <= now - hours * HOUR:
            bad = shortened(c.bad for c in group if c.bad)
            return failed(
                "The last good backup is too old", data=name, age_hours=age, copies=names_of(group),
                **({"broken": bad} if bad else {}),
            )  # fmt: skip
        told[name] = age
    return passed("The last good backup is recent", age_hours=told, copies=names_of(copies))


@check(Severity.HIGH)
def covers(backup: BackupFacts) -> Verdict:
    """The web root, the CMS data and upload folders, the databases and the configuration are in
    what is backed up.

    Why: a site without its database, or a database without its pictures, cannot be put up again.
        Files of a running database that are copied as they are cannot be used.
    Fix: add the web roots and /etc to the job, and dump each database (or copy it by its own
        tool, mariabackup or pgBackRest) before it runs.
    """
    web, databases = need(backup.web), need(backup.databases)
    copies = [copy for copy in every_copy(backup) if copy.good != 0]
    needed = (*web, *databases, CONFIGURATION)
    missing = [item for item in needed if not is_held(item, copies)]
    if not missing:
        return passed("All that is needed is in the backup", data=shortened(needed))
    for copy in copies:
        if isinstance(copy.covers, Unknown):
            raise Undecided(copy.covers.unknown, copy.where[:200])
        if not isinstance(copy.good, int):
            need(copy.good)
    return failed("Not all that is needed is in the backup", missing=shortened(missing))


@check(Severity.HIGH)
def offsite(backup: BackupFacts, system: SystemFacts, target: Target) -> Verdict:
    """A copy lies on other storage than the host's own; with two more copies on two kinds of
    storage it counts as 3-2-1.

    Why: fire, theft and ransomware take the host with all its disks, and the copies on them.
    Fix: send a copy to another host or to object storage (restic, borg over SSH), with an account
        that can add and not delete; or declare where the copy lies in the inventory.
    """
    now = need(system.clock)
    unknown: list[Unknown] = []
    copies: list[Copy] = []
    for copy in need(backup.copies):
        if copy.remote is False:
            continue
        if isinstance(copy.remote, Unknown):
            unknown.append(copy.remote)
        elif isinstance(copy.good, Unknown):
            unknown.append(copy.good)
        elif now - OFFSITE_DAYS * DAY <= copy.good <= now + AHEAD:
            copies.append(copy)
    if copies:
        return passed(
            "A copy lies on other storage", offsite=names_of(copies), **three_two_one(backup)
        )
    said = target.says.offsite
    if said and is_valid(said, backup, DECLARED_DAYS):
        return passed("A copy on other storage is declared", **paper(said), **three_two_one(backup))
    for reason in unknown:
        need(reason)
    if not need(backup.all_copies) or not need(backup.all_jobs):
        raise Undecided("Not every crontab and timer of the host could be seen")
    found = names_of(need(backup.copies))
    if said:
        return failed(
            "The declaration of a copy on other storage is out of date",
            **paper(said),
            copies=found,
        )
    return failed("No copy lies on other storage", copies=found)


@check(Severity.MEDIUM)
def encrypted(backup: BackupFacts) -> Verdict:
    """The copy is encrypted at rest.

    Why: a backup holds everything: accounts, drafts, sources. Who finds the disk or the bucket
        reads it all.
    Fix: use a tool that encrypts (restic, borg with repokey, pgBackRest with a cipher), or pipe
        dumps through gpg or age; keep the key elsewhere, too.
    """
    copies = every_copy(backup)
    plain = [copy for copy in copies if copy.encrypted is False and copy.good != 0]
    if plain:
        return failed("A copy is not encrypted", copies=names_of(plain))
    if not copies:
        return not_applicable("There is no backup on record")
    for copy in copies:
        need(copy.encrypted)
    if not need(backup.all_copies):
        raise Undecided("Not every backup folder of the host could be seen")
    return passed("The copies are encrypted", copies=names_of(copies))


@check(Severity.MEDIUM)
def retention(backup: BackupFacts, system: SystemFacts, *, days: int = 30) -> Verdict:
    """Copies go back at least `days`.

    Why: an intruder, or a broken file, is often found only after weeks. Copies of the last days
        then hold the damage, too.
    Fix: keep daily copies for a week, weekly ones for a month and monthly ones for a year, as
        disk space allows.
    """
    now = need(system.clock)
    copies = every_copy(backup)
    if not copies:
        return failed("There is no backup on record")
    ages = {}
    for name, group in groups(backup, copies).items():
        oldest = [copy.oldest for copy in group if isinstance(copy.oldest, int) and copy.oldest > 0]
        age = (now - min(oldest)) // DAY if oldest else 0
        if age < days:
            too_short(group, now, days)
            return failed(
                "Copies do not go back far enough", data=name, age_days=age, copies=names_of(group)
            )
        ages[name] = age
    return passed("Copies go back far enough", age_days=ages)


@check(Severity.HIGH)
def verified(
    backup: BackupFacts, system: SystemFacts, target: Target, *, days: int = 90
) -> Verdict:
    """An integrity check or test restore ran within `days`.

    Why: a backup that nobody ever read back is a hope. Broken repositories are found on the day
        when they are needed.
    Fix: let `restic check`, `borg check` or borgmatic's checks run each month, restore a site on
        a test machine each quarter, and declare it in the inventory with its minutes.
    """
    now = need(system.clock)
    copies = need(backup.copies)
    for copy in copies:
        checked = copy.checked
        if isinstance(checked, int) and now - days * DAY < checked <= now + AHEAD:
            age = (now - checked) // DAY
            return passed("The copies were checked", copies=names_of([copy]), age_days=age)
    said = target.says.restore_test
    if said and is_valid(said, backup, days):
        return passed("A test restore is declared", **paper(said))
    for copy in copies:
        need(copy.checked)
    if not need(backup.all_jobs):
        raise Undecided("Not every crontab and timer of the host could be seen")
    if said:
        return failed("The last test restore is too long ago", **paper(said))
    return failed("No check of the copies is on record", copies=names_of(copies))


@check(Severity.HIGH)
def permissions(backup: BackupFacts) -> Verdict:
    """Repositories, dumps and their passwords are not readable by other users or under the web
    root.

    Why: who breaks into one site reads the backups of all; a dump under the web root is found by
        robots within hours.
    Fix: chmod 700 the backup folders, chmod 600 dumps and password files, and move whatever lies
        under a web root.
    """
    wrong = {}
    for key, fact in (
        ("published", backup.published),
        ("readable", backup.readable),
        ("passwords", backup.passwords),
    ):
        if not isinstance(fact, Unknown) and fact:
            wrong[key] = shortened(fact)
    if wrong:
        return failed("Backups can be read by others", **wrong)
    for fact in (backup.published, backup.readable, backup.passwords):
        need(fact)
    copies = every_copy(backup)
    if not copies:
        return not_applicable("There is no backup on record")
    for copy in copies:
        if not copy.where:  # nobody knows where it lies
            need(copy.good)
    return passed("Backups can be read by root alone")
