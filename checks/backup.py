"""A host's backups, judged by their own records.

All times of records are the host's own and are compared with the host's own clock.  Copies of the
sites' files and of the databases are judged apart, so that a fresh dump does not hide that the
files were last saved a year ago.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from checks import Severity, Verdict, check, failed, not_applicable, passed
from facts.base import Undecided, Unknown, need
from facts.declared import Record, Target
from facts.host.backup import BackupFacts, Copy
from facts.host.system import SystemFacts

HOUR, DAY = 3600, 86400
AHEAD = 2 * HOUR  # a record may be this far ahead of the clock that was read before it
OFFSITE_DAYS = 32  # a monthly copy elsewhere still counts
DECLARED_DAYS = 400  # a declaration is renewed each year
CONFIGURATION = "/etc"
DATABASES = ("mysql", "postgresql", "mongodb")
UPLOADS = ("upload", "files", "media", "images", "attachments")


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
            "A backup job is scheduled", jobs=_listed(f"{j.tool}: {j.source}" for j in active)
        )
    for job in jobs:
        need(job.active)
    if jobs:
        named = _listed(f"{job.tool}: {job.source}" for job in jobs)
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
    copies = _copies(backup)
    if not copies:
        return failed("There is no backup on record")
    told = {}
    for name, group in _groups(backup, copies).items():
        newest, copy = _newest(group, now, hours * HOUR)
        age = (now - newest) // HOUR if newest else None
        if copy is None or newest <= now - hours * HOUR:
            bad = _listed(c.bad for c in group if c.bad)
            return failed(
                "The last good backup is too old", data=name, age_hours=age, copies=_named(group),
                **({"broken": bad} if bad else {}),
            )  # fmt: skip
        told[name] = age
    return passed("The last good backup is recent", age_hours=told, copies=_named(copies))


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
    copies = [copy for copy in _copies(backup) if copy.good != 0]
    needed = (*web, *databases, CONFIGURATION)
    missing = [item for item in needed if not _held(item, copies)]
    if not missing:
        return passed("All that is needed is in the backup", data=_listed(needed))
    for copy in copies:
        if isinstance(copy.covers, Unknown):
            raise Undecided(copy.covers.unknown, copy.where[:200])
        if not isinstance(copy.good, int):
            need(copy.good)
    return failed("Not all that is needed is in the backup", missing=_listed(missing))


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
            "A copy lies on other storage", offsite=_named(copies), **_three_two_one(backup)
        )
    said = target.says.offsite
    if said and _valid(said, backup, DECLARED_DAYS):
        return passed(
            "A copy on other storage is declared", **_declared(said), **_three_two_one(backup)
        )
    for reason in unknown:
        need(reason)
    if not need(backup.all_copies) or not need(backup.all_jobs):
        raise Undecided("Not every crontab and timer of the host could be seen")
    found = _named(need(backup.copies))
    if said:
        return failed(
            "The declaration of a copy on other storage is out of date",
            **_declared(said),
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
    copies = _copies(backup)
    plain = [copy for copy in copies if copy.encrypted is False and copy.good != 0]
    if plain:
        return failed("A copy is not encrypted", copies=_named(plain))
    if not copies:
        return not_applicable("There is no backup on record")
    for copy in copies:
        need(copy.encrypted)
    if not need(backup.all_copies):
        raise Undecided("Not every backup folder of the host could be seen")
    return passed("The copies are encrypted", copies=_named(copies))


@check(Severity.MEDIUM)
def retention(backup: BackupFacts, system: SystemFacts, *, days: int = 30) -> Verdict:
    """Copies go back at least `days`.

    Why: an intruder, or a broken file, is often found only after weeks. Copies of the last days
        then hold the damage, too.
    Fix: keep daily copies for a week, weekly ones for a month and monthly ones for a year, as
        disk space allows.
    """
    now = need(system.clock)
    copies = _copies(backup)
    if not copies:
        return failed("There is no backup on record")
    ages = {}
    for name, group in _groups(backup, copies).items():
        oldest = [copy.oldest for copy in group if isinstance(copy.oldest, int) and copy.oldest > 0]
        age = (now - min(oldest)) // DAY if oldest else 0
        if age < days:
            _too_short(group, now, days)
            return failed(
                "Copies do not go back far enough", data=name, age_days=age, copies=_named(group)
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
            return passed("The copies were checked", copies=_named([copy]), age_days=age)
    said = target.says.restore_test
    if said and _valid(said, backup, days):
        return passed("A test restore is declared", **_declared(said))
    for copy in copies:
        need(copy.checked)
    if not need(backup.all_jobs):
        raise Undecided("Not every crontab and timer of the host could be seen")
    if said:
        return failed("The last test restore is too long ago", **_declared(said))
    return failed("No check of the copies is on record", copies=_named(copies))


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
            wrong[key] = _listed(fact)
    if wrong:
        return failed("Backups can be read by others", **wrong)
    for fact in (backup.published, backup.readable, backup.passwords):
        need(fact)
    if not _copies(backup):
        return not_applicable("There is no backup on record")
    return passed("Backups can be read by root alone")


def _copies(backup: BackupFacts) -> tuple[Copy, ...]:
    """Every copy; none only where everything was seen and no job writes one."""
    copies = need(backup.copies)
    if not copies:
        if not need(backup.all_copies) or not need(backup.all_jobs):
            raise Undecided("Not every crontab and timer of the host could be seen")
        if need(backup.jobs):
            raise Undecided("The records of this backup job could not be found on the host")
    return copies


def _groups(backup: BackupFacts, copies: Iterable[Copy]) -> dict[str, list[Copy]]:
    """The copies of the sites' files and of each database; of everything, where there are none."""
    wanted: dict[str, list[Copy]] = {}
    needed: dict[str, tuple[str, ...]] = {name: (name,) for name in need(backup.databases)}
    if web := need(backup.web):
        needed = {"files": web, **needed}
    unknown = [copy for copy in copies if isinstance(copy.covers, Unknown)]
    for name, items in needed.items():
        known = [copy for copy in copies if any(_holds(copy, item) for item in items)]
        if known or unknown:
            wanted[name] = known or unknown
    return wanted or {"all": list(copies)}


def _newest(group: list[Copy], now: int, span: int) -> tuple[int, Copy | None]:
    """The newest good record that is not in the future; a fresh one decides before an unknown."""
    newest, holder = 0, None
    for copy in group:
        good = copy.good
        if isinstance(good, int) and newest < good <= now + AHEAD:
            newest, holder = good, copy
    if newest <= now - span:
        for copy in group:
            if need(copy.good) > now + AHEAD:
                raise Undecided(
                    "The newest record lies in the future of the host's clock", copy.where[:200]
                )
    return newest, holder


def _holds(copy: Copy, item: str) -> bool:
    """Is this in what the copy is made of?"""
    if isinstance(copy.covers, Unknown):
        return False
    if item in DATABASES:
        return item in copy.covers
    inside = any(
        path == item or path == "/" or item.startswith(f"{path.rstrip('/')}/")
        for path in copy.covers
        if path.startswith("/")
    )
    return inside and not any(_left_out(item, path) for path in copy.omits)


def _left_out(item: str, omitted: str) -> bool:
    """Is all of it excluded, or a folder with what people uploaded?"""
    path = omitted.rstrip("/*")
    if path and (item == path or item.startswith(f"{path}/")):
        return True
    return (
        path.startswith(f"{item}/")
        and any(word in path.lower() for word in UPLOADS)
        and "cache" not in path
    )


def _held(item: str, copies: Iterable[Copy]) -> bool:
    return any(_holds(copy, item) and isinstance(copy.good, int) for copy in copies)


def _too_short(group: list[Copy], now: int, days: int) -> None:
    """Stops as undecided where the copies may go back far enough, or are too young to tell."""
    if any(isinstance(copy.keeps, int) and copy.keeps >= days for copy in group) or not all(
        isinstance(copy.keeps, int) for copy in group
    ):
        for copy in group:
            need(copy.oldest)
        begun = [copy.begun for copy in group if isinstance(copy.begun, int) and copy.begun > 0]
        if begun and now - min(begun) < days * DAY:
            raise Undecided("Backups began too short a time ago to tell how far back they are kept")


def _valid(said: Record, backup: BackupFacts, days: int) -> bool:
    """Does the declaration speak of a day that is past, and not too long ago?"""
    today = backup.observed_at.date()
    return today - timedelta(days=days) <= said.on <= today


def _declared(said: Record) -> dict[str, str]:
    return {"declared": " ".join((said.on.isoformat(), said.evidence, said.where)).strip()[:300]}


def _three_two_one(backup: BackupFacts) -> dict[str, str]:
    """How many copies there are besides the data itself, and how many lie elsewhere."""
    copies = [c for c in need(backup.copies) if isinstance(c.good, int) and c.good > 0]
    away = sum(copy.remote is True for copy in copies)
    here = sum(copy.remote is False for copy in copies)
    return {"three_two_one": f"{1 + here + away}-{1 + bool(away)}-{away}"}


def _named(copies: Iterable[Copy]) -> list[str]:
    return _listed(f"{copy.tool}: {copy.where}" if copy.where else copy.tool for copy in copies)


def _listed(items: Iterable[str]) -> list[str]:
    return [item[:200] for item in items][:12]
